"""What a certificate says, and what it refuses to be made of (ISO/IEC 17025:2017, 7.8)."""

import math
from dataclasses import replace
from datetime import date
from statistics import NormalDist
from typing import Any

import pytest

from calib.errors import InputError
from calib.numbers import Style
from calib.record.model import Attempt
from calib.record.result import BudgetRow
from calib.report import certificate_content
from calib.report.budget import budget_page
from calib.text import Text

ISSUED = date(2026, 11, 2)


def facts(content: Any) -> dict[str, str]:
    return {fact.label.en: fact.value.en for section in content.sections for fact in section.facts}


def statement(content: Any, label: str) -> str:
    return " ".join(fact.value.en for fact in content.statements if fact.label.en == label)


def test_all_that_is_missing_is_told_in_one_message_with_its_clause(made: Any) -> None:
    record = made.record()
    for path in ("job.customer.name", "job.customer.address", "job.certificate_number", "laboratory.address"):
        record = made.changed(record, path, None)
    record = made.changed(record, "job.item.serial_number", "")
    record = replace(made.changed(record, "job.item.asset", ""), attempts=(), environment=())
    with pytest.raises(InputError) as caught:
        certificate_content(record, ISSUED)
    message = str(caught.value)
    for wanted in (
        "name of the customer (job.customer.name; ISO/IEC 17025 7.8.2.1 e)",
        "address of the customer (job.customer.address; ISO/IEC 17025 7.8.2.1 e)",
        "certificate number (job.certificate_number; ISO/IEC 17025 7.8.2.1 d)",
        "address of the laboratory (laboratory.address; ISO/IEC 17025 7.8.2.1 b)",
        "serial or asset number of the item (job.item.serial_number or job.item.asset; ISO/IEC 17025 7.8.2.1 g)",
        "dates of the calibration: no test point is complete (ISO/IEC 17025 7.8.2.1 i)",
        "conditions of the environment (ISO/IEC 17025 7.8.4.1 b)",
    ):
        assert wanted in message
    assert "name of the laboratory" not in message


@pytest.mark.parametrize(
    "path",
    ["laboratory.phone", "laboratory.email", "laboratory.accreditation", "job.number", "job.item.asset",
     "job.item.condition", "job.item.received", "job.item.manufacturer", "job.specification", "job.decision",
     "job.languages", "equipment", "specifications", "procedure.title", "operator", "software", "exceptions"],
)  # fmt: skip
def test_what_is_optional_may_be_absent(made: Any, path: str) -> None:
    assert certificate_content(made.changed(made.record(), path, None), ISSUED).rows


def test_the_day_of_the_calibration_is_that_of_the_laboratory_and_not_of_greenwich(made: Any) -> None:
    late = made.record()
    shifted = tuple(replace(a, begun=a.begun + 15.5 * 3600, ended=a.ended + 15.5 * 3600) for a in late.attempts)
    content = certificate_content(replace(late, attempts=shifted), ISSUED)  # 00:30 on 1 November in Hà Nội
    assert facts(content)["Date of calibration"] == "2026-11-01"
    assert facts(certificate_content(late, ISSUED))["Date of calibration"] == "2026-10-31"


def test_values_errors_and_limits_end_at_the_place_of_the_uncertainty(made: Any) -> None:
    rows = {row.point: row for row in certificate_content(made.record(), ISSUED).rows}
    row = rows["dcv.10.10"]
    assert (row.reference, row.indicated, row.error, row.U, row.limit) == (
        "10.00000", "10.00021", "210", "130", "±400",
    )  # fmt: skip
    small = rows["dcv.0.1.-0.01"]
    assert (small.nominal, small.error, small.U, small.limit) == ("−10", "−1.24", "0.66", "±4.00")


def test_a_zero_is_never_printed_with_a_minus(made: Any) -> None:
    zero = replace(made.row(10.0, 1.0, 0.0), error=-1e-9, reported_error=-0.0, indicated=1.0 - 1e-9)
    assert certificate_content(made.record((zero,)), ISSUED).rows[0].error == "0"


def test_a_ratio_below_the_agreed_one_is_flagged_and_never_rounded_up_to_it(made: Any) -> None:
    rows = tuple(replace(made.row(10.0, v, 0.1), tur=tur) for v, tur in ((1.0, 3.97), (2.0, 4.0), (3.0, math.nan)))
    content = certificate_content(made.record(rows), ISSUED)
    assert [(row.tur, row.tur_is_low) for row in content.rows] == [("3.9", True), ("4.0", False), ("", False)]
    assert content.notes[content.rows[0].notes[0] - 1].en == "TUR is below the agreed ratio of 4 : 1."
    assert content.rows[1].notes == ()


