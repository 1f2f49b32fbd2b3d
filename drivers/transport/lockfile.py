"""An exclusive lock on a file, which the system frees when its holder dies, however it dies.

The file holds a note of who has it. It is removed on release, which is safe because whoever locks a file then looks
whether its name still leads to it: a lock on a file that has been removed meanwhile counts for nothing.
"""

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NOTE_BYTES = 200
ATTEMPTS = 1000
"""Each fails only where the holder released, and removed the file, in these very microseconds."""
_LOCKED_BYTE = 1 << 20  # Windows forbids reading what is locked: a byte that lies far behind the note


class Busy(Exception):
    """Another has the lock; the exception's text is that one's note, or empty."""


class LockFile:
    """A held lock. Making one does not wait; it raises `Busy`, or `OSError` where the file cannot be used."""

    def __init__(self, path: Path, note: str) -> None:
        self._path = path
        self._file: int | None = _locked(path)
        with suppress(OSError):  # another user's file that may only be read: locked all the same
            os.ftruncate(self._file, 0)
            os.write(self._file, note.encode()[:NOTE_BYTES])

    def release(self) -> None:
        """Remove the file and let the lock go; idempotent."""
        file, self._file = self._file, None
        if file is None:
            return
        with suppress(OSError):
            os.ftruncate(file, 0)
        if sys.platform != "win32":
            _remove(self._path)  # while it is locked: whoever has opened it finds its name gone
        os.close(file)
        if sys.platform == "win32":
            _remove(self._path)  # refused by the system where another has it open


def _locked(path: Path) -> int:
    """Return a descriptor of the file that `path` names, locked."""
    for _ in range(ATTEMPTS):
        file = _opened(path)
        try:
            got = _try_lock(file)
            named = _is_named(file, path)
            note = "" if got else _note(file)
        except BaseException:
            os.close(file)
            raise
        if got and named:
            return file
        os.close(file)
        if named:
            raise Busy(note)
    raise PermissionError(errno.EPERM, "its name leads elsewhere, or is always taken away", str(path))


def _opened(path: Path) -> int:
    """Open the file, or make it for all users to lock; links are not followed, and only a plain file will do."""
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    while True:
        with suppress(FileNotFoundError):
            try:
                file = os.open(path, flags)
            except PermissionError:
                file = os.open(path, flags & ~os.O_RDWR)  # another user's
            break
        with suppress(FileExistsError):
            file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
            if sys.platform != "win32":
                os.fchmod(file, 0o666)  # whatever the umask: the next user writes a note of its own
            break
    found = os.fstat(file)
    if stat.S_ISREG(found.st_mode) and found.st_nlink <= 1:
        return file
    os.close(file)
    raise PermissionError(errno.EPERM, "it is no plain file, or has a second name", str(path))


def _try_lock(file: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(file, 0, os.SEEK_SET)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_named(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except FileNotFoundError:
        return False


def _note(file: int) -> str:
    try:
        os.lseek(file, 0, os.SEEK_SET)
        return os.read(file, NOTE_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _remove(path: Path) -> None:
    with suppress(OSError):  # another user's, in a sticky folder: one file a resource may stay
        path.unlink()
