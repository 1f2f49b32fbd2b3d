"""A run takes the scope and the chain to the SI with it, and refuses a chain that does not hold."""

import datetime as dt
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from calib.demo import in_memory
from calib.errors import CalibrationStatusError, InputError
from calib.files import as_model
from calib.procedure import Job
from calib.record import Record
from calib.reevaluation import evaluate_again
from calib.report import certificate_content, check
from calib.run import Permission, Plan, find_key, make_plan
from calib.study import Sample
from calib.text import Text

SHIPPED = Path(str(files("calib.specification"))) / "data"
TODAY = dt.datetime.now().astimezone().date()


def _given(folder: Path) -> Sample:
    given = in_memory(folder, parameters={"reference": "certificate", "settle_s": 1.0})
    plain = given.job.model_dump(exclude_none=True)
    rows = [{"range": 10.0, "nominal": 5.0}, {"range": 1000.0, "nominal": 900.0}]
    return replace(given, job=Job.model_validate(plain | {"points": rows}))


def _plan(folder: Path, permission: Permission | None = None, **changes: Any) -> Plan:
    given = replace(_given(folder), **changes)
    return make_plan(
        given.procedure, given.laboratory, given.bench, given.job, operator="An", today=TODAY, permission=permission
    )


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_snapshot_holds_the_scope_and_the_chain(laboratory: Path) -> None:
    snapshot = _plan(laboratory).snapshot
    assert snapshot["scope"]["accreditation"] == "SIMULATED"
    kinds = [node["kind"] for node in snapshot["traceability"]["nodes"]]
    assert kinds == ["result", "standard", "laboratory", "certificate", "nothing"]
    assert ["standard CAL-01", "certificate CAL-01 SIM-NMI-0417"] in snapshot["traceability"]["links"]


def test_a_scope_that_is_simulated_serves_no_real_bench(laboratory: Path) -> None:
    _change(laboratory / "equipment" / "CAL-01.toml", "SIM5522001", "2871004")
    given = _given(laboratory)
    item = given.job.item.model_copy(update={"serial_number": "MY1"})
    real = given.bench.model_copy(update={"simulation": None})
    with pytest.raises(InputError, match=r"scope\.toml: is that of a simulated laboratory, and this bench is real"):
        _plan(laboratory, bench=real, job=given.job.model_copy(update={"item": item}))


def test_assumed_limits_stand_under_no_real_instrument(laboratory: Path) -> None:
    (laboratory / "scope.toml").unlink()
    _change(laboratory / "equipment" / "CAL-01.toml", "SIM5522001", "2871004")
    _change(laboratory / "equipment" / "CAL-01.toml", '"fluke-5522a"', '"generic-own"')
    _change(laboratory / "equipment" / "CAL-01.toml", '"90 days"', '"1 year"')
    text = (SHIPPED / "generic-calibrator-33.toml").read_text(encoding="utf-8")
    own = re.sub("models = .*", 'models = ["5522A"]', text.replace('"generic-calibrator-33"', '"generic-own"'))
    (laboratory / "specifications" / "generic-own.toml").write_text(own, encoding="utf-8")
    given = _given(laboratory)
    assert _plan(laboratory).snapshot["simulated"]
    item = given.job.item.model_copy(update={"serial_number": "MY1"})
    real = given.bench.model_copy(update={"simulation": None})
    with pytest.raises(InputError, match=r"^specification generic-own: is assumed, for simulated instruments only"):
        _plan(laboratory, bench=real, job=given.job.model_copy(update={"item": item}))


@pytest.mark.parametrize(
    ("recalibration", "told"),
    [
        ({"due": TODAY}, r"recalibration\.agreed: .*missing"),
        ({"due": TODAY, "agreed": "J-1"}, rf"recalibration\.due: {TODAY} is not after the calibration"),
    ],
)
def test_an_interval_is_recommended_only_where_it_was_agreed(
    laboratory: Path, recalibration: dict[str, Any], told: str
) -> None:
    job = _given(laboratory).job.model_dump(exclude_none=True)
    with pytest.raises(InputError, match=told):
        _plan(laboratory, job=as_model(job | {"recalibration": recalibration}, Job, "job"))


def test_a_customer_without_a_name_is_told_before_the_run(laboratory: Path) -> None:
    job = _given(laboratory).job
    nobody = job.customer.model_copy(update={"name": Text(vi=" ", en=""), "address": Text(vi="", en="")})
    with pytest.raises(InputError) as told:
        _plan(laboratory, job=job.model_copy(update={"customer": nobody}))
    assert str(told.value).splitlines() == [
        f"job: customer.{field}: is empty; its certificate must tell it (ISO/IEC 17025:2017, 7.8.2.1 e)"
        for field in ("name", "address")
    ]


