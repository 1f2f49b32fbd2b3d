"""Whether a record or a journal is intact: its seal, its chain and its shape, each named, none hiding another."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from calib.errors import IntegrityError
from calib.record import Journal, PublicKey, Record, build_in_child, is_sealed, verify
from calib.record.canonical import object_digests
from calib.record.layout import FORMAT
from calib.record.opening import is_sqlite, opened
from calib.record.shape import faults_of_shape
from calib.run import seal_state

Check = Literal["seal", "chain", "shape", "signature", "roles", "numbers", "code"]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    check: Check
    intact: bool
    what: str


@dataclass(frozen=True)
class FileCheck:
    """What is known of one file."""

    path: Path
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing speaks against the file."""
        return all(f.intact for f in self.findings)


def verify_file(path: Path, trusted: Collection[PublicKey] | None = None, journal: Path | None = None) -> FileCheck:
    """Check a record, or the journal of a run; `trusted` are the keys of its laboratory, None where not known.

    With `journal` a record is also compared with what that journal gives.

    Raises
    ------
    FileError, RecordError
        The file cannot be read at all, or is of a newer format.
    """
    keys = trusted or None  # a laboratory without keys vouches for nothing, and refutes nothing
    if path.is_file() and is_sqlite(path):
        return FileCheck(path, (_finding("chain", lambda: _chain(path, keys)),))
    findings = [_finding("shape", lambda: _shape(path)), _finding("seal", lambda: _seal(path, trusted))]
    if journal is not None:
        findings.append(_finding("chain", lambda: f"{_chain(journal, keys)}; {_same(path, journal)}"))
    return FileCheck(path, tuple(findings))


def _finding(check: Check, look: Callable[[], str]) -> Finding:
    """Return what `look` says, or for what it raises that the file is not intact."""
    try:
        return Finding(check, intact=True, what=look())
    except IntegrityError as error:
        return Finding(check, intact=False, what=str(error))


def _shape(path: Path) -> str:
    faults = faults_of_shape(path)
    if faults:
        raise IntegrityError(f"{path}: " + "; ".join(faults))
    return "every table is there, with its columns"


def _seal(path: Path, trusted: Collection[PublicKey] | None) -> str:
    try:
        record = Record.open(path)
    except IntegrityError:
        if is_sealed(path):
            verify(path)  # which names what makes it unreadable
        raise
    state = seal_state(record, trusted)
    if state.doubt == "broken":
        verify(path)  # which names the object, where it is one
    if state.doubt:
        raise IntegrityError(state.why)
    if not state.sealed:
        finished = "its run is not finished" if record.status == "unfinished" else "its run had no key"
        msg = f"{path}: carries no seal ({finished}), so nobody can tell whether it was changed"
        raise IntegrityError(msg)
    known = {True: "a key of the laboratory", False: "", None: "no laboratory vouches for the key"}[state.known]
    return f"sealed by {state.signer}, {state.time}, key {state.key[:16]} ({known})"


def _chain(path: Path, trusted: Collection[PublicKey] | None) -> str:
    with Journal.open(path) as journal:
        contents = journal.verify(trusted)
    key = contents.key or contents.head_key
    signed = "not signed" if key is None else f"signed with the key {key.id[:16]}"
    end = (
        f"ends as {contents.status}"
        if contents.status != "unfinished"
        else "not finished, ends where its head file says"
    )
    return f"{contents.rows} rows hold together, {end}, {signed}"


def _same(path: Path, journal: Path) -> str:
    """Compare a record with what its journal gives, object by object."""
    record = Record.open(path)
    with opened(path) as file:
        found = object_digests(file)
    with TemporaryDirectory() as folder:
        again = Path(folder) / "record.h5"
        build_in_child(journal, again)
        if Record.open(again).journal_head != record.journal_head:
            msg = f"{path}: was made of another journal, or of this one at another time"
            raise IntegrityError(msg)
        with opened(again) as file:
            expected = object_digests(file)
    if record.format != FORMAT or record.revisions:
        return "the record was made of it"
    other = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if other:
        msg = f"{path}: {', '.join(other)} not as the journal {journal} gives it"
        raise IntegrityError(msg)
    return "the record holds what it gives, object by object"
