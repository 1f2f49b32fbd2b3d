"""A result: one row of a certificate with all that it rests on, in coherent SI units, and its form as JSON."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from sys import intern
from typing import Any, Literal

from calib.record.model import Phase
from calib.record.together import Together
from calib.text import Text
from calib.uncertainty.rounding import round_uncertainty

Verdict = Literal["pass", "fail", "conditionalPass", "conditionalFail", "none"]
"""DCC 3.3.0 names; `none` where no specification was agreed."""

InScope = Literal["in", "out", "none"]
"""Whether a row is within the laboratory's scope of accreditation; `none` where it has none."""


Agreement = Literal["none", "agrees", "differs"]
"""Whether Monte Carlo validates an interval; `none` where it was not asked."""


@dataclass(frozen=True)
class BudgetRow:
    """One contribution to the uncertainty of a result."""

    name: str
    label: Text
    value: float
    u: float
    """Standard uncertainty of the input, in its unit."""
    dof: float
    """Degrees of freedom, inf where unlimited."""
    distribution: str
    unit: str
    sensitivity: float
    contribution: float
    """|c|·u, in the unit of the result."""
    share: float
    """Part of u², may be negative for correlated inputs."""


@dataclass(frozen=True)
class Result:
    """One row: error of indication at a test point, its uncertainty, and whether it conforms."""

    point: str
    phase: Phase
    attempt: int
    """Number of the attempt that stands."""
    group: Text
    """Heading under which the row is printed, such as `DC voltage, 10 V range`."""
    quantity: str
    """`dc_voltage`, `dc_voltage_zero`, …"""
    unit: str
    """Coherent SI unit of every number of the row."""
    shown_unit: str
    """Unit in which values are printed, such as mV."""
    error_unit: str
    """Unit in which error, U and limits are printed, such as µV."""
    measuring_range: float
    """Upper value of the range in use."""
    nominal: float
    reference: float
    """Conventional value of the measurand, from the standard."""
    indicated: float
    """Mean indication."""
    resolution: float
    """Least digit of the indication."""
    n: int
    """Number of readings."""
    s: float
    """Experimental standard deviation of the readings; nan for n < 2."""
    error: float
    """Indicated minus reference, not rounded."""
    u: float
    dof: float
    k: float
    probability: float
    """Coverage probability."""
    U: float
    """Expanded uncertainty k·u, not rounded."""
    reported_error: float
    """Error, rounded to the place of `reported_U`; what the verdict and the certificate rest on."""
    reported_U: float
    """U, rounded to two significant digits (ILAC-P14; up where rounding down would lose more than 5 %)."""
    lower_limit: float
    """Tolerance on the error; −inf where there is none."""
    upper_limit: float
    lower_acceptance: float
    """Tolerance moved in by the guard band."""
    upper_acceptance: float
    verdict: Verdict
    """By the agreed decision rule."""
    verdict_unguarded: Verdict
    """By simple acceptance."""
    conformance_probability: float
    """Probability that the true error lies within the tolerance; nan where there is none."""
    tur: float
    """Test uncertainty ratio: tolerance span / (2 U); nan where there is no tolerance."""
    route: Literal["specification", "certificate", "none"]
    """How the reference value got its uncertainty."""
    coverage_method: str
    """`t`, or `convolution` where k comes from the convolved distribution."""
    budget: tuple[BudgetRow, ...]
    remarks: tuple[Text, ...] = ()
    scope: InScope = "none"
    cmc: float = 0.0
    """Least U that may be reported, in the result's unit; 0 outside the scope."""
    rule_risk: float = 1.0
    """Greatest probability of a false acceptance that the rule allows with this row's distribution; 1: not known."""
    frequency_Hz: float = 0.0
    """Frequency of what alternates; 0 for direct quantities."""
    mc_trials: int = 0
    """Trials of Monte Carlo with which the interval was validated; 0: it was not."""
    mc_lower: float = 0.0
    """Lower end of the coverage interval by Monte Carlo."""
    mc_upper: float = 0.0
    mc_verdict: Agreement = "none"
    """Whether both ends agree with error ± U within half a unit of the first digit of u (JCGM 101:2008, 8)."""
    together: Together | None = None
    """Its place among results that are used together; None where it stands alone."""

    @property
    def raised(self) -> bool:
        """Whether the reported U is the CMC, because what was computed is below it."""
        return self.scope == "in" and round_uncertainty(0.0, self.U, least=self.cmc).raised

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values; infinities and nan become the strings `inf`, `-inf`, `nan`."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Result":
        """Return the result that `as_json` wrote."""
        values = _numbers(cls, plain)
        values["group"] = _text(**plain["group"])
        values["budget"] = tuple(
            BudgetRow(**(_numbers(BudgetRow, row) | {"label": _text(**row["label"])})) for row in plain["budget"]
        )
        values["remarks"] = tuple(_text(**remark) for remark in plain["remarks"])
        values["together"] = Together.from_json(plain["together"]) if plain.get("together") else None
        return cls(**values)


def sets(results: Iterable[Result]) -> tuple[tuple[Result, ...], ...]:
    """Return the results that belong together, set by set and phase by phase, in the order of the rows."""
    found: dict[tuple[Phase, str], list[Result]] = {}
    for result in results:
        if result.together is not None:
            found.setdefault((result.phase, result.together.name), []).append(result)
    return tuple(map(tuple, found.values()))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, (Result, BudgetRow, Text, Together)):
        return {name: _plain(v) for name, v in vars(value).items()}
    return value


@cache
def _fields(kind: type) -> tuple[tuple[str, bool], ...]:
    """Return the fields of `kind`, and whether each is a float."""
    return tuple((f.name, f.type is float) for f in fields(kind))


@lru_cache(maxsize=4096)
def _text(vi: str, en: str) -> Text:
    """Return one object for each text: thousands of rows share a few labels."""
    return Text(vi=vi, en=en)


def _numbers(kind: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `kind`, floats as floats: JSON has no infinity, and may write 1.0 as 1."""
    values = {}
    for name, is_float in _fields(kind):
        if name in plain:
            value = plain[name]
            values[name] = float(value) if is_float else intern(value) if type(value) is str else value
    return values
