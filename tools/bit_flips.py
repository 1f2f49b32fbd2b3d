"""Flip single bits of a sealed record, and tell what `calib verify` says of each.

    python tools/bit_flips.py RECORD [TRIALS] [SEED]

First one bit of each dataset and attribute, as HDF5 gives it; then one bit anywhere in the file. The first kind must be
named, every time (a changed `/@format` is told as a file that is not read). Of the second, a bit that changes content
must be named or make the file unreadable; bits of unused bytes change nothing that any reader sees, which is checked by
reading everything before and after.
"""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np

from calib.errors import CalibError
from calib.verification import verify_file

BOOKKEEPING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_NCProperties"}


def places(path: Path) -> list[tuple[str, str | None]]:
    """Return every dataset, and every attribute of every object, but the seal's and the dimension scales' own."""
    found: list[tuple[str, str | None]] = []

    def visit(name: str, item: Any) -> None:
        if name.startswith("integrity"):
            return
        if isinstance(item, h5py.Dataset) and item.size and not _bare(item):
            found.append((f"/{name}", None))
        found.extend((f"/{name}", key) for key in item.attrs if key not in BOOKKEEPING)

    with h5py.File(path) as file:
        found.extend(("/", key) for key in file.attrs)
        file.visititems(visit)
    return found


def flip_place(path: Path, name: str, attribute: str | None, rng: random.Random) -> None:
    """Flip one bit of a dataset's or an attribute's content."""
    with h5py.File(path, "r+") as file:
        item = file[name]
        if attribute is not None:
            item.attrs[attribute] = flipped(item.attrs[attribute], rng)
        elif item.shape == ():
            item[()] = flipped(item[()], rng)
        else:
            at = rng.randrange(item.shape[0])
            item[at] = flipped(item[at], rng)


def flipped(value: Any, rng: random.Random) -> Any:
    """Return a number or a text with one bit flipped; a text stays UTF-8, and an empty one gets a letter."""
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode()
        if not text:
            return "a"
        at = rng.choice([i for i, c in enumerate(text) if ord(c) < 128] or [0])
        return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    array = np.array(value)
    raw = bytearray(array.tobytes())
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return np.frombuffer(bytes(raw), dtype=array.dtype).reshape(array.shape)[()]


def flip_byte(path: Path, rng: random.Random) -> int:
    """Flip one bit anywhere in a file; return the byte's place."""
    raw = bytearray(path.read_bytes())
    at = rng.randrange(len(raw))
    raw[at] ^= 1 << rng.randrange(8)
    path.write_bytes(raw)
    return at


def said(path: Path) -> str:
    """Return what the verification says: nothing where it finds nothing."""
    try:
        found = verify_file(path)
    except CalibError as error:
        return f"unreadable: {error}"
    return "" if found.intact else "not intact: " + "; ".join(f.what for f in found.findings if not f.intact)


def everything(path: Path) -> dict[str, bytes]:
    """Return all content of a file but the seal's, by h5py alone."""
    found: dict[str, bytes] = {}

    def visit(name: str, item: Any) -> None:
        if name.startswith("integrity"):
            return
        if isinstance(item, h5py.Dataset) and not _bare(item):
            value = item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()]
            found[name] = repr(value.tolist() if isinstance(value, np.ndarray) else value).encode()
        for key in set(item.attrs) - BOOKKEEPING:
            found[f"{name}@{key}"] = repr(item.attrs[key]).encode()

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def _bare(dataset: h5py.Dataset) -> bool:
    """Return whether a dataset is a dimension without a variable, whose content netCDF never writes."""
    return bytes(dataset.attrs.get("NAME", b"")).startswith(b"This is a netCDF dimension")


def by_place(record: Path, folder: Path, seed: int, most: int | None = None) -> Iterator[tuple[str, str]]:
    """Flip a bit at every place, or at `most` of them; yield its name and what was said."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    found = places(record)
    for name, attribute in found if most is None else rng.sample(found, most):
        copy = Path(shutil.copy(record, folder / "flipped.h5"))
        flip_place(copy, name, attribute, rng)
        yield name if attribute is None else f"{name}@{attribute}", said(copy)


def anywhere(record: Path, trials: int, seed: int) -> Counter[str]:
    """Flip a bit anywhere, `trials` times; return how often what was said."""
    counted: Counter[str] = Counter()
    pool = ProcessPoolExecutor(1)
    for trial in range(trials):
        try:
            counted[pool.submit(_anywhere, record, seed + trial).result()] += 1
        except BrokenProcessPool:
            counted["CRASHED"] += 1
            pool = ProcessPoolExecutor(1)
    pool.shutdown()
    return counted


def _anywhere(record: Path, seed: int) -> str:
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(record, folder))
        flip_byte(copy, random.Random(seed))  # noqa: S311 - no secret
        verdict = said(copy)
        if verdict:
            return verdict.partition(":")[0]
        return "nothing changed" if everything(copy) == everything(record) else "MISSED"


def main() -> None:
    """Run the command."""
    record = Path(sys.argv[1])
    trials, seed = (int(a) for a in (*sys.argv[2:], *("1000", "1")[len(sys.argv) - 2 :]))
    assert not said(record), said(record)
    with TemporaryDirectory() as folder:
        told = list(by_place(record, Path(folder), seed))
    missed = [(name, what) for name, what in told if f"{name} was changed" not in what and name != "/@format"]
    print(f"{len(told)} datasets and attributes, a bit of each: {len(told) - len(missed)} named, missed {missed}")
    print(f"{trials} bits anywhere in the file: {dict(anywhere(record, trials, seed))}")


if __name__ == "__main__":
    main()
