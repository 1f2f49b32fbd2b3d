"""The trials of Monte Carlo, block by block. The digits of a block depend on the seed and its number only."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.draws import Draws
from calib.uncertainty.options import Model
from calib.uncertainty.samples import Samples
from calib.uncertainty.uncertain import Quantity

_LONGEST = 65_536
"""Trials in a block at most. Shorter ones are no faster on one core, and at 16 384 two threads wait for each other."""
_SHORTEST = 16
_IN_CACHE = 1 << 19
"""Numbers that a block may hold, all inputs or all outputs together: 4 MiB."""


@dataclass(frozen=True)
class Span:
    """Trials start to stop, block number `index`."""

    index: int
    start: int
    stop: int


@dataclass(frozen=True)
class Trials:
    """All that is needed to evaluate any block, here or in another process."""

    model: Model
    fixed: Mapping[str, Any]
    """Inputs without uncertainty."""
    quantities: Mapping[str, Quantity]
    seed: "np.random.SeedSequence" = field(repr=False)
    vectorize: bool

    def evaluate(self, span: Span) -> NDArray[np.float64]:
        """Return the model's values in a block, shape of the output and the trials last."""
        trials = span.stop - span.start
        sampled = self._sampled(span.index, trials)
        with np.errstate(all="ignore"):  # what is not finite is an error below
            values = self._together(sampled, trials) if self.vectorize else self._one_by_one(sampled, span)
        if not np.isfinite(values.sum()) and not np.all(np.isfinite(values)):
            bad = int(np.size(values) - np.isfinite(values).sum())
            msg = (
                f"the model gave {bad} values that are not finite numbers (of {values.size} in trials {span.start} to"
                f" {span.stop}): check its domain against the inputs"
            )
            raise UncertaintyError(msg)
        return values

    def evaluate_all(self, spans: Iterable[Span]) -> NDArray[np.float64]:
        """Return the values of several blocks on end."""
        return np.concatenate([self.evaluate(s) for s in spans], axis=-1)

    def shape(self) -> tuple[int, ...]:
        """Return the output's shape, from a few trials of their own if the model takes samples."""
        if self.vectorize:
            with np.errstate(all="ignore"):
                return self._together(self._sampled(0, 2), 2).shape[:-1]
        return self.evaluate(Span(0, 0, 1)).shape[:-1]

    def length(self, outputs: int) -> int:
        """Return how many trials a block has, with so many numbers put out by each trial."""
        inputs = sum(math.prod(s.shape) for s in {s for q in self.quantities.values() for s in q.blocks})
        most = _IN_CACHE // max(inputs, outputs, 1)
        return max(_SHORTEST, min(_LONGEST, 1 << max(most.bit_length() - 1, 0)))

    def _sampled(self, index: int, trials: int) -> dict[str, Samples]:
        key = (*self.seed.spawn_key, index)
        sequence = np.random.SeedSequence(self.seed.entropy, spawn_key=key, pool_size=self.seed.pool_size)
        generator = np.random.Generator(np.random.SFC64(sequence))
        return dict(zip(self.quantities, Draws(generator, trials).of(self.quantities.values()), strict=True))

    def _together(self, sampled: dict[str, Samples], trials: int) -> NDArray[np.float64]:
        out = self.model(**{**self.fixed, **sampled})
        if isinstance(out, (tuple, list)) and any(isinstance(o, Samples) for o in out):
            shapes = {o.shape if isinstance(o, Samples) else np.shape(o) for o in out}
            if len(shapes) > 1:
                msg = f"the model returned outputs of shapes {', '.join(map(str, shapes))}: give them one shape"
                raise UncertaintyError(msg)
            out = np.stack(out)
        if not isinstance(out, Samples):
            msg = f"the model returned {type(out).__name__}, not something computed from its inputs"
            raise UncertaintyError(msg)
        values = out.draws
        if values.dtype.kind != "f":
            msg = (
                f"the model returned {values.dtype} values: real numbers are needed; "
                "np.where(condition, 1.0, 0.0) turns truth into numbers, np.real and np.imag take complex ones apart"
            )
            raise UncertaintyError(msg)
        if not values.ndim or values.shape[-1] != trials:
            msg = f"the model returned samples of shape {values.shape}: {trials} trials belong on the last axis"
            raise UncertaintyError(msg)
        return values

    def _one_by_one(self, sampled: dict[str, Samples], span: Span) -> NDArray[np.float64]:
        found = []
        for i in range(span.stop - span.start):
            one = {n: float(s.draws[i]) if s.draws.ndim == 1 else s.draws[..., i] for n, s in sampled.items()}
            try:
                found.append(self.model(**{**self.fixed, **one}))
            except (ArithmeticError, ValueError) as error:
                given = ", ".join(f"{n} = {x}" for n, x in one.items())
                msg = f"the model failed in trial {span.start + i} with {given}: {type(error).__name__}: {error}"
                raise UncertaintyError(msg) from error
        return _gathered(found)


def _gathered(found: list[Any]) -> NDArray[np.float64]:
    """Return what a model gave trial by trial as one array, the trials last."""
    kinds = {type(f).__name__ for f in found}
    try:
        values = [np.asarray(f) for f in found]
    except ValueError as error:
        msg = f"the model returned {', '.join(sorted(kinds))} of no one shape: a number or an array is needed"
        raise UncertaintyError(msg) from error
    if len({v.shape for v in values}) > 1:
        shapes = ", ".join(sorted({str(v.shape) for v in values}))
        msg = f"the model returned values of different shapes in different trials: {shapes}"
        raise UncertaintyError(msg)
    if any(v.dtype.kind not in "biuf" for v in values):
        msg = f"the model returned {', '.join(sorted(kinds))}: a number or an array of numbers is needed"
        raise UncertaintyError(msg)
    if all(v.dtype.kind != "f" for v in values):
        what = "truth values" if values[0].dtype.kind == "b" else "integers"
        msg = f"the model returned {what} in every trial: real numbers are needed; are some rounded away?"
        raise UncertaintyError(msg)
    return np.stack(values, axis=-1).astype(np.float64, copy=False)
