"""`calib dcc`: a certificate from outside, looked at, checked, and taken into the register."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from calib.equipment import Register


@pytest.fixture
def theirs(ptb: Any) -> Path:
    by_name: dict[str, Path] = {path.stem: path for path in ptb.examples}
    return by_name["valid"]


def calib(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calib", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=cwd)


def test_a_certificate_is_shown_with_its_values(theirs: Path) -> None:
    done = calib("dcc", "show", theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Kalibrierfirma GmbH" in done.stdout
    assert "not signed" in done.stdout
    row = next(line.split() for line in done.stdout.splitlines() if line.split()[:1] == ["33.098"])
    assert row == ["33.098", "33.17", "0.072", "0.061", "2", "pass"]


def test_its_tables_come_as_json_with_the_digits_of_the_file(theirs: Path) -> None:
    (table,) = json.loads(calib("dcc", "show", "--json", theirs).stdout)["tables"]
    error = next(c for c in table["columns"] if "basic_measurementError" in c["refType"])
    assert error["values"][0]["U"] == ["0.061"] * 5
    assert error["conformity"] == ["pass"] * 5


def test_the_dcc_within_a_pdf_is_read(theirs: Path, tmp_path: Path) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["notes.txt"] = b"no certificate"
        pdf.save(tmp_path / "none.pdf")
        pdf.attachments["dcc.xml"] = theirs.read_bytes()
        pdf.save(tmp_path / "one.pdf")
    assert calib("dcc", "show", tmp_path / "one.pdf").stdout == calib("dcc", "show", theirs).stdout
    none = calib("dcc", "show", tmp_path / "none.pdf")
    assert none.returncode == 2
    assert "0 of its 1 attachments are DCCs" in none.stderr
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    broken = calib("dcc", "check", tmp_path / "broken.pdf")
    assert broken.returncode == 2
    assert "cannot be read as PDF" in broken.stderr
    assert "Traceback" not in broken.stderr


def test_check_ends_with_0_for_sound_1_for_wrong_and_2_for_unreadable(theirs: Path, ptb: Any, tmp_path: Path) -> None:
    xsd = ptb.folder / "xsd"
    assert calib("dcc", "check", theirs, "--xsd", xsd).returncode == 0
    text = theirs.read_text(encoding="utf-8")
    (tmp_path / "wrong.xml").write_text(text.replace("0.072 0.089", "0,072 0.089"), encoding="utf-8")
    wrong = calib("dcc", "check", tmp_path / "wrong.xml")
    assert wrong.returncode == 1
    assert "'0,072' is not a number" in wrong.stdout
    assert "without a schema folder" in wrong.stdout
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', encoding="utf-8")
    bomb = calib("dcc", "check", tmp_path / "bomb.xml")
    assert bomb.returncode == 2
    assert bomb.stderr.startswith("calib: ")
    assert "DOCTYPE" in bomb.stderr
    assert len(bomb.stderr.splitlines()) == 1


def test_a_dcc_goes_into_the_register_with_its_tables_and_its_digest(theirs: Path, laboratory: Path) -> None:
    done = calib(
        "equipment", "add-certificate", "CAL-01", theirs, "--due", "2058-01-01", "--complies", "--lab", laboratory
    )
    assert (done.returncode, done.stderr) == (0, "")
    added = Register.load(laboratory / "equipment")["CAL-01"].calibrations[-1]
    assert added.laboratory == "Kalibrierfirma GmbH"
    assert added.document is not None
    assert added.document.kind == "dcc"
    assert added.document.sha256 in calib("dcc", "show", theirs).stdout
    (table,) = added.tables
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["U (Measurement error)"] for row in rows] == [0.061] * 5
