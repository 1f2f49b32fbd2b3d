"""What a budget file may hold (format calib-budget/1; docs/budget-files.md)."""

from typing import Annotated, Literal

from pydantic import Field

from calib.files import Strict

FORMAT = "calib-budget/1"
Text = Annotated[str, Field(max_length=10_000)]
Formula = Annotated[str, Field(min_length=1, max_length=10_000)]
Probability = Annotated[float, Field(gt=0, lt=1)]
Dof = Annotated[float, Field(ge=1, allow_inf_nan=True)]
MethodName = Literal["first-order", "second-order", "monte-carlo"]
Side = Literal["both", "lower", "upper"]
Coverage = Literal["auto", "t", "convolution", "ea-4/02"]
DofPolicy = Literal["willink", "smallest"]
Tolerance = Annotated[float, Field(gt=0)] | Literal["digits"]


class Statement(Strict):
    """How the uncertainty of an input or of a component is stated: as `calib.uncertainty.quantity` takes it."""

    value: float | None = None
    u: float | None = None
    U: float | None = None
    k: float | None = None
    probability: float | None = None
    dof: Dof | None = None
    half_width: float | None = None
    limits: tuple[float, float] | None = None
    resolution: float | None = None
    distribution: str | None = None
    beta: float | None = None
    half_width_u: float | None = None
    readings: tuple[float, ...] | None = None
    """Repeated readings: mean, s/√n, n − 1."""
    id: str | None = None
    description: Text = ""


class Component(Statement):
    """One of several contributions to the uncertainty of an input; its own row in the budget."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Input(Statement):
    """An input quantity."""

    unit: str | None = None
    components: Annotated[tuple[Component, ...], Field(max_length=200)] = ()


class Constant(Strict):
    """A number without uncertainty, with a unit."""

    value: float
    unit: str | None = None
    description: Text = ""


class Output(Strict):
    """A measurand."""

    model: Formula
    unit: str | None = None
    description: Text = ""


class Correlation(Strict):
    """How inputs vary together."""

    inputs: Annotated[tuple[str, ...], Field(min_length=2, max_length=200)]
    r: float | tuple[tuple[float, ...], ...] | None = None
    """Correlation coefficient of two inputs, or the matrix of several."""
    from_readings: bool = False
    """The readings of these inputs were taken together: r follows from them."""


class BudgetFile(Strict):
    """A budget."""

    format: Literal["calib-budget/1"]
    title: Text = ""
    name: str = "y"
    """Of the measurand, where there is one."""
    model: Formula | None = None
    unit: str | None = None
    outputs: Annotated[dict[str, Output], Field(max_length=50, default_factory=dict)]
    inputs: Annotated[dict[str, Input], Field(max_length=500, default_factory=dict)]
    constants: Annotated[dict[str, float | Constant], Field(max_length=500, default_factory=dict)]
    definitions: Annotated[dict[str, Formula], Field(max_length=200, default_factory=dict)]
    """Named parts of the model, in order."""
    correlation: Annotated[tuple[Correlation, ...], Field(max_length=500)] = ()
    method: MethodName = "first-order"
    probability: Probability = 0.95
    side: Side = "both"
    """Of the coverage interval; one-sided, it ends at `lower` or at `upper`."""
    coverage: Coverage = "auto"
    """Where k comes from, to first order."""
    dof_policy: DofPolicy | None = None
    """For inputs that correlate and have unequal degrees of freedom."""
    trials: Annotated[int, Field(ge=2, le=100_000_000)] | None = None
    """Of Monte Carlo; with a tolerance the most it may take."""
    tolerance: Tolerance | None = None
    """Of Monte Carlo, in the unit of the measurand; `digits`: half a unit of the last significant digit of u."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Threads of Monte Carlo."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    digits: Annotated[int, Field(ge=1, le=2)] = 2
