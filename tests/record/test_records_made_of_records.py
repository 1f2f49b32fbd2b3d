"""A record made of another one holds all that its parent held, whatever version wrote the parent."""

import lzma
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from calib.errors import FileError, InputError
from calib.record import Record, contents_of
from calib.record.build import write_record
from calib.record.revise import write_revision

if TYPE_CHECKING:
    from tests.record.conftest import Run

DATA = Path(__file__).parent.parent / "data"


def test_a_record_written_again_has_the_same_content_to_the_last_bit(run: "Run", tmp_path: Path) -> None:
    record = Record.open(run.record)
    write_record(tmp_path / "again.h5", contents_of(record))
    assert Record.open(tmp_path / "again.h5").digest == record.digest


def test_a_record_of_version_1_gets_a_child_of_today(tmp_path: Path) -> None:
    (tmp_path / "old.h5").write_bytes(lzma.decompress((DATA / "record-1.h5.xz").read_bytes()))
    old = Record.open(tmp_path / "old.h5")
    made = write_revision(old, "amendment", by="An", why="late", changes=({"what": "note", "note": "x"},))
    child = Record.open(made)
    assert made.name == "old-2.h5"
    assert child.format == "calib-record/2"
    assert [(r.parent, r.parent_digest) for r in child.revisions] == [("old.h5", old.digest)]
    assert child.readings() == old.readings()
    assert (child.results, child.traffic(), child.events(), child.answers()) == (
        old.results,
        old.traffic(),
        old.events(),
        old.answers(),
    )


def test_a_revision_needs_a_person_a_reason_and_a_free_name(run: "Run", tmp_path: Path) -> None:
    record = Record.open(run.record)
    for by, why in (("", "x"), ("An", " ")):
        with pytest.raises(InputError, match="who makes a new record of it, and why"):
            write_revision(record, "amendment", by=by, why=why, changes=())
    with pytest.raises(FileError, match="no record is ever overwritten"):
        write_revision(record, "amendment", by="An", why="x", changes=(), target=run.record)
    names = [write_revision(record, "amendment", by="An", why="x", changes=()).name for _ in range(2)]
    assert names == ["record-2.h5", "record-3.h5"]
    child = Record.open(run.record.with_name("record-3.h5"))
    assert write_revision(child, "amendment", by="An", why="x", changes=()).name == "record-4.h5"
