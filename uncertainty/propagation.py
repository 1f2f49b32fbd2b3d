"""One model, several methods: first order (JCGM 100:2008) or Monte Carlo (JCGM 101:2008)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.draws import Draws
from calib.uncertainty.samples import Samples
from calib.uncertainty.source import FloatOrArray
from calib.uncertainty.uncertain import Quantity

METHODS = ("first-order", "monte-carlo")
Model = Callable[..., Any]


@dataclass(frozen=True)
class FirstOrder:
    """Result of the law of propagation of uncertainty."""

    quantity: Quantity

    @property
    def value(self) -> FloatOrArray:
        """Best estimate."""
        return self.quantity.value

    @property
    def u(self) -> FloatOrArray:
        """Standard uncertainty."""
        return self.quantity.u

    @property
    def dof(self) -> FloatOrArray:
        """Effective degrees of freedom."""
        return self.quantity.dof

    def interval(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the (lower, upper) ends of the coverage interval."""
        expanded = self.quantity.expanded(p)
        return expanded.lower, expanded.upper

    def shortest(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the shortest interval about the value: value ± U."""
        expanded = self.quantity.expanded(p)
        return self.quantity.value - expanded.U, self.quantity.value + expanded.U


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """Result of Monte Carlo."""

    draws: NDArray[np.float64] = field(repr=False)
    """Sorted model values, shape of the output and the trials last."""
    trials: int
    value: FloatOrArray
    """Mean (JCGM 101:2008, 7.6)."""
    u: FloatOrArray
    """Standard deviation; has no meaning where an input is t with 2 degrees of freedom or fewer."""

    def interval(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the probabilistically symmetric interval (JCGM 101:2008, 7.7.2)."""
        q = self._count(p)
        first = (self.trials - q + 1) // 2 - 1  # r of 7.7.2, counted from 0
        return _tidy(self.draws[..., first]), _tidy(self.draws[..., first + q])

    def shortest(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the shortest interval (JCGM 101:2008, 7.7.4)."""
        q = self._count(p)
        widths = self.draws[..., q:] - self.draws[..., :-q]
        first = np.argmin(widths, axis=-1)[..., None]
        low = np.take_along_axis(self.draws, first, axis=-1)[..., 0]
        high = np.take_along_axis(self.draws, first + q, axis=-1)[..., 0]
        return _tidy(low), _tidy(high)

    def _count(self, p: float) -> int:
        """Return q, the number of trials within the interval (JCGM 101:2008, 7.7.1)."""
        if not 0 < p < 1:
            msg = f"p = {p}: a coverage probability lies between 0 and 1"
            raise UncertaintyError(msg)
        q = math.floor(p * self.trials + 0.5)
        if not 0 < q < self.trials:
            msg = f"{self.trials} trials are too few for an interval with p = {p}"
            raise UncertaintyError(msg)
        return q


def propagate(
    model: Model,
    inputs: Mapping[str, Quantity | float],
    method: str = "first-order",
    *,
    trials: int = 200_000,
    seed: "int | np.random.SeedSequence | None" = None,
    vectorize: bool = True,
    linearise: bool = False,
) -> FirstOrder | MonteCarlo:
    """Return what `model(**inputs)` gives, with its uncertainty, by `method`.

    Parameters
    ----------
    model
        A plain function of the inputs' names, with operators and numpy functions; the same one serves all methods.
    method
        `first-order` or `monte-carlo`.
    trials, seed
        Of Monte Carlo; the same seed gives the same digits.
    vectorize
        False calls the model trial by trial with floats or arrays, for models with branches.
    linearise
        Whether a derived quantity may be an input of Monte Carlo, by its first-order expansion.
    """
    if method not in METHODS:
        msg = f"method {method!r} is not available; choose one of {', '.join(METHODS)}"
        raise UncertaintyError(msg)
    if method == "first-order":
        out = model(**inputs)
        if not isinstance(out, Quantity):
            out = Quantity(_numbers(out), {})
        return FirstOrder(out)
    if trials < 2:
        msg = f"trials = {trials}: Monte Carlo needs at least 2, and 10⁶ for two digits of an interval at 95 %"
        raise UncertaintyError(msg)
    names = [n for n, q in inputs.items() if isinstance(q, Quantity)]
    quantities = [q for q in inputs.values() if isinstance(q, Quantity)]
    for name, q in zip(names, quantities, strict=True):
        if not linearise and not _is_input(q):
            msg = f"{name!r} is derived from other quantities: give those to the model, or linearise=True"
            raise UncertaintyError(msg)
    generator = np.random.Generator(np.random.SFC64(seed))
    sampled = dict(zip(names, Draws(generator, trials).of(quantities), strict=True))
    values = _vectorised(model, inputs, sampled) if vectorize else _one_by_one(model, inputs, sampled, trials)
    return _summary(values, trials)


def _is_input(q: Quantity) -> bool:
    """Whether a quantity is one source with sensitivity 1, its elements untouched."""
    if len(q.blocks) > 1:
        return False
    for source, c in q.blocks.items():
        same = isinstance(c, float) and c == 1.0
        if source.shape:
            same = len(c) == 1 and c[0][1] is None and bool(np.all(c[0][0] == 1.0))
        if not (same and np.array_equal(source.value, q.value)):
            return False
    return True


def _vectorised(model: Model, inputs: Mapping[str, Any], sampled: dict[str, Samples]) -> NDArray[np.float64]:
    out = model(**{**inputs, **sampled})
    if not isinstance(out, Samples):
        msg = f"the model returned {type(out).__name__}, not something computed from its inputs"
        raise UncertaintyError(msg)
    return np.asarray(out.draws, dtype=np.float64)


def _one_by_one(
    model: Model, inputs: Mapping[str, Any], sampled: dict[str, Samples], trials: int
) -> NDArray[np.float64]:
    values = []
    for i in range(trials):
        one = {n: float(s.draws[i]) if s.draws.ndim == 1 else s.draws[..., i] for n, s in sampled.items()}
        values.append(_numbers(model(**{**inputs, **one})))
    return np.stack(values, axis=-1)


def _numbers(out: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(out, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"the model returned {type(out).__name__}: a number or an array of numbers is needed"
        raise UncertaintyError(msg) from error


def _summary(values: NDArray[np.float64], trials: int) -> MonteCarlo:
    if not np.all(np.isfinite(values)):
        bad = int(np.size(values) - np.isfinite(values).sum())
        msg = f"the model gave {bad} values that are not finite numbers: check its domain against the inputs"
        raise UncertaintyError(msg)
    values = np.sort(values, axis=-1)
    return MonteCarlo(values, trials, _tidy(values.mean(axis=-1)), _tidy(values.std(axis=-1, ddof=1)))


def _tidy(value: Any) -> FloatOrArray:
    return float(value) if np.ndim(value) == 0 else value
