"""Independent errors of mean 0 and variance 1 on which quantities rest, and the sensitivities to each of them.

A scalar source is one component, an element-wise source one for each element, and jointly normal sources are as many
as their covariance matrix has eigenvalues above 0: x = C z with C Cᵀ the covariance (JCGM 102:2011, 5.3.2.2, note).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty import blocks as element
from calib.uncertainty import moments
from calib.uncertainty.source import Ensemble, Source
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Component:
    """One or several independent errors, columns of the sensitivities."""

    origin: Source | Ensemble
    factor: Array
    """Scalar source (1,), element-wise source (elements,): u of each; ensemble (members, columns): C."""

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(self.factor.shape[-1])


def components(quantities: Iterable[Quantity]) -> list[Component]:
    """Return the components of all sources with u above 0, in the order in which they come."""
    found: dict[Source | Ensemble, Component] = {}
    for q in quantities:
        for source in q.blocks:
            origin = source.ensemble or source
            if origin not in found and np.any(source.u):
                found[origin] = Component(origin, _factor(source))
    return list(found.values())


def _factor(source: Source) -> Array:
    if source.ensemble is None:
        return np.broadcast_to(np.asarray(source.u, dtype=np.float64), source.shape or (1,)).ravel()
    values, vectors = np.linalg.eigh(source.ensemble.covariance)
    used = values > 1e-14 * values[-1]
    return np.asarray(vectors[:, used] * np.sqrt(values[used]))


def gradient(q: Quantity, parts: list[Component]) -> Array:
    """Return ∂q/∂z for every component, shape (values of q, columns)."""
    joint = moments.ensembles(q.blocks)
    columns = [_columns(q, part, joint) for part in parts]
    return np.concatenate(columns, axis=1) if columns else np.zeros((q.size, 0))


def _columns(q: Quantity, part: Component, joint: dict[Ensemble, dict[int, Any]]) -> Array:
    origin = part.origin
    if isinstance(origin, Ensemble):
        total = np.zeros((q.size, part.size))
        for position, c in joint.get(origin, {}).items():
            total += np.broadcast_to(c, q.shape).reshape(-1, 1) * part.factor[position]
        return total
    if origin not in q.blocks:
        return np.zeros((q.size, part.size))
    c = q.blocks[origin]
    if origin.shape:
        return np.asarray(element.dense(c, q.shape, origin.shape) * part.factor)
    return np.asarray(np.broadcast_to(c, q.shape).reshape(-1, 1) * part.factor)


def sources(parts: Sequence[Component]) -> Iterator[tuple[Source | Ensemble, int]]:
    """Return the origin of every column, and its place there."""
    for part in parts:
        for place in range(part.size):
            yield part.origin, place
