"""The chain from a result to the SI: every break is refused or marked by name."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calib.equipment import Equipment, Register
from calib.equipment.chain import Chain, chain, document_states, upstream_of
from calib.equipment.inspection import inspect

Made = Callable[..., Equipment]
DAY = dt.date(2026, 11, 23)


def _chain(*standards: Equipment, above: tuple[Equipment, ...] = (), **more: Any) -> Chain:
    known = {e.id: e for e in above}
    return chain({e.id: e for e in standards}, known, DAY, **({"documents": {}} | more))


def _reaches_si(found: Chain) -> bool:
    reached, waiting = set(), ["result"]
    while waiting:
        here = waiting.pop()
        reached.add(here)
        waiting += [b for a, b in found.links if a == here and b not in reached]
    return "SI" in reached


def test_a_chain_goes_from_the_result_by_certificate_and_laboratory_to_the_si(equipment: Made) -> None:
    found = _chain(equipment())
    assert [n.kind for n in found.nodes] == ["result", "standard", "laboratory", "certificate", "SI"]
    assert _reaches_si(found)
    assert found.marks == ()
    assert found.shortcomings == ()
    ids = {n.id for n in found.nodes}
    assert all(a in ids and b in ids for a, b in found.links)


def test_a_laboratory_of_which_nothing_is_stated_is_marked_and_leads_nowhere(equipment: Made) -> None:
    found = _chain(equipment(calibration={"traceability": ""}))
    assert not _reaches_si(found)
    assert [m.en for m in found.marks] == [
        "certificate V10.CN5.0211.26: the register states neither 'accreditation' nor 'traceability' of VMI"
    ]


def test_a_simulated_chain_ends_in_nothing(equipment: Made) -> None:
    found = _chain(equipment(), simulated=True)
    assert not _reaches_si(found)
    assert found.nodes[-1].kind == "nothing"


def test_an_in_house_calibration_leads_on_through_the_laboratorys_own_standard(equipment: Made) -> None:
    own = {"standards": ["REF-01"], "laboratory": "our own", "traceability": ""}
    reference = equipment("REF-01", calibration={"certificate": "V1", "date": "2026-01-10", "due": "2027-01-10"})
    working = equipment(calibration=own)
    assert upstream_of({"CAL-01": working}, {"REF-01": reference, "X": equipment("X")}) == {"REF-01": reference}
    found = _chain(working, above=(reference,))
    assert _reaches_si(found)
    assert found.marks == ()
    lost = _chain(working)
    assert [s.what.en for s in lost.shortcomings] == [
        "certificate V10.CN5.0211.26: its standard REF-01 is not in the register"
    ]


def test_the_upper_standard_must_have_been_in_order_on_the_day_of_that_calibration(equipment: Made) -> None:
    reference = equipment("REF-01", calibration={"date": "2025-01-10", "due": "2026-01-10"})
    found = _chain(equipment(calibration={"standards": ["REF-01"]}), above=(reference,))
    (late,) = found.shortcomings
    assert late.equipment == "CAL-01"  # a person excepts the standard that he uses
    assert late.may_be_excepted
    assert (
        "REF-01 (Fluke 5522A, serial number 2871004): calibration V10.CN5.0211.26 was due on 2026-01-10" in late.what.en
    )
    assert [m.en for m in found.marks] == [late.what.en]


def test_standards_that_rest_on_each_other_are_a_break_not_a_hang(equipment: Made) -> None:
    a, b = equipment("A", calibration={"standards": ["B"]}), equipment("B", calibration={"standards": ["A"]})
    found = _chain(a, above=(b,))
    assert any("it rests on A, which rests on it" in s.what.en for s in found.shortcomings)
    assert not _reaches_si(found)


def test_a_certificate_whose_file_is_another_is_refused_and_marked(equipment: Made, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 as registered")
    document = {"path": "c.pdf", "sha256": hashlib.sha256(b"%PDF-1.7 as registered").hexdigest(), "kind": "pdf"}
    standard = equipment(calibration={"document": document})
    assert _chain(standard, documents=document_states({"CAL-01": standard}, tmp_path)).marks == ()
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 as changed")
    changed = _chain(standard, documents=document_states({"CAL-01": standard}, tmp_path))
    assert [(s.what.en, s.may_be_excepted) for s in changed.shortcomings] == [
        ("CAL-01: certificate V10.CN5.0211.26: c.pdf is not the file that was registered", False)
    ]
    (tmp_path / "c.pdf").unlink()
    (missing,) = _chain(standard, documents=document_states({"CAL-01": standard}, tmp_path)).shortcomings
    assert missing.may_be_excepted
    assert "is missing" in missing.what.en


def test_the_whole_register_is_inspected_file_by_file(laboratory: Path) -> None:
    folder = laboratory / "equipment"
    text = (folder / "CAL-01.toml").read_text(encoding="utf-8")
    text = text.replace('id = "CAL-01"', 'id = "CAL-02"').replace(
        'traceability = "simulated national standard"\n',
        f'document = {{ path = "gone.pdf", sha256 = "{"0" * 64}", kind = "pdf" }}\n',
    )
    (folder / "CAL-02.toml").write_text(text, encoding="utf-8")
    first, second = inspect(Register.load(folder), dt.datetime.now().astimezone().date())
    assert first.sound
    assert [r.en for r in second.reasons] == [
        "CAL-02: certificate SIM-NMI-0417: its file gone.pdf is missing",
        (
            "certificate SIM-NMI-0417: the register states neither 'accreditation' nor 'traceability' of "
            "Simulated National Metrology Institute"
        ),
    ]