def test_without_a_scope_nothing_is_marked(laboratory: Path) -> None:
    (laboratory / "scope.toml").unlink()
    assert "scope" not in _plan(laboratory).snapshot


def test_a_certificate_whose_file_was_changed_is_refused_whoever_allows_it(laboratory: Path) -> None:
    document = f'complies = true\ndocument = {{ path = "c.pdf", sha256 = "{"0" * 64}", kind = "pdf" }}'
    _change(laboratory / "equipment" / "CAL-01.toml", "complies = true", document)
    with pytest.raises(CalibrationStatusError, match=r"its file c\.pdf is missing"):
        _plan(laboratory)
    permission = Permission(by="Trần Hà", why="the paper was seen")
    (exception,) = _plan(laboratory, permission).snapshot["exceptions"]
    assert exception["what"]["en"] == "CAL-01: certificate SIM-NMI-0417: its file c.pdf is missing"
    (laboratory / "equipment" / "c.pdf").write_bytes(b"another")
    with pytest.raises(CalibrationStatusError, match=r"c\.pdf is not the file that was registered"):
        _plan(laboratory, permission)


def test_damage_since_the_calibration_is_refused(laboratory: Path) -> None:
    path = laboratory / "equipment" / "CAL-01.toml"
    event = f'\n[[maintenance]]\ndate = {TODAY}\nwhat = "Dropped"\nby = "LM"\nkind = "damage"\n'
    path.write_text(path.read_text(encoding="utf-8") + event, encoding="utf-8")
    with pytest.raises(CalibrationStatusError, match=r"Dropped on .*, after its last calibration"):
        _plan(laboratory)


def test_rows_outside_the_scope_and_rows_at_the_cmc_are_marked_on_the_certificate(
    laboratory: Path, tmp_path: Path
) -> None:
    _change(laboratory / "scope.toml", "range = [1, 1000]", "range = [1, 100]")
    _change(laboratory / "scope.toml", "floor = 1e-6", "floor = 3e-4")
    given = _given(laboratory)
    bench = given.simulated_bench(5)
    outcome = given.calibrate(bench, folder=tmp_path / "run")
    assert outcome.record is not None
    record = Record.open(outcome.record)
    rows = {r.nominal: r for r in record.results if r.group.en.startswith("DC")}
    assert (rows[5.0].scope, rows[5.0].raised, rows[900.0].scope) == ("in", True, "out")
    assert rows[5.0].reported_U == pytest.approx(3.1e-4)  # 0.3 mV + 1.5 · 10⁻⁶ · 5 V, rounded up
    content = certificate_content(record, TODAY)
    check(content, record)
    printed = {row.nominal: row for row in content.rows}
    notes = {n: [content.notes[i - 1].en for i in printed[n].notes] for n in ("5", "900")}
    assert notes["5"][0].startswith("U is the laboratory's calibration and measurement capability (CMC)")
    assert notes["900"] == ["Outside the laboratory's scope of accreditation."]
    (told,) = [s.value.en for s in content.statements if s.clause.startswith("ILAC-P14")]
    assert "In 1 rows" in told
    bare = replace(
        content, groups=tuple(replace(g, rows=tuple(replace(r, notes=()) for r in g.rows)) for g in content.groups)
    )
    with pytest.raises(InputError) as stopped:
        check(bare, record)
    assert "is outside the scope of accreditation, and is not marked" in str(stopped.value)
    assert "prints the CMC in place of the U computed, and is not marked" in str(stopped.value)


def test_a_corrected_certificate_is_in_the_chain_of_what_is_evaluated_again(laboratory: Path, tmp_path: Path) -> None:
    given = _given(laboratory)
    key = find_key(given.laboratory.about.seal_key, laboratory.parent / "keys")
    outcome = given.calibrate(given.simulated_bench(5), folder=tmp_path / "run", key=key)
    assert outcome.record is not None
    path = laboratory / "equipment" / "CAL-01.toml"
    _change(path, "SIM-NMI-0417", "SIM-NMI-0417 rev. 1")
    _change(path, 'traceability = "simulated national standard"\n', "")
    again = evaluate_again(outcome.record, [path], laboratory=given.laboratory)
    nodes = again.snapshot["traceability"]["nodes"]
    (certificate,) = [n for n in nodes if n["kind"] == "certificate"]
    assert certificate["lines"][0]["en"] == "SIM-NMI-0417 rev. 1"
    assert "neither 'accreditation' nor 'traceability'" in certificate["marks"][0]["en"]
    assert [r.reported_U for r in again.results] == [r.reported_U for r in Record.open(outcome.record).results]
