"""Monte Carlo: the inputs drawn, the model evaluated, the values summed up (JCGM 101:2008 and JCGM 102:2011, 7)."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.adaptive import until_stable
from calib.uncertainty.naked import Naked
from calib.uncertainty.options import Model, Options
from calib.uncertainty.outcome import MonteCarlo, summary
from calib.uncertainty.trials import Span, Trials
from calib.uncertainty.uncertain import Quantity
from calib.uncertainty.workers import fill

_TRIALS = 200_000
_MOST_NUMBERS = 1 << 27
"""Model values that are kept at most: 1 GiB."""


def monte_carlo(model: Model, inputs: Mapping[str, Any], options: Options) -> MonteCarlo:
    """Return what the model gives for draws of the inputs."""
    if options.trials is not None and not (options.trials >= 2 and options.trials == int(options.trials)):
        msg = f"trials = {options.trials}: Monte Carlo needs at least 2, and 10⁶ for two digits of an interval at 95 %"
        raise UncertaintyError(msg)
    quantities = {n: q for n, q in inputs.items() if isinstance(q, Quantity)}
    fixed = {n: q for n, q in inputs.items() if not isinstance(q, Quantity)}
    if not options.linearise:
        for name, q in quantities.items():
            if not _is_input(q):
                msg = f"{name!r} is derived from other quantities: give those to the model, or linearise=True"
                raise UncertaintyError(msg)
    naked = Naked.of(model, inputs)
    seed = options.seed if isinstance(options.seed, np.random.SeedSequence) else np.random.SeedSequence(options.seed)
    trials = Trials(model, fixed, naked.inputs(quantities), seed, options.vectorize)
    shape, dof = trials.shape(), least_dof(quantities)
    outputs = math.prod(shape)
    if options.tolerance is not None:
        _keep_freed_memory()
        in_base = replace(options, tolerance=np.asarray(options.tolerance, dtype=np.float64) * naked.factor)
        result = until_stable(trials, shape, in_base, dof, _MOST_NUMBERS // max(outputs, 1))
        return naked.dressed(result)
    count = int(options.trials or _TRIALS)
    if outputs * count > _MOST_NUMBERS:
        msg = (
            f"{outputs} outputs in {count} trials are more than the {_MOST_NUMBERS} numbers kept: "
            f"give at most trials={_MOST_NUMBERS // outputs}, or a model that returns less"
        )
        raise UncertaintyError(msg)
    _keep_freed_memory()
    draws = np.empty((*shape, count))
    fill(draws, trials, spans(count, trials.length(outputs)), options.workers)
    return naked.dressed(summary(draws, dof))


@cache
def _keep_freed_memory() -> None:
    """Have glibc keep what the blocks free, instead of giving it to the system and faulting it in again each time.

    Its threshold rises with the largest piece ever freed; without this a quarter of the time goes into page faults.
    """
    np.empty(1 << 21)


def spans(count: int, length: int) -> list[Span]:
    """Return `count` trials in blocks of `length`."""
    starts = range(0, count, length)
    return [Span(i, start, min(start + length, count)) for i, start in enumerate(starts)]


def least_dof(quantities: Mapping[str, Quantity]) -> float:
    """Return the least degrees of freedom of all inputs that are drawn from a t distribution; inf without."""
    least = math.inf
    for q in quantities.values():
        for source in q.blocks:
            if source.is_normal:
                least = min(least, float(np.min(source.dof)))
    return least


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
