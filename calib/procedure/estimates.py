"""What an attempt gives the measurement equation: its arguments, and what a row says besides."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from calib.errors import InputError
from calib.inputs import Argument, Arguments, Input, all_inputs
from calib.procedure.evaluation import COVERAGE_PROBABILITY
from calib.procedure.point import Point
from calib.record.model import Attempt, Phase
from calib.record.result import BudgetRow
from calib.text import Text
from calib.uncertainty import Quantity, budget, quantity
from calib.uncertainty.factors import coverage_factor


@dataclass(frozen=True)
class Constant:
    """An exact number in the measurement equation, as the budget prints it."""

    label: Text
    value: float
    sensitivity: float


@dataclass(frozen=True)
class Estimates:
    """Inputs of one result. Numbers are in coherent SI units."""

    arguments: Arguments
    """What the measurement equation is called with."""
    reference: float
    """Conventional value of the measurand, from the standard."""
    readings: NDArray[np.float64]
    """Indications on which the row rests, shape (n,)."""
    indicated: float
    """Mean indication, as the row gives it."""
    route: Literal["specification", "certificate", "none"] = "none"
    constants: Mapping[str, Constant] = field(default_factory=dict)
    """Exact numbers that the budget lists, by name."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units of the inputs, by name, that are in another than the row's."""
    remarks: tuple[Text, ...] = ()
    uncorrelated: tuple[str, ...] = ()
    """What is not known of the correlation with other results; empty where all is."""

    @property
    def s(self) -> float:
        """Experimental standard deviation of the readings; nan for n < 2."""
        return experimental_s(self.readings) if len(self.readings) > 1 else math.nan


Estimated = Sequence[tuple[Point, Attempt, Estimates]]
"""What the rows of a certificate rest on: points, their attempts that stand, and the estimates of each, in order."""


def experimental_s(readings: NDArray[np.float64]) -> float:
    """Return the experimental standard deviation of readings of shape (n,), n > 1 (JCGM 100:2008, 4.2.2)."""
    off = readings - readings.mean()
    return math.sqrt(float(off @ off) / (len(readings) - 1))


def solve(model: Callable[..., Any], arguments: Arguments) -> Quantity:
    """Return what the measurement equation gives."""
    found = model(**{name: argument.value for name, argument in arguments.items()})
    assert isinstance(found, Quantity)
    return found


def solved(model: Callable[..., Any], estimated: Estimated) -> Mapping[tuple[Phase, str], Quantity]:
    """Return all results as quantities by (phase, point), correlated as they are: for sums and fits over points.

    Raises
    ------
    InputError
        It is not known how errors of a standard at several of these points correlate.
    """
    found = {(attempt.phase, point.id): estimates for point, attempt, estimates in estimated}
    unknown = sorted({why for estimates in found.values() for why in estimates.uncorrelated})
    if unknown and len(found) > 1:
        msg = "the results cannot be used together: " + "; ".join(unknown)
        raise InputError(msg)
    return {key: solve(model, estimates.arguments) for key, estimates in found.items()}


def drawn(model: Callable[..., Any], arguments: Arguments) -> tuple[Callable[..., Any], dict[str, Quantity]]:
    """Return the equation as a function of independent errors, and these, for Monte Carlo (JCGM 101:2008, 5)."""
    errors = {name: error for one in all_inputs(arguments) for name, error in one.errors.items()}

    def of_errors(**draws: Any) -> Any:
        return model(**{name: argument.drawn(draws) for name, argument in arguments.items()})

    return of_errors, errors


