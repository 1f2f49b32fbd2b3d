"""Each demand of ISO/IEC 17025:2017, 7.8.2.1 a–p and 7.8.4.1 a–f, is met, justified, or stops the certificate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calib.errors import InputError
from calib.report import CertificateContent, Opinion, certificate_content, check, clauses, make_certificate
from calib.text import Text

ISSUED = date(2026, 11, 2)
EMPTY = Text(vi="", en="")


def states(content: CertificateContent) -> dict[str, str]:
    return {clause.clause: clause.state for clause in clauses(content)}


def without(content: CertificateContent, clause: str) -> CertificateContent:
    sections = tuple(
        replace(section, facts=tuple(f for f in section.facts if f.clause != clause)) for section in content.sections
    )
    told = tuple(f for f in content.statements if f.clause != clause)
    return replace(content, sections=sections, statements=told)


def test_a_whole_certificate_meets_or_justifies_every_letter(made: Any) -> None:
    found = states(certificate_content(made.record(), ISSUED))
    letters = [f"7.8.2.1 {x}" for x in "abcdefghijklmnop"] + [f"7.8.4.1 {x}" for x in "abcdef"] + ["7.8.4.3"]
    assert list(found) == letters
    justified = {"7.8.2.1 k", "7.8.2.1 n", "7.8.2.1 o", "7.8.2.1 p", "7.8.4.1 f", "7.8.4.3"}
    assert {clause for clause, state in found.items() if state == "justified"} == justified
    assert "missing" not in found.values()


@pytest.mark.parametrize(
    ("clause", "broken"),
    [
        ("7.8.2.1 a", lambda c: replace(c, title=EMPTY)),
        ("7.8.2.1 b", lambda c: replace(c, laboratory=replace(c.laboratory, address=EMPTY))),
        ("7.8.2.1 c", lambda c: without(c, "7.8.2.1 c")),
        ("7.8.2.1 d", lambda c: replace(c, number="")),
        ("7.8.2.1 e", lambda c: without(c, "7.8.2.1 e")),
        ("7.8.2.1 f", lambda c: without(c, "7.8.2.1 f")),
        ("7.8.2.1 g", lambda c: without(c, "7.8.2.1 g")),
        ("7.8.2.1 i", lambda c: without(c, "7.8.2.1 i")),
        ("7.8.2.1 j", lambda c: without(c, "7.8.2.1 j")),
        ("7.8.2.1 l", lambda c: without(c, "7.8.2.1 l")),
        ("7.8.2.1 m", lambda c: replace(c, groups=())),
        ("7.8.2.1 o", lambda c: replace(c, signatures=())),
        ("7.8.4.1 b", lambda c: without(c, "7.8.4.1 b")),
        ("7.8.4.1 c", lambda c: without(c, "7.8.4.1 c")),
        ("7.8.4.1 d", lambda c: without(c, "7.8.4.1 d")),
        ("7.8.4.1 e", lambda c: without(c, "7.8.6.2")),
    ],
)
def test_what_is_taken_out_is_missed_by_its_letter_and_stops_the_certificate(
    made: Any, clause: str, broken: Callable[[CertificateContent], CertificateContent]
) -> None:
    record = made.record()
    content = broken(certificate_content(record, ISSUED))
    missing = {name for name, state in states(content).items() if state == "missing"}
    assert missing - {"7.8.4.1 a"} == {clause}, "without results there is no U either"
    with pytest.raises(InputError, match=f"ISO/IEC 17025 {clause}, "):
        check(content, record)


def test_an_entry_that_speaks_only_one_of_two_languages_is_missed(made: Any) -> None:
    content = certificate_content(made.record(), ISSUED)
    facts = tuple(
        replace(f, value=Text(vi="", en=f.value.en)) if f.clause == "7.8.4.1 c" else f for f in content.statements
    )
    assert states(replace(content, statements=facts))["7.8.4.1 c"] == "missing"
    english = replace(content, statements=facts, languages=("en",))
    assert states(english)["7.8.4.1 c"] == "present"


def test_a_day_of_recalibration_is_printed_only_where_the_customer_agreed(made: Any) -> None:
    plain = certificate_content(made.record(), ISSUED)
    assert not any(f.clause == "7.8.4.3" for section in plain.sections for f in section.facts)
    alone = made.changed(made.record(), "job.recalibration", {"due": "2027-10-31"})
    with pytest.raises(InputError, match=r"7\.8\.4\.3.*job\.recalibration\.agreed"):
        check(certificate_content(alone, ISSUED), alone)
    agreed = made.changed(alone, "job.recalibration.agreed", "PN-2026-0417")
    content = certificate_content(agreed, ISSUED)
    check(content, agreed)
    (due,) = [f for section in content.sections for f in section.facts if f.clause == "7.8.4.3"]
    assert (due.label.en, due.value.en) == ("Next calibration, as agreed", "2027-10-31")


def test_sampling_and_external_providers_are_told_where_the_job_names_them(made: Any) -> None:
    record = made.changed(made.record(), "job.sampling", "5 of 100 gauges")
    record = made.changed(record, "job.external", "Hysteresis by VMI, V01.CN1.0001.26")
    found = states(certificate_content(record, ISSUED))
    assert (found["7.8.2.1 k"], found["7.8.2.1 p"]) == ("present", "present")


def test_an_opinion_stands_apart_and_names_who_gives_it(made: Any, tmp_path: Path) -> None:
    opinion = Opinion(Text(vi="Nên chỉnh thang 1 V.", en="The 1 V range should be adjusted."), "Trần Văn Đức")
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, opinions=[opinion])
    text = " ".join(made.poppler("pdftotext", "-layout", str(path), "-").split())
    assert "Ý kiến và diễn giải" in text
    assert "they are not results of the calibration" in text
    assert text.index("Opinions and interpretations") < text.index("The 1 V range should be adjusted.")
    assert "Given by: Trần Văn Đức" in text
    with pytest.raises(InputError, match=r"7\.8\.4\.1 f.*who is authorised"):
        make_certificate(made.record(), tmp_path / "d.pdf", issue_date=ISSUED, opinions=[replace(opinion, by=" ")])


def test_every_entry_names_where_it_comes_from_and_the_customers_are_marked(made: Any) -> None:
    record = made.record()
    content = certificate_content(record, ISSUED)
    for fact in (*(f for section in content.sections for f in section.facts), *content.statements):
        assert fact.source, fact.label.en
    given = {f.source for section in content.sections for f in section.facts if f.by_customer}
    assert given == {"job.customer.name", "job.customer.address", "job.item.asset"}
    changed = made.changed(record, "job.customer.name", "Somebody else")
    (name,) = [f for s in certificate_content(changed, ISSUED).sections for f in s.facts if f.source in given][:1]
    assert name.value.en == "Somebody else"
