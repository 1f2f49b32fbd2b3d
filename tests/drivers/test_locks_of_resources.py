"""The lock of a resource: for all users of a machine, freed by any death, leaving nothing behind, following no link."""

import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from calib.drivers.transport import lockfile, lockfolder
from calib.drivers.transport.hold import Hold
from calib.drivers.transport.lockfile import Busy, LockFile
from calib.errors import LinkError, ResourceHeld

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's folder of locks, here one that does not exist yet, with no other named."""
    folder = tmp_path / "everybody" / "calib-locks"
    folder.parent.mkdir()
    monkeypatch.delenv("CALIB_LOCKS")
    monkeypatch.setattr(lockfolder, "_machines_folder", lambda: folder)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "own"))
    lockfolder._own_folder.cache_clear()
    return folder


def hold() -> Hold:
    return Hold("GPIB0::22::INSTR", "gpib0::22::instr")


def test_two_folders_for_temporary_files_still_mean_one_lock(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "another"))
    with pytest.raises(ResourceHeld, match="held by this process already"):
        hold()
    held.release()
    hold().release()


@POSIX
def test_folder_and_file_are_for_all_users_whatever_the_umask(machine: Path) -> None:
    before = os.umask(0o077)
    try:
        held = hold()
    finally:
        os.umask(before)
    assert machine.stat().st_mode & 0o7777 == 0o1777
    (file,) = machine.iterdir()
    assert file.stat().st_mode & 0o7777 == 0o666
    held.release()


OTHER_USER = """
import os, sys
from pathlib import Path
from calib.drivers.transport import lockfile, lockfolder
from calib.drivers.transport.hold import Hold
from calib.errors import ResourceHeld
lockfolder._machines_folder = lambda: Path(sys.argv[1])
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    Hold("GPIB0::22::INSTR", "gpib0::22::instr")
except ResourceHeld as refused:
    print(refused, flush=True)
else:
    print("held", flush=True)
os._exit(0)  # without a release, as where it is killed
"""


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can be another user")
def test_users_exclude_each_other_and_lock_what_anothers_killed_run_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALIB_LOCKS")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as everybodys:  # not in pytest's: no other user gets in there
        Path(everybodys).chmod(0o1777)
        folder = Path(everybodys) / "calib-locks"
        monkeypatch.setattr(lockfolder, "_machines_folder", lambda: folder)

        def as_another() -> str:
            command = [sys.executable, "-c", OTHER_USER, str(folder)]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

        assert as_another() == "held"
        (left,) = folder.iterdir()
        assert left.stat().st_uid == folder.stat().st_uid == 65534
        held = hold()
        assert f"held by process {os.getpid()}" in as_another()
        held.release()
        LockFile(left, "1")  # never released: its file descriptor lives as long as this process
        assert "held by process 1;" in as_another()


def test_a_released_lock_leaves_no_file(machine: Path) -> None:
    held = hold()
    assert len(list(machine.iterdir())) == 1
    held.release()
    held.release()
    assert list(machine.iterdir()) == []


def test_many_at_once_never_hold_the_same_lock_though_its_file_is_removed_each_time(tmp_path: Path) -> None:
    """Six threads take and release one lock; each open file is a holder of its own to the system."""
    holders: list[int] = []
    together: list[int] = []
    taken = [0] * 6

    def compete(me: int) -> None:
        while taken[me] < 20:
            try:
                lock = LockFile(tmp_path / "x.lock", str(me))
            except Busy:
                continue
            holders.append(me)
            time.sleep(1e-4)
            if len(holders) > 1:
                together.append(me)
            taken[me] += 1
            holders.remove(me)
            lock.release()

    threads = [threading.Thread(target=compete, args=(n,)) for n in range(len(taken))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == []
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_a_lock_on_a_file_that_was_removed_between_opening_and_locking_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = tmp_path / "x.lock", lockfile._opened
    removed: list[int] = []

    def removed_once_opened(path: Path) -> int:
        file = opened(path)
        if not removed:
            path.unlink()
            removed.append(file)
        return file

    monkeypatch.setattr(lockfile, "_opened", removed_once_opened)
    first = LockFile(path, "1")
    with pytest.raises(Busy, match="1"):
        LockFile(path, "2")
    first.release()


@POSIX
@pytest.mark.parametrize("kind", ["symlink", "dangling", "hardlink", "fifo"])
def test_no_link_is_followed_so_that_nobodys_file_is_written_to(tmp_path: Path, kind: str) -> None:
    path, precious = tmp_path / "x.lock", tmp_path / "precious"
    precious.write_text("kept")
    precious.chmod(0o600)
    if kind == "symlink":
        path.symlink_to(precious)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "made")
    elif kind == "hardlink":
        path.hardlink_to(precious)
    else:
        os.mkfifo(path)
    with pytest.raises(OSError, match=r"x\.lock"):
        LockFile(path, "1")
    assert precious.read_text() == "kept"
    assert precious.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "made").exists()


@POSIX
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder, other: folder.symlink_to(other), "a link or a file"),
        (lambda folder, _: folder.write_text(""), "a link or a file"),
        (lambda folder, _: folder.parent.rmdir(), "No such file"),
    ],
)
def test_where_the_machines_folder_is_none_the_users_own_is_used_and_said(
    machine: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: object, why: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    spoil(machine, other)  # type: ignore[operator]
    with caplog.at_level(logging.WARNING, "calib.drivers.locks"):
        held = hold()
        with pytest.raises(ResourceHeld):
            hold()
    (told,) = caplog.messages
    assert why in told
    assert "against this user's processes only" in told
    assert list(other.iterdir()) == []
    assert len(list((tmp_path / "own" / f"calib-locks-{os.getuid()}").iterdir())) == 1
    held.release()


def test_a_folder_that_cannot_be_made_is_a_named_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CALIB_LOCKS", str(tmp_path / "file" / "locks"))
    with pytest.raises(LinkError, match=r"GPIB0::22::INSTR: its lock file gpib0-22-instr-.*CALIB_LOCKS names another"):
        hold()
