"""The folder of a run: made and checked before an instrument is touched, and not left behind empty."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calib.errors import CalibError, FileError
from calib.record import Record

JOURNAL = "run.journal"
RECORD = "record.h5"


@dataclass(frozen=True)
class Files:
    """Where a run keeps what it measures."""

    journal: Path
    record: Path


def files_in(folder: Path) -> Files:
    """Make the folder of a run and return where its files shall be.

    Raises
    ------
    FileError
        The folder cannot be made or written, or holds a run already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"output folder {folder} cannot be made: {error.strerror}"
        raise FileError(msg) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        msg = f"output folder {folder} cannot be written; name another with --output"
        raise FileError(msg)
    for name in (JOURNAL, RECORD):
        if (folder / name).exists():
            msg = (
                f"output folder {folder} holds a run already ({name}), and none is ever overwritten; name a new folder"
            )
            raise FileError(msg)
    return Files(folder / JOURNAL, folder / RECORD)


def record_path(folder: Path) -> Path:
    """Return where the record of a run in `folder` shall be: beside a finished one of a run that stopped earlier."""
    path, number = folder / RECORD, 1
    while path.exists() and _is_final(path):
        number += 1
        path = folder / f"record-{number}.h5"
    return path


def complete_record(folder: Path) -> Path | None:
    """Return the record of a complete run in `folder`, if it was built."""
    for path in sorted(folder.glob("record*.h5")):
        with suppress(CalibError):
            if Record.open(path).status == "complete":
                return path
    return None


def _is_final(path: Path) -> bool:
    """Return whether a record is more than a checkpoint, or cannot be told to be one."""
    try:
        return Record.open(path).status != "unfinished"
    except CalibError:
        return True


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that nothing was written into."""
    with suppress(OSError):
        folder.rmdir()
