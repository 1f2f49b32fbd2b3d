"""The numbers of any DCC as tables: values with U, k, p, unit and verdict, whoever wrote the certificate.

Decimals keep the digits of the file. Where a quantity is given in several units (`si:hybrid`) its columns are in the
first, which is of the SI; the others are kept beside it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from calib.dcc.administrative import Certificate
from calib.dcc.dsi import unit_of
from calib.dcc.measurement import Condition, Conditions, Data, List, MeasurementResult, MetaData, Quantity
from calib.dcc.quantities import Constant, Real, RealList, UnivariateMU
from calib.dcc.words import Words
from calib.errors import InputError
from calib.units import to_SI

Numbers = tuple[Decimal, ...]
_NONE = Decimal("NaN")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([Ee][-+]?\d{1,3})?|NaN")


@dataclass(frozen=True)
class Values:
    """Values in one unit with their uncertainty; every tuple has a member for each value, or is None."""

    units: tuple[str, ...]
    """D-SI names, one for each value."""
    values: Numbers
    U: Numbers | None = None
    k: Numbers | None = None
    probability: Numbers | None = None
    u: Numbers | None = None
    """Standard uncertainty, where it is what the certificate states."""
    lower: Numbers | None = None
    upper: Numbers | None = None
    labels: tuple[str, ...] | None = None
    """Names of the values."""
    covariance: tuple[Numbers, ...] | None = None
    """Covariance matrix of the values, row by row."""
    covariance_units: tuple[tuple[str, ...], ...] = ()
    """D-SI names of the units of its entries."""
    ellipsoid: tuple[Decimal, Decimal] | None = None
    """Coverage factor and probability of the ellipsoid that the matrix spans, where that is what is stated."""

    def covariance_in_SI(self) -> list[list[float]]:
        """Return the covariance matrix in products of coherent SI units; empty where there is none."""
        rows = zip(self.covariance or (), self.covariance_units, strict=bool(self.covariance))
        return [[_in_SI(v, unit) for v, unit in zip(row, units, strict=True)] for row, units in rows]

    @property
    def standard(self) -> Numbers | None:
        """Standard uncertainties: as stated, or U/k."""
        if self.u is not None or self.U is None or self.k is None:
            return self.u
        return tuple(U / k for U, k in zip(self.U, self.k, strict=True))

    def in_SI(self) -> list[float]:
        """Return the values in coherent SI units; raise `InputError` where a unit is not known."""
        return [
            to_SI(float(v), "°C") if unit_of(unit) == "°C" else _in_SI(v, unit)
            for v, unit in zip(self.values, self.units, strict=True)
        ]

    def differences_in_SI(self, numbers: Sequence[Decimal]) -> list[float]:
        """Return differences in the unit of the values (U, u, errors) in coherent SI units: 0.1 °C is 0.1 K."""
        return [_in_SI(n, unit) for n, unit in zip(numbers, self.units, strict=True)]


def _in_SI(number: Decimal, unit: str) -> float:
    """Return a number in a D-SI unit in the coherent one; differences of temperature, and what is per degree."""
    return to_SI(float(number), unit_of(unit).replace("°C", "K"))


@dataclass(frozen=True)
class Column:
    """A quantity of a table."""

    name: Words | None
    ref_types: tuple[str, ...]
    values: Values | None
    """None where the column holds words."""
    also: tuple[Values, ...] = ()
    """The same in other units."""
    words: tuple[str, ...] = ()
    conformity: tuple[str, ...] = ()
    """Verdicts, one for each value."""
    others: tuple["Column", ...] = ()
    """What statements add to each value, such as limits and nominal values."""

    @property
    def shown(self) -> Values | None:
        """The values as the certificate's readers see them: in the last unit given."""
        return self.also[-1] if self.also else self.values

    @property
    def with_uncertainty(self) -> Values | None:
        """The values that state an uncertainty: those shown where they do, else another unit's; None without any."""
        every = [v for v in (self.shown, self.values, *self.also) if v is not None]
        return next((v for v in every if v.U is not None or v.u is not None), None)

    def __len__(self) -> int:
        return len(self.words) if self.values is None else len(self.values.values)


