"""The scope: CMC as value, equation and matrix; where it ends; what cannot be a scope."""

import datetime as dt
from typing import Any

import pytest

from calib.errors import FileError
from calib.files import as_model
from calib.specification import Covered, Scope

ENTRY: dict[str, Any] = {"quantity": "dc_voltage", "unit": "V", "range": [0.1, 10], "floor": 1e-6, "relative_ppm": 2}
MATRIX = {
    "values": [0.1, 1, 10],
    "frequencies_Hz": [40, 1000, 20000],
    "floor": [[1e-5, 2e-5], [4e-5, 8e-5]],
    "relative_ppm": [[10, 20], [30, 40]],
}
ON = dt.date(2026, 11, 23)


def _scope(*entries: dict[str, Any], **more: Any) -> Scope:
    plain = {"format": "calib-scope/1", "accreditation": "VILAS 0", "issued": "2026-01-01", "entries": list(entries)}
    return as_model(plain | more, Scope, "scope.toml")


def _ask(scope: Scope, value: float, quantity: str = "dc_voltage", **more: Any) -> Covered:
    asked: dict[str, Any] = {"method": "m", "on": ON} | more
    return scope.covered(quantity, value, **asked)


def test_an_equation_gives_a_plus_b_x_for_either_sign() -> None:
    scope = _scope(ENTRY)
    assert _ask(scope, 5.0).cmc == pytest.approx(1e-6 + 10e-6)
    assert _ask(scope, -5.0) == _ask(scope, 5.0)


def test_a_plain_value_is_the_same_over_the_range() -> None:
    entry = {k: v for k, v in ENTRY.items() if k != "relative_ppm"}
    assert _ask(_scope(entry), 0.1).cmc == _ask(_scope(entry), 10).cmc == 1e-6


@pytest.mark.parametrize(
    ("value", "inside"), [(0.1, True), (0.0999, False), (10.0, True), (10.01, False), (0.0, False)]
)
def test_the_ends_of_a_range_belong_to_it_and_nothing_beyond(value: float, *, inside: bool) -> None:
    assert _ask(_scope(ENTRY), value).inside == inside


def test_a_range_from_a_negative_value_is_of_the_signed_value() -> None:
    scope = _scope(ENTRY | {"quantity": "temperature", "unit": "°C", "range": [-40, 10]})
    assert _ask(scope, -40.0, "temperature").inside
    assert not _ask(scope, 40.0, "temperature").inside


@pytest.mark.parametrize(
    ("value", "frequency", "cmc"),
    [
        (0.5, 100, 1e-5 + 10e-6 * 0.5),
        (0.5, 5000, 2e-5 + 20e-6 * 0.5),
        (5, 100, 4e-5 + 30e-6 * 5),
        (5, 5000, 8e-5 + 40e-6 * 5),
        (1, 1000, 8e-5 + 40e-6),  # where four cells meet the greatest counts
        (5, 39, None),
        (5, 20001, None),
        (5, None, None),
    ],
)
def test_a_matrix_gives_the_cell_of_value_and_frequency(
    value: float, frequency: float | None, cmc: float | None
) -> None:
    entry = {"quantity": "ac_voltage", "unit": "V", "range": [0.1, 10], "matrix": MATRIX}
    found = _ask(_scope(entry), value, "ac_voltage", frequency_Hz=frequency)
    assert found.inside == (cmc is not None)
    assert found.cmc == pytest.approx(cmc or 0.0)


def test_another_quantity_method_or_place_is_outside() -> None:
    scope = _scope(ENTRY | {"methods": ["dmm"]})
    assert _ask(scope, 1.0, method="dmm").inside
    assert not _ask(scope, 1.0, method="other").inside
    assert not _ask(scope, 1.0, "dc_current", method="dmm").inside
    assert not _ask(scope, 1.0, method="dmm", on_site=True).inside
    assert _ask(_scope(ENTRY | {"on_site": True}), 1.0, on_site=True).inside


def test_a_scope_holds_from_its_first_to_its_last_day() -> None:
    scope = _scope(ENTRY, valid_until="2026-11-23")
    assert [_ask(scope, 1.0, on=ON + dt.timedelta(days=d)).inside for d in (-400, 0, 1)] == [False, True, False]


def test_of_overlapping_entries_the_greatest_cmc_counts() -> None:
    assert _ask(_scope(ENTRY, ENTRY | {"range": [10, 20], "floor": 3e-6}), 10.0).cmc == pytest.approx(23e-6)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"range": [0.1]}, "range"),
        ({"range": [0.1, float("inf")]}, "finite"),
        ({"unit": "mV"}, "without a prefix"),
        ({"floor": 0, "relative_ppm": 0}, "either 'floor' and 'relative_ppm' or 'matrix'"),
        ({"matrix": MATRIX}, "either 'floor' and 'relative_ppm' or 'matrix'"),
        ({"range": [0, 10], "floor": 0}, "'floor' must be above 0"),
        ({"floor": 0, "relative_ppm": 0, "matrix": MATRIX | {"floor": [[1, 1]]}}, "must have 2 rows of 2"),
        ({"floor": 0, "relative_ppm": 0, "matrix": MATRIX | {"values": [1, 1, 2]}}, "'values' must ascend"),
    ],
)
def test_what_is_no_cmc_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(FileError, match=told):
        _scope(ENTRY | changes)
