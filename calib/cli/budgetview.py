"""What `calib budget` shows of a budget file's results."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from calib.errors import UncertaintyError
from calib.text import Language, Text, both, tr
from calib.uncertainty import budget
from calib.uncertainty.budgetfile import BudgetInput, Evaluated, Jointly, Results
from calib.uncertainty.decimals import pair, significant
from calib.uncertainty.formatting import Spec, statement
from calib.uncertainty.tabulated import as_text, dof

_WORDS: dict[str, Text] = {
    "input": both("input"),
    "value": both("value"),
    "unit": both("unit"),
    "dof": both("dof"),
    "distribution": both("distribution"),
    "sensitivity": both("sensitivity"),
    "contribution": both("contribution"),
    "share": both("share"),
    "result": both("result"),
    "normal": both("normal"),
    "rectangular": both("rectangular"),
    "triangular": both("triangular"),
    "arcsine": both("arcsine"),
    "trapezoidal": both("trapezoidal"),
    "curvilinear-trapezoid": both("curvilinear-trapezoid"),
    "exponential": both("exponential"),
    "second-order": both("second-order"),
}


def budget_text(read: BudgetInput, results: Results, language: Language) -> str:
    """Return budget tables, rounded statements, and how several measurands vary together.

    Raises
    ------
    UncertaintyError
        A number cannot be rounded, because it would then be beyond the largest float.
    """
    try:
        return _whole(read, results, language)
    except ArithmeticError as error:
        msg = "the numbers are too large to be rounded: take other units, or --json"
        raise UncertaintyError(msg) from error


def _whole(read: BudgetInput, results: Results, language: Language) -> str:
    parts = [read.file.title] if read.file.title else []
    for e in results:
        if e.first_order is not None:
            parts.append(as_text(budget(e.first_order), partial(_said, language=language), _decimal_sign(language)))
        told = _monte_carlo(e, language) if e.trials else [_stated(e, language)]
        parts.append("\n".join([*told, *(f"{tr('warning', language)}: {w}" for w in e.warnings)]))
    if results.jointly is not None:
        parts += _together(results, results.jointly, language)
    if read.unused:
        parts.append(f"{tr('not used by any model', language)}: {', '.join(read.unused)}")
    return "\n\n".join(parts)


def _said(word: str, language: Language) -> str:
    return _WORDS[word].in_(language) if word in _WORDS else word


def _decimal_sign(language: Language) -> str:
    return "," if language == "vi" else "."


def _number(text: str, language: Language) -> str:
    return text.replace(".", _decimal_sign(language))


def _stated(e: Evaluated, language: Language) -> str:
    """Return `y = (value ± U) unit, k = …, p = … %, ν_eff = …` (JCGM 100:2008, 7.2.4), or the one-sided limit."""
    facts = [f"k = {_number(f'{e.k:.2f}', language)}"] if e.u else []
    facts += [f"p = {_percent(e.how.probability, language)}", f"ν_eff = {_number(dof(e.dof), language)}"]
    if e.how.side == "both":
        shown = f"{e.name} = {_pair(e, e.U, language)}"
    else:
        shown = f"{e.name} {_limit(e, language)}"
        facts.append(tr("one-sided", language))
    asked = [] if e.how.method == "first-order" else [_said(e.how.method, language)]
    asked += [] if e.how.coverage == "auto" else [e.coverage.upper() if e.coverage == "ea-4/02" else e.coverage]
    return ", ".join([shown, *facts]) + (f" ({', '.join(asked)})" if asked else "")


def _limit(e: Evaluated, language: Language) -> str:
    sign, end = ("≥", e.interval[0]) if e.how.side == "lower" else ("≤", e.interval[1])
    return f"{sign} {_end(e, end, language)}{_unit(e)}"


def _monte_carlo(e: Evaluated, language: Language) -> list[str]:
    run = tr("mean ± standard uncertainty; Monte Carlo, {trials} trials, seed {seed}", language)
    p = _percent(e.how.probability, language)
    lines = [f"{e.name} = {_pair(e, e.u, language)} ({run.format(trials=e.trials, seed=e.how.seed)})"]
    if e.how.side == "both":
        lines += [
            f"{tr('coverage interval', language)}, p = {p}: {_interval(e, e.interval, language)}{_unit(e)}",
            f"{tr('shortest interval', language)}: {_interval(e, e.shortest or e.interval, language)}{_unit(e)}",
        ]
    else:
        lines.append(f"{e.name} {_limit(e, language)}, p = {p}, {tr('one-sided', language)}")
    return [*lines, f"{_verdict(e, language)} (JCGM 101:2008, 8)"]


def _verdict(validated: Evaluated | Jointly, language: Language) -> str:
    told = both("GUM framework: validated") if validated.gum_validated else both("GUM framework: not validated")
    return told.in_(language)


def _together(results: Results, found: Jointly, language: Language) -> list[str]:
    names = [e.name for e in results]
    p = _percent(found.probability, language)
    parts = [
        _matrix(tr("correlation", language), names, [[f"{r:.3f}" for r in row] for row in found.correlation], language),
        _matrix(tr("covariance", language), names, [[_short(c) for c in row] for row in found.covariance], language),
    ]
    lines = []
    if found.ellipse is not None:
        axes = ", ".join(f"({'; '.join(_short(x) for x in axis)})" for axis in found.ellipse.axes())
        k = f"k_p = {found.ellipse.kp:.2f}, {tr('semi-axes', language)} {axes}"
        lines.append(f"{tr('coverage ellipse', language)}, p = {p}: {_number(k, language)}")
    if found.rectangle is not None:
        ends = zip(results, found.rectangle.lower, found.rectangle.upper, strict=True)
        sides = ", ".join(f"{e.name} {_interval(e, (low, high), language)}{_unit(e)}" for e, low, high in ends)
        k = _number(f"k_q = {found.rectangle.kq:.2f}", language)
        lines.append(f"{tr('coverage rectangle', language)}, p = {p}: {k}, {sides}")
    if found.gum_validated is not None:
        lines.append(f"{_verdict(found, language)} (JCGM 102:2011, 8)")
    return [*parts, "\n".join(lines)] if lines else parts


def _pair(e: Evaluated, half: float, language: Language) -> str:
    return statement(e.value, half, e.unit, Spec(digits=e.how.digits, comma=language == "vi"))


def _interval(e: Evaluated, ends: Sequence[Any], language: Language) -> str:
    separator = "; " if language == "vi" else ", "
    return f"[{separator.join(_end(e, float(end), language) for end in ends)}]"


def _end(e: Evaluated, end: float, language: Language) -> str:
    return _number(pair(end, e.u, e.how.digits).value_text(), language)


def _unit(e: Evaluated) -> str:
    return f" {e.unit}" if e.unit and e.unit != "1" else ""


def _percent(p: float, language: Language) -> str:
    return f"{_number(significant(100 * p, 6), language)} %"


def _short(number: float) -> str:
    return significant(number, 4)


def _matrix(title: str, names: Sequence[str], numbers: Sequence[Sequence[str]], language: Language) -> str:
    rows = [[title, *names]]
    rows += [[name, *(_number(x, language) for x in row)] for name, row in zip(names, numbers, strict=True)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
