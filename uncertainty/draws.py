"""Draws of inputs for Monte Carlo (JCGM 101:2008, 6.4; C.5 for joint normal ones)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty import blocks as element
from calib.uncertainty import copula
from calib.uncertainty.products import product
from calib.uncertainty.samples import Samples
from calib.uncertainty.source import Ensemble, Source
from calib.uncertainty.unbounded import drawn_t
from calib.uncertainty.uncertain import Quantity


class Draws:
    """Errors of every source, drawn once, so that inputs that share a source share its draws."""

    def __init__(self, generator: "np.random.Generator", trials: int) -> None:
        self._generator = generator
        self._trials = trials
        self._errors: dict[Source, NDArray[Any]] = {}
        self._uses: Counter[Source] = Counter()
        self._members: dict[Ensemble, dict[int, Source]] = {}

    def of(self, quantities: Iterable[Quantity]) -> list[Samples]:
        """Return the samples of each input: value + Σ sensitivity · error."""
        quantities = list(quantities)
        self._uses.update(s for q in quantities for s in q.blocks)
        for source in (s for q in quantities for s in q.blocks):
            if source.ensemble is not None:
                self._members.setdefault(source.ensemble, {})[source.position] = source
        return [Samples(self._one(q)) for q in quantities]

    def _one(self, q: Quantity) -> NDArray[Any]:
        total: Any = None
        for source, c in q.blocks.items():
            part = self._part(q, source, c)
            total = part if total is None else total + part
        if total is None:
            return np.full((*q.shape, self._trials), np.asarray(q.value)[..., None])
        if len(q.blocks) == 1 and self._uses[source] == 1 and total.shape == (*q.shape, self._trials):
            total += np.asarray(q.value)[..., None]  # nobody else sees these draws
            return np.asarray(total)
        return np.asarray(total + np.asarray(q.value)[..., None])

    def _part(self, q: Quantity, source: Source, c: Any) -> NDArray[Any]:
        """Return sensitivity · error, shape of the quantity (or one that broadcasts to it) and the trials last."""
        error = self._error(source)
        if not source.shape:
            if isinstance(c, float):
                return error if c == 1.0 else c * error
            return np.asarray(np.asarray(c)[..., None] * error)
        if len(c) == 1 and c[0][1] is None:
            column = c[0][0]
            own = isinstance(column, float) and column == 1.0
            return error if own else np.asarray(np.asarray(column)[..., None] * error)
        mixed = element.dense(c, q.shape, source.shape) @ error.reshape(-1, self._trials)
        return np.asarray(mixed.reshape(*q.shape, self._trials))

    def _error(self, source: Source) -> NDArray[Any]:
        if source not in self._errors:
            if source.ensemble is None:
                self._errors[source] = self._drawn(source)
            else:
                members = list(self._members[source.ensemble].values())
                self._errors |= zip(members, _jointly(members, self._generator, self._trials), strict=True)
        return self._errors[source]

    def _drawn(self, source: Source) -> NDArray[Any]:
        generator = self._generator
        shape = (*source.shape, self._trials)
        if source.distribution.name == "normal" and source.is_limited:
            z = drawn_t(generator, np.asarray(source.dof)[..., None], shape)
        else:
            z = source.distribution.sample(generator, shape)
        z *= np.asarray(source.u)[..., None]
        return z


def _jointly(members: list[Source], generator: "np.random.Generator", trials: int) -> NDArray[Any]:
    """Return draws of one ensemble's members: normal, t with their sample's degrees of freedom, or by a copula."""
    ensemble = members[0].ensemble
    assert ensemble is not None
    positions = [s.position for s in members]
    covariance = ensemble.covariance[np.ix_(positions, positions)]
    if any(copula.is_tied(s) for s in members):
        return copula.draw(members, covariance, generator, trials)
    values, vectors = np.linalg.eigh(covariance)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    z = product(factor, generator.standard_normal((len(values), trials)))
    if np.isfinite(ensemble.dof):
        z /= np.sqrt(generator.standard_gamma(0.5 * ensemble.dof, trials) * (2 / ensemble.dof))
    return z