def test_a_ratio_that_nobody_agreed_is_not_called_agreed(made: Any) -> None:
    rows = tuple(replace(made.row(10.0, v, 0.1), tur=tur) for v, tur in ((1.0, 3.97), (2.0, 4 - 4e-16)))
    record = made.changed(made.record(rows), "job.decision.minimum_tur", None)
    content = certificate_content(record, ISSUED)
    assert [row.tur_is_low for row in content.rows] == [True, False]
    assert [note.en for note in content.notes] == ["TUR is below 4 : 1."]
    lower = certificate_content(made.changed(record, "job.decision.minimum_tur", 3.0), ISSUED)
    assert not any(row.tur_is_low for row in lower.rows)


def test_rows_of_one_range_share_a_unit_and_zeros_of_many_ranges_name_theirs(made: Any) -> None:
    title = Text(vi="Ngắn mạch", en="Short")
    zeros = [made.row(r, 0.0, 0.1, point=f"z{r}", group=title) for r in (1.0, 1000.0)]
    ranges = [replace(made.row(10.0, 9.0, 0.1), error_unit="mV"), made.row(10.0, 1.0, 0.1)]
    content = certificate_content(made.record((*zeros, *ranges)), ISSUED)
    assert [(g.heading.en, g.error_unit, len(g.rows)) for g in content.groups] == [
        ("Short", "µV", 1), ("Short", "mV", 1), ("DC voltage, 10 V range", "mV", 2),
    ]  # fmt: skip
    assert [row.error for row in content.groups[2].rows] == ["0.04", "0.009"]
    assert content.rows[1].measuring_range == "1000 V"


def test_guarded_acceptance_states_its_band_and_its_risk(made: Any) -> None:
    record = made.changed(made.record(), "job.decision", {"rule": "guarded", "guard_band": 0.83})
    text = statement(certificate_content(record, ISSUED), "Conformity")
    assert "w = 0.83 U" in text
    assert f"{100 * NormalDist().cdf(-1.66):.2g} %" in text  # 4.8 %, as ISO 14253-1:2017 has it
    assert "4.8 %" in text


def test_simple_acceptance_states_its_shared_risk_and_the_greatest_risk_that_was_taken(made: Any) -> None:
    rows = list(made.rows())
    rows[3] = replace(rows[3], conformance_probability=0.93)
    text = statement(certificate_content(made.record(tuple(rows)), ISSUED), "Conformity")
    assert "simple acceptance" in text
    assert "at most 50 %" in text
    assert "21 of 21 results pass" in text
    assert "among the rows that pass: 7.0 %" in text
    assert "HP 34401A, DC voltage, 1 year, User's Guide 34401-90004, p. 216" in text


def test_without_an_agreed_specification_there_is_no_statement_of_conformity(made: Any) -> None:
    free = tuple(
        replace(r, verdict="none", lower_limit=-math.inf, upper_limit=math.inf, tur=math.nan,
                lower_acceptance=-math.inf, upper_acceptance=math.inf)
        for r in made.rows()
    )  # fmt: skip
    content = certificate_content(made.record(free), ISSUED)
    assert statement(content, "Conformity") == "No statement of conformity was agreed."
    assert not content.has_limits


def test_repeats_skips_failures_and_exceptions_are_told(made: Any) -> None:
    record = made.record()
    at = record.attempts[0]
    more = (
        Attempt(101, "p1", 1, "as-found", (), at.begun, at.begun, "repeated", "lead came off"),
        Attempt(102, "p1", 2, "as-found", (), at.begun, at.begun, "complete"),
        Attempt(103, "p1", 3, "as-found", (), at.begun, at.begun, "complete"),
        Attempt(104, "p2", 1, "as-found", (), at.begun, at.begun, "skipped", "range is defective"),
        Attempt(105, "p3", 1, "as-left", (), at.begun, at.begun, "failed", "overload"),
        Attempt(106, "p4", 1, "as-left", (), at.begun, None, "unfinished"),
    )
    exception = {"equipment": "CAL-01", "what": "Fluke 5522A, due on 2026-10-30", "why": "loan", "by": "Trần Văn Đức"}
    record = made.changed(
        replace(record, attempts=(*record.attempts, *more), status="aborted"), "exceptions", [exception]
    )
    assert [text.en for text in certificate_content(record, ISSUED).deviations] == [
        "Fluke 5522A, due on 2026-10-30. Reason: loan. Granted by Trần Văn Đức.",
        "Point p1 (as found), attempt 1: repeated: lead came off.",
        "Point p1 (as found), attempt 3: measured again; attempt 2 stands.",
        "Point p2 (as found): skipped: range is defective.",
        "Point p3 (as left), attempt 1: failed: overload.",
        "Point p4 (as left), attempt 1: interrupted; nothing of it is used.",
        "The run did not end as planned (status of the record: aborted).",
    ]


