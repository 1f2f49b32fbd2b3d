"""Archive of quantities: JSON, or a group of HDF5, that keep identities, and with them every correlation.

One representation for both, with the facts that pickle keeps too: every source and ensemble once, by its identity;
each quantity as its value, its unit and its sensitivity to the sources. In JSON an array is a table of `shape`, `type`
and `data`; in HDF5 it is a dataset, and the rest is one text. Floats come back to the last bit.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import InputError
from calib.uncertainty.archived import packed
from calib.uncertainty.complexes import ComplexQuantity
from calib.uncertainty.restored import unpacked
from calib.uncertainty.uncertain import Quantity

FORMAT = "calib-quantities/2"
_READ = ("calib-quantities/1", FORMAT)
"""The first had no cumulative sums, complex quantities and distributions of one's own."""

AnyQuantity = Quantity | ComplexQuantity


def to_json(quantities: Mapping[str, AnyQuantity]) -> str:
    """Return named quantities as strict JSON."""

    def array(values: NDArray[Any]) -> Any:
        data = values.ravel().tolist()
        if values.dtype.kind == "f" and not np.all(np.isfinite(values)):
            data = [x if np.isfinite(x) else str(x) for x in data]
        return {"shape": list(values.shape), "type": values.dtype.str[1:], "data": data}

    return json.dumps({"format": FORMAT, **packed(quantities, array)}, ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> dict[str, Any]:
    """Return the quantities that `to_json` wrote; those of this process and these are one and the same.

    Raises
    ------
    InputError
        The text is not such an archive, or it contradicts what is known of one of its identities.
    """
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"archive of quantities: not valid JSON: {error}"
        raise InputError(msg) from None

    def array(stored: Any) -> NDArray[Any]:
        kind = {"f8": np.float64, "i8": np.int64}[stored["type"]]
        return np.array([float(x) if isinstance(x, str) else x for x in stored["data"]], dtype=kind).reshape(
            stored["shape"]
        )

    return unpacked(_checked(tree), array)


def to_hdf5(quantities: Mapping[str, AnyQuantity], group: Any) -> None:
    """Write named quantities into an empty group of an open h5py file."""
    if len(group):
        msg = f"archive of quantities: the group {group.name} is not empty; give a new one"
        raise InputError(msg)
    arrays: list[NDArray[Any]] = []

    def array(values: NDArray[Any]) -> Any:
        arrays.append(values)
        return {"dataset": len(arrays) - 1}

    tree = json.dumps(packed(quantities, array), ensure_ascii=False, allow_nan=False)
    group.attrs["format"] = FORMAT
    group["tree"] = tree
    for i, values in enumerate(arrays):
        group[f"array{i}"] = values


def from_hdf5(group: Any) -> dict[str, Any]:
    """Return the quantities that `to_hdf5` wrote.

    Raises
    ------
    InputError
        The group is not such an archive, or it contradicts what is known of one of its identities.
    """
    try:
        tree = json.loads(group["tree"][()].decode())
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        msg = f"archive of quantities: the group {getattr(group, 'name', group)!r} does not hold one"
        raise InputError(msg) from error

    def array(stored: Any) -> NDArray[Any]:
        return np.asarray(group[f"array{int(stored['dataset'])}"][()])

    return unpacked(_checked(tree | {"format": group.attrs.get("format")} if isinstance(tree, dict) else tree), array)


def _checked(tree: Any) -> dict[str, Any]:
    """Return the tree if it is of the version that is read here."""
    found = tree.get("format") if isinstance(tree, dict) else None
    if found not in _READ:
        msg = f"archive of quantities: format {found!r} is not read here; {' and '.join(_READ)} are"
        raise InputError(msg)
    return dict(tree)
