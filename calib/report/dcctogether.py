"""Results that belong together in a DCC: one list of values with its covariance matrix (D-SI 2.2.1), digits as printed.

A covariance is r·u·u of the printed numbers, with all the digits that the product has: whoever divides it by the u that
stand beside it has the printed r again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from calib.dcc.bind import Part
from calib.dcc.dsi import product
from calib.dcc.measurement import Data, List, MetaData, MetaDataList, Quantity, Result
from calib.dcc.quantities import (
    CovarianceColumns,
    CovarianceMatrices,
    Covariances,
    MultivariateMUs,
    RealList,
    RegionMUs,
    StandardMUs,
    UnivariateMUs,
)
from calib.numbers import Style, exact, power, significant
from calib.record import result as record
from calib.record.model import Phase
from calib.report.dccwords import Wording, number, one_line, single
from calib.report.labels import labels
from calib.report.model import CorrelatedSet, Member
from calib.text import both, joined, same
from calib.uncertainty.regions import ellipse_factor
from calib.units import dsi

COEFFICIENTS = "gp_coefficients"
"""Reference type of coefficients of an equation, in PTB's good-practice certificates of thermometers."""
VALIDITY = "basic_validityRange"


def set_result(
    one: CorrelatedSet, wording: Wording, results: Mapping[tuple[str, Phase], record.Result], style: Style
) -> Result:
    """Return a set as a result of its own."""
    rows = [results[member.point, one.phase] for member in one.members]
    about = [joined([labels()["law"], same(one.equation)], ": ")] if one.equation else []
    return Result(
        name=wording.words(one.heading),
        description=wording.rich(joined([*about, labels()["sets_how"]], ". ")),
        data=Data(parts=(Part("list", _list(one, rows, wording, style)),)),
    )


def _list(one: CorrelatedSet, rows: Sequence[record.Result], wording: Wording, style: Style) -> List:
    together = [row.together for row in rows]
    symbols = tuple(one_line(m.symbol).replace(" ", "\N{NO-BREAK SPACE}") for m in one.members)
    columns = [Quantity(name=wording.words(labels()["symbol"]), chars=symbols)]
    equation = any(t is not None and t.within is not None for t in together)
    if not equation:
        nominal = [exact(r.nominal, r.unit, r.shown_unit) for r in rows]
        units = tuple(dsi(r.shown_unit) for r in rows)
        listed = RealList(value=tuple(map(number, nominal)), unit=_shortest(units))
        columns.append(wording.quantity(both("Nominal"), "basic_nominalValue", listed))
    found = wording.quantity(both("Value"), "basic_measuredValue", _values(one, rows, symbols, style))
    columns.append(_within(found, rows[0], wording) if equation else found)
    return List(ref_type=COEFFICIENTS if equation else None, parts=tuple(Part("quantity", c) for c in columns))


def _values(one: CorrelatedSet, rows: Sequence[record.Result], symbols: tuple[str, ...], style: Style) -> RealList:
    """Return values with u and covariance, in the unit of the page, or, where that has powers of ten, without them."""
    units = tuple(_unit(row) for row in rows)
    value, u = numbers_of(one, rows, style)
    p, dof = rows[0].probability, min(row.dof for row in rows)
    region = RegionMUs(
        covariance=_matrix(one.members, u, units, style),
        k=(number(significant(ellipse_factor(len(rows), p, dof), 4)),),
        probability=(number(exact(p, "", "")),),
    )
    return RealList(
        label=symbols,
        value=tuple(map(number, value)),
        unit=_shortest(units),
        univariate=UnivariateMUs(standard=StandardMUs(value=tuple(map(number, u)))),
        multivariate=MultivariateMUs(ellipsoidal=region),
    )


def numbers_of(
    one: CorrelatedSet, rows: Sequence[record.Result], style: Style
) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """Return the printed values and u, in the units in which a DCC has them."""
    pairs = tuple(zip(one.members, rows, strict=True))
    value = tuple(_scaled(style.parse(member.value), row) for member, row in pairs)
    return value, tuple(_u(member, row, style) for member, row in pairs)


def _matrix(members: Sequence[Member], u: Sequence[Decimal], units: Sequence[str], style: Style) -> CovarianceMatrices:
    n = range(len(members))
    r = [[style.parse(members[max(i, j)].correlation[min(i, j)]) for j in n] for i in n]
    columns = (
        Covariances(
            value=tuple(number(r[i][j] * u[i] * u[j]) for i in n),
            unit=_shortest(tuple(product(units[i], units[j]) for i in n)),
        )
        for j in n
    )
    return CovarianceMatrices(columns=tuple(CovarianceColumns(entries=(column,)) for column in columns))


def _shortest(units: tuple[str, ...]) -> tuple[str, ...]:
    """Return one unit where all are the same, which then holds for all."""
    return units[:1] if len(set(units)) == 1 else units


def _unit(row: record.Result) -> str:
    together = row.together
    own = together.unit if together is not None and (together.power or row.shown_unit == "1") else ""
    return own or dsi(row.shown_unit)


def _scaled(value: Decimal, row: record.Result) -> Decimal:
    return value.scaleb(-row.together.power) if row.together is not None else value


def _u(member: Member, row: record.Result, style: Style) -> Decimal:
    """Return u in the unit of the value."""
    return _scaled(style.parse(member.u).scaleb(power(row.shown_unit, member.error_unit)), row)


def _within(found: Quantity, row: record.Result, wording: Wording) -> Quantity:
    """Return the values with where their equation holds."""
    together = row.together
    assert together is not None
    assert together.within is not None
    ends = (("Lowest value", "Min", together.within[0]), ("Highest value", "Max", together.within[1]))
    parts = tuple(
        Part(
            "quantity",
            wording.quantity(both(name), f"{VALIDITY}{end}", single(exact(value, "", ""), dsi(together.within_unit))),
        )
        for name, end, value in ends
    )
    stated = MetaData(ref_type=VALIDITY, name=wording.words(labels()["validity"]), data=Data(parts=parts))
    return replace(found, metadata=MetaDataList(all=(stated,)))
