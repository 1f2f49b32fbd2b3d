"""The DCC of a certificate, judged by PTB's schema and rules, by the printed page and by the record."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree

from calib.dcc import parse_dcc
from calib.dcc.dsi import unit_of
from calib.dcc.values import Table, tables
from calib.errors import InputError
from calib.record.model import Phase
from calib.report import certificate_content, make_certificate
from calib.report.dcc import certificate_dcc
from calib.text import Text
from calib.units import exponent

ISSUED = date(2026, 11, 2)
LANGUAGES = [("vi", "en"), ("vi",), ("en",)]


def dcc_of(record: Any) -> bytes:
    return certificate_dcc(certificate_content(record, ISSUED), record)


def adjusted(made: Any) -> Any:
    """A record of more than 200 points: as found, and as left after an adjustment."""
    found = tuple(
        made.row(10.0, 0.08 * (i + 1), 0.5 if i % 7 else 1.4, point=f"calibrator/10 V/{i}") for i in range(120)
    )
    left = tuple(replace(made.row(10.0, r.nominal, 0.1, point=r.point), phase="as-left") for r in found)
    record = made.record(found + left)
    first, *others = record.attempts[: len(found)]
    between = replace(first, id=999, phase="adjustment", begun=others[-1].begun + 1, ended=others[-1].begun + 2)
    return replace(record, attempts=(*record.attempts[: len(found)], between, *record.attempts[len(found) :]))


def guarded(made: Any) -> Any:
    """A record with a guard band, one-sided limits, rows that nobody judged, and the name of a point with blanks."""
    rows = [
        replace(r, lower_acceptance=r.lower_limit + r.U, upper_acceptance=r.upper_limit - r.U, verdict="pass")
        for r in (made.row(10.0, v, 0.1, point=f"calibrator/10 V/{v:g} V") for v in (1.0, 5.0, 10.0))
    ]
    rows[1] = replace(
        rows[1], lower_limit=float("-inf"), lower_acceptance=float("-inf"), tur=float("nan"),
        remarks=(Text(vi="Một phía.", en="One-sided."),),
    )  # fmt: skip
    nobody = replace(
        rows[2], point="unjudged", verdict="none", verdict_unguarded="none", tur=float("nan"),
        lower_limit=float("-inf"), upper_limit=float("inf"), lower_acceptance=float("-inf"),
        upper_acceptance=float("inf"),
    )  # fmt: skip
    return made.changed(made.record((*rows, nobody)), "job.decision", {"rule": "guarded", "guard_band": 1.0})


def accredited(made: Any) -> Any:
    """A record of which some rows lie within the scope of accreditation."""
    first, *others = made.rows()
    return made.record((replace(first, scope="out"), *(replace(r, scope="in", cmc=1e-9) for r in others)))


def cases(made: Any) -> dict[str, Any]:
    return {
        "accredited": accredited(made),
        "plain": made.record(),
        "simulated": made.record(simulated=True),
        "adjusted": adjusted(made),
        "guarded": guarded(made),
        "elsewhere": made.changed(made.record(), "job.location", {"vi": "Tại nhà máy", "en": "At the plant"}),
        "bare": made.changed(made.changed(made.record(), "job.item.received", None), "job.item.asset", None),
    }


CASES = ["accredited", "plain", "simulated", "adjusted", "guarded", "elsewhere", "bare"]


@pytest.mark.parametrize("case", CASES)
def test_ptbs_schema_and_rules_find_nothing_to_say(made: Any, ptb: Any, case: str) -> None:
    """XSD of DCC 3.3.0; Schematron of dcclib 0.4.0, warnings included."""
    written = dcc_of(cases(made)[case])
    assert ptb.invalid(written) == []
    assert ptb.broken_rules(written) == []


@pytest.mark.parametrize("languages", LANGUAGES)
def test_each_choice_of_languages_is_valid(made: Any, ptb: Any, languages: tuple[str, ...]) -> None:
    written = dcc_of(made.changed(made.record(), "job.languages", list(languages)))
    assert ptb.invalid(written) == []
    assert ptb.broken_rules(written) == []
    assert {e.get("lang") for e in etree.fromstring(written).iter("{https://ptb.de/dcc}content")} == set(languages)


def test_the_rules_would_have_found_something(made: Any, ptb: Any) -> None:
    written = dcc_of(made.record()).replace(b"v0.1.0", b"0.1.0.dev1+g1234")
    assert any("release version" in text for role, text in ptb.broken_rules(written) if role == "error")
    assert ptb.invalid(written.replace(b"<dcc:performanceLocation>", b"<dcc:performanceLocation>in "))


@pytest.mark.parametrize("case", CASES)
def test_equal_content_gives_equal_bytes(made: Any, case: str) -> None:
    record = cases(made)[case]
    assert dcc_of(record) == dcc_of(cases(made)[case])
    later = certificate_dcc(certificate_content(record, date(2026, 11, 3)), record)
    assert later != dcc_of(record)


# -- the round trip ---------------------------------------------------------------------------------------------------

COLUMNS = {
    "nominal": "basic_nominalValue",
    "reference": "basic_referenceValue",
    "indicated": "basic_measuredValue",
    "error": "basic_measurementError",
}


def rows_of(table: Table) -> list[dict[str, Any]]:
    """The rows of a table, as any reader of DCCs finds them; the point is the one column of words that all have."""
    columns = {name: table.column(ref_type) for name, ref_type in COLUMNS.items()}
    points = table.columns[0].words
    phase: Phase = "as-left" if table.status == "afterAdjustment" else "as-found"
    rows = []
    for i, point in enumerate(points):
        row: dict[str, Any] = {"point": point, "phase": phase}
        for name, column in columns.items():
            assert column is not None
            assert column.shown is not None
            row[name] = column.shown.values[i]
            row[f"{name} unit"] = unit_of(column.shown.units[i])
        error = columns["error"]
        assert error is not None
        assert error.values is not None
        assert error.values.U is not None
        assert error.values.k is not None
        assert error.values.probability is not None
        row |= {"U": error.values.U[i], "k": error.values.k[i], "p": error.values.probability[i]}
        row["verdict"] = error.conformity[i] if error.conformity else "none"
        rows.append(row)
    return rows


def read_rows(written: bytes) -> list[dict[str, Any]]:
    return [row for table in tables(parse_dcc(written, "certificate").certificate) for row in rows_of(table)]


@pytest.mark.parametrize("case", ["plain", "adjusted", "guarded"])
def test_the_numbers_of_the_dcc_are_those_of_the_record(made: Any, case: str) -> None:
    """U and error to the last digit, rounding included; values to half a unit of U's last place."""
    record = cases(made)[case]
    rows = read_rows(dcc_of(record))
    results = {(r.point, r.phase): r for r in record.results}
    assert {(row["point"], row["phase"]) for row in rows} == set(results)
    for row in rows:
        result = results[row["point"], row["phase"]]

        def of(name: str, row: dict[str, Any] = row) -> float:
            unit = row["error unit" if name == "U" else f"{name} unit"]
            return float(row[name].scaleb(exponent(unit)))

        assert of("U") == pytest.approx(result.reported_U, rel=1e-12)
        assert of("error") == pytest.approx(result.reported_error, rel=1e-12, abs=1e-18)
        assert of("nominal") == pytest.approx(result.nominal, rel=1e-12)
        half = 0.5 * 10.0 ** (row["U"].as_tuple().exponent + exponent(row["error unit"])) * 1.000001
        assert abs(of("reference") - result.reference) <= half
        assert abs(of("indicated") - result.indicated) <= half
        assert float(row["k"]) == pytest.approx(result.k, abs=0.005)
        assert float(row["p"]) == result.probability
        assert row["verdict"] == result.verdict
        assert row["p"] == Decimal("0.9545")


