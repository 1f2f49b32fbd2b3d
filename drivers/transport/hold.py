"""One process at a time on a resource, whoever's it is.

VISA locks are of no use for this: pyvisa-py has none on sockets, HiSLIP and serial lines.
"""

import hashlib
import os
import re

from calib.drivers.transport.lockfile import Busy, LockFile
from calib.drivers.transport.lockfolder import VARIABLE, lock_folder
from calib.errors import LinkError, ResourceHeld


class Hold:
    """The exclusive hold on a resource; `one_name` is the same however the resource is spelled.

    `instead_of` is a dead process whose hold counts for nothing: a child that it forked may keep it.
    """

    def __init__(self, resource: str, one_name: str, *, instead_of: int | None = None) -> None:
        name = _file_name(one_name)
        self._lock: LockFile | None = None
        try:
            self._lock = LockFile(lock_folder() / name, str(os.getpid()))
        except Busy as busy:
            if instead_of is not None and str(busy) == str(instead_of):
                return
            msg = f"{resource}: held by {_holder(str(busy))}; end it, or wait until it has finished"
            raise ResourceHeld(msg) from None
        except OSError as error:
            msg = f"{resource}: its lock file {name} cannot be used: {error}; {VARIABLE} names another folder"
            raise LinkError(msg) from error

    def release(self) -> None:
        """Let others have the resource; idempotent."""
        if self._lock is not None:
            self._lock.release()


def _file_name(resource: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", resource)[:60]
    digest = hashlib.sha256(resource.encode()).hexdigest()[:12]
    return f"{readable}-{digest}.lock"


def _holder(note: str) -> str:
    if not (note.isascii() and note.isdigit()):
        return "another process"
    return "this process already" if int(note) == os.getpid() else f"process {note}"
