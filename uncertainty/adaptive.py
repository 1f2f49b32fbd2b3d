"""As many trials as a numerical tolerance asks for (JCGM 101:2008, 7.9; several outputs: JCGM 102:2011, 7.8)."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import intervals, regions
from calib.uncertainty.options import Options
from calib.uncertainty.outcome import MonteCarlo, covariance, summary
from calib.uncertainty.trials import Span, Trials
from calib.uncertainty.workers import fill

Array = NDArray[np.float64]
_LEAST = 10_000


def until_stable(trials: Trials, shape: tuple[int, ...], options: Options, least_dof: float, most: int) -> MonteCarlo:
    """Return the result after the first sequence of batches whose averages are stable within the tolerance.

    Watched are the value, u and both ends of the symmetric interval; of several outputs also the largest eigenvalue of
    the correlation matrix and kp of the ellipse, relatively as closely as u. Stable: twice the standard deviation of
    the average over the batches does not exceed the tolerance (7.9.4).
    """
    if least_dof <= 2:
        msg = f"tolerance: an input is t with {least_dof:g} degrees of freedom, so u does not exist; give trials"
        raise UncertaintyError(msg)
    delta = _checked(options.tolerance, shape)
    p = options.probability
    intervals.covered(p, _LEAST)
    size = max(math.ceil(100 / (1 - p)), _LEAST)
    limit = int(min(options.trials or most, most)) // size
    watched: list[Array] = []
    batches: list[Array] = []
    for batch in _batches(trials, shape, size, limit, options):
        batches.append(batch)
        watched.append(_watched(batch, p))
        if len(watched) > 1 and np.all(_spread(watched) <= _tolerances(delta, watched)):
            return summary(np.concatenate(batches, axis=-1), least_dof)
    worst = float(np.max(_spread(watched) / _tolerances(delta, watched))) if len(watched) > 1 else math.inf
    msg = (
        f"tolerance = {options.tolerance} was not reached in {len(batches) * size} trials (batches of {size}): "
        f"the least stable figure varies {worst:.3g} times as much; allow more trials, or a wider tolerance"
    )
    raise UncertaintyError(msg)


def _checked(tolerance: Any, shape: tuple[int, ...]) -> Array:
    """Return the tolerance of every output, shape (m,)."""
    delta = np.asarray(tolerance, dtype=np.float64)
    if not np.all((delta > 0) & np.isfinite(delta)):
        msg = f"tolerance = {tolerance}: a number above 0 in the output's unit"
        raise UncertaintyError(msg)
    try:
        return np.broadcast_to(delta, shape).ravel()
    except ValueError as error:
        msg = f"tolerance of shape {delta.shape} does not fit outputs of shape {shape}"
        raise UncertaintyError(msg) from error


def _batches(trials: Trials, shape: tuple[int, ...], size: int, limit: int, options: Options) -> Iterator[Array]:
    """Evaluate batches of `size` trials, several at once so that all workers have some; give them one by one."""
    length = min(trials.length(math.prod(shape)), size)
    each = -(-size // length)
    done = 0
    while done < limit:
        count = min(max(4, done // 4), limit - done)
        spans = [
            Span(b * each + i, b * size + i * length, b * size + min((i + 1) * length, size))
            for b in range(done, done + count)
            for i in range(each)
        ]
        values = np.empty((*shape, count * size))
        fill(values, trials, spans, options.workers)
        for b in range(count):
            yield values[..., b * size : (b + 1) * size]
        done += count


def _watched(batch: Array, p: float) -> Array:
    """Return y, u, lower and upper end of every output, and for several outputs λmax and kp: shape (4m or 4m + 2,)."""
    rows = batch.reshape(-1, batch.shape[-1])
    low, high = intervals.symmetric(np.sort(rows, axis=-1), p)
    mean = rows.mean(axis=-1)
    found = [mean, rows.std(axis=-1, ddof=1), low, high]
    if len(rows) > 1:
        found.append(np.array(joint_figures(rows, mean, covariance(rows), p)))
    return np.concatenate(found)


def joint_figures(rows: Array, mean: Array, matrix: Array, p: float) -> tuple[float, float]:
    """Return (λmax, kp): of the correlation matrix, and of the ellipse that holds a fraction `p` of the trials.

    Zeros where the outputs are linearly dependent, so that there is no ellipse.
    """
    std = np.sqrt(np.diagonal(matrix))
    if not np.all(std > 0):
        return 0.0, 0.0
    largest = float(np.linalg.eigvalsh(matrix / np.outer(std, std))[-1])
    try:
        return largest, regions.ellipse(rows, mean, matrix, p).kp
    except UncertaintyError:
        return largest, 0.0


def _spread(watched: list[Array]) -> Array:
    """Return twice the standard deviation of the averages over the batches."""
    h = len(watched)
    return np.asarray(2 * np.std(watched, axis=0, ddof=1) / math.sqrt(h))


def _tolerances(delta: Array, watched: list[Array]) -> Array:
    m = delta.size
    average = np.mean(watched, axis=0)
    u = average[m : 2 * m]
    with np.errstate(divide="ignore"):
        relative = float(np.min(np.where(u > 0, delta / u, np.inf)))
    joint = average[4 * m :]
    return np.concatenate((np.tile(delta, 4), np.where(joint > 0, joint * relative, np.inf)))