@pytest.mark.parametrize("case", ["plain", "adjusted"])
@pytest.mark.parametrize("languages", LANGUAGES)
def test_paper_and_dcc_print_the_same_digits(made: Any, tmp_path: Path, case: str, languages: tuple[str, ...]) -> None:
    """Each row of the DCC, as the text of the PDF has it; in Vietnamese with a decimal comma."""
    record = made.changed(cases(made)[case], "job.languages", list(languages))
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    text = " ".join(made.poppler("pdftotext", "-layout", str(path), "-").split())
    sign = "." if "en" in languages else ","
    rows = read_rows(dcc_of(record))
    assert len(rows) == len(record.results)
    for row in rows:
        digits = [format(row[n], "f").replace("-", "\N{MINUS SIGN}") for n in COLUMNS]
        digits += [format(row["U"], "f")]
        cells = r"\s+".join(re.escape(d.replace(".", sign)) for d in digits)
        assert re.search(rf"(?<!\S){cells}\s", text), digits


def test_the_pdf_carries_its_dcc_as_its_source(made: Any, tmp_path: Path) -> None:
    record = made.record()
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED, dcc_path=tmp_path / "c.dcc.xml")
    with pikepdf.open(path) as pdf:
        (associated,) = pdf.Root.AF
        assert associated.AFRelationship == "/Source"
        (name,) = pdf.attachments
        attached = pdf.attachments[name].get_file()
        assert name == "certificate.dcc.xml"
        assert attached.mime_type == "application/xml"
        content = attached.read_bytes()
        metadata = pdf.Root.Metadata.read_bytes().decode()
    assert re.search(r"pdfaid:part>3<.*pdfaid:conformance>B<", metadata)
    assert content == dcc_of(record) == (tmp_path / "c.dcc.xml").read_bytes()


