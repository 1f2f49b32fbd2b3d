"""Prove that a power cut loses no acknowledged row: replay the journal's writes, with unsynced pages dropped at random.

    python tools/power_loss.py [READINGS] [STATES_AT_EACH_BOUNDARY] [SEED]

A journal is written by calib's own code and the SQLite that Python uses, through an SQLite VFS that notes every write,
truncation, sync and deletion (so it needs a SQLite whose functions can be reached; no privilege, no other tool). Then
for every boundary between two of them the files are built as a disk may hold them after a power cut: what was synced is
there; of what was written since, each 4 KiB page is as it was after any of the writes to it, the length is any since,
a name that was not synced may be missing, a name that was deleted may be there. A killed process is the case in which
all of it is there. From each state the journal is opened by calib: its chain must hold, every acknowledged reading must
be there, none doubled, and its head file must not speak against its end.
"""

import ctypes
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from calib.clock import SystemClock
from calib.errors import CalibError
from calib.record import Journal, headfile

PAGE = 4096
_POINTER = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, _POINTER)
"""The name stays a pointer: SQLite keeps it, and needs it until the file is closed."""
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs (https://sqlite.org/c3ref/vfs.html), version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_name", ctypes.c_int),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _POINTER),
        ("delete", _POINTER),
        ("others", _POINTER * 14),
    ]


