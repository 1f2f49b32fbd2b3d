r"""Where lock files live: one folder for the whole machine, since a run of any user excludes all others.

It depends neither on the user nor on `TMPDIR`: on POSIX `/var/tmp/calib-locks` (world-writable and sticky, like the
folder that it is in), on Windows `%PROGRAMDATA%\calib\locks`. The environment variable `CALIB_LOCKS` names another;
only processes with the same one exclude each other.
"""

import errno
import logging
import os
import re
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

VARIABLE = "CALIB_LOCKS"
EVERYBODYS = 0o1777
"""Mode of the folder: anyone makes files in it, none removes another's."""

_log = logging.getLogger("calib.drivers.locks")


def lock_folder() -> Path:
    """Return the folder of lock files, made if need be.

    Raises
    ------
    OSError
        The folder that `CALIB_LOCKS` names cannot be made.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        folder = Path(chosen)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    shared = _machines_folder()
    try:
        _share(shared)
    except OSError as error:
        return _own_folder(shared, error.strerror or str(error))
    return shared


def _machines_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "calib" / "locks"
    return Path("/var/tmp/calib-locks")  # noqa: S108  not tempfile's: TMPDIR differs; /tmp is cleaned sooner


def _share(folder: Path) -> None:
    """Make the folder for all users; raise `OSError` where it is none that all may use and nobody may redirect."""
    if sys.platform == "win32":
        folder.mkdir(parents=True, exist_ok=True)
        return
    with suppress(FileExistsError):
        folder.mkdir(mode=EVERYBODYS)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "it is a link or a file")
    if found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) != EVERYBODYS:  # umask has its say in mkdir
        folder.chmod(EVERYBODYS)
        found = folder.lstat()
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise PermissionError(errno.EPERM, "anyone may remove another's files in it")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EPERM, "this user may not write there")


@cache  # one warning a process
def _own_folder(shared: Path, why: str) -> Path:
    """Return a folder of the user's own, and warn that no other user is excluded."""
    if sys.platform == "win32":
        user = re.sub(r"\W", "_", os.environ.get("USERNAME", "user"))
    else:
        user = str(os.getuid())
    folder = Path(tempfile.gettempdir()) / f"calib-locks-{user}"
    _log.warning(
        "%s cannot be used for locks (%s): instruments are locked in %s, against this user's processes only",
        shared,
        why,
        folder,
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
