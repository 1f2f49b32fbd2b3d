"""`calib equipment`: what it lists, what it finds wrong, what it writes."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def second(laboratory: Path) -> Path:
    """A second calibrator, CAL-02, damaged since its calibration."""
    folder = laboratory / "equipment"
    text = (folder / "CAL-01.toml").read_text(encoding="utf-8").replace('"CAL-01"', '"CAL-02"')
    path = folder / "CAL-02.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _damage(path: Path) -> None:
    event = '\n[[maintenance]]\ndate = 2026-11-20\nwhat = "Rơi"\nby = "LM"\nkind = "damage"\n'
    path.write_text(path.read_text(encoding="utf-8").replace("date = ", "date = 2026-10-24 #", 1) + event, "utf-8")


def test_list_shows_the_state_on_a_day(calib: Callable[..., Any], laboratory: Path) -> None:
    said = calib("equipment", "list", "--lab", laboratory)
    assert said.out.splitlines()[1].split()[:4] == ["CAL-01", "Fluke", "5522A", "SIM5522001"]
    assert "in service" in said.out
    later = calib("equipment", "list", "--lab", laboratory, "--on", "2099-01-01", "--language", "vi")
    assert "quá hạn" in later.out


def test_due_lists_what_falls_due_the_earliest_first(calib: Callable[..., Any], laboratory: Path, second: Path) -> None:
    text = second.read_text(encoding="utf-8")
    second.write_text(text.replace("due = ", "due = 2098-01-01 #", 1), encoding="utf-8")
    said = calib("equipment", "due", "--lab", laboratory, "--on", "2097-12-01", "--days", "31", "--json")
    assert [e["id"] for e in json.loads(said.out)] == ["CAL-01", "CAL-02"]
    assert "Nothing is due until" in calib("equipment", "due", "--lab", laboratory, "--days", "5").out


def test_check_names_what_bars_use_and_ends_with_one(calib: Callable[..., Any], laboratory: Path, second: Path) -> None:
    assert calib("equipment", "check", "--lab", laboratory).status == 0
    _damage(second)
    said = calib("equipment", "check", "--lab", laboratory, "--on", "2026-11-23")
    assert said.status == 1
    assert "CAL-02: CAL-02 (Fluke 5522A, serial number SIM5522001): Rơi on 2026-11-20" in said.out
    assert said.out.endswith("2 pieces of equipment, 1 not fit for use.\n")
    found = json.loads(calib("equipment", "check", "--lab", laboratory, "--on", "2026-11-23", "--json").out)
    assert [e["state"] for e in found] == ["barred"]


def test_show_tells_calibrations_and_events(calib: Callable[..., Any], laboratory: Path, second: Path) -> None:
    _damage(second)
    said = calib("equipment", "show", "CAL-02", "--lab", laboratory, "--on", "2026-11-23").out
    assert "Certificate SIM-NMI-0417, Simulated National Metrology Institute: calibrated 2026-10-24" in said
    assert "2026-11-20  damage: Rơi (LM)" in said
    assert "  ! CAL-02" in said
    assert json.loads(calib("equipment", "show", "CAL-02", "--lab", laboratory, "--json").out)["id"] == "CAL-02"


def test_unknown_equipment_is_one_message(calib: Callable[..., Any], laboratory: Path) -> None:
    said = calib("equipment", "show", "CAL-1", "--lab", laboratory)
    assert said.status == 2
    assert "did you mean 'CAL-01'?" in said.err


def test_two_files_of_one_id_are_one_message(calib: Callable[..., Any], laboratory: Path) -> None:
    folder = laboratory / "equipment"
    (folder / "copy.toml").write_bytes((folder / "CAL-01.toml").read_bytes())
    said = calib("equipment", "list", "--lab", laboratory)
    assert said.status == 2
    assert said.err == f"calib: {folder / 'copy.toml'}: id: 'CAL-01' is already that of {folder / 'CAL-01.toml'}\n"


def test_a_certificate_is_added_and_then_guarded(calib: Callable[..., Any], laboratory: Path, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 c")
    said = calib(
        "equipment", "add-certificate", "CAL-01", tmp_path / "c.pdf", "--number", "N-1", "--laboratory", "VMI",
        "--accreditation", "VILAS 001", "--date", "2026-11-01", "--due", "2027-11-01",
        "--temperature", 22.9, 23.1, "--complies", "--lab", laboratory,
    )  # fmt: skip
    assert (said.status, said.err) == (0, "")
    kept = laboratory / "equipment" / "certificates" / "CAL-01-N-1.pdf"
    assert kept.read_bytes() == b"%PDF-1.7 c"
    assert calib("equipment", "check", "--lab", laboratory, "--on", "2026-11-23").status == 0
    kept.write_bytes(b"%PDF-1.7 d")
    changed = calib("equipment", "check", "--lab", laboratory, "--on", "2026-11-23")
    assert changed.status == 1
    assert "CAL-01-N-1.pdf is not the file that was registered" in changed.out


def test_what_a_certificate_lacks_is_listed_at_once(calib: Callable[..., Any], laboratory: Path) -> None:
    said = calib("equipment", "add-certificate", "CAL-01", "--number", "N-1", "--lab", laboratory)
    assert said.status == 2
    for field in ("laboratory", "date", "due", "complies"):
        assert f"calibrations.#2.{field}: missing" in said.err


def test_labels_are_a_pdf_with_a_page_for_each(
    calib: Callable[..., Any], laboratory: Path, second: Path, tmp_path: Path
) -> None:
    import pikepdf

    assert second.exists()
    target = tmp_path / "labels.pdf"
    said = calib("equipment", "labels", target, "--lab", laboratory, "--on", "2026-11-23", "--language", "vi")
    assert (said.status, said.err) == (0, "")
    with pikepdf.open(target) as pdf:
        assert len(pdf.pages) == 2
        width, height = (float(x) / 72 * 25.4 for x in pdf.pages[0].mediabox[2:])
        assert [width, height] == pytest.approx([50, 25], abs=0.1)
    first = target.read_bytes()
    calib("equipment", "labels", target, "--lab", laboratory, "--on", "2026-11-23", "--language", "vi")
    assert target.read_bytes() == first


def test_the_qr_code_of_a_label_reads_as_identity_and_due_date(laboratory: Path, tmp_path: Path) -> None:
    import datetime as dt
    import shutil

    from calib.equipment import Register
    from calib.report.equipment_labels import label_text, labels_pdf

    equipment = Register.load(laboratory / "equipment")["CAL-01"]
    due = equipment.calibrations[0].due.isoformat()
    facts = json.loads(label_text(equipment, dt.date(2026, 11, 23)))
    assert facts == {
        "id": "CAL-01", "model": "Fluke 5522A", "serialNumber": "SIM5522001", "certificate": "SIM-NMI-0417", "due": due,
    }  # fmt: skip
    if not (shutil.which("zbarimg") and shutil.which("pdftoppm")):
        pytest.skip("zbarimg (zbar-tools) and pdftoppm (poppler-utils) read the code back")
    (tmp_path / "l.pdf").write_bytes(labels_pdf([equipment], dt.date(2026, 11, 23), "en"))
    subprocess.run(["pdftoppm", "-r", "300", "-png", tmp_path / "l.pdf", tmp_path / "l"], check=True)
    image = next(tmp_path.glob("l-*.png"))
    read = subprocess.run(["zbarimg", "--raw", "-q", image], check=True, capture_output=True, text=True).stdout
    assert json.loads(read) == facts


def test_the_schema_is_json(calib: Callable[..., Any]) -> None:
    assert json.loads(calib("equipment", "schema").out)["title"] == "calib-equipment/1"


def test_release_puts_back_into_service_what_was_withdrawn(calib: Callable[..., Any], laboratory: Path) -> None:
    who = ("--by", "Nguyễn An", "--lab", laboratory)
    said = calib("equipment", "withdraw", "CAL-01", "--why", "dropped", *who, "--on", "2026-11-22")
    assert (said.status, "out of service: dropped (Nguyễn An, 2026-11-22)" in said.out) == (0, True)
    assert "out of service" in calib("equipment", "list", "--lab", laboratory).out
    said = calib("equipment", "release", "CAL-01", "--why", "protocol 118", *who)
    assert (said.status, said.out.strip().endswith(": in service")) == (0, True)
    said = calib("equipment", "release", "CAL-01", "--why", "again", *who)
    assert (said.status, "nothing is to be released" in said.err) == (2, True)
