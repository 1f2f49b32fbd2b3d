"""Canonical content of an HDF5 file: what stays the same however the file is packed, and its SHA-256.

Every group, dataset, attribute and link has a digest of its own, so that a difference can be named. The digest of the
file is the SHA-256 over the JSON list of [name, digest] in the order of the names. An attribute is named
`/path@attribute`. Left out are chunks and filters, the bookkeeping of dimension scales and of netCDF, and the seal.
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from calib.errors import IntegrityError
from calib.record.encoding import to_json
from calib.record.layout import INTEGRITY

if TYPE_CHECKING:
    import h5py

_BOOKKEEPING = {
    "CLASS",
    "DIMENSION_LIST",
    "NAME",
    "REFERENCE_LIST",
    "_NCProperties",
    "_Netcdf4Coordinates",
    "_Netcdf4Dimid",
    "_nc3_strict",
}
_ROWS = 1 << 18
"""Rows of a dataset that are read at a time."""


def object_digests(file: "h5py.File") -> dict[str, str]:
    """Return the digest of every object and attribute by its name, in the order of the names."""
    found = dict(_attributes(file, "/"))
    found.update(_members(file, "", {file.id.__hash__()}))
    return dict(sorted(found.items()))


def digest(objects: dict[str, str]) -> str:
    """Return the digest of a file from those of its objects: 64 hex digits."""
    return hashlib.sha256(to_json([[name, objects[name]] for name in sorted(objects)]).encode()).hexdigest()


def _members(parent: "h5py.Group", path: str, above: set[int]) -> Iterator[tuple[str, str]]:
    import h5py

    for name in sorted(parent):
        here = f"{path}/{name}"
        if here == f"/{INTEGRITY}":
            continue
        link = parent.get(name, getlink=True)
        if isinstance(link, (h5py.SoftLink, h5py.ExternalLink)):
            target = [getattr(link, "filename", None), link.path]
            yield here, _hash("link", to_json(target).encode())
            continue
        member = _opened(parent, name, here)
        yield from _attributes(member, here)
        if isinstance(member, h5py.Dataset):
            yield here, _dataset(member, here)
        elif isinstance(member, h5py.Group):
            yield here, _hash("group")
            identity = hash(member.id)
            if identity in above:
                msg = f"{here} holds itself"
                raise ValueError(msg)
            yield from _members(member, here, above | {identity})
        else:
            yield here, _hash("type", str(member.dtype).encode())


def _attributes(owner: Any, path: str) -> Iterator[tuple[str, str]]:
    for name in sorted(owner.attrs):
        if name not in _BOOKKEEPING:
            attribute = owner.attrs.get_id(name)
            values = owner.attrs[name]
            yield (
                f"{path}@{name}",
                _hash("attribute", *_described(attribute.dtype, attribute.shape, path), *_values(values)),
            )


def _dataset(dataset: "h5py.Dataset", path: str) -> str:
    state = hashlib.sha256(b"dataset")
    try:
        _feed(state, *_described(dataset.dtype, dataset.shape, path))
        if dataset.shape:
            for start in range(0, dataset.shape[0], _ROWS):
                _feed(state, *_values(dataset[start : start + _ROWS]))
        elif dataset.shape == ():
            _feed(state, *_values(dataset[()]))
    except (OSError, RuntimeError, ValueError) as error:
        msg = f"{dataset.file.filename}: {path} cannot be read ({error})"
        raise IntegrityError(msg) from error
    return state.hexdigest()


def _opened(parent: "h5py.Group", name: str, path: str) -> Any:
    try:
        return parent[name]
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        msg = f"{parent.file.filename}: {path} cannot be read ({error})"
        raise IntegrityError(msg) from error


def _described(dtype: "np.dtype[Any]", shape: tuple[int, ...] | None, path: str) -> tuple[bytes, bytes]:
    """Return kind and shape: the same for numbers of either byte order, and for text however it is stored."""
    import h5py

    if h5py.check_string_dtype(dtype) is not None:
        kind = "text"
    elif dtype.kind in "biufc":
        kind = dtype.newbyteorder("<").str
    else:
        msg = f"{path} holds {dtype}, which no record has"
        raise ValueError(msg)
    return kind.encode(), to_json(shape).encode()


def _values(values: Any) -> tuple[bytes, ...]:
    """Return the content as bytes: numbers little-endian, text as lengths and UTF-8."""
    array = np.asarray(values)
    if array.dtype.kind in "biufc":
        return (array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes(),)
    texts = array.ravel().tolist()
    if set(map(type, texts)) != {bytes}:
        texts = [t if isinstance(t, bytes) else str(t).encode("utf-8", "surrogateescape") for t in texts]
    return np.fromiter(map(len, texts), dtype="<u8", count=len(texts)).tobytes(), b"".join(texts)


def _hash(kind: str, *parts: bytes) -> str:
    state = hashlib.sha256(kind.encode())
    _feed(state, *parts)
    return state.hexdigest()


def _feed(state: Any, *parts: bytes) -> None:
    """Add each part with its length before it, so that no two contents give the same bytes."""
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