@dataclass(frozen=True)
class Table:
    """Columns side by side, under the names of their result."""

    names: tuple[Words, ...]
    """Of the measurement, of the result, of the lists: the outermost first."""
    status: str
    """`beforeAdjustment`, `afterAdjustment`, …, as the conditions of the measurement say; else empty."""
    columns: tuple[Column, ...]
    conditions: tuple[Condition, ...] = ()
    """Under which all of it was measured: of the certificate, of the measurement, of the lists."""

    def column(self, *ref_types: str) -> Column | None:
        """Return the first column of one of these reference types, the first type first; also what statements hold."""
        every = [*self.columns, *(other for c in self.columns for other in c.others)]
        for ref_type in ref_types:
            for column in every:
                if ref_type in column.ref_types:
                    return column
        return None


def tables(certificate: Certificate) -> tuple[Table, ...]:
    """Return every table of the results.

    Raises
    ------
    InputError
        A value is no number, or lists that belong together differ in length.
    """
    common = certificate.measurements.conditions
    return tuple(table for result in certificate.measurements.all for table in _of_measurement(result, common))


def status(conditions: Conditions | None) -> str:
    """Return before or after what the conditions say that everything was measured; empty where nothing does.

    A condition that holds a table speaks of that table alone.
    """
    return " ".join(sorted({c.status for c in _all(conditions) if c.status and not c.data.lists}))


def _of_measurement(measurement: MeasurementResult, common: Conditions | None) -> Iterator[Table]:
    every = _all(common) + _all(measurement.conditions)
    surroundings = tuple(c for c in every if not c.data.lists)
    for condition in every:
        for found in condition.data.lists:
            outer = Table((measurement.name, condition.name), condition.status or "", (), surroundings)
            yield from _of_list(found, outer)
    when = status(measurement.conditions)
    for result in measurement.results.all:
        yield from _of_data(result.data, Table((measurement.name, result.name), when, (), surroundings))


def _all(conditions: Conditions | None) -> tuple[Condition, ...]:
    return () if conditions is None else conditions.all


def _of_data(data: Data, outer: Table) -> Iterator[Table]:
    single = tuple(column(q) for q in data.quantities)
    if single:
        yield replace(outer, columns=single)
    for table in data.lists:
        yield from _of_list(table, outer)


def _of_list(found: List, outer: Table) -> Iterator[Table]:
    own = replace(
        outer,
        names=outer.names if found.name is None else (*outer.names, found.name),
        status=status(found.conditions) or outer.status,
        conditions=(*outer.conditions, *_all(found.conditions)),
    )
    columns = tuple(column(part.value) for part in found.parts if isinstance(part.value, Quantity))
    if columns:
        yield replace(own, columns=columns)
    for part in found.parts:
        if isinstance(part.value, List):
            yield from _of_list(part.value, own)


def column(quantity: Quantity) -> Column:
    """Return a quantity as a column."""
    where = quantity.ref_type or ("" if quantity.name is None else quantity.name.in_("en")) or "a quantity"
    found = [_values(v, where) for v in _given(quantity)]
    words = quantity.chars or ()
    if not found and not words and quantity.nothing is not None:
        words = (quantity.nothing.in_("en"),)
    size = len(found[0].values) if found else len(words)
    metadata = () if quantity.metadata is None else quantity.metadata.all
    verdicts: tuple[str, ...] = ()
    others: list[Column] = []
    for entry in metadata:
        verdicts = verdicts or entry.conformity_each or (() if entry.conformity is None else (entry.conformity,))
        others += [
            replace(made, ref_types=(*made.ref_types, *(entry.ref_type or "").split())) for made in _added(entry)
        ]
    return Column(
        name=quantity.name,
        ref_types=tuple((quantity.ref_type or "").split()),
        values=found[0] if found else None,
        also=tuple(found[1:]),
        words=tuple(w.replace("\N{NO-BREAK SPACE}", " ") for w in words),
        conformity=_each(verdicts, size, f"{where}: conformity") if verdicts else (),
        others=tuple(others),
    )


