"""Where a journal may lie: a folder that can be written, on a local disk."""

import os
from pathlib import Path

from calib.errors import FileError

_MOUNTS = Path("/proc/mounts")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "gfs2", "lustre", "ncpfs", "ocfs2", "beegfs"}
_NETWORK_FUSE = ("fuse.sshfs", "fuse.glusterfs", "fuse.davfs", "fuse.rclone", "fuse.s3fs", "davfs")


def create_empty(path: Path) -> None:
    """Create an empty file at `path`; raise `FileError` where it exists, or a journal must not lie there."""
    kind = file_system(path.parent, _mounts())
    if kind is not None and is_network(kind):
        msg = (
            f"{path}: the folder lies on a network file system ({kind}), where a journal cannot be kept safely; "
            "choose a folder on a disk of this computer"
        )
        raise FileError(msg)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644))
    except FileExistsError:
        msg = f"{path}: exists already, and a journal is never overwritten; choose another file"
        raise FileError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be created ({error.strerror}); choose a folder that can be written"
        raise FileError(msg) from error


def is_network(kind: str) -> bool:
    """Return whether this kind of file system lies on another machine, where WAL cannot share its index."""
    return kind in _NETWORK or kind.startswith(_NETWORK_FUSE)


def file_system(folder: Path, mounts: str) -> str | None:
    """Return the kind of file system that holds `folder`, by the lines of /proc/mounts; None where it is unknown."""
    place = folder.resolve()
    best, found = -1, None
    for line in mounts.splitlines():
        fields = line.split(" ")
        mounted = Path(fields[1].encode("latin-1").decode("unicode_escape"))
        if place.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, found = len(mounted.parts), fields[2]
    return found


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="latin-1")
    except OSError:
        return ""


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the system allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