def test_an_overdue_standard_that_nobody_named_is_named_and_one_without_certificate_breaks_the_chain(made: Any) -> None:
    record = made.record()
    overdue = [{**record.snapshot["equipment"]["CAL-01"]["calibrations"][0], "due": "2026-10-30"}]
    record = made.changed(record, "equipment.CAL-01.calibrations", overdue)
    record = made.changed(record, "equipment.TH-03.calibrations", [])
    first, second = (text.en for text in certificate_content(record, ISSUED).deviations)
    assert "Fluke 5522A, S/N 2871004" in first
    assert "due on 2026-10-30" in first
    assert "Vaisala HM40" in second
    assert "chain to the SI is broken" in second


def test_a_standard_is_listed_with_the_calibration_in_force_and_the_item_itself_is_no_standard(made: Any) -> None:
    record = made.record()
    old = record.snapshot["equipment"]["CAL-01"]["calibrations"][0]
    later = {**old, "certificate": "LATER", "date": "2026-11-01", "due": "2027-11-01"}
    earlier = {**old, "certificate": "EARLIER", "date": "2025-08-18", "due": "2026-08-18"}
    record = made.changed(record, "equipment.CAL-01.calibrations", [later, old, earlier])
    content = certificate_content(record, ISSUED)
    assert [s.certificate for s in content.standards] == ["V10.CN5.0211.26", "V07.CN4.0130.26"]


def test_the_day_on_which_the_run_began_decides_which_calibration_is_in_force(made: Any) -> None:
    record = made.record()
    old = record.snapshot["equipment"]["CAL-01"]["calibrations"][0]
    later = {**old, "certificate": "LATER", "date": "2026-11-01", "due": "2027-11-01"}
    record = made.changed(record, "equipment.CAL-01.calibrations", [later, old])
    found = [
        certificate_content(made.changed(record, "date", day), ISSUED).standards[0].certificate
        for day in ("2026-10-31", "2026-11-01")
    ]
    assert found == ["V10.CN5.0211.26", "LATER"]


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        (("specification",), ["nominal value of the standard"]),
        (("certificate",), ["correction and U of the standard's certificate"]),
        (("specification", "none"), ["nominal value of the standard", "reference value is exact"]),
    ],
)
def test_the_route_of_the_reference_values_is_stated(made: Any, routes: tuple[str, ...], told: list[str]) -> None:
    rows = tuple(made.row(10.0, 1.0 + i, 0.1, route=route) for i, route in enumerate(routes))
    record = made.changed(made.record(rows), "equipment.CAL-01.specification", "fluke-5522a")
    record = made.changed(record, "equipment.CAL-01.specification_interval", "90 days")
    record = made.changed(record, "specifications.fluke-5522a", {"title": "Fluke 5522A, DC voltage"})
    content = certificate_content(record, ISSUED)
    text = statement(content, "Reference values")
    every = ["nominal value of the standard", "correction and U of the standard's certificate", "value is exact"]
    assert [part in text for part in every] == [any(part in t for t in told) for part in every]
    assert ("Fluke 5522A, DC voltage, 90 days" in text) == ("specification" in routes)
    (vietnamese,) = (f.value.vi for f in content.statements if f.label.en == "Reference values")
    assert ("90 ngày" in vietnamese) == ("specification" in routes)


def test_the_firmware_that_the_item_named_is_printed(made: Any) -> None:
    record = made.changed(
        made.record(), "bench", {"roles": {"source": {"equipment": "CAL-01"}, "meter": {"equipment": "item"}}}
    )
    record = made.changed(record, "identities", {"source": {"firmware": "1.0"}, "meter": {"firmware": "10-5-2"}})
    assert facts(certificate_content(record, ISSUED))["Firmware"] == "10-5-2"
    assert "Firmware" not in facts(certificate_content(made.record(), ISSUED))


@pytest.mark.parametrize("where", ["record", "snapshot"])
def test_one_witness_is_enough_to_be_simulated(made: Any, where: str) -> None:
    record = made.record(simulated=where == "record")
    if where == "snapshot":
        record = made.changed(record, "simulated", True)
    assert certificate_content(record, ISSUED).simulated