def indication(
    readings: NDArray[np.float64],
    resolution: float,
    label: Text,
    *,
    name: str = "indication",
    pooled: tuple[float, float] | None = None,
    identity: str | None = None,
) -> Argument:
    """Return the mean of readings; its u is s/√n (type A) or d/√12 (resolution), never both (decisions 3 and 21).

    Readings that scatter less than their least digit tell nothing of the error within that digit, and those that
    scatter more contain it already. The one with the wider interval at the certificate's probability counts: the s of
    few readings is uncertain itself, and its t says so. `pooled` is (s, degrees of freedom) from the laboratory's
    history of such readings, and takes the place of their own s (JCGM 100:2008, 4.2.4). `identity` ties what several
    results use, such as one zero.
    """
    n = len(readings)
    mean = float(np.mean(readings))
    s, dof = pooled if pooled is not None else (experimental_s(readings), n - 1.0)
    by_scatter = coverage_factor(COVERAGE_PROBABILITY, dof) * s / math.sqrt(n)
    if by_scatter >= COVERAGE_PROBABILITY * resolution / 2:
        error = quantity(0.0, u=s / math.sqrt(n), dof=dof, name=name, id=identity)
    else:
        error = quantity(0.0, resolution=resolution, name=name, id=identity)
    return Argument((Input(name, label, ((1.0, error),), mean),))


def bounded(half_width: float, label: Text, name: str, *, identity: str | None = None) -> Argument:
    """Return an error that is zero within ± `half_width`: 0 is no input, below 0 is of what is taken off."""
    if half_width == 0:
        return Argument()
    return Argument((Input(name, label, ((half_width, quantity(0.0, half_width=1.0, name=name, id=identity)),)),))


def budget_rows(y: Quantity, estimates: Estimates, unit: str) -> tuple[BudgetRow, ...]:
    """Return the budget as data: the constants, then every input with its share."""
    constants = tuple(
        BudgetRow(name, c.label, c.value, 0.0, math.inf, "exact", unit, c.sensitivity, 0.0, 0.0)
        for name, c in estimates.constants.items()
    )
    found = budget(y)
    rows: dict[str, list[Any]] = {}
    for row in found:
        rows.setdefault(row.name, []).append(row)
    return constants + tuple(
        _row(one, rows.get(one.name, []), estimates.units.get(one.name, unit))
        for one in all_inputs(estimates.arguments)
    )


def _row(one: Input, rows: list[Any], unit: str) -> BudgetRow:
    """Return the row of an input whose errors have `rows` in the engine's budget."""
    value, u = float(one.value.value), float(one.value.u)
    return BudgetRow(
        name=one.name,
        label=one.label,
        value=value,
        u=u,
        dof=_dof(one, rows),
        distribution=rows[0].distribution if len(rows) == 1 else "normal",
        unit=unit,
        sensitivity=_sensitivity(one, rows),
        contribution=math.sqrt(sum(row.contribution**2 for row in rows)),
        share=sum(row.share for row in rows),
    )


def _sensitivity(one: Input, rows: list[Any]) -> float:
    """Return ∂y/∂x of an input with errors of its own, whatever number of them: cov(y, x)/u²(x)."""
    coefficients = [c for c, _ in one.terms]
    if len(rows) == len(coefficients) == 1 and coefficients[0]:
        return float(rows[0].sensitivity) / coefficients[0]
    u2 = sum((c * row.u) ** 2 for row, c in zip(rows, coefficients, strict=False))
    return sum(row.sensitivity * c * row.u**2 for row, c in zip(rows, coefficients, strict=False)) / u2 if u2 else 0.0


def _dof(one: Input, rows: list[Any]) -> float:
    if len(rows) == 1:
        return float(rows[0].dof)
    dof = float(one.value.dof)
    return math.inf if math.isnan(dof) else dof


INDICATION = Text(vi="chỉ thị, độ lặp lại hoặc độ phân giải", en="indication, repeatability or resolution")
NOMINAL = Text(vi="giá trị danh nghĩa, chính xác", en="nominal value, exact")
EXCEPTED = Text(vi="Chuẩn được dùng theo ngoại lệ: xem mục ngoại lệ.", en="Standard used by exception: see exceptions.")
ANY_TEMPERATURE = Text(
    vi="Nguồn của đặc trưng kỹ thuật không nêu nhiệt độ; giới hạn được coi là có giá trị từ {low} °C đến {high} °C, "
    "trong phạm vi của phương pháp.",
    en="The source of the standard's specification states no temperature; its limits are taken to hold from {low} °C "
    "to {high} °C, as the method does.",
)