# -- what it says -----------------------------------------------------------------------------------------------------


def said(written: bytes, path: str, language: str = "en") -> list[str]:
    """Texts at an XPath, in one language."""
    found = etree.fromstring(written).xpath(path, namespaces={"dcc": "https://ptb.de/dcc"})
    assert isinstance(found, list)
    texts = [e for e in found if isinstance(e, etree._Element) and e.get("lang", language) == language]
    return [" ".join(str(e.text).split()) for e in texts]


def test_a_simulated_result_is_a_specimen_wherever_one_looks(made: Any) -> None:
    written = dcc_of(made.record(simulated=True))
    root = etree.fromstring(written)
    names = said(written, "//dcc:measurementResult/dcc:name/dcc:content")
    assert names
    assert all("SIMULATED" in name for name in names)
    assert root.xpath("string(//dcc:statement[1]/dcc:traceable)", namespaces=root.nsmap) == "false"
    assert root.xpath("string(//dcc:statement[1]/dcc:valid)", namespaces=root.nsmap) == "false"
    assert "specimen" in said(written, "//dcc:statement[1]/dcc:declaration/dcc:content")[0]
    assert b"SIMULATED" not in dcc_of(made.record())


def traceable(record: Any) -> str:
    path = "string(//dcc:statement[@refType='basic_metrologicallyTraceableToSI']/dcc:traceable)"
    return str(etree.fromstring(dcc_of(record)).xpath(path, namespaces={"dcc": "https://ptb.de/dcc"}))


def test_only_an_unbroken_chain_is_called_traceable(made: Any) -> None:
    record = made.record()
    (calibration,) = record.snapshot["equipment"]["CAL-01"]["calibrations"]
    overdue = made.changed(record, "equipment.CAL-01.calibrations", [calibration | {"due": "2026-10-01"}])
    broken = {"vi": "đứt", "en": "broken"}
    node = {"id": "CAL-01", "kind": "standard", "lines": [{"vi": "CAL-01", "en": "CAL-01"}], "marks": [broken]}
    marked = made.changed(record, "traceability", {"nodes": [node], "links": []})
    cold = made.changed(record, "equipment.CAL-01.calibrations", [calibration | {"use_temperature_C": [18.0, 20.0]}])
    excepted = made.changed(record, "exceptions", [{"what": "overdue", "why": "none other", "by": "An"}])
    assert traceable(record) == "true"
    doubted = (overdue, marked, cold, excepted, made.record(simulated=True))
    assert [traceable(r) for r in doubted] == ["false"] * 5


