"""Results that belong together, as page, DCC and record must have them in common: values, u, correlation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from calib.numbers import Style
from calib.record.model import Phase
from calib.record.result import Result
from calib.report.dcctogether import numbers_of
from calib.report.model import CorrelatedSet
from calib.report.setlayout import blocks

if TYPE_CHECKING:
    from lxml import etree

_DCC = "{https://ptb.de/dcc}"
_SI = "{https://ptb.de/si}"
_BETWEEN = 3
"""Words that may stand between two numbers of a line: units."""


@dataclass(frozen=True, order=True)
class PrintedSet:
    """A set with its digits, in the units of the DCC."""

    symbols: tuple[str, ...]
    values: tuple[str, ...]
    u: tuple[str, ...]
    correlation: tuple[tuple[str, ...], ...]
    """Lower triangle with its diagonal, line by line; empty where there is no symmetric matrix."""


def set_of_content(one: CorrelatedSet, results: Mapping[tuple[str, Phase], Result], style: Style) -> PrintedSet:
    """Return a set as a certificate of a record prints it."""
    values, u = numbers_of(one, [results[member.point, one.phase] for member in one.members], style)
    r = tuple(tuple(_digits(style.parse(cell)) for cell in member.correlation) for member in one.members)
    return PrintedSet(tuple(m.symbol for m in one.members), tuple(map(_digits, values)), tuple(map(_digits, u)), r)


def sets_of_dcc(root: "etree._Element") -> tuple[PrintedSet, ...]:
    """Return the sets of a DCC: every list of values with a covariance matrix and names."""
    found = (_of_list(values) for values in root.iter(f"{_SI}realListXMLList"))
    return tuple(one for one in found if one is not None)


def _of_list(values: "etree._Element") -> PrintedSet | None:
    matrix = values.find(f"{_SI}measurementUncertaintyMultivariateXMLList//{_SI}covarianceMatrixXMLList")
    symbols = tuple((values.findtext(f"{_SI}labelXMLList") or "").split())
    if matrix is None or not symbols:
        return None
    try:
        numbers = [Decimal(n) for n in (values.findtext(f"{_SI}valueXMLList") or "").split()]
        u = [Decimal(n) for n in (values.findtext(f".//{_SI}valueStandardMUXMLList") or "").split()]
        columns = [
            [Decimal(n) for entry in column.iter(f"{_SI}valueXMLList") for n in (entry.text or "").split()]
            for column in matrix.iter(f"{_SI}columnXMLList")
        ]
        n = range(len(symbols))
        r = [[columns[j][i] / (u[i] * u[j]) for j in n] for i in n]
    except (InvalidOperation, IndexError, ZeroDivisionError):
        return PrintedSet(symbols, (), (), ())
    symmetric = all(r[i][j] == r[j][i] for i in n for j in range(i))
    lower = tuple((*(_digits(c) for c in r[i][:i]), _digits(r[i][i].normalize())) for i in n)
    return PrintedSet(symbols, tuple(map(_digits, numbers)), tuple(map(_digits, u)), lower if symmetric else ())


def compared_sets(one: Sequence[PrintedSet], other: Sequence[PrintedSet], names: tuple[str, str]) -> list[str]:
    """Return the differences between the sets of two places, one line each."""
    if len(one) != len(other):
        return [f"{names[0]} holds {len(one)} covariance matrices, {names[1]} {len(other)}"]
    return [
        f"{', '.join(a.symbols)}: {what} in {names[0]} is not that in {names[1]}"
        for a, b in zip(sorted(one), sorted(other), strict=True)
        for what in _differing(a, b)
    ]


def _differing(a: PrintedSet, b: PrintedSet) -> list[str]:
    pairs = (
        ("the names of the values", a.symbols, b.symbols),
        ("a value", a.values, b.values),
        ("a standard uncertainty", a.u, b.u),
        ("the correlation", a.correlation, b.correlation),
    )
    return [what for what, x, y in pairs if x != y]


def sets_missing_on(words: Sequence[str], sets: Sequence[PrintedSet]) -> list[str]:
    """Return what a page does not show of sets, one line each; `words` are those of its text, in order.

    Numbers are sought by their digits: the page may have them in another power of ten.
    """
    shown = [_significant(word) for word in words]
    return [line for one in sets for line in _missing(shown, one)]


def _missing(shown: Sequence[str], one: PrintedSet) -> list[str]:
    told = ", ".join(one.symbols)
    if not one.correlation:
        return [f"the covariance matrix of {told} cannot be read"]
    values = zip(one.symbols, one.values, one.u, strict=False)
    missing = [f"the page does not show {s} = {v} with u = {u}" for s, v, u in values if not _shows(shown, (s, v, u))]
    for start, end in blocks(one.symbols, one.correlation):
        lines = zip(one.symbols[start:], one.correlation[start:], strict=False)
        missing += [
            f"the page does not show the correlation of {symbol} with others of {told}: {' '.join(r[start:end])}"
            for symbol, r in lines
            if not _shows(shown, (symbol, *r[start:end]), between=0)
        ]
    return missing


def _shows(shown: Sequence[str], line: Sequence[str], between: int = _BETWEEN) -> bool:
    sought = tuple(map(_significant, line))
    return any(_stands(shown, at, sought, between) for at, word in enumerate(shown) if word == sought[0])


def _stands(shown: Sequence[str], at: int, line: Sequence[str], between: int) -> bool:
    for part in line:
        reach = range(at, min(at + between + 1, len(shown)))
        place = next((i for i in reach if shown[i] == part), None)
        if place is None:
            return False
        at = place + 1
    return True


def _significant(word: str) -> str:
    """Return sign and significant digits of a number, without its power of ten; other words as they are."""
    plain = word.replace("\N{MINUS SIGN}", "-").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return word
    return f"{'-' if number < 0 else ''}{''.join(map(str, number.as_tuple().digits)).lstrip('0')}"


def _digits(value: Decimal) -> str:
    return format(value, "f")
