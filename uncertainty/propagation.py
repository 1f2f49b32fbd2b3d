"""One model, several methods: first order (JCGM 100:2008) or Monte Carlo (JCGM 101:2008, JCGM 102:2011)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.firstorder import FirstOrder, first_order
from calib.uncertainty.options import Model, Options
from calib.uncertainty.outcome import MonteCarlo
from calib.uncertainty.secondorder import SecondOrder, check_first_order, second_order
from calib.uncertainty.source import FloatOrArray

if TYPE_CHECKING:
    from concurrent.futures import Executor

Inputs = Mapping[str, Any]
"""Quantities by the names of the model's parameters; numbers and other fixed values pass through."""


class Result(Protocol):
    """What every method gives: floats, or arrays of the output's shape; several outputs are one array."""

    @property
    def value(self) -> FloatOrArray:
        """Best estimate."""

    @property
    def u(self) -> FloatOrArray:
        """Standard uncertainty."""

    @property
    def dof(self) -> FloatOrArray:
        """Effective degrees of freedom; nan where the method has none."""

    def interval(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return (lower, upper) of the probabilistically symmetric interval."""

    def shortest(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return (lower, upper) of the shortest interval."""


def _checked(model: Model, inputs: Inputs) -> FirstOrder:
    """Return the first-order result; warn where it misleads."""
    out = first_order(model, inputs)
    check_first_order(model, inputs, out.quantity)
    return out


def _monte_carlo(model: Model, inputs: Inputs, options: Options) -> MonteCarlo:
    from calib.uncertainty.montecarlo import monte_carlo

    return monte_carlo(model, inputs, options)


_METHODS: dict[str, Callable[[Model, Inputs, Options], Result]] = {
    "first-order": lambda model, inputs, _: _checked(model, inputs),
    "second-order": lambda model, inputs, _: second_order(model, inputs),
    "monte-carlo": _monte_carlo,
}
METHODS = tuple(_METHODS)


@overload
def propagate(model: Model, inputs: Inputs, method: Literal["first-order"] = "first-order") -> FirstOrder: ...
@overload
def propagate(model: Model, inputs: Inputs, method: Literal["second-order"]) -> SecondOrder: ...
@overload
def propagate(
    model: Model,
    inputs: Inputs,
    method: Literal["monte-carlo"],
    *,
    trials: int | None = None,
    seed: "int | np.random.SeedSequence | None" = None,
    tolerance: ArrayLike | None = None,
    probability: float = 0.95,
    workers: "int | Executor" = 1,
    vectorize: bool = True,
    linearise: bool = False,
) -> MonteCarlo: ...
@overload
def propagate(
    model: Model,
    inputs: Inputs,
    method: str,
    *,
    trials: int | None = None,
    seed: "int | np.random.SeedSequence | None" = None,
    tolerance: ArrayLike | None = None,
    probability: float = 0.95,
    workers: "int | Executor" = 1,
    vectorize: bool = True,
    linearise: bool = False,
) -> Result: ...
def propagate(
    model: Model,
    inputs: Inputs,
    method: str = "first-order",
    *,
    trials: int | None = None,
    seed: "int | np.random.SeedSequence | None" = None,
    tolerance: ArrayLike | None = None,
    probability: float = 0.95,
    workers: "int | Executor" = 1,
    vectorize: bool = True,
    linearise: bool = False,
) -> Any:
    """Return what `model(**inputs)` gives, with its uncertainty, by `method`.

    Parameters
    ----------
    model
        A plain function of the inputs' names, with operators and numpy functions; the same one serves all methods.
        It returns one output, or several as a tuple or as the elements of an array.
    method
        `first-order` (warns where it misleads), `second-order` (see `secondorder`) or `monte-carlo`.
    trials, seed
        Of Monte Carlo, 200 000 if not given; the same seed gives the same digits, whatever the workers.
    tolerance
        Monte Carlo goes on until value, u and interval ends (of `probability`) are stable within this number, in the
        output's unit (JCGM 101:2008, 7.9); an array gives one for each output. `trials` is then the most it may take.
    workers
        A number of threads, or any executor of `concurrent.futures`; one of processes needs a model that pickles.
    vectorize
        False calls the model trial by trial with floats or arrays, for models with branches.
    linearise
        Whether a derived quantity may be an input of Monte Carlo, by its first-order expansion.
    """
    if method not in _METHODS:
        msg = f"method {method!r} is not available; choose one of {', '.join(METHODS)}"
        raise UncertaintyError(msg)
    options = Options(trials, seed, tolerance, probability, workers, vectorize, linearise)
    return _METHODS[method](model, inputs, options)
