"""Writing a file so that either the old or the whole new one is there."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from calib.errors import FileError


def write_atomic(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write `content`, whole or in pieces, beside `path`, force it to the disk, and rename it into place.

    Raises
    ------
    FileError
        The folder is absent or cannot be written, or `path` is a folder.
    """
    try:
        _replace(path, content)
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}); choose a folder that exists and that you may write to"
        raise FileError(msg) from error


def _replace(path: Path, content: bytes | Iterable[bytes]) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
