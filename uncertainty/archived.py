"""Quantities as trees of plain values and arrays: what every archive holds."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import InputError, UncertaintyError
from calib.uncertainty.complexes import ComplexQuantity
from calib.uncertainty.ranges import Ranges
from calib.uncertainty.restored import unpacked_shape
from calib.uncertainty.shape import Distribution, Shifted
from calib.uncertainty.source import Source
from calib.uncertainty.uncertain import Quantity

Array = NDArray[Any]
Packer = Callable[[Array], Any]


def packed(quantities: Mapping[str, Quantity | ComplexQuantity], array: Packer) -> dict[str, Any]:
    """Return a tree of plain values; `array` stores an array and returns what stands for it."""
    tree: dict[str, Any] = {"ensembles": {}, "sources": {}, "quantities": {}}
    for name, q in quantities.items():
        if isinstance(q, ComplexQuantity):
            parts = {"real": q.real, "imag": q.imag}
            tree["quantities"][name] = {part: _packed_quantity(x, tree, array) for part, x in parts.items()}
            continue
        if not isinstance(q, Quantity):
            msg = f"archive of quantities: {name!r} is a {type(q).__name__}, not a quantity"
            raise InputError(msg)
        tree["quantities"][name] = _packed_quantity(q, tree, array)
    return tree


def _packed_quantity(q: Quantity, tree: dict[str, Any], array: Packer) -> dict[str, Any]:
    for s in q.blocks:
        if s.id not in tree["sources"]:
            tree["sources"][s.id] = _packed_source(s, tree["ensembles"], array)
    return {
        "value": _packed_number(q.value, array),
        "unit": q.unit,
        "sensitivities": {s.id: _packed_block(c, array) for s, c in q.blocks.items()},
    }


def _packed_number(value: Any, array: Packer) -> Any:
    if np.ndim(value):
        return array(np.ascontiguousarray(value, dtype=np.float64))
    return float(value) if math.isfinite(value) else str(float(value))


def _packed_source(s: Source, ensembles: dict[str, Any], array: Packer) -> dict[str, Any]:
    if s.ensemble is not None and s.ensemble.id not in ensembles:
        ensembles[s.ensemble.id] = {
            "covariance": array(s.ensemble.covariance),
            "dofs": [_packed_number(dof, array) for dof in s.ensemble.dofs],
        }
    return {
        "value": _packed_number(s.value, array),
        "u": _packed_number(s.u, array),
        "dof": _packed_number(s.dof, array),
        "distribution": _packed_shape(s.distribution),
        "name": s.name,
        "unit": s.unit,
        "shape": list(s.shape),
        "ensemble": None if s.ensemble is None else [s.ensemble.id, s.position],
    }


def _packed_shape(shape: Distribution) -> Any:
    if isinstance(shape, Shifted):
        return {"shifted": _packed_shape(shape.base), "by": shape.offset}
    plain = {"name": shape.name, "parameters": [float(p) for p in shape._key()]}  # noqa: SLF001  as pickle does
    if unpacked_shape(plain) != shape:
        msg = f"archive of quantities: the distribution {shape!r} cannot be kept"
        raise UncertaintyError(msg)
    return plain


def _packed_block(c: Any, array: Packer) -> Any:
    if type(c) is not tuple:
        return _packed_number(c, array)
    terms = []
    for column, rows in c:
        term = {"column": _packed_number(column, array)}
        if rows is not None:
            whole = rows.table is None or rows.at is None
            index, weights = rows.entries() if whole else (rows.table, rows.values)
            term |= {
                "index": array(np.ascontiguousarray(index, dtype=np.int64)),
                "weights": array(np.ascontiguousarray(weights, dtype=np.float64)),
                "distinct": True,
            }
            if rows.table is not None and rows.at is not None:
                term["places"] = array(np.ascontiguousarray(rows.at, dtype=np.int64))
            if isinstance(rows, Ranges):
                term["ranges"] = True
        terms.append(term)
    return {"terms": terms}
