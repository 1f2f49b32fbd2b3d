"""The folder of a run: made and checked before an instrument is touched, and not left behind empty."""

import os
from contextlib import suppress
from pathlib import Path

from calib.errors import FileError

JOURNAL = "run.journal"
RECORD = "record.h5"


def journal_path(folder: Path) -> Path:
    """Make the folder of a run and return where its journal shall be.

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
    return folder / JOURNAL


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that nothing was written into."""
    with suppress(OSError):
        folder.rmdir()