def test_before_and_after_the_adjustment_are_told_apart(made: Any) -> None:
    found = tables(parse_dcc(dcc_of(adjusted(made)), "c").certificate)
    assert [(t.status, len(t.columns[0])) for t in found] == [("beforeAdjustment", 120), ("afterAdjustment", 120)]
    assert {t.status for t in tables(parse_dcc(dcc_of(made.record()), "c").certificate)} == {""}


def test_a_standard_is_named_by_its_certificate_and_by_its_digest_where_there_is_one(made: Any) -> None:
    record = made.record()
    (calibration,) = record.snapshot["equipment"]["CAL-01"]["calibrations"]
    digest = "ab" * 32
    document = {"path": "certificates/V10.xml", "sha256": digest, "kind": "dcc"}
    with_digest = made.changed(record, "equipment.CAL-01.calibrations", [calibration | {"document": document}])
    for source, expected in ((record, ("analogue", "analogue")), (with_digest, ("SHA-256", digest))):
        used = parse_dcc(dcc_of(source), "c").certificate.measurements.all[0].equipment
        assert used is not None
        first, second = used.all
        assert first.certificate is not None
        assert (first.certificate.procedure, first.certificate.value) == expected
        assert first.certificate.number == "V10.CN5.0211.26"
        assert first.certificate.in_validity_range == "true"
        assert second.model == "HM40"


def test_limits_that_a_row_lacks_are_nan_and_rows_without_a_verdict_stand_apart(made: Any) -> None:
    first, second = tables(parse_dcc(dcc_of(guarded(made)), "c").certificate)
    lower, accepted = first.column("basic_toleranceLimitLower"), first.column("basic_acceptanceLimitUpper")
    assert lower is not None
    assert accepted is not None
    assert lower.values is not None
    assert [v.is_nan() for v in lower.values.values] == [False, True, False]
    assert first.columns[0].words == ("calibrator/10 V/1 V", "calibrator/10 V/5 V", "calibrator/10 V/10 V")
    error = second.column("basic_measurementError")
    assert error is not None
    assert error.conformity == ()
    assert second.column("basic_toleranceLimitLower") is None


def test_rows_within_the_scope_are_marked_and_refer_to_the_statement_that_says_so(made: Any) -> None:
    certificate = parse_dcc(dcc_of(accredited(made)), "c").certificate
    statements = certificate.administrative.statements
    assert statements is not None
    (meaning,) = [s for s in statements.all if s.id == "inCMC"]
    assert meaning.ref_type == "basic_isInCMC"
    marks = [
        m.valid_each
        for result in certificate.measurements.all[0].results.all
        for one in result.data.lists
        for part in one.parts
        if part.value.metadata is not None
        for m in part.value.metadata.all
        if m.ref_id == "inCMC"
    ]
    assert marks[0] == ("false",)
    assert set(marks[1:]) == {("true",) * 4}
    assert b"inCMC" not in dcc_of(made.record())


def test_a_firmware_that_is_no_release_stays_whole_in_the_description(made: Any, ptb: Any) -> None:
    record = made.changed(made.record(), "bench", {"roles": {"meter": {"equipment": "item"}}})
    record = made.changed(record, "identities", {"meter": {"firmware": "10-5-2"}})
    written = dcc_of(record)
    assert ptb.broken_rules(written) == []
    assert said(written, "//dcc:installedSoftwares//dcc:description/dcc:content") == ["10-5-2"]


def test_letters_that_xml_cannot_carry_do_not_break_it(made: Any, ptb: Any) -> None:
    record = made.changed(made.record(), "job.item.accessories", "leads <red & black>\x0b\nfuse\x00")
    written = dcc_of(record)
    assert ptb.invalid(written) == []
    assert "leads <red & black> fuse" in said(written, "//dcc:item/dcc:description/dcc:content")[0]


def test_a_coverage_factor_that_a_dcc_cannot_hold_is_one_message(made: Any) -> None:
    row = made.row(10.0, 10.0, 0.1, k=0.95)
    content = certificate_content(made.record((row,)), ISSUED)
    with pytest.raises(InputError, match=r"point dcv.10.10: k = 0.95: a DCC has no coverage factor below 1"):
        certificate_dcc(content, made.record((row,)))
