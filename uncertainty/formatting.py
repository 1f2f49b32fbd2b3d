"""Format specifications of quantities, `f"{y:…}"`.

::

    [[fill]align][+][width][_][.digits][u][e|f][style][L][c]

    _        groups of three digits, as 50 000 838
    .1 … .9  significant digits of the uncertainty; 2 by default (JCGM 100:2008, 7.2.6)
    e, f     with an exponent, without one; by default one below 1e-4 and from 1e15
    style    none   (50000838 ± 32) nm                   standard uncertainty
             S      50000838(32) nm                      the same, in units of the last digits (7.2.2, form 2)
             k2     (50000838 ± 64) nm, k = 2            U = k·u for a stated k
             U95    (50000838 ± 67) nm, k = 2.12, p = 95 %    U for a probability in percent; U alone is U95
    L        for LaTeX, to stand between $ signs
    c        decimal comma
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from calib.uncertainty.decimals import MOST_DIGITS, Pair, pair, significant
from calib.uncertainty.latex import latex_unit

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity

NARROW = "\N{NARROW NO-BREAK SPACE}"
_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<sign>\+)?(?P<width>[1-9][0-9]{0,3})?(?P<group>_)?"
    r"(?:\.(?P<digits>[1-9]))?u?(?P<notation>[ef])?"
    r"(?P<style>S|k[0-9]+(?:\.[0-9]+)?|U(?:[0-9]{1,2}(?:\.[0-9]+)?)?)?(?P<latex>L)?(?P<comma>c)?",
    re.DOTALL,
)
_MOST = 1000
"""Elements of an array that are printed; of a larger one the first and last of each axis."""
_EDGE = 3


@dataclass(frozen=True)
class Spec:
    """A format specification."""

    fill: str = " "
    align: str = ">"
    width: int = 0
    sign: str = ""
    group: str = ""
    digits: int = 2
    notation: str = ""
    style: str = ""
    """``, `S`, `k` or `U`."""
    number: float = 0.0
    """k, or the probability."""
    latex: bool = False
    comma: bool = False


@lru_cache(maxsize=512)
def specification(text: str) -> Spec:
    """Return the specification in `text`.

    Raises
    ------
    ValueError
        It is not one, as for every type of Python.
    """
    match = _SPEC.fullmatch(text)
    if match is None:
        msg = (
            f"format {text!r} is not one of a quantity: [[fill]align][+][width][_][.digits][e|f][S|kNUMBER|UPERCENT]"
            f"[L][c], with 1 to {MOST_DIGITS} digits, as in '.2', 'S', '.1U95', 'k2'"
        )
        raise ValueError(msg)
    part = match.groupdict(default="")
    style, given = part["style"][:1], part["style"][1:]
    number = float(given) / (100.0 if style == "U" else 1.0) if given else 0.95
    if style in {"U", "k"} and not number > 0:
        msg = f"format {text!r}: {'the probability' if style == 'U' else 'k'} must be above 0"
        raise ValueError(msg)
    group = ("\\," if part["latex"] else NARROW) if part["group"] else ""
    return Spec(
        part["fill"] or " ", part["align"] or ">", int(part["width"] or 0), part["sign"], group,
        int(part["digits"] or 2), part["notation"], style, number, bool(part["latex"]), bool(part["comma"]),
    )  # fmt: skip


def formatted(y: "Quantity", specification_text: str) -> str:
    """Return a quantity as text, an array as a list."""
    spec = specification(specification_text)
    expanded = y.expanded(spec.number) if spec.style == "U" else None
    u = y.u if expanded is None else expanded.U
    if spec.style == "k":
        u = np.multiply(u, spec.number)
    k = spec.number if expanded is None else expanded.k
    whole = _nested(spec, y.value, u, k, y.unit or "") if y.shape else _one(spec, y.value, u, k, y.unit or "")
    return f"{whole:{spec.fill}{spec.align}{spec.width}}" if spec.width else whole


def statement(value: float, u: float, unit: str = "", spec: Spec | None = None) -> str:
    """Return `value ± u` with its unit, both rounded."""
    return _one(spec or Spec(), value, u, 0.0, unit)


def _one(spec: Spec, value: float, u: float, k: float, unit: str) -> str:
    both = pair(value, u, spec.digits)
    shift = _exponent(both, spec)
    value_text, u_text = both.value_text(shift), both.u_text(shift)
    if spec.sign and value_text[0] not in "-n":
        value_text = "+" + value_text
    value_text, u_text = _dressed(value_text, spec), _dressed(u_text, spec)
    power = _power(shift, spec)
    if spec.style == "S":
        digits = both.u_digits(shift)
        return value_text + f"({digits})" + power + _unit(unit, spec)
    sign = r" \pm " if spec.latex else " ± "
    whole = value_text + sign + u_text
    if power or unit or spec.style:
        whole = f"({whole})"
    return whole + power + _unit(unit, spec) + _coverage(k, spec)


def _exponent(both: Pair, spec: Spec) -> int:
    """Return the power of ten that is written apart."""
    if spec.notation == "f" or (both.value is None and both.u is None):
        return 0
    return both.top if spec.notation == "e" or not -4 <= both.top < 15 else 0


def _power(shift: int, spec: Spec) -> str:
    if not shift and spec.notation != "e":
        return ""
    return rf" \times 10^{{{shift}}}" if spec.latex else f"e{shift:+03d}"


def _dressed(number: str, spec: Spec) -> str:
    """Return a number with its groups and its decimal sign."""
    sign, digits = (number[0], number[1:]) if number[0] in "+-" else ("", number)
    if not digits[0].isdigit():
        return sign + (rf"\mathrm{{{digits}}}" if spec.latex else digits)
    whole, point, part = digits.partition(".")
    if spec.group:
        if len(whole) > 4 or len(part) > 4 or len(whole) == 4:
            first = len(whole) % 3
            pieces = [whole[:first]] * bool(first) + [whole[i : i + 3] for i in range(first, len(whole), 3)]
            whole = spec.group.join(pieces)
        part = spec.group.join(part[i : i + 3] for i in range(0, len(part), 3))
    if spec.comma:
        point = point and ("{,}" if spec.latex else ",")
    return sign + whole + point + part


def _unit(unit: str, spec: Spec) -> str:
    if not unit or unit == "1":
        return ""
    return rf"\,{latex_unit(unit)}" if spec.latex else f" {unit}"


def _coverage(k: float, spec: Spec) -> str:
    if not spec.style:
        return ""
    shown = significant(k, 3) if spec.style == "k" else f"{k:.2f}"
    if spec.comma:
        shown = shown.replace(".", "{,}" if spec.latex else ",")
    told = f"k = {shown}"
    if spec.style == "U":
        percent = significant(100 * spec.number, 6)
        if spec.comma:
            percent = percent.replace(".", "{,}" if spec.latex else ",")
        told += rf",\; p = {percent}\,\%" if spec.latex else f", p = {percent} %"
    return (r",\; " if spec.latex else ", ") + told


def _nested(spec: Spec, value: Any, u: Any, k: Any, unit: str) -> str:
    """Return an array as lists within lists."""
    values = np.asarray(value)
    us, ks = np.broadcast_to(u, values.shape), np.broadcast_to(k, values.shape)
    short = values.size > _MOST

    def of(at: tuple[int, ...]) -> str:
        if len(at) == values.ndim:
            return _one(spec, float(values[at]), float(us[at]), float(ks[at]), unit)
        n = values.shape[len(at)]
        if short and n > 2 * _EDGE:
            shown = [of((*at, i)) for i in range(_EDGE)] + ["…"] + [of((*at, i)) for i in range(n - _EDGE, n)]
        else:
            shown = [of((*at, i)) for i in range(n)]
        return f"[{', '.join(shown)}]"

    return of(())