def _added(entry: MetaData) -> list[Column]:
    """Return what a statement about values adds to each of them."""
    if entry.data is None:
        return []
    inner = [p.value for found in entry.data.lists for p in found.parts if isinstance(p.value, Quantity)]
    return [column(q) for q in (*entry.data.quantities, *inner)]


def _given(quantity: Quantity) -> list[Real | Constant]:
    """Return the real values of a quantity, in the order of the file."""
    given: list[Real | Constant | None] = [quantity.real, quantity.real_list]
    if quantity.hybrid is not None:
        given += [*quantity.hybrid.reals, *quantity.hybrid.real_lists]
    return [one for one in (*given, quantity.constant) if one is not None]


def _stated(given: Real) -> dict[str, tuple[str, ...]]:
    """Return what a value or a list says of its uncertainty, by the names of `Values`."""
    mu = given.univariate or UnivariateMU()
    if expanded := mu.expanded or given.expanded:
        return {"U": expanded.value, "k": expanded.k, "probability": expanded.probability}
    if mu.standard is not None:
        return {"u": mu.standard.value}
    interval = mu.interval or given.interval
    if interval is None:
        return {}
    return {"u": interval.u, "lower": interval.lower, "upper": interval.upper, "probability": interval.probability}


def _values(given: Real | Constant, where: str) -> Values:
    size, stated = len(given.value), _stated(given) if isinstance(given, Real) else {}
    if size != 1 and not isinstance(given, RealList):
        msg = f"{where}: {' '.join(given.value)!r} is not a number (decimal point, no thousands)"
        raise InputError(msg)
    if any(_number(k, f"{where}: k") <= 0 for k in stated.get("k", ()) if k != "NaN"):
        msg = f"{where}: k must be greater than 0"
        raise InputError(msg)
    numbers: dict[str, Any] = {
        name: tuple(_number(v, f"{where}: {name}") for v in _each(texts, size, f"{where}: {name}"))
        for name, texts in stated.items()
    }
    made = replace(
        Values(_each(given.unit, size, f"{where}: units"), tuple(_number(v, where) for v in given.value)), **numbers
    )
    return _with_covariance(made, given, where) if isinstance(given, RealList) else made


def _with_covariance(values: Values, given: RealList, where: str) -> Values:
    """Return the values of a list with its names, and its covariance matrix where it states one."""
    size = len(values.values)
    labels = None if given.label is None else _each(given.label, size, f"{where}: labels")
    if given.region is None:
        return replace(values, labels=labels)
    columns = [
        [pair for e in column.entries for pair in zip(e.value, _each(e.unit, len(e.value), where), strict=True)]
        for column in given.region.covariance.columns
    ]
    if [len(column) for column in columns] != [size] * size:
        msg = f"{where}: its covariance matrix is not one of {size} values"
        raise InputError(msg)
    rows, stated = list(zip(*columns, strict=True)), given.ellipsoid
    factors = () if stated is None else (*stated.k[:1], *stated.probability[:1])
    k, p = (_number(f, f"{where}: ellipsoid") for f in factors) if len(factors) == 2 else (_NONE, _NONE)
    return replace(
        values,
        ellipsoid=(k, p) if k.is_finite() and p.is_finite() else None,
        labels=labels,
        covariance=tuple(tuple(_number(v, f"{where}: covariance") for v, _ in row) for row in rows),
        covariance_units=tuple(tuple(unit for _, unit in row) for row in rows),
    )


def _each(given: Sequence[str], size: int, where: str) -> tuple[str, ...]:
    """Return one member for each value: a list of one holds for all."""
    if len(given) == 1:
        return tuple(given) * size
    if len(given) != size:
        msg = f"{where}: {len(given)} entries for {size} values"
        raise InputError(msg)
    return tuple(given)


def _number(text: str, where: str) -> Decimal:
    """Return a number; D-SI 2.2.1, decimalType: with a decimal point, and NaN where there is none."""
    if not _NUMBER.fullmatch(text):
        msg = f"{where}: {text!r} is not a number (decimal point, no thousands)"
        raise InputError(msg)
    return Decimal(text)
