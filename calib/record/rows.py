"""Tables of a record file, read as plain Python values."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py


def text(dataset: "h5py.Dataset") -> Any:
    """Return one text fact."""
    return dataset.asstr()[()]


def column(group: "h5py.Group", name: str) -> list[Any]:
    """Return one column of numbers or texts."""
    import h5py

    dataset = group[name]
    values = dataset.asstr()[:] if h5py.check_string_dtype(dataset.dtype) else dataset[:]
    plain: list[Any] = values.tolist()
    return plain


def rows(group: "h5py.Group", *names: str) -> "zip[tuple[Any, ...]]":
    """Return the rows of some columns."""
    return zip(*(column(group, name) for name in names), strict=True)
