"""A record file made of a journal: in a temporary file, made durable, then renamed.

HDF5 does not survive a full disk or a kill, so this runs in a process of its own (`calib.record.child`):
`python -m calib.record.build JOURNAL RECORD`.
"""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import CalibError, FileError, RecordError
from calib.record.checkpoints import part_of
from calib.record.child import BACKGROUND, forget_signals, yield_to_the_run
from calib.record.contents import Contents
from calib.record.journal_reader import JournalReader
from calib.record.layout import FORMAT, INTEGRITY, group
from calib.record.place import sync_folder
from calib.record.sections import write_facts, write_instruments, write_journal, write_revisions
from calib.record.tables import write_measurements, write_results, write_story

if TYPE_CHECKING:
    import h5py


def build_record(journal_path: Path, record_path: Path) -> None:
    """Make the record of a journal, finished or not; the journal's chain is verified on the way.

    Raises
    ------
    IntegrityError
        The journal was touched.
    RecordError
        The record is sealed, and a sealed record is never replaced.
    FileError
        Another file lies at `record_path`, or it cannot be written.
    """
    _refuse_to_replace(record_path)
    with JournalReader.open(journal_path) as journal:
        contents = journal.contents()
    try:
        write_record(record_path, contents)
    except FileError as error:
        msg = f"{error}; the journal {journal_path} is whole"
        raise FileError(msg) from error


def write_record(record_path: Path, contents: Contents) -> None:
    """Write a record file: whole and durable once this returns; raise `FileError` where it cannot be written."""
    part = part_of(record_path)
    try:
        _write(part, contents)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(record_path)
        sync_folder(record_path.parent)
    except (OSError, RuntimeError) as error:
        with suppress(OSError):
            part.unlink()
        msg = f"{record_path}: cannot be written ({error})"
        raise FileError(msg) from error


def _write(path: Path, contents: Contents) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        simulated = bool(contents.state.snapshot["simulated"])
        file.attrs["NX_class"] = "NXroot"
        file.attrs["default"] = "entry"
        _mark(file, simulated=simulated)
        entry = group(file, "entry", "NXentry", default="points" if contents.results else "readings")
        _mark(entry, simulated=simulated)
        write_facts(entry, contents)
        write_instruments(entry, contents.state.snapshot)
        write_measurements(entry, contents.state)
        write_results(entry, contents)
        write_story(entry, contents)
        write_journal(entry, contents)
        write_revisions(entry, contents)


def _mark(target: "h5py.Group", *, simulated: bool) -> None:
    """Say what the file is, and whether it was made on simulated instruments (1 or 0: netCDF knows no truth values)."""
    import numpy as np

    target.attrs["format"] = FORMAT
    target.attrs["simulated"] = np.int8(simulated)


def _refuse_to_replace(path: Path) -> None:
    import h5py

    if not path.exists():
        return
    try:
        with h5py.File(path, "r") as file:
            ours = str(file.attrs.get("format", "")).startswith("calib-record/")
            sealed = INTEGRITY in file
    except OSError:
        ours = sealed = False
    if not ours:
        msg = f"{path}: another file lies here, and it is not replaced; choose another name"
        raise FileError(msg)
    if sealed:
        msg = f"{path}: is sealed, and a sealed record is never replaced; an amendment is a new file"
        raise RecordError(msg)


def main(arguments: list[str]) -> int:
    """Build the record; say on standard error what went wrong."""
    journal, record, *how = arguments
    if BACKGROUND in how:
        yield_to_the_run()
    gc.disable()  # a million rows are no garbage
    try:
        build_record(Path(journal), Path(record))
    except CalibError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    forget_signals()
    sys.exit(main(sys.argv[1:]))
