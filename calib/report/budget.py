"""The annex: budget of the row that came nearest to its limit, with all columns and units."""

import math
from collections.abc import Sequence

from calib.errors import InputError
from calib.numbers import Style, at_place, fixed, last_place, significant
from calib.record.result import BudgetRow, Result
from calib.report.model import BudgetPage, Contribution, Fact
from calib.report.rows import in_shown_unit
from calib.text import Text, both, same
from calib.units import readable, split


def worst(results: Sequence[Result]) -> tuple[Result, Text]:
    """Return the row whose budget is shown, and why: nearest to its limit; without limits, the greatest U/range.

    Rows without a standard, such as those with the input shorted, are shown only where there are no others.
    """
    eligible = [r for r in results if r.route != "none"] or list(results)
    limited = [r for r in eligible if math.isfinite(part_of_limit(r))]
    if limited:
        return max(limited, key=part_of_limit), both(
            "the row whose error takes up the largest part of its tolerance, among those that rest on a standard"
        )
    return max(eligible, key=lambda r: r.U / r.measuring_range if r.measuring_range else 0.0), both(
        "the row with the largest U relative to its range"
    )


def part_of_limit(result: Result) -> float:
    """Return |error| as a part of the limit on its side; nan where there is no such limit."""
    limit = result.upper_limit if result.error >= 0 else result.lower_limit
    if not math.isfinite(limit) or limit == 0:
        return math.nan
    return abs(result.error / limit)


def budget_page(results: Sequence[Result], style: Style, equation: str = "") -> BudgetPage:
    """Return the budget of the worst row as printed, with the measurement equation that its rows go into."""
    result, why = worst(results)
    rows = tuple(_contribution(row, result, style) for row in result.budget)
    return BudgetPage(_title(result, style), why, equation, result.error_unit, rows, _summary(result, style))


def _title(result: Result, style: Style) -> Text:
    """Return which row it is: its heading, the range where the heading does not name it, the nominal value."""
    nominal, upper = (in_shown_unit(number, result, style) for number in (result.nominal, result.measuring_range))
    if upper in result.group.en:
        return both("{group}, point {nominal}", group=result.group, nominal=nominal)
    return both("{group}, range {upper}, point {nominal}", group=result.group, upper=upper, nominal=nominal)


def _contribution(row: BudgetRow, result: Result, style: Style) -> Contribution:
    value, u = _input(row, result, style)
    contribution = at_place(row.contribution, last_place(result.u) - 1, result.unit, result.error_unit)
    return Contribution(
        label=row.label,
        value=value,
        u=u,
        dof=_dof(row.dof, style) if row.u else "–",
        distribution=distribution_name(row.distribution),
        sensitivity=_sensitivity(row, result.unit, style),
        contribution=style.number(contribution),
        share=style.number(fixed(100 * row.share, 1)),
        share_of_one=max(0.0, min(1.0, row.share)),
    )


def _dof(dof: float, style: Style) -> str:
    """Return degrees of freedom with three significant digits at most."""
    if math.isinf(dof):
        return "∞"
    return "–" if math.isnan(dof) else style.number(significant(dof, 3).normalize())


def _input(row: BudgetRow, result: Result, style: Style) -> tuple[str, str]:
    """Return value and u of an input with its unit: the value as in the table of results, u where it reads best."""
    if row.u == 0 and row.unit == result.unit:
        return in_shown_unit(row.value, result, style), "0"
    if not (row.u > 0 and math.isfinite(row.u)):
        return f"{style.number_of(row.value)} {_unit(row.unit)}".strip(), f"0 {_unit(row.unit)}".strip()
    as_result = row.unit == result.unit and abs(row.value) > row.u
    shown = result.shown_unit if as_result else _readable(max(abs(row.value), row.u), row.unit)
    place = last_place(row.u)
    value, u = (
        f"{style.number(at_place(number, place, row.unit, unit))} {_unit(unit)}".strip()
        for number, unit in ((row.value, shown), (row.u, _readable(row.u, row.unit)))
    )
    return value, u


def _readable(magnitude: float, unit: str) -> str:
    """Return the prefixed unit for a number; a unit that the table does not know stays as it is."""
    try:
        bare = split(unit)
    except InputError:
        return unit
    return unit if bare[0] else readable(magnitude, unit)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _sensitivity(row: BudgetRow, unit: str, style: Style) -> str:
    ratio = "" if row.unit == unit else _unit(unit) if row.unit in {"1", ""} else f"{unit}/{row.unit}"
    return f"{style.number(significant(row.sensitivity, 3).normalize())} {ratio}".strip()


def _summary(result: Result, style: Style) -> tuple[Fact, ...]:
    unit = result.error_unit

    def shown(number: float, digits: int) -> str:
        value = at_place(number, last_place(number) - digits + 2, result.unit, unit)
        return f"{style.number(value)} {unit}"

    method = both("convolved distribution") if result.coverage_method == "convolution" else both("Student's t")
    return (
        Fact(both("Combined standard uncertainty u"), same(shown(result.u, 3)), "7.6"),
        Fact(both("Effective degrees of freedom"), same(_dof(result.dof, style)), "7.6"),
        Fact(
            both("Coverage factor k"),
            both(
                "{k} ({method}, p = {p})",
                k=style.number(fixed(result.k, 3)),
                method=method,
                p=style.percent(result.probability, 4),
            ),
            "7.8.4.1 a",
        ),
        Fact(both("Expanded uncertainty, not rounded"), same(shown(result.U, 4)), "7.8.4.1 a"),
        Fact(both("Expanded uncertainty, reported"), same(shown(result.reported_U, 2)), "7.8.4.1 a"),
    )


def distribution_name(name: str) -> Text:
    """Return the name of a distribution as it is printed."""
    names = {
        "exact": both("exact"),
        "normal": both("normal"),
        "t": same("t"),
        "rectangular": both("rectangular"),
        "triangular": both("triangular"),
        "arcsine": both("arcsine"),
        "trapezoidal": both("trapezoidal"),
        "curvilinear-trapezoid": both("curvilinear trapezoid"),
        "exponential": both("exponential"),
        "gamma": same("gamma"),
        "poisson": same("Poisson"),
    }
    return names.get(name, same(name))
