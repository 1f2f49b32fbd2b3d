"""One process at a time on a resource: a file lock that the system frees when its holder dies, however it dies.

VISA locks are of no use for this: pyvisa-py has none on sockets, HiSLIP and serial lines.
"""

import hashlib
import json
import os
import re
from contextlib import suppress
from pathlib import Path

from calib.errors import LinkError, ResourceHeld


class Hold:
    """The exclusive hold on a resource; `one_name` is the same however the resource is spelled."""

    def __init__(self, resource: str, one_name: str) -> None:
        from filelock import FileLock, Timeout

        self._path = _lock_file(one_name)
        self._note = self._path.with_suffix(".holder.json")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FileLock(self._path, thread_local=False)
            self._lock.acquire(blocking=False)
            self._note.write_text(json.dumps({"pid": os.getpid(), "resource": resource}), encoding="utf-8")
        except Timeout:
            msg = f"{resource}: held by {_holder(self._note)}; end it, or wait until it has finished"
            raise ResourceHeld(msg) from None
        except OSError as error:
            msg = f"{resource}: its lock file {self._path} cannot be used ({error.strerror})"
            raise LinkError(msg) from error

    def release(self) -> None:
        """Let others have the resource; idempotent."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._note.unlink()
            self._lock.release()


def _lock_file(resource: str) -> Path:
    """Return the lock file of a resource's one name, in a folder of the user's own in the system's temporary one."""
    import tempfile

    user = str(os.getuid()) if hasattr(os, "getuid") else re.sub(r"\W", "_", os.environ.get("USERNAME", "user"))
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", resource)[:60]
    digest = hashlib.sha256(resource.encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"calib-locks-{user}" / f"{readable}-{digest}.lock"


def _holder(note: Path) -> str:
    try:
        pid = json.loads(note.read_text(encoding="utf-8"))["pid"]
    except (OSError, ValueError, KeyError):
        return "another process"
    return "this process already" if pid == os.getpid() else f"process {pid}"
