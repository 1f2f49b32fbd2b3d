"""A result: one row of a certificate with all that it rests on, in coherent SI units, and its form as JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from calib.record.model import Phase
from calib.text import Text
from calib.uncertainty.rounding import round_uncertainty

Verdict = Literal["pass", "fail", "conditionalPass", "conditionalFail", "none"]
"""DCC 3.3.0 names; `none` where no specification was agreed."""

InScope = Literal["in", "out", "none"]
"""Whether a row is within the laboratory's scope of accreditation; `none` where it has none."""


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

    @property
    def raised(self) -> bool:
        """Whether the reported U is the CMC, because what was computed is below it."""
        return self.scope == "in" and round_uncertainty(0.0, self.U, least=self.cmc).raised

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values; infinities and nan become the strings `inf`, `-inf`, `nan`."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Result":
        """Return the result that `as_json` wrote."""
        values = _numbers(cls, plain)
        values["group"] = Text(**plain["group"])
        values["budget"] = tuple(
            BudgetRow(**(_numbers(BudgetRow, row) | {"label": Text(**row["label"])})) for row in plain["budget"]
        )
        values["remarks"] = tuple(Text(**remark) for remark in plain["remarks"])
        return cls(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _numbers(kind: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `kind`, floats as floats: JSON has no infinity, and may write 1.0 as 1."""
    known = [f for f in fields(kind) if f.name in plain]
    return {f.name: float(plain[f.name]) if f.type is float else plain[f.name] for f in known}
