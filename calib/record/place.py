"""Where a journal may lie: a folder that can be written, on a local disk."""

import os
import subprocess
import sys
from pathlib import Path

from calib.errors import FileError

_MOUNTS = Path("/proc/mounts")
_NETWORK = {
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb2",
    "smb3", "smbfs", "vboxsf", "webdav",
}  # fmt: skip
_NETWORK_FUSE = ("fuse.sshfs", "fuse.gluster", "fuse.davfs", "fuse.rclone", "fuse.s3fs", "fuse.ceph", "fuse.vmhgfs")
_DRIVE_REMOTE = 4
"""Of GetDriveTypeW (Windows API, fileapi.h)."""
REMOTE = "network drive"


def create_empty(path: Path) -> None:
    """Create an empty file at `path`; raise `FileError` where it exists, or a journal must not lie there."""
    refuse_network(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644))
    except FileExistsError:
        msg = f"{path}: exists already, and a journal is never overwritten; choose another file"
        raise FileError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be created ({error.strerror}); choose a folder that can be written"
        raise FileError(msg) from error


def refuse_network(path: Path) -> None:
    """Raise `FileError` where the folder of `path` lies on another machine: WAL cannot share its index there."""
    kind = kind_of(path.parent)
    if kind is not None and is_network(kind):
        msg = (
            f"{path}: the folder lies on a network file system ({kind}), where a journal cannot be kept safely; "
            "choose a folder on a disk of this computer, and copy the record afterwards"
        )
        raise FileError(msg)


def unknown_place(where: str) -> str:
    """Return the folder of a journal whose file system cannot be told, for a note; empty where it is known."""
    if kind_of(Path(where).parent) is not None:
        return ""
    return str(Path(where).parent)


def kind_of(folder: Path) -> str | None:
    """Return the kind of file system that holds `folder`, such as `ext4`; None where it cannot be told."""
    if sys.platform == "win32":
        return _drive_kind(folder)
    return file_system(folder, _mounts())


def is_network(kind: str) -> bool:
    """Return whether this kind of file system lies on another machine, where WAL cannot share its index."""
    return kind == REMOTE or kind in _NETWORK or kind.startswith(_NETWORK_FUSE)


def file_system(folder: Path, mounts: str) -> str | None:
    """Return the kind of file system that holds `folder`, by the lines of /proc/mounts or of `mount` on macOS."""
    place = folder.resolve()
    best, found = -1, None
    for line in mounts.splitlines():
        mounted, kind = _mount(line)
        if mounted is not None and place.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, found = len(mounted.parts), kind
    return found


def _mount(line: str) -> tuple[Path | None, str]:
    """Return where a line says that something is mounted, and its kind.

    Linux: `/dev/sda1 / ext4 rw 0 0`; macOS: `//an@server/lab on /Volumes/lab (smbfs, nodev, nosuid)`.
    """
    before, on, after = line.partition(" on ")
    if on and after.endswith(")"):
        mounted, _, options = after.rpartition(" (")
        return Path(mounted), options.rstrip(")").split(",")[0]
    fields = before.split(" ")
    if len(fields) < 3:
        return None, ""
    plain = fields[1].encode("latin-1").decode("unicode_escape").encode("latin-1")
    return Path(os.fsdecode(plain)), fields[2]


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="latin-1")
    except OSError:
        pass
    try:
        return subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _drive_kind(folder: Path) -> str | None:
    """Return the kind of a Windows drive by its number, of which 0 and 1 mean that it cannot be told."""
    import ctypes

    root = folder.resolve().anchor
    if root.startswith("\\\\") and not root.startswith("\\\\?\\"):
        return REMOTE
    kind = ctypes.windll.kernel32.GetDriveTypeW(root)  # type: ignore[attr-defined,unused-ignore]
    return {0: None, 1: None, _DRIVE_REMOTE: REMOTE}.get(kind, f"drive type {kind}")


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the system allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
