"""Where uncertainty comes from: each source is one error (or one error per element) with an identity of its own."""

import math
import uuid
from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.shape import Distribution

FloatOrArray = Any
"""A float, or an array of floats of the quantity's shape."""

_ensembles: WeakValueDictionary[str, "Ensemble"] = WeakValueDictionary()
_sources: WeakValueDictionary[str, "Source"] = WeakValueDictionary()


class Ensemble:
    """Scalar sources that are jointly normal, or jointly t where they come from one sample."""

    __slots__ = ("__weakref__", "_id", "covariance", "dof", "dofs")

    def __init__(self, covariance: NDArray[np.float64], dof: float | Sequence[float]) -> None:
        self._id: str | None = None
        self.covariance = covariance
        self.dofs = (float(dof),) * len(covariance) if isinstance(dof, (int, float)) else tuple(dof)
        """Degrees of freedom of each member's u."""
        self.dof = self.dofs[0] if len(set(self.dofs)) == 1 else math.nan
        """Of the one sample from which all come; nan where the members' differ."""

    @property
    def id(self) -> str:
        """Identity, the same in every copy."""
        if self._id is None:
            self._id = uuid.uuid4().hex
            _ensembles[self._id] = self
        return self._id

    def variance(self, coefficients: dict[int, float]) -> float:
        """Return Σ c_i c_j u_ij for coefficients by position (JCGM 100:2008, eq. 13)."""
        positions = list(coefficients)
        c = np.array([coefficients[i] for i in positions])
        return max(float(c @ self.covariance[np.ix_(positions, positions)] @ c), 0.0)

    def __reduce__(self) -> tuple[Any, ...]:
        return _ensemble, (self.id, self.covariance, self.dofs)


class Source:
    """One error: what is known of it, and who it is. A source with a shape is one independent error per element."""

    __slots__ = (
        "__weakref__", "_id", "distribution", "dof", "ensemble", "is_limited", "name", "position", "shape", "u", "unit",
        "value",
    )  # fmt: skip

    def __init__(
        self,
        value: FloatOrArray,
        u: FloatOrArray,
        dof: FloatOrArray,
        distribution: Distribution,
        name: str = "",
        unit: str | None = None,
        shape: tuple[int, ...] = (),
        ensemble: Ensemble | None = None,
        position: int = 0,
    ) -> None:
        self._id: str | None = None
        self.value = value
        self.u = u
        self.dof = dof
        self.is_limited = dof != math.inf if type(dof) is float else bool(np.any(dof != math.inf))
        self.distribution = distribution
        self.name = name
        self.unit = unit
        self.shape = shape
        self.ensemble = ensemble
        self.position = position

    @property
    def id(self) -> str:
        """Identity, the same in every copy; made when first asked for."""
        if self._id is None:
            self._id = uuid.uuid4().hex
            _sources[self._id] = self
        return self._id

    @property
    def is_normal(self) -> bool:
        """Whether its distribution is normal, or t with its degrees of freedom."""
        return self.distribution.name in {"normal", "t"}

    def _facts(self) -> tuple[Any, ...]:
        return (
            self.value, self.u, self.dof, self.distribution, self.name, self.unit, self.shape, self.ensemble,
            self.position,
        )  # fmt: skip

    def __reduce__(self) -> tuple[Any, ...]:
        return restore, (self.id, self._facts())

    def __repr__(self) -> str:
        return f"Source({self.name!r}, u={self.u!r})"


def restore(identity: str, facts: Sequence[Any]) -> Source:
    """Return the source of this identity: the one that lives in this process already, else a new one."""
    known = _sources.get(identity)
    if known is not None:
        return known
    source = Source(*facts)
    source._id = identity  # noqa: SLF001  its own maker
    _sources[identity] = source
    return source


def identified(source: Source, identity: str) -> Source:
    """Return `source` under a given identity; the same identity must mean the same facts."""
    known = _sources.get(identity)
    if known is None:
        source._id = identity  # noqa: SLF001
        _sources[identity] = source
        return source
    for fact in ("value", "u", "dof", "unit", "shape", "distribution"):
        before, now = getattr(known, fact), getattr(source, fact)
        if not _same(before, now):
            msg = f"id={identity!r} is already known with {fact} {before}, now {now}: one identity, one input"
            raise UncertaintyError(msg)
    return known


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return bool(a == b)


def _ensemble(identity: str, covariance: NDArray[np.float64], dof: float | Sequence[float]) -> Ensemble:
    known = _ensembles.get(identity)
    if known is None:
        known = Ensemble(covariance, dof)
        known._id = identity  # noqa: SLF001
        _ensembles[identity] = known
    return known


def check_u(u: FloatOrArray, what: str = "u") -> FloatOrArray:
    """Return `u` as float or array; it must be finite and not negative."""
    if type(u) is float or type(u) is int:
        if 0 <= u < math.inf:
            return float(u)
    else:
        array = np.asarray(u, dtype=np.float64)
        if np.all(array >= 0) and np.all(np.isfinite(array)):
            return float(array) if array.ndim == 0 else array
    msg = f"{what} = {u}: an uncertainty is finite and not negative"
    raise UncertaintyError(msg)


def check_dof(dof: FloatOrArray) -> FloatOrArray:
    """Return `dof` as float or array; at least 1, inf where unlimited."""
    if type(dof) is float or type(dof) is int:
        if dof >= 1:
            return float(dof)
    else:
        array = np.asarray(dof, dtype=np.float64)
        if np.all(array >= 1):
            return float(array) if array.ndim == 0 else array
    msg = f"dof = {dof}: degrees of freedom are at least 1 (math.inf where unlimited)"
    raise UncertaintyError(msg)