class _Methods(ctypes.Structure):
    """sqlite3_io_methods (https://sqlite.org/c3ref/io_methods.html), version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", _POINTER),
        ("read", _POINTER),
        ("write", _POINTER),
        ("truncate", _POINTER),
        ("sync", _POINTER),
        ("others", _POINTER * 13),
    ]


@dataclass(frozen=True)
class Step:
    """One thing that happened to the disk, or an acknowledged reading."""

    kind: str
    """`write`, `truncate`, `sync`, `delete`, `names` (the folder was synced), or `acknowledged`."""
    file: str = ""
    at: int = 0
    data: bytes = b""


class SQLiteOutOfReach(Exception):
    """The functions of the SQLite that Python uses cannot be called."""


def _sqlite() -> ctypes.CDLL:
    import _sqlite3

    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    try:
        library.sqlite3_vfs_find.restype = _POINTER
    except AttributeError as error:
        raise SQLiteOutOfReach from error
    return library


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """Note what SQLite and the head file do to the disk within the block."""
    library = _sqlite()
    steps: list[Step] = []
    base_address = library.sqlite3_vfs_find(None)
    base = _Vfs.from_address(base_address)
    ours = _Vfs()
    ctypes.memmove(ctypes.byref(ours), base_address, ctypes.sizeof(_Vfs))
    names: dict[int, str] = {}
    alive: list[Any] = []  # what C holds pointers to
    base_open, base_delete = _OPEN(base.open), _DELETE(base.delete)

    def methods_of(file: int) -> _Methods:
        return _Methods.from_address(_POINTER.from_address(file).value or 0)

    def opened(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        result = base_open(base_address, name, file, flags, out)
        if result == 0 and name is not None and _POINTER.from_address(file).value:
            names[file] = Path(ctypes.string_at(name).decode()).name
            made = _noting(methods_of(file), names, steps, alive)
            _POINTER.from_address(file).value = ctypes.addressof(made)
        return int(result)

    def deleted(vfs: int, name: bytes, sync_folder: int) -> int:
        result = base_delete(base_address, name, sync_folder)
        if result == 0:
            steps.append(Step("delete", Path(name.decode()).name))
            if sync_folder:
                steps.append(Step("names"))
        return int(result)

    callbacks = _OPEN(opened), _DELETE(deleted)
    alive += callbacks
    ours.name = b"recording"
    ours.open, ours.delete = (ctypes.cast(c, _POINTER).value for c in callbacks)
    library.sqlite3_vfs_register.argtypes = [_POINTER, ctypes.c_int]
    library.sqlite3_vfs_unregister.argtypes = [_POINTER]
    library.sqlite3_vfs_register(ctypes.addressof(ours), 1)
    try:
        with _head_file_noted(steps):
            yield steps
    finally:
        library.sqlite3_vfs_unregister(ctypes.addressof(ours))
        library.sqlite3_vfs_register(base_address, 1)


def _noting(base: _Methods, names: dict[int, str], steps: list[Step], alive: list[Any]) -> _Methods:
    """Return methods of a file that note what changes it, and then do what `base` does."""
    write, truncate, sync = _WRITE(base.write), _TRUNCATE(base.truncate), _SYNC(base.sync)

    def noted_write(file: int, data: int, size: int, at: int) -> int:
        steps.append(Step("write", names[file], at, ctypes.string_at(data, size)))
        return int(write(file, data, size, at))

    def noted_truncate(file: int, size: int) -> int:
        steps.append(Step("truncate", names[file], size))
        return int(truncate(file, size))

    def noted_sync(file: int, flags: int) -> int:
        result = sync(file, flags)
        steps.append(Step("sync", names[file]))
        if names[file].endswith("-wal"):
            steps.append(Step("names"))  # SQLite syncs the folder with the first sync of a new log
        return int(result)

    made = _Methods()
    ctypes.memmove(ctypes.byref(made), ctypes.addressof(base), ctypes.sizeof(_Methods))
    callbacks = _WRITE(noted_write), _TRUNCATE(noted_truncate), _SYNC(noted_sync)
    alive += [made, *callbacks]
    made.write, made.truncate, made.sync = (ctypes.cast(c, _POINTER).value for c in callbacks)
    return made


@contextmanager
def _head_file_noted(steps: list[Step]) -> Iterator[None]:
    """Note what is put into the head file, which is mapped into memory; a put may reach the disk at any time."""
    put, made, synced = headfile.HeadFile._put, headfile.HeadFile.__init__, headfile.sync_folder  # noqa: SLF001

    def noted_put(head: headfile.HeadFile, place: int, line: str) -> None:
        steps.append(Step("write", head.path.name, place, line.encode().ljust(512)))
        put(head, place, line)

    def noted_init(head: headfile.HeadFile, journal: Path, key: Any) -> None:
        name = headfile.head_path(journal).name
        steps.extend([Step("write", name, 0, b" " * 1536), Step("sync", name)])
        made(head, journal, key)

    def noted_sync(folder: Path) -> None:
        synced(folder)
        steps.append(Step("names"))

    with (
        patch.object(headfile.HeadFile, "_put", noted_put),
        patch.object(headfile.HeadFile, "__init__", noted_init),
        patch.object(headfile, "sync_folder", noted_sync),
    ):
        yield


@dataclass
class File:
    """One file, as the disk may hold it."""

    now: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    pages: dict[int, list[bytes]] = field(default_factory=dict)
    """Of each page that was written since the last sync, what it was after each write."""
    lengths: list[int] = field(default_factory=lambda: [0])
    named: bool = False
    """Whether its name is durable."""
    deleted: bool = False

    def take(self, step: Step) -> None:
        """Change the file as the step does."""
        if step.kind == "write":
            end = step.at + len(step.data)
            self.now.extend(bytes(max(0, end - len(self.now))))
            self.now[step.at : end] = step.data
            for page in range(step.at // PAGE, (end + PAGE - 1) // PAGE):
                self.pages.setdefault(page, []).append(bytes(self.now[page * PAGE : (page + 1) * PAGE]))
            self.lengths.append(len(self.now))
        elif step.kind == "truncate":
            del self.now[step.at :]
            self.now.extend(bytes(max(0, step.at - len(self.now))))
            self.lengths.append(len(self.now))
        elif step.kind == "sync":
            self.synced, self.pages, self.lengths = bytes(self.now), {}, [len(self.now)]

    def after_a_cut(self, rng: random.Random) -> bytes | None:
        """Return what a power cut may leave; None where the name may be lost, and is."""
        if (not self.named and rng.random() < 0.3) or (self.deleted and rng.random() < 0.5):
            return None
        length = rng.choice(self.lengths)
        left = bytearray(self.synced.ljust(max(length, len(self.synced)), b"\0"))
        for page, versions in self.pages.items():
            chosen = rng.randrange(len(versions) + 1)
            if chosen:
                place = page * PAGE
                version = versions[chosen - 1]
                left.extend(bytes(max(0, place + len(version) - len(left))))
                left[place : place + len(version)] = version
        return bytes(left[:length].ljust(length, b"\0"))


@dataclass
class Told:
    """What was found."""

    boundaries: int = 0
    states: int = 0
    lost: int = 0
    doubled: int = 0
    unreadable: int = 0
    doubted: int = 0
    first: str = ""
    """What was wrong first."""

    @property
    def good(self) -> bool:
        """Whether nothing was wrong."""
        return not (self.lost or self.doubled or self.unreadable or self.doubted)


def write_journal(path: Path, readings: int, acknowledged: Callable[[], None], *, finish: bool = False) -> None:
    """Write a journal of some readings, with messages, blocks, and small checkpoints, so that all happens often."""
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal:
        journal._ledger._store._database.execute("PRAGMA wal_autocheckpoint = 40")  # noqa: SLF001
        for number in range(1, readings + 1):
            if number % 10 == 1:
                attempt = journal.begin_attempt(f"p{number}", "as-found")
            journal.traffic("meter", "<", b"%d" % number)
            journal.reading(attempt, "meter", float(number), "V")
            acknowledged()
            if number % 10 == 0:
                journal.block(attempt, "wave", [float(number)] * 2000, "V")
                journal.end_attempt(attempt, "complete")
        if finish:
            journal.finish("complete")


def prove(steps: list[Step], states: int, seed: int) -> Told:
    """Build what a cut may leave at every boundary, `states` times and once as a kill leaves it, and judge each."""
    rng, told = random.Random(seed), Told()  # noqa: S311 - no secret
    files: dict[str, File] = {}
    acknowledged = 0
    memory = Path("/dev/shm")  # noqa: S108 - where there is one, so that thousands of states do not wait for the disk
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        for step in steps:
            if step.kind == "acknowledged":
                acknowledged += 1
                continue
            if step.kind == "names":
                for file in files.values():
                    file.named = True
                files = {n: f for n, f in files.items() if not f.deleted}
                continue
            if step.kind == "delete":
                files[step.file].deleted = True
            else:
                if step.file not in files or files[step.file].deleted:
                    files[step.file] = File()
                files[step.file].take(step)
            told.boundaries += 1
            kill = {n: bytes(f.now) for n, f in files.items() if not f.deleted}
            _judge(folder, kill, acknowledged, told)
            for _ in range(states):
                _judge(folder, {n: f.after_a_cut(rng) for n, f in files.items()}, acknowledged, told)
    return told


def _judge(folder: Path, files: dict[str, bytes | None], acknowledged: int, told: Told) -> None:
    told.states += 1
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        if content is not None:
            (folder / name).write_bytes(content)
    try:
        with Journal.open(folder / "run.journal") as journal:
            contents = journal.contents()
    except CalibError as error:
        if acknowledged:
            told.unreadable += 1
            told.first = told.first or str(error)
        return
    values = [r.value for r in contents.state.readings]
    wanted = [float(n) for n in range(1, len(values) + 1)]
    told.lost += max(0, acknowledged - len(values))
    told.doubled += values != wanted or len(values) > acknowledged + 1
    if contents.doubt and acknowledged:
        told.doubted += 1
        told.first = told.first or contents.doubt


def main() -> None:
    """Run the command."""
    given = [int(a) for a in sys.argv[1:]]
    readings, states, seed = (*given, *(300, 3, 1)[len(given) :])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.journal"
        with recorded() as steps:
            write_journal(path, readings, lambda: steps.append(Step("acknowledged")), finish=True)
    told = prove(steps, states, seed)
    print(
        f"{readings} acknowledged readings, {told.boundaries} boundaries, {told.states} states: {told.lost} lost, "
        f"{told.doubled} doubled, {told.unreadable} unreadable, {told.doubted} falsely doubted"
    )
    if told.first:
        print(told.first)
    sys.exit(0 if told.good else 1)


if __name__ == "__main__":
    main()
