"""A budget as a table: plain text, Markdown, LaTeX."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from calib.uncertainty.decimals import pair, significant, text
from calib.uncertainty.latex import latex_text, latex_unit

if TYPE_CHECKING:
    from calib.uncertainty.contributions import Budget

HEAD = ("input", "value", "u", "unit", "dof", "distribution", "sensitivity", "contribution", "share")
NUMBERS = frozenset({1, 2, 4, 6, 7, 8})
"""Columns that hold numbers."""
NONE = "–"


def cells(budget: "Budget", say: Callable[[str], str] = str) -> list[tuple[str, ...]]:
    """Return the table's rows, the last is the result; each value is rounded to the last digit of its u.

    `say` puts a word of the table into another language.
    """
    rows: list[tuple[str, ...]] = [
        (
            row.name or NONE, *_value_and_u(row.value, row.u), row.unit or "1", dof(row.dof), say(row.distribution),
            number(row.sensitivity, 4), number(row.contribution, 3), percent(row.share),
        )
        for row in budget.rows
    ]  # fmt: skip
    value, u = _value_and_u(budget.value, budget.u)
    rows.append((say("result"), value, u, budget.unit or "1", dof(budget.dof), "", "", number(budget.u, 3), ""))
    return rows


def number(given: float, digits: int) -> str:
    """Return a number with significant digits, a dash for nan."""
    return NONE if math.isnan(given) else significant(given, digits)


def dof(given: float) -> str:
    """Return degrees of freedom with three digits."""
    return "∞" if given == math.inf else number(given, 3)


def percent(share: float) -> str:
    """Return a share in percent with one decimal, a dash for nan."""
    if not math.isfinite(share):
        return NONE
    return f"{text(Decimal(share).scaleb(2), -1)} %"


def _value_and_u(value: float, u: float) -> tuple[str, str]:
    both = pair(value, u)
    shift = both.top if not -5 <= both.top < 15 else 0
    power = f"e{shift}" if shift else ""
    a, b = (_with_power(shown, power) for shown in (both.value_text(shift), both.u_text(shift)))
    return a, b


def _with_power(shown: str, power: str) -> str:
    if shown in {"nan", "inf", "-inf"}:
        return NONE if shown == "nan" else shown
    if power and not shown.strip("0."):
        return "0"
    return shown if "e" in shown else shown + power


def as_text(budget: "Budget", say: Callable[[str], str] = str, decimal_sign: str = ".") -> str:
    """Return the table in columns, numbers to the right; `say` as for `cells`."""
    lines = [tuple(say(word) for word in HEAD)]
    lines += [
        tuple(c.replace(".", decimal_sign) if i in NUMBERS else c for i, c in enumerate(line))
        for line in cells(budget, say)
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(c.rjust(w) if i in NUMBERS else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        .rstrip()
        .translate(_ONE_LINE)
        for line in lines
    )


_ONE_LINE = dict.fromkeys((*range(32), 127, 0x85, 0x2028, 0x2029), " ")


def as_markdown(budget: "Budget") -> str:
    """Return a table of GitHub's Markdown."""
    lines = [HEAD, tuple("---:" if i in NUMBERS else "---" for i in range(len(HEAD)))]
    lines += [tuple(_markdown(c) for c in row) for row in cells(budget)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _markdown(cell: str) -> str:
    clean = cell.translate(_ONE_LINE)
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|~!&$" else c for c in clean)


def as_latex(budget: "Budget") -> str:
    """Return a LaTeX tabular, without packages."""
    columns = "".join("r" if i in NUMBERS else "l" for i in range(len(HEAD)))
    rows = cells(budget)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\hline", _latex_line(HEAD), r"\hline"]
    lines += [_latex_row(row) for row in rows[:-1]]
    lines += [r"\hline", _latex_row(rows[-1]), r"\hline", r"\end{tabular}"]
    return "\n".join(lines)


def _latex_line(row: Sequence[str]) -> str:
    return " & ".join(latex_text(c) for c in row) + r" \\"


def _latex_row(row: Sequence[str]) -> str:
    return " & ".join(_latex_cell(i, c) for i, c in enumerate(row)) + r" \\"


def _latex_cell(column: int, cell: str) -> str:
    if column == 3:
        return f"${latex_unit(cell)}$"
    if column not in NUMBERS or not cell or cell == NONE:
        return "--" if cell == NONE else latex_text(cell)
    if cell in {"inf", "-inf", "∞"}:
        return "$-\\infty$" if cell == "-inf" else r"$\infty$"
    mantissa, _, exponent = cell.removesuffix(" %").partition("e")
    power = rf" \times 10^{{{exponent}}}" if exponent else ""
    return f"${mantissa}{power}$" + (r"\,\%" if cell.endswith("%") else "")
