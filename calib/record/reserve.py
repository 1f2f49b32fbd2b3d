"""Room on the disk that is taken before it is needed, and let go when the disk is full: what is begun can be finished.

The file `RUN.journal.room` holds it. On file systems that write elsewhere than they overwrite (Btrfs, ZFS) a reserved
room is a hint, no promise: there a full disk may still come as an error of the write.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

from calib.errors import FileError

_CHUNK = bytes(1 << 20)
_UNSUPPORTED = {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.ENODEV}


class Reserve:
    """Room kept free beside a journal."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self.path = Path(f"{journal}.room")
        self.size = 0
        """Bytes that are held."""

    def hold(self, size: int) -> None:
        """Hold `size` bytes, or what is held where that is more; raise `FileError` where the disk has not so much."""
        if size <= self.size:
            return
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            try:
                _allocate(handle, self.size, size)
            except OSError:
                os.ftruncate(handle, self.size)
                raise
            finally:
                os.close(handle)
        except OSError as error:
            if not self.size:
                with suppress(OSError):
                    self.path.unlink(missing_ok=True)
            msg = (
                f"{self._journal.parent}: no room for {(size - self.size) / 1e6:.1f} MB more ({error.strerror}); "
                "free some room on this disk; everything measured so far is kept"
            )
            raise FileError(msg) from error
        self.size = size

    def release(self) -> bool:
        """Let the room go; return whether there was any."""
        held, self.size = self.size > 0, 0
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        return held


def _allocate(handle: int, start: int, end: int) -> None:
    """Take the blocks of a file from `start` to `end`; written where the system cannot take them otherwise."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, start, end - start)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        else:
            return
    os.lseek(handle, start, os.SEEK_SET)
    left = end - start
    while left > 0:
        left -= os.write(handle, _CHUNK[:left])
    os.fsync(handle)
