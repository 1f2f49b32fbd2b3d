"""`calib verify`, `export`, `re-evaluate`, `amend`: what is done with a record afterwards, and never to it."""

import csv
import datetime as dt
import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from calib.demo import in_memory
from calib.record import Journal, Record, verify
from calib.run import find_key

Calib = Callable[..., Any]
STANDARD = "equipment/cal-5522a.toml"


@pytest.fixture(scope="module")
def measured(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a laboratory with one sealed run in `records/1`; not to be changed."""
    folder = Path(shutil.copytree(starter, tmp_path_factory.mktemp("measured") / "laboratory"))
    memory = in_memory(folder)
    key = find_key(memory.laboratory.about.seal_key, starter.parent / "keys")
    outcome = memory.calibrate(memory.simulated_bench(seed=5), folder=folder / "records" / "1", key=key)
    assert outcome.record is not None, outcome.error
    return folder


@pytest.fixture
def laboratory(measured: Path, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laboratory of the test's own, whose key is at hand."""
    monkeypatch.setenv("CALIB_KEYS", str(starter.parent / "keys"))
    return Path(shutil.copytree(measured, tmp_path / "own"))


@pytest.fixture
def record(laboratory: Path) -> Path:
    return laboratory / "records" / "1" / "record.h5"


def _change(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["entry/readings/value"][0] += 1e-9


def test_an_intact_record_is_told_with_status_0_and_its_journal_gives_the_same(record: Path, calib: Calib) -> None:
    ended = calib("verify", record, "--journal", record.with_name("run.journal"))
    assert (ended.status, ended.err) == (0, "")
    assert "intact" in ended.out
    assert "a key of the laboratory" in ended.out
    assert "the record holds what it gives, object by object" in ended.out
    assert calib("verify", record.with_name("run.journal")).status == 0


def test_a_folder_is_verified_with_all_that_it_holds(record: Path, calib: Calib, tmp_path: Path) -> None:
    ended = calib("verify", record.parent)
    assert ended.status == 0
    assert re.findall(r"(?m)^(\S+): intact", ended.out) == [str(record), str(record.with_name("run.journal"))]
    (tmp_path / "empty").mkdir()
    ended = calib("verify", tmp_path / "empty")
    assert ended.status == 2
    assert "holds neither a record" in ended.err


def test_a_changed_record_is_told_with_status_1_and_the_place(record: Path, calib: Calib) -> None:
    _change(record)
    ended = calib("verify", record)
    assert ended.status == 1
    assert "NOT INTACT" in ended.out
    assert "/entry/readings/value was changed" in ended.out
    (told,) = json.loads(calib("verify", record, "--json").out)
    assert (told["readable"], told["intact"]) == (True, False)
    assert [c["check"] for c in told["checks"] if not c["intact"]] == ["seal"]


def test_a_record_without_a_column_is_told_with_the_column(record: Path, calib: Calib) -> None:
    with h5py.File(record, "r+") as file:
        del file["entry/readings/unit"]
        values = file["entry/attempts/number"][:]
        del file["entry/attempts/number"]
        file["entry/attempts/number"] = values.astype(float)[1:]
    ended = calib("verify", record)
    assert ended.status == 1
    for fault in ("/entry/readings/unit is missing", "not a column of whole numbers", "differ in length"):
        assert fault in ended.out


def test_a_row_taken_out_of_a_journal_is_told_with_its_place(record: Path, calib: Calib) -> None:
    journal = record.with_name("run.journal")
    with sqlite3.connect(journal) as database:
        (seq,) = database.execute("SELECT seq FROM reading ORDER BY seq LIMIT 1 OFFSET 3").fetchone()
        database.execute("DELETE FROM reading WHERE seq = ?", (seq,))
    database.close()
    ended = calib("verify", journal)
    assert ended.status == 1
    assert f"row {seq} was taken out" in ended.out


def test_what_cannot_be_read_is_told_with_status_2_also_among_others(
    record: Path, calib: Calib, tmp_path: Path
) -> None:
    (tmp_path / "letter.h5").write_text("dear customer")
    ended = calib("verify", record, tmp_path / "letter.h5", tmp_path / "none.h5")
    assert ended.status == 2
    assert ended.out.count("CANNOT BE READ") == 2
    assert ": intact" in ended.out


def test_a_record_of_another_journal_is_found(record: Path, calib: Calib, tmp_path: Path) -> None:
    from calib.clock import SystemClock

    with Journal.create(tmp_path / "other", {"simulated": True}, SystemClock()) as journal:
        journal.finish("complete")
    (record.parents[2] / "laboratory.toml").unlink()
    ended = calib("verify", record, "--journal", tmp_path / "other")
    assert ended.status == 1
    assert "was made of another journal" in ended.out


def _readings(path: Path) -> list[float]:
    return [r.value for r in Record.open(path).readings().readings]


def test_readings_are_exported_as_csv_that_pythons_own_reader_takes(record: Path, calib: Calib, tmp_path: Path) -> None:
    ended = calib("export", record, tmp_path / "r.csv")
    assert (ended.status, ended.out.strip()) == (0, str(tmp_path / "r.csv"))
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == _readings(record)
    assert {row["simulated"] for row in rows} == {"true"}
    assert {row["unit"] for row in rows} == {"V"}
    times = [dt.datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    assert times == pytest.approx([r.time for r in Record.open(record).readings().readings], abs=1e-6)
    assert rows[0]["time"].endswith("Z")


def test_parquet_is_read_back_by_pandas(record: Path, calib: Calib, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    pd = pytest.importorskip("pandas")

    assert calib("export", record, tmp_path / "x.parquet", "--table", "readings", "--table", "results").status == 0
    readings, results = (pd.read_parquet(tmp_path / f"x-{name}.parquet") for name in ("readings", "results"))
    assert readings["value"].tolist() == _readings(record)
    assert str(readings["time"].dtype) == "datetime64[us, UTC]"
    assert results["reported_error"].tolist() == [r.reported_error for r in Record.open(record).results]


def test_excel_gets_a_sheet_for_each_table_and_no_formula(record: Path, calib: Calib, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    fresh = calib("amend", record, "--note", "=1+1", "--why", "=HYPERLINK(1)", "--by", "An")
    assert calib("export", fresh.out.strip(), tmp_path / "x.xlsx").status == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert {"readings", "results", "budgets", "traffic", "about"} <= set(book.sheetnames)
    heads, *rows = book["readings"].iter_rows(values_only=True)
    assert [row[heads.index("value")] for row in rows] == _readings(record)
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_netcdf_is_opened_by_xarray_group_by_group(record: Path, calib: Calib, tmp_path: Path) -> None:
    import xarray

    assert calib("export", record, tmp_path / "x.nc").status == 0
    with xarray.open_dataset(tmp_path / "x.nc", group="readings", engine="h5netcdf") as readings:
        assert readings["value"].to_numpy().tolist() == _readings(record)
        assert np.issubdtype(readings["time"].dtype, np.datetime64)
    with xarray.open_dataset(tmp_path / "x.nc", group="results", engine="h5netcdf") as results:
        assert results["point"].to_numpy().tolist() == [r.point for r in Record.open(record).results]


def test_the_record_itself_opens_in_xarray(record: Path) -> None:
    import xarray

    with xarray.open_dataset(record, group="entry/readings", engine="h5netcdf") as readings:
        assert readings["value"].to_numpy().tolist() == _readings(record)


@pytest.mark.parametrize(("suffix", "library"), [("parquet", "pyarrow"), ("xlsx", "openpyxl"), ("nc", "xarray")])
def test_a_missing_library_is_one_message_that_names_the_extra(
    record: Path, calib: Calib, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    ended = calib("export", record, tmp_path / f"x.{suffix}", "--table", "readings")
    assert ended.status == 2
    assert f"needs {library}, which is not installed" in ended.err
    assert 'pip install "calib-lab[' in ended.err
    assert not list(tmp_path.glob("*x.*"))


def test_nothing_is_exported_over_a_file_nor_of_a_broken_record_nor_to_an_unknown_format(
    record: Path, calib: Calib, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("mine")
    assert "exists already" in calib("export", record, tmp_path / "r.csv").err
    assert ".csv, .parquet, .xlsx, .nc" in calib("export", record, tmp_path / "r.doc").err
    assert "it has readings" in calib("export", record, tmp_path / "q.csv", "--table", "speeds").err
    _change(record)
    ended = calib("export", record, tmp_path / "s.csv")
    assert ended.status == 1
    assert "was changed" in ended.err
    assert not (tmp_path / "s.csv").exists()
    assert (tmp_path / "r.csv").read_text() == "mine"


def _standard(laboratory: Path) -> Path:
    (path,) = (p for p in (laboratory / "equipment").glob("*.toml") if "5522A" in p.read_text(encoding="utf-8"))
    return path


def test_the_same_software_and_standards_change_nothing(record: Path, calib: Calib) -> None:
    before = record.read_bytes()
    ended = calib("re-evaluate", record)
    assert ended.status == 0
    results = len(Record.open(record).results)
    assert f"changed: 0; changed only in digits that are not printed: 0; unchanged: {results}" in ended.out
    assert [p.name for p in record.parent.glob("*.h5")] == ["record.h5"]
    assert record.read_bytes() == before


def _corrected(laboratory: Path, tmp_path: Path) -> Path:
    """The standard's file with another certificate, whose correction at 5 V is higher by 20 µV."""
    text = _standard(laboratory).read_text(encoding="utf-8")
    path = tmp_path / "corrected.toml"
    text = text.replace("nominal = 5, correction = 3e-06", "nominal = 5, correction = 23e-06")
    path.write_text(text.replace('certificate = "', 'certificate = "corrected-'), encoding="utf-8")
    return path


def test_a_corrected_standard_gives_a_new_sealed_record_that_names_its_parent(
    laboratory: Path, record: Path, calib: Calib, tmp_path: Path
) -> None:
    parent = Record.open(record)
    before = record.read_bytes()
    corrected = _corrected(laboratory, tmp_path)
    ended = calib("re-evaluate", record, "--standard", corrected, "--why", "certificate corrected", "--by", "Bình")
    assert ended.status == 0, ended.err
    assert "→ corrected-" in ended.out
    assert record.read_bytes() == before
    made = record.with_name("record-2.h5")
    child = Record.open(made)
    (revision,) = child.revisions
    assert (revision.kind, revision.parent, revision.parent_digest) == ("re-evaluation", "record.h5", parent.digest)
    assert (revision.by, revision.why) == ("Bình", "certificate corrected")
    (change,) = (c for c in revision.changes if c["what"] == "standard")
    assert change["after"]["calibrations"][0]["certificate"].startswith("corrected-")
    assert not change["before"]["calibrations"][0]["certificate"].startswith("corrected-")
    errors = {r.point: r.error for r in parent.results}
    moved = {r.point: r.error - errors[r.point] for r in child.results if r.error != errors[r.point]}
    assert moved == {"calibrator/10 V/5 V": pytest.approx(-20e-6, rel=1e-6)}
    assert verify(made).signer == "Bình"
    assert calib("verify", made).status == 0
    assert child.readings().readings == parent.readings().readings
    assert child.traffic() == parent.traffic()
    assert "Evaluated again" in calib("show", made).out


def test_another_instruments_file_is_no_correction(
    laboratory: Path, record: Path, calib: Calib, tmp_path: Path
) -> None:
    text = _standard(laboratory).read_text(encoding="utf-8")
    path = tmp_path / "other.toml"
    serial = Record.open(record).snapshot["equipment"]
    (number,) = {e["serial_number"] for e in serial.values()}
    path.write_text(text.replace(number, "SIM-9"), encoding="utf-8")
    ended = calib("re-evaluate", record, "--standard", path)
    assert ended.status == 2
    assert "another instrument" in ended.err


def test_a_standard_that_was_not_calibrated_on_the_day_is_refused(
    laboratory: Path, record: Path, calib: Calib, tmp_path: Path
) -> None:

    text = _standard(laboratory).read_text(encoding="utf-8")
    path = tmp_path / "late.toml"
    path.write_text(re.sub(r"(?m)^(date|due) = (\d{4})", lambda m: f"{m[1]} = {int(m[2]) + 2}", text), encoding="utf-8")
    ended = calib("re-evaluate", record, "--standard", path)
    assert ended.status == 2
    assert "holds no calibration done by" in ended.err


def test_a_newer_procedure_shows_what_changes_in_print(
    record: Path, calib: Calib, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "newer.py"
    newer.write_text(
        "from dataclasses import replace\n"
        "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n\n"
        "class Newer(DmmDcVoltage):\n"
        "    version = '99'\n\n"
        "    def row(self, point, attempt, readings, estimates):\n"
        "        r = super().row(point, attempt, readings, estimates)\n"
        "        if point.nominal == 5:\n"
        "            return replace(r, reported_U=2 * r.reported_U)\n"
        "        return replace(r, u=r.u * 1.0001)\n",
        encoding="utf-8",
    )
    ended = calib("re-evaluate", record, "--procedure", newer, "--why", "version 99", "--by", "An", "--language", "en")
    assert ended.status == 0, ended.err
    results = Record.open(record).results
    fives = sum(r.nominal == 5 for r in results)
    assert f"changed: {fives}; changed only in digits that are not printed: {len(results) - fives}" in ended.out
    assert "→ 99 (SHA-256" in ended.out
    child = Record.open(record.with_name("record-2.h5"))
    assert child.engine["procedure"] == "99"
    assert child.snapshot["procedure"] == Record.open(record).snapshot["procedure"]
    assert sum(c["what"] == "result" for c in child.revisions[0].changes) == len(results)


def test_an_amendment_says_who_when_why_and_what_was_before(record: Path, calib: Calib) -> None:
    before = record.read_bytes()
    old = Record.open(record).snapshot["job"]["item"]["serial_number"]
    fields = ("--set", "item.serial_number=MY-9", "--set", "job.customer.name.vi=Công ty Ă")
    first = calib("amend", record, *fields, "--why", "misread", "--by", "Ân")
    assert first.status == 0, first.err
    child = Record.open(record.with_name("record-2.h5"))
    (revision,) = child.revisions
    assert revision.changes[0] == {"what": "field", "field": "job.item.serial_number", "before": old, "after": "MY-9"}
    assert child.snapshot["job"]["item"]["serial_number"] == "MY-9"
    assert child.snapshot["job"]["customer"]["name"]["vi"] == "Công ty Ă"
    assert child.results == Record.open(record).results or child.engine == Record.open(record).engine
    second = calib("amend", child.path, "--note", "see letter of 1 December", "--why", "complete", "--by", "Ân")
    grandchild = Record.open(Path(second.out.strip()))
    assert [r.parent for r in grandchild.revisions] == ["record.h5", "record-2.h5"]
    assert grandchild.revisions[1].parent_digest == child.digest
    assert record.read_bytes() == before
    assert calib("verify", record, child.path, grandchild.path).status == 0
    assert "misread" in calib("show", grandchild.path).out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--set", "decision.rule=none", "--why", "x"), "results rest on it"),
        (("--set", "item.specification=other", "--why", "x"), "results rest on it"),
        (("--set", "item.colour=red", "--why", "x"), "colour"),
        (("--set", "item", "--why", "x"), "FIELD=VALUE"),
        (("--why", "x"), "at least one"),
        (("--note", "y", "--why", " "), "why"),
    ],
)
def test_what_no_amendment_may_do_is_refused(record: Path, calib: Calib, arguments: tuple[str, ...], why: str) -> None:
    ended = calib("amend", record, *arguments, "--by", "An")
    assert ended.status == 2
    assert why in ended.err
    assert [p.name for p in record.parent.glob("*.h5")] == ["record.h5"]


def test_nothing_is_made_of_a_broken_record(record: Path, calib: Calib) -> None:
    _change(record)
    for command in (("amend", record, "--note", "x", "--why", "y"), ("re-evaluate", record, "--why", "y")):
        ended = calib(*command)
        assert ended.status == 1
        assert "was changed" in ended.err
    assert [p.name for p in record.parent.glob("*.h5")] == ["record.h5"]


def test_a_sealed_record_has_no_unsealed_child(record: Path, calib: Calib, tmp_path: Path) -> None:
    alone = Path(shutil.copy(record, tmp_path / "alone.h5"))
    ended = calib("amend", alone, "--note", "x", "--why", "y", "--by", "An")
    assert ended.status == 2
    assert "--lab" in ended.err


@pytest.mark.parametrize(
    ("name", "taught"),
    [
        ("verify", ("Exit status: 0 every file is intact; 1 one is not; 2", "calib verify records/")),
        ("export", (".xlsx", "pip install", "calib export record.h5 readings.csv")),
        ("re-evaluate", ("--standard", "RECORD is never changed")),
        ("amend", ("7.5.2", "--set item.serial_number=MY41001234")),
        ("watch", ("--once", "never holds the run back")),
    ],
)
def test_each_command_teaches(calib: Calib, name: str, taught: tuple[str, ...]) -> None:
    said = " ".join(calib(name, "--help").out.split())
    for words in taught:
        assert words in said


@pytest.mark.parametrize("name", ["head", "rows", "statement", "signature", "public_key"])
def test_what_a_record_says_of_its_journal_is_named_too_when_it_is_changed(
    record: Path, calib: Calib, name: str
) -> None:
    with h5py.File(record, "r+") as file:
        fact = file["entry/journal"][name]
        fact[()] = fact[()] + 1 if name == "rows" else fact.asstr()[()][:-2] + "1\n"
    assert f"/entry/journal/{name} was changed" in calib("verify", record).out
