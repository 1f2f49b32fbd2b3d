"""Quantities from trees of plain values and arrays: what an archive holds, checked."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import CalibError, InputError, UncertaintyError
from calib.uncertainty import source as sources
from calib.uncertainty.complexes import ComplexQuantity
from calib.uncertainty.distributions import distribution
from calib.uncertainty.ranges import Ranges
from calib.uncertainty.rows import Rows, one_row, table
from calib.uncertainty.shape import Distribution, Shifted
from calib.uncertainty.source import Ensemble, Source, identified
from calib.uncertainty.uncertain import Quantity

Array = NDArray[Any]
Unpacker = Callable[[Any], Array]


def unpacked(tree: Mapping[str, Any], array: Unpacker) -> dict[str, Any]:
    """Return the quantities of a tree; sources that live in this process already are those."""
    try:
        return _Reader(tree, array).quantities()
    except CalibError as error:
        raise type(error)(f"archive of quantities: {error}") from None
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        msg = f"archive of quantities: incomplete or damaged ({type(error).__name__}: {error})"
        raise InputError(msg) from error


class _Reader:
    """Restores each source and ensemble once."""

    def __init__(self, tree: Mapping[str, Any], array: Unpacker) -> None:
        self._tree = tree
        self._array = array
        self._ensembles = {i: self._ensemble(i, facts) for i, facts in tree["ensembles"].items()}
        self._sources = {i: self._source(i, facts) for i, facts in tree["sources"].items()}

    def quantities(self) -> dict[str, Any]:
        """Return those that the tree names."""
        found: dict[str, Any] = {}
        for name, facts in self._tree["quantities"].items():
            if "imag" in facts:
                found[name] = ComplexQuantity(self._quantity(facts["real"]), self._quantity(facts["imag"]))
            else:
                found[name] = self._quantity(facts)
        return found

    def _quantity(self, facts: Mapping[str, Any]) -> Quantity:
        value = self._number(facts["value"])
        blocks = {
            self._sources[i]: self._block(c, self._sources[i], np.shape(value))
            for i, c in facts["sensitivities"].items()
        }
        return Quantity(value, blocks, _text(facts["unit"]))

    def _number(self, stored: Any) -> Any:
        if isinstance(stored, dict):
            return self._array(stored).astype(np.float64)
        return float(stored)

    def _ensemble(self, identity: str, facts: Mapping[str, Any]) -> Ensemble:
        covariance = self._array(facts["covariance"]).astype(np.float64)
        if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1]:
            msg = f"covariance of shape {covariance.shape}"
            raise ValueError(msg)
        dofs = tuple(float(dof) for dof in facts["dofs"])
        if len(dofs) != len(covariance):
            msg = f"{len(dofs)} degrees of freedom for {len(covariance)} members"
            raise ValueError(msg)
        found = sources._ensemble(identity, covariance, dofs)  # noqa: SLF001  as pickle does
        if not np.array_equal(found.covariance, covariance) or found.dofs != dofs:
            msg = f"the ensemble {identity} is known with another covariance or dof: one identity, one sample"
            raise UncertaintyError(msg)
        return found

    def _source(self, identity: str, facts: Mapping[str, Any]) -> Source:
        ensemble, position = None, 0
        if facts["ensemble"] is not None:
            ensemble, position = self._ensembles[facts["ensemble"][0]], int(facts["ensemble"][1])
            if not 0 <= position < len(ensemble.covariance):
                msg = f"position {position} of an ensemble of {len(ensemble.covariance)}"
                raise ValueError(msg)
        shape = tuple(int(n) for n in facts["shape"])
        value, u, dof = (self._number(facts[fact]) for fact in ("value", "u", "dof"))
        for fact in (value, u, dof):
            np.broadcast_to(fact, shape)
        made = Source(
            value, sources.check_u(u), sources.check_dof(dof), unpacked_shape(facts["distribution"]),
            str(facts["name"]), _text(facts["unit"]), shape, ensemble, position,
        )  # fmt: skip
        found = identified(made, identity)
        if found.ensemble is not ensemble or found.position != position:
            msg = f"the source {identity} is known as another member of its ensemble"
            raise UncertaintyError(msg)
        return found

    def _block(self, stored: Any, source: Source, shape: tuple[int, ...]) -> Any:
        if not (isinstance(stored, dict) and "terms" in stored):
            if source.shape:
                msg = "an array source needs terms"
                raise ValueError(msg)
            number = self._number(stored)
            np.broadcast_to(number, shape)
            return number
        return tuple(self._term(term, source, shape) for term in stored["terms"])

    def _term(self, stored: Mapping[str, Any], source: Source, shape: tuple[int, ...]) -> tuple[Any, Rows | None]:
        column = self._number(stored["column"])
        np.broadcast_to(column, shape)
        if "index" not in stored:
            if source.shape != shape:
                msg = f"an identity between shapes {source.shape} and {shape}"
                raise ValueError(msg)
            return column, None
        index, weights = self._array(stored["index"]).astype(np.intp), self._array(stored["weights"]).astype(np.float64)
        size = math.prod(source.shape)
        places = self._array(stored["places"]).astype(np.intp) if "places" in stored else None
        if stored.get("ranges"):
            return column, _ranges(index, weights, size, places, shape)
        if places is not None and (places.shape != shape or not np.all((places >= 0) & (places < len(index)))):
            msg = f"places of shape {places.shape} for values of shape {shape}"
            raise ValueError(msg)
        if places is None and index.ndim not in {1, len(shape) + 1}:
            msg = f"rows of shape {index.shape} for values of shape {shape}"
            raise ValueError(msg)
        if places is None and index.ndim > 1 and index.shape[:-1] != shape:
            msg = f"rows of shape {index.shape} for values of shape {shape}"
            raise ValueError(msg)
        if index.size and not -(places is not None) <= index.min() <= index.max() < size:
            msg = f"rows beyond the {size} elements of their source"
            raise ValueError(msg)
        weights = np.broadcast_to(weights, index.shape)
        if places is not None:
            return column, Rows(index, weights, size, places)
        return column, one_row(index, weights, size) if index.ndim == 1 else table(index, weights, size, shape)


def _ranges(index: Array, weights: Array, size: int, places: Array | None, shape: tuple[int, ...]) -> Ranges:
    """Return rows of cumulative sums, checked."""
    if index.ndim != 2 or weights.shape != index.shape or places is None or places.shape != shape:
        msg = f"runs of shape {index.shape} and {weights.shape} for values of shape {shape}"
        raise ValueError(msg)
    first, stop = np.divmod(places, index.size + 1)
    if not np.all((first <= stop) & (stop <= (first // max(index.shape[1], 1) + 1) * index.shape[1]) & (first >= 0)):
        msg = f"ranges beyond runs of shape {index.shape}"
        raise ValueError(msg)
    if index.size and not 0 <= index.min() <= index.max() < size:
        msg = f"runs beyond the {size} elements of their source"
        raise ValueError(msg)
    return Ranges(index, weights, size, places)


def unpacked_shape(stored: Mapping[str, Any]) -> Distribution:
    """Return a distribution from its name and parameters."""
    if "shifted" in stored:
        return Shifted(unpacked_shape(stored["shifted"]), float(stored["by"]))
    name, parameters = str(stored["name"]), [float(p) for p in stored["parameters"]]
    if name == "tabled":
        from calib.uncertainty.tabled import Tabled

        return Tabled(*parameters)
    if name == "bayesian-t":
        from calib.uncertainty.bayes import BayesianT

        return BayesianT(*parameters)
    return distribution(name, *parameters)


def _text(stored: Any) -> str | None:
    return None if stored is None else str(stored)
