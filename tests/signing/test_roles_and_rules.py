"""Who may sign what: roles, four eyes, authorisation; a specimen never becomes a certificate."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import pytest

from calib.certificates import sign, verify_certificate
from calib.errors import InputError, IntegrityError
from calib.record import Record
from calib.record.names import Role, verdict_name
from calib.report import certificate_content
from calib.report.model import Fact
from calib.report.pdf import certificate_pdf
from calib.run import Laboratory
from calib.signing import sign_pdf, signatures_in_pdf
from calib.text import same

Rules = Callable[[str], Laboratory]
BOTH = '\n[signing]\nrequired = ["checked", "approved"]\n'


def _checks(path: Path, laboratory: Laboratory) -> dict[str, tuple[bool, str]]:
    return {f.check: (f.intact, f.what) for f in verify_certificate(path, laboratory).findings}


def test_checked_approved_and_the_dcc_make_an_intact_certificate(real: Path, rules: Rules, persons: Any) -> None:
    laboratory = rules(BOTH)
    pdf, dcc = real / "certificate.pdf", real / "certificate.dcc.xml"
    sign(pdf, "checked", persons.lan, laboratory)
    sign(pdf, "approved", persons.minh, laboratory)
    sign(dcc, "approved", persons.minh, laboratory)
    for path in (pdf, dcc):
        found = verify_certificate(path, laboratory)
        assert found.intact, found.findings
    assert "7 rows are the same in the record, the attached DCC, the page and the DCC beside it" in str(
        _checks(pdf, laboratory)["numbers"]
    )


def test_a_dcc_by_itself_carries_the_signature_of_every_role(real: Path, rules: Rules, persons: Any) -> None:
    laboratory = rules(BOTH + 'apart = [["performed", "approved"], ["checked", "approved"]]\n')
    dcc = real / "certificate.dcc.xml"
    (real / "certificate.pdf").unlink()
    sign(dcc, "performed", persons.operator, laboratory)
    sign(dcc, "checked", persons.lan, laboratory)
    with pytest.raises(InputError, match="four-eyes rule: Nguyễn Thị Lan cannot sign as approved"):
        sign(dcc, "approved", persons.lan, laboratory)
    with pytest.raises(InputError, match="the role 'checked' is signed already"):
        sign(dcc, "checked", persons.minh, laboratory)
    sign(dcc, "approved", persons.minh, laboratory)
    found = verify_certificate(dcc, laboratory)
    assert found.intact, found.findings
    signed = [f.what.split(",")[0] for f in found.findings if f.check == "signature"]
    assert signed == [
        "performed by simulated operator",
        "checked by Nguyễn Thị Lan",
        "approved by Trần Văn Minh",
    ]
    with pytest.raises(InputError, match="it is approved already, by Trần Văn Minh"):
        sign(dcc, "checked", persons.lan, laboratory)
    dcc.write_bytes(dcc.read_bytes().replace(b"34401A", b"34401B", 1))
    assert [f.intact for f in verify_certificate(dcc, laboratory).findings if f.check == "signature"] == [False] * 3


def test_an_approval_before_the_check_is_one_clear_message(real: Path, rules: Rules, persons: Any) -> None:
    laboratory = rules(BOTH)
    before = (real / "certificate.pdf").read_bytes()
    for name in ("certificate.pdf", "certificate.dcc.xml"):
        with pytest.raises(InputError, match="cannot be approved before it is signed as checked"):
            sign(real / name, "approved", persons.minh, laboratory)
    assert (real / "certificate.pdf").read_bytes() == before


def test_a_certificate_that_nobody_approved_is_told_as_such(real: Path, rules: Rules, persons: Any) -> None:
    laboratory = rules(BOTH)
    assert _checks(real / "certificate.pdf", laboratory)["signature"] == (
        False,
        "carries no signature, so nobody can tell whether it was changed, and it is not approved",
    )
    sign(real / "certificate.pdf", "checked", persons.lan, laboratory)
    assert _checks(real / "certificate.pdf", laboratory)["roles"] == (False, "nobody signed it as approved")


@pytest.mark.parametrize("role", ["checked", "approved"])
def test_who_performed_it_can_neither_check_nor_approve_it(
    real: Path, laboratory: Laboratory, persons: Any, role: Role
) -> None:
    with pytest.raises(InputError, match="four-eyes rule: simulated operator cannot sign as"):
        sign(real / "certificate.pdf", role, persons.operator, laboratory)


def test_four_eyes_sees_one_person_behind_two_names(real: Path, rules: Rules, persons: Any) -> None:
    laboratory = rules(
        '\n[signing]\n[[signing.persons]]\nname = "Nguyễn Thị Lan"\nalso = ["Simulated  Operator"]\n'
        'roles = ["performed", "checked"]\n'
    )
    with pytest.raises(InputError, match="four-eyes rule: Nguyễn Thị Lan cannot sign as checked"):
        sign(real / "certificate.pdf", "checked", persons.lan, laboratory)
    sign(real / "certificate.pdf", "performed", persons.lan, laboratory)
    with pytest.raises(InputError, match="Trần Văn Minh is not authorised for the role 'checked'"):
        sign(real / "certificate.pdf", "checked", persons.minh, laboratory)


def test_nobody_signs_for_another_who_performed_it(real: Path, laboratory: Laboratory, persons: Any) -> None:
    with pytest.raises(InputError, match="simulated operator performed the calibration, not Nguyễn Thị Lan"):
        sign(real / "certificate.pdf", "performed", persons.lan, laboratory)


def test_after_the_approval_nobody_signs_any_more(real: Path, laboratory: Laboratory, persons: Any) -> None:
    sign(real / "certificate.pdf", "approved", persons.minh, laboratory)
    with pytest.raises(InputError, match="it is approved already, by Trần Văn Minh"):
        sign(real / "certificate.pdf", "checked", persons.lan, laboratory)


def test_a_rule_that_was_gone_round_is_found_by_verify(real: Path, laboratory: Laboratory, persons: Any) -> None:
    """Somebody signs with another program."""
    path = real / "certificate.pdf"
    path.write_bytes(sign_pdf(path.read_bytes(), persons.operator, "approved"))
    intact, what = _checks(path, laboratory)["roles"]
    assert (intact, "four-eyes rule" in what) == (False, True)


def test_a_stranger_with_the_right_name_cannot_sign(real: Path, laboratory: Laboratory, persons: Any) -> None:
    with pytest.raises(InputError, match="no authority of the laboratory vouches for Trần Văn Minh"):
        sign(real / "certificate.pdf", "approved", persons.stranger, laboratory)


def test_a_simulated_certificate_is_signed_as_a_specimen_or_not_at_all(
    specimen: Path, real: Path, laboratory: Laboratory, persons: Any
) -> None:
    for name in ("certificate.pdf", "certificate.dcc.xml"):
        with pytest.raises(InputError, match="it is a specimen, and cannot be signed as a certificate"):
            sign(specimen / name, "approved", persons.minh, laboratory)
        with pytest.raises(InputError, match="measured on real instruments"):
            sign(real / name, "approved", persons.minh, laboratory, specimen=True)
    sign(specimen / "certificate.pdf", "approved", persons.minh, laboratory, specimen=True)
    (found,) = signatures_in_pdf((specimen / "certificate.pdf").read_bytes())
    assert (found.role, found.specimen) == ("approved", True)
    assert "SPECIMEN" in _checks(specimen / "certificate.pdf", laboratory)["roles"][1]


def test_a_specimen_signed_as_a_certificate_by_another_program_is_refused(
    specimen: Path, laboratory: Laboratory, persons: Any
) -> None:
    path = specimen / "certificate.pdf"
    path.write_bytes(sign_pdf(path.read_bytes(), persons.minh, "approved"))
    assert _checks(path, laboratory)["roles"] == (
        False,
        "SIMULATED, and yet signed as a certificate by Trần Văn Minh",
    )


def test_a_certificate_of_another_record_cannot_be_signed(
    real: Path, specimen: Path, laboratory: Laboratory, persons: Any
) -> None:
    with pytest.raises(InputError, match="specimen"):
        sign(real / "certificate.pdf", "approved", persons.minh, laboratory, record=specimen / "record.h5")
    (real / "record.h5").unlink()
    with pytest.raises(InputError, match="is not beside it; name it with --record"):
        sign(real / "certificate.pdf", "approved", persons.minh, laboratory)


def test_a_dcc_with_another_number_than_its_record_cannot_be_signed(
    real: Path, laboratory: Laboratory, persons: Any
) -> None:
    path = real / "certificate.dcc.xml"
    text = path.read_text(encoding="utf-8")
    start = text.index("basic_measurementError")
    place = text.index("<si:valueXMLList>", start) + len("<si:valueXMLList>")
    end = text.index("<", place)
    first, *rest = text[place:end].split(" ")
    path.write_text(text[:place] + " ".join([f"{first}1", *rest]) + text[end:], encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"row 1: the DCC says .*; the record"):
        sign(path, "approved", persons.minh, laboratory)


def test_nothing_of_a_record_that_was_touched_is_signed(real: Path, laboratory: Laboratory, persons: Any) -> None:
    with h5py.File(real / "record.h5", "r+") as file:
        file["entry/points/u"][0] *= 2
    with pytest.raises((IntegrityError, InputError)):
        sign(real / "certificate.pdf", "approved", persons.minh, laboratory, record=real / "record.h5")


def test_one_digit_on_the_page_that_is_not_the_records_is_found(
    real: Path, laboratory: Laboratory, persons: Any
) -> None:
    """A page set anew with one error changed, while DCC and record stay as they are."""
    record = Record.open(real / "record.h5")
    content = certificate_content(record, dt.date(2026, 11, 23))
    group = content.groups[1]
    first = group.rows[0]
    forged = replace(first, error=first.error[:-1] + str((int(first.error[-1]) + 1) % 10))
    groups = list(content.groups)
    groups[1] = replace(group, rows=(forged, *group.rows[1:]))
    dcc = (real / "certificate.dcc.xml").read_bytes()
    path = real / "certificate.pdf"
    path.write_bytes(certificate_pdf(replace(content, groups=tuple(groups)), dcc))
    intact, what = _checks(path, laboratory)["numbers"]
    assert (intact, what.count("the page does not show: nominal")) == (False, 1)
    with pytest.raises(IntegrityError, match="the page does not show"):
        sign(path, "approved", persons.minh, laboratory)


def _set_anew(real: Path, at: int = 0, **fields: Any) -> Path:
    """Set the page of the certificate anew with other fields in one row; the DCC stays."""
    content = certificate_content(Record.open(real / "record.h5"), dt.date(2026, 11, 23))
    group = content.groups[1]
    rows = tuple(replace(row, **fields) if i == at else row for i, row in enumerate(group.rows))
    groups = (content.groups[0], replace(group, rows=rows), *content.groups[2:])
    path = real / "certificate.pdf"
    path.write_bytes(certificate_pdf(replace(content, groups=groups), (real / "certificate.dcc.xml").read_bytes()))
    return path


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"verdict": verdict_name("fail")}, "verdict "),
        ({"limit": "±9.9"}, "upper_limit "),
    ],
)
def test_a_verdict_or_a_limit_on_the_page_that_is_not_the_records_is_found(
    real: Path, laboratory: Laboratory, persons: Any, fields: dict[str, Any], told: str
) -> None:
    assert _checks(_set_anew(real), laboratory)["numbers"][0]
    path = _set_anew(real, **fields)
    intact, what = _checks(path, laboratory)["numbers"]
    assert (intact, what.count("the page does not show: nominal"), told in what) == (False, 1, True)
    (real / "record.h5").rename(real / "another-name")  # the attached DCC alone knows it too
    assert not _checks(path, laboratory)["numbers"][0]
    with pytest.raises(IntegrityError, match="the page does not show"):
        sign(path, "approved", persons.minh, laboratory, record=real / "another-name")


@pytest.mark.parametrize(
    ("column", "old", "new", "told"),
    [
        ("basic_toleranceLimitUpper", "<si:valueXMLList>", "<si:valueXMLList>9", "upper_limit 9"),
        ("basic_acceptanceLimitLower", "<si:valueXMLList>-", "<si:valueXMLList>-9", "lower_acceptance -9"),
        ("basic_conformity", "<dcc:conformityXMLList>pass", "<dcc:conformityXMLList>fail", "verdict fail"),
        ("basic_conformity", "<dcc:conformityXMLList>pass", "<dcc:conformityXMLList>noPass", "verdict noPass"),
        (">TUR<", "<dcc:charsXMLList>", "<dcc:charsXMLList>9", "tur 9"),
    ],
)
def test_a_verdict_or_a_limit_in_the_dcc_that_is_not_the_records_is_found(
    real: Path, laboratory: Laboratory, column: str, old: str, new: str, told: str
) -> None:
    path = real / "certificate.dcc.xml"
    text = path.read_text(encoding="utf-8")
    place = text.index(old, text.index(column))
    path.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    intact, what = _checks(path, laboratory)["numbers"]
    assert (intact, f"row 1: the DCC says {told}" in what) == (False, True), what


def test_whoever_signs_first_signs_what_the_record_makes_word_for_word(
    real: Path, laboratory: Laboratory, persons: Any
) -> None:
    """A page set anew with another serial number: all rows are the record's."""
    path, dcc = real / "certificate.pdf", real / "certificate.dcc.xml"
    before = path.read_bytes(), dcc.read_bytes()
    content = certificate_content(Record.open(real / "record.h5"), dt.date(2026, 11, 23))
    sections = tuple(
        replace(section, facts=tuple(_renamed(fact) for fact in section.facts)) for section in content.sections
    )
    path.write_bytes(certificate_pdf(replace(content, sections=sections), dcc.read_bytes()))
    assert _checks(path, laboratory)["numbers"][0]
    with pytest.raises(
        IntegrityError, match=r"the page says '.* MY666 .*'; made again from its record .* SIM34401001 "
    ):
        sign(path, "approved", persons.minh, laboratory)
    forged = dcc.read_bytes().replace(b"SIM34401001", b"MY666")
    path.write_bytes(certificate_pdf(content, forged))
    dcc.write_bytes(forged)
    for name in (path, dcc):
        with pytest.raises(IntegrityError, match="its DCC is not the one that its record makes"):
            sign(name, "approved", persons.minh, laboratory)
    path.write_bytes(before[0])
    dcc.write_bytes(before[1])
    sign(path, "approved", persons.minh, laboratory)


def _renamed(fact: Fact) -> Fact:
    return replace(fact, value=same("MY666")) if fact.source == "job.item.serial_number" else fact