def test_the_budget_shown_is_that_of_the_row_nearest_to_its_limit(made: Any) -> None:
    page = certificate_content(made.record(), ISSUED).budget
    assert page.title.en == "DC voltage, 1000 V range, point 1000 V"
    assert page.title.vi == "Điện áp một chiều, thang 1000 V, điểm 1000 V"
    assert "largest part of its tolerance" in page.why.en


def test_the_budget_of_a_row_whose_heading_names_no_range_names_it(made: Any) -> None:
    row = made.row(0.1, 0.0, 0.5, group=Text(vi="Ngắn mạch", en="Short"))
    page = certificate_content(made.record((row,)), ISSUED).budget
    assert page.title == Text(vi="Ngắn mạch, thang 100 mV, điểm 0 mV", en="Short, range 100 mV, point 0 mV")


def test_the_budget_names_the_measurement_equation_and_its_printed_values_add_up_to_the_error(made: Any) -> None:
    """The row of the review: −10.002060 mV indicated, −10 mV nominal, a correction of 80 nV: an error of −2.14 µV."""
    label = Text(vi="x", en="x")
    parts = [
        ("nominal", -0.010, 0.0, -1.0),
        ("indication", -0.010_002_06, 3e-8, 1.0),
        ("correction", 80e-9, 2e-9, -1.0),
    ]
    budget = tuple(
        BudgetRow(n, label, value, u, math.inf, "normal" if u else "exact", "V", c, u, u**2 / 9.04e-16)
        for n, value, u, c in parts
    )
    row = replace(made.row(0.1, -0.01, -0.5), budget=budget, error=-2.14e-6, reported_error=-2.14e-6)
    record = made.changed(made.record((row,)), "procedure.equation", "E = V_ind − (V_S + δV_S)")
    page = certificate_content(record, ISSUED).budget
    assert page.equation == "E = V_ind − (V_S + δV_S)"
    nominal, indication, correction = page.rows
    assert (nominal.value, nominal.u, nominal.dof, nominal.distribution.en) == ("−10 mV", "0", "–", "exact")
    assert (indication.value, correction.value) == ("−10.002060 mV", "0.0000800 mV")
    minus = str.maketrans("−", "-")
    signed = ((float(r.sensitivity.translate(minus)), float(r.value.translate(minus).split()[0])) for r in page.rows)
    assert sum(c * millivolts for c, millivolts in signed) == pytest.approx(-2.14e-3, abs=1e-8)


def test_a_hash_among_the_software_is_shortened_to_what_a_page_can_bear(made: Any) -> None:
    record = made.changed(
        made.record(), "software", {"calib-lab": "0.1.0", "calib-source-sha256": "0123456789abcdef" * 4}
    )
    assert certificate_content(record, ISSUED).software == "calib-lab 0.1.0, calib-source-sha256 0123456789ab"


def test_the_machine_of_the_run_is_not_printed(made: Any) -> None:
    record = made.changed(made.record(), "software", {"calib-lab": "0.1.0", "system": "Linux-6.1-bench-pc"})
    assert certificate_content(record, ISSUED).software == "calib-lab 0.1.0"


def test_the_printed_contributions_add_up_to_the_printed_uncertainty(made: Any) -> None:
    page = certificate_content(made.record(), ISSUED).budget
    total = math.sqrt(sum(float(row.contribution) ** 2 for row in page.rows))
    printed = {fact.label.en: fact.value.en for fact in page.summary}
    assert printed["Combined standard uncertainty u"] == f"{total:.2f} mV"
    assert sum(float(row.share) for row in page.rows) == pytest.approx(100, abs=0.2)


def test_a_sensitivity_between_different_quantities_carries_its_unit(made: Any) -> None:
    heat = BudgetRow(
        "t", Text(vi="Nhiệt độ", en="Temperature"), 23.0, 0.12, math.inf, "rectangular", "°C", 2e-6, 2.4e-7, 1.0
    )
    row = replace(made.row(10.0, 10.0, 0.5), budget=(heat,))
    shown = budget_page((row,), Style(("vi", "en"))).rows[0]
    assert (shown.value, shown.u, shown.sensitivity) == ("23.00 °C", "0.12 °C", "0.000002 V/°C")


def test_a_language_that_certificates_do_not_have_is_refused(made: Any) -> None:
    with pytest.raises(InputError, match=r"job\.languages: fr: not a language"):
        certificate_content(made.changed(made.record(), "job.languages", ["vi", "fr"]), ISSUED)


def test_a_result_without_uncertainty_is_refused_by_its_point(made: Any) -> None:
    rows = (replace(made.row(10.0, 1.0, 0.1), reported_U=0.0),)
    with pytest.raises(InputError, match=r"point dcv\.10\.1: U is 0"):
        certificate_content(made.record(rows), ISSUED)
