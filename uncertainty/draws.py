"""Draws of inputs for Monte Carlo (JCGM 101:2008, 6.4; C.5 for joint normal ones)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty import blocks as element
from calib.uncertainty.samples import Samples
from calib.uncertainty.source import Ensemble, Source
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
        return [self._one(q) for q in quantities]

    def _one(self, q: Quantity) -> Samples:
        draws = np.broadcast_to(np.asarray(q.value)[..., None], (*q.shape, self._trials)).astype(np.float64)
        for source, c in q.blocks.items():
            error = self._error(source)
            if source.shape:
                if len(c) == 1 and c[0][1] is None:
                    draws += np.asarray(c[0][0])[..., None] * error
                else:
                    flat = error.reshape(-1, self._trials)
                    draws += (element.dense(c, q.shape, source.shape) @ flat).reshape(draws.shape)
            else:
                draws += np.asarray(c)[..., None] * error
        return Samples(draws)

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
        u = np.asarray(source.u)[..., None]
        z = source.distribution.sample(generator, (*source.shape, trials))
        if source.distribution.name == "normal" and source.is_limited:
            z = _made_t(z, np.asarray(source.dof)[..., None], generator)
        return np.asarray(u * z)


def _made_t(z: NDArray[Any], dof: NDArray[Any], generator: "np.random.Generator") -> NDArray[Any]:
    """Return t instead of normal draws where the degrees of freedom are finite."""
    dof = np.broadcast_to(dof, z.shape)
    limited = np.isfinite(dof)
    safe = np.where(limited, dof, 1.0)
    return np.where(limited, z / np.sqrt(generator.chisquare(safe) / safe), z)


def _jointly(ensemble: Ensemble, generator: "np.random.Generator", trials: int) -> NDArray[Any]:
    """Return draws of an ensemble, shape (members, trials): normal, or t with the sample's degrees of freedom."""
    values, vectors = np.linalg.eigh(ensemble.covariance)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    z = factor @ generator.standard_normal((len(values), trials))
    if np.isfinite(ensemble.dof):
        z = z / np.sqrt(generator.chisquare(ensemble.dof, trials) / ensemble.dof)
    return np.asarray(z)
