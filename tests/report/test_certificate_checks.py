"""A certificate whose printed digits contradict its record, or imply another verdict, is stopped."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calib.errors import InputError
from calib.numbers import Style, at_place, last_place
from calib.report import certificate_content, check, make_certificate

ISSUED = date(2026, 11, 2)


def stopped(made: Any, row: Any, tmp_path: Path, **decision: Any) -> str:
    record = made.record((made.row(1.0, 0.5, 0.1), row))
    if decision:
        record = made.changed(record, "job.decision", decision)
    with pytest.raises(InputError) as caught:
        make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    assert not (tmp_path / "c.pdf").exists()
    return str(caught.value)


def test_a_pass_that_the_printed_digits_call_a_fail_is_stopped(made: Any, tmp_path: Path) -> None:
    wrong = replace(made.row(10.0, 10.0, 1.2), verdict="pass")
    message = stopped(made, wrong, tmp_path)
    assert "point dcv.10.10: prints the verdict 'pass'" in message
    assert "error 480 against the tolerance ±400 means 'fail'" in message


def test_a_fail_that_the_printed_digits_call_a_pass_is_stopped(made: Any, tmp_path: Path) -> None:
    assert "means 'pass'" in stopped(made, replace(made.row(10.0, 10.0, -0.4), verdict="fail"), tmp_path)


def test_a_verdict_by_digits_that_rounding_took_away_is_stopped(made: Any, tmp_path: Path) -> None:
    """0.404 mV lies outside ±0.4 mV, but the reported 0.40 mV (U = 0.13 mV) does not: a reader sees a pass."""
    row = made.row(10.0, 10.0, 1.0)
    raw = replace(row, error=0.404e-3, indicated=10.000404, reported_error=0.4e-3, verdict="fail")
    assert "means 'pass'" in stopped(made, raw, tmp_path)


def test_inside_the_guard_band_is_no_pass(made: Any, tmp_path: Path) -> None:
    row = made.row(10.0, 10.0, 0.8)
    row = replace(row, lower_acceptance=-2.7e-4, upper_acceptance=2.7e-4)
    binary = stopped(made, row, tmp_path, rule="guarded", binary=True)
    assert "acceptance limits ±270 means 'fail'" in binary
    other = stopped(made, row, tmp_path, rule="guarded", binary=False)
    assert "means 'conditionalPass'" in other


def test_beyond_the_tolerance_by_less_than_the_guard_band_is_a_conditional_fail(made: Any, tmp_path: Path) -> None:
    for part, verdict in ((1.2, "conditionalFail"), (1.5, "fail")):
        row = replace(made.row(10.0, 10.0, part), lower_acceptance=-2.7e-4, upper_acceptance=2.7e-4, verdict=verdict)
        record = made.changed(made.record((row,)), "job.decision", {"rule": "guarded", "binary": False})
        check(certificate_content(record, ISSUED), record)
        other = "fail" if verdict == "conditionalFail" else "conditionalFail"
        assert f"means '{verdict}'" in stopped(
            made, replace(row, verdict=other), tmp_path, rule="guarded", binary=False
        )


def test_a_sign_turned_round_is_stopped(made: Any, tmp_path: Path) -> None:
    row = made.row(10.0, 10.0, 0.5)
    wrong = replace(row, error=-row.error, reported_error=-row.reported_error)
    assert "prints indicated 10.00020 − reference 10.00000 V, but the error −200 µV" in stopped(made, wrong, tmp_path)


def test_an_error_in_another_unit_is_stopped(made: Any, tmp_path: Path) -> None:
    row = made.row(10.0, 10.0, 0.5)
    message = stopped(made, replace(row, error=row.error / 1000, reported_error=0.0), tmp_path)
    assert "but the error 0 µV" in message


def test_a_printed_uncertainty_smaller_than_the_computed_one_is_stopped(made: Any, tmp_path: Path) -> None:
    row = made.row(10.0, 10.0, 0.1)
    assert "less than U of the record" in stopped(made, replace(row, reported_U=1.1e-4), tmp_path)
    assert "less than k·u of the record" in stopped(made, replace(row, U=1e-4, u=row.u * 1.1), tmp_path)


def test_an_uncertainty_raised_to_the_cmc_is_no_contradiction(made: Any) -> None:
    row = made.row(10.0, 10.0, 0.1)
    record = made.record((replace(row, reported_U=2.0e-4, tur=2.0),))
    check(certificate_content(record, ISSUED), record)


def test_a_better_ratio_than_the_printed_numbers_give_is_stopped(made: Any, tmp_path: Path) -> None:
    assert "prints a TUR of 9.0" in stopped(made, replace(made.row(10.0, 10.0, 0.1), tur=9.0), tmp_path)


def test_a_row_that_is_lost_or_doubled_is_stopped(made: Any) -> None:
    record = made.record()
    content = certificate_content(record, ISSUED)
    fewer = replace(content, groups=content.groups[:-1])
    with pytest.raises(InputError, match="21 results in the record, 17 printed, 21 different points"):
        check(fewer, record)


def test_a_simulated_record_cannot_be_issued_as_a_real_one(made: Any) -> None:
    record = made.record(simulated=True)
    content = replace(certificate_content(record, ISSUED), simulated=False)
    with pytest.raises(InputError, match="the record is simulated, and the certificate does not say so"):
        check(content, record)


def test_all_contradictions_are_told_at_once(made: Any) -> None:
    record = made.record(tuple(replace(r, verdict="fail") for r in made.rows()))
    with pytest.raises(InputError) as caught:
        check(certificate_content(record, ISSUED), record)
    assert str(caught.value).count("means 'pass'") == 21


@given(
    st.decimals(min_value=-10_000, max_value=10_000, allow_nan=False, places=7),
    st.sampled_from([("vi",), ("en",), ("vi", "en")]),
)
def test_what_is_printed_reads_back_as_the_same_number(number: Decimal, languages: Any) -> None:
    style = Style(languages)
    printed = style.number(number)
    assert style.parse(printed) == number
    assert "E" not in printed


@given(st.floats(min_value=1e-9, max_value=1e4), st.sampled_from(["µV", "mV", "V"]))
def test_an_uncertainty_is_printed_with_two_digits_in_any_unit(U: float, unit: str) -> None:
    printed = at_place(U, last_place(U), "V", unit)
    factor = {"V": 1.0, "mV": 1e3, "µV": 1e6}[unit]
    assert float(printed) == pytest.approx(float(f"{U:.1e}") * factor, rel=1e-9) or abs(
        float(printed) / factor - U
    ) <= 0.51 * 10 ** last_place(U)
    assert len(printed.normalize().as_tuple().digits) <= 2
