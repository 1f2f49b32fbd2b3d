"""Opening of a record file: whatever is wrong with it becomes an error that a technician understands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import CalibError, FileError, IntegrityError, RecordError
from calib.record.layout import FORMAT, VERSION

if TYPE_CHECKING:
    import h5py


DAMAGE = (OSError, RuntimeError, KeyError, IndexError, ValueError, TypeError, AttributeError, MemoryError)
"""What h5py raises on a file whose inside does not hold together."""


@contextmanager
def opened(path: Path) -> "Iterator[h5py.File]":
    """Open a record for reading.

    Raises
    ------
    FileError
        There is no such file, or it cannot be read.
    RecordError
        It is not a record, or of a newer format.
    IntegrityError
        What is read from it while it is open turns out to be damaged.
    """
    import h5py

    if not path.is_file():
        msg = f"{path}: no such record"
        raise FileError(msg)
    try:
        with path.open("rb"):
            file = h5py.File(path, "r")
    except PermissionError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    except OSError as error:
        what = f"not a record of calib, or damaged ({error})"
        if is_sqlite(path):
            what = "the journal of a run (an SQLite file), not a record: name the record.h5 that is made of it"
        msg = f"{path}: {what}"
        raise RecordError(msg) from error
    with file:
        try:
            _check_format(path, str(file.attrs.get("format", "")))
            yield file
        except CalibError:
            raise
        except DAMAGE as error:
            msg = f"{path}: damaged, or not written by calib: {error}"
            raise IntegrityError(msg) from error


def is_sqlite(path: Path) -> bool:
    """Return whether it is an SQLite database, as a journal is (SQLite file format, 1.3: magic header string)."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _check_format(path: Path, found: str) -> None:
    name, _, version = found.partition("/")
    if name != "calib-record" or not version.isdigit():
        msg = f"{path}: an HDF5 file, but not a record of calib (its `format` is {found!r})"
        raise RecordError(msg)
    if int(version) > VERSION:
        msg = f"{path}: written by a newer calib ({found}); this one reads up to {FORMAT}"
        raise RecordError(msg)
