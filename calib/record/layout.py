"""Layout of a record file, `calib-record/2`: the names, and how tables lie in HDF5.

NeXus classes give the structure. Every table is a group of columns on one named dimension (a dimension scale), never a
compound type, so that netCDF readers such as xarray open each group. Text facts are datasets.

Version 1 had no `entry/revisions`; it is still read.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import h5py

FORMAT = "calib-record/2"
VERSION = 2
"""Number in FORMAT."""
INTEGRITY = "integrity"
"""Group of the seal, which the seal leaves out."""

EPOCH = "1970-01-01T00:00:00Z"
TIME = {"units": f"seconds since {EPOCH}", "calendar": "proleptic_gregorian"}
"""CF attributes of a column of times."""

_PACK_FROM = 256
"""Columns from this length on are compressed."""

Column = NDArray[Any] | Sequence[str]


def group(parent: "h5py.Group", name: str, nx_class: str, **attributes: object) -> "h5py.Group":
    """Make a group of a NeXus class."""
    made = parent.create_group(name)
    made.attrs["NX_class"] = nx_class
    for key, value in attributes.items():
        made.attrs[key] = value
    return made


def text(parent: "h5py.Group", **facts: object) -> None:
    """Write text facts, each a dataset; absent ones (None) are left out."""
    import h5py

    for name, value in facts.items():
        if value is not None:
            parent.create_dataset(name, data=str(value), dtype=h5py.string_dtype())


def number(parent: "h5py.Group", name: str, value: float, **attributes: str) -> None:
    """Write one number with its attributes."""
    dataset = parent.create_dataset(name, data=np.float64(value))
    dataset.attrs.update(attributes)


def table(
    parent: "h5py.Group",
    dimension: str,
    columns: Mapping[str, Column],
    attributes: Mapping[str, Mapping[str, object]] | None = None,
) -> None:
    """Write columns of one length on a named dimension, whose own column numbers the rows from 1 unless given."""
    rows = len(next(iter(columns.values())))
    numbered: dict[str, Column] = {dimension: np.arange(1, rows + 1)}
    numbered.update(columns)
    for name, values in numbered.items():
        column(parent, name, values)
    parent[dimension].make_scale(dimension)
    for name in columns.keys() - {dimension}:
        parent[name].dims[0].attach_scale(parent[dimension])
    for name, pairs in (attributes or {}).items():
        parent[name].attrs.update(pairs)


def column(parent: "h5py.Group", name: str, values: Column) -> "h5py.Dataset":
    """Write one column of numbers or of text."""
    import h5py

    if isinstance(values, np.ndarray):
        packed = {"compression": "gzip", "compression_opts": 4, "shuffle": True} if len(values) >= _PACK_FROM else {}
        return parent.create_dataset(name, data=values, **packed)
    return parent.create_dataset(name, data=np.array(values, dtype=object), dtype=h5py.string_dtype())


def bare_dimension(parent: "h5py.Group", name: str, size: int, dataset: str) -> None:
    """Give a dataset a named dimension that has no column of its own, in the way of netCDF-4."""
    scale = parent.create_dataset(name, shape=(size,), dtype="i1")
    scale.make_scale(f"This is a netCDF dimension but not a netCDF variable.{size:10d}")
    parent[dataset].dims[0].attach_scale(scale)
