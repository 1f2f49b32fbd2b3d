"""Draws of inputs for Monte Carlo (JCGM 101:2008, 6.4; C.5 for joint normal ones)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty import blocks as element
from calib.uncertainty.copula import GaussianCopula
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
        self._joint: dict[Ensemble, NDArray[Any]] = {}

    def of(self, quantities: Iterable[Quantity]) -> list[Samples]:
        """Return the samples of each input: value + Σ sensitivity · error."""
        return [Samples(self._one(q)) for q in quantities]

    def _one(self, q: Quantity) -> NDArray[Any]:
        total: Any = None
        for source, c in q.blocks.items():
            part = self._part(q, source, c)
            total = part if total is None else total + part
        if total is None:
            return np.full((*q.shape, self._trials), np.asarray(q.value)[..., None])
        if not q.shape and q.value == 0:
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
            self._errors[source] = self._drawn(source)
        return self._errors[source]

    def _drawn(self, source: Source) -> NDArray[Any]:
        generator, trials = self._generator, self._trials
        if source.ensemble is not None:
            if source.ensemble not in self._joint:
                self._joint[source.ensemble] = _jointly(source.ensemble, generator, trials)
            joint = self._joint[source.ensemble]
            return np.asarray(joint[source.position])
        shape = (*source.shape, trials)
        if source.distribution.name == "normal" and source.is_limited:
            z = drawn_t(generator, np.asarray(source.dof)[..., None], shape)
        else:
            z = source.distribution.sample(generator, shape)
        z *= np.asarray(source.u)[..., None]
        return z


def _jointly(ensemble: Ensemble, generator: "np.random.Generator", trials: int) -> NDArray[Any]:
    """Return draws of an ensemble, shape (members, trials): normal, t with the sample's dof, or by its copula."""
    if isinstance(ensemble, GaussianCopula):
        return ensemble.sample(generator, trials)
    values, vectors = np.linalg.eigh(ensemble.covariance)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    z = factor @ generator.standard_normal((len(values), trials))
    if np.isfinite(ensemble.dof):
        z /= np.sqrt(generator.standard_gamma(0.5 * ensemble.dof, trials) * (2 / ensemble.dof))
    return np.asarray(z)
