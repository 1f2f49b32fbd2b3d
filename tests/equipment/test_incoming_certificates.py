"""A new certificate goes into the register whole, or nothing changes; its file is known by its digest."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest

from calib.equipment import Register
from calib.equipment.documents import document_state, kind_of
from calib.equipment.incoming import add_calibration, read_calibration
from calib.errors import FileError, InputError

ABOUT: dict[str, Any] = {
    "certificate": "V10/0211", "laboratory": "Viện Đo lường", "traceability": 'national "V" standard',
    "date": "2026-08-18", "due": "2027-08-18", "temperature_C": [22.8, 23.2], "complies": True,
}  # fmt: skip
CSV = """quantity,unit,range,k,correlation,drift_ppm_per_year,temperature_ppm_per_K,nominal,correction,U
dc_voltage,V,3.3,2,full,4,0.5,-1,1.7e-06,2.2e-06
dc_voltage,V,3.3,2,full,4,0.5,1,-1.3e-06,2.2e-06
dc_voltage,V,33,2,none,4,0.5,10,8e-06,2e-05
"""


@pytest.fixture
def folder(laboratory: Path) -> Path:
    return laboratory / "equipment"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "scan.PDF"
    path.write_bytes(b"%PDF-1.7\ncertificate")
    return path


def _values(tmp_path: Path, text: str = CSV) -> dict[str, Any]:
    (tmp_path / "values.csv").write_text(text, encoding="utf-8")
    return read_calibration(tmp_path / "values.csv")


def test_a_certificate_with_its_values_is_read_back_as_it_was_given(
    folder: Path, certificate: Path, tmp_path: Path
) -> None:
    before = Register.load(folder)["CAL-01"]
    added = add_calibration(Register.load(folder), "CAL-01", ABOUT | _values(tmp_path), certificate)
    after = Register.load(folder)["CAL-01"]
    assert after == added
    assert after.calibrations[:-1] == before.calibrations
    new = after.calibrations[-1]
    assert (new.laboratory, new.traceability) == ("Viện Đo lường", 'national "V" standard')
    assert [(v.range, v.correlation, len(v.points)) for v in new.values] == [(3.3, "full", 2), (33.0, "none", 1)]
    assert new.values[0].points[0].correction == 1.7e-6
    assert new.document is not None
    assert new.document.kind == "pdf"
    kept = folder / new.document.path
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == new.document.sha256


def test_a_changed_or_missing_file_is_noticed(folder: Path, certificate: Path) -> None:
    document = add_calibration(Register.load(folder), "CAL-01", ABOUT, certificate).calibrations[-1].document
    assert document is not None
    assert document_state(document, folder) == "intact"
    (folder / document.path).write_bytes(b"%PDF-1.7\ncertificatf")
    assert document_state(document, folder) == "another file"
    (folder / document.path).unlink()
    assert document_state(document, folder) == "missing"


def test_values_from_toml_with_an_equation_and_a_correlation_matrix(folder: Path, tmp_path: Path) -> None:
    text = (folder / "CAL-01.toml").read_text(encoding="utf-8")
    table = text[text.index('certificate = "SIM') :].replace("[[calibrations.values]]", "[[values]]")
    table = table.replace("SIM-NMI-0417", "T-2").replace('correlation = "full"', 'correlation = "none"', 1)
    equation = '\n[[equations]]\nquantity = "x"\nunit = "V"\nvalue = "2*x"\nU = "0.1"\nk = 2\nwithin = { x = [0, 1] }\n'
    (tmp_path / "new.toml").write_text(table + equation, encoding="utf-8")
    added = add_calibration(Register.load(folder), "CAL-01", read_calibration(tmp_path / "new.toml"))
    old, new = Register.load(folder)["CAL-01"].calibrations
    assert new == added.calibrations[-1]
    assert new.values[1:] == old.values[1:]
    assert new.equations[0].within == {"x": (0.0, 1.0)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"due": "2026-08-18"}, r"'due' \(2026-08-18\) must be later than 'date'"),
        ({"laboratory": None}, r"calibrations\.#2\.laboratory: missing"),
        ({"certificate": "SIM-NMI-0417"}, "has a calibration with the certificate SIM-NMI-0417 already"),
        ({"colour": "red"}, r"calibrations\.#2\.colour: unknown field"),
    ],
)
def test_a_mistake_changes_nothing(changes: dict[str, Any], told: str, folder: Path, certificate: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*.*")}
    with pytest.raises(InputError, match=told):
        add_calibration(Register.load(folder), "CAL-01", ABOUT | changes, certificate)
    assert {p: p.read_bytes() for p in folder.rglob("*.*")} == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("8e-06", "0,8", "line 4: has not as many fields"),
        ("8e-06", "8u", r"line 4: correction: must be a number with a decimal point \(got '8u'\)"),
        ("nominal,", "nominl,", "unknown column 'nominl'; known: quantity"),
        ("full,4,0.5,1,", "none,4,0.5,1,", "line 3: says something else of this range"),
    ],
)
def test_a_table_that_is_wrong_is_told_by_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=told):
        _values(tmp_path, CSV.replace(old, new, 1))


def test_another_kind_of_file_has_no_values(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"values are read from \.toml, \.csv"):
        read_calibration(tmp_path / "values.xlsx")


def test_kinds_of_files_are_known_by_how_they_begin(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'<?xml version="1.0"?><dcc:x xmlns:dcc="https://ptb.de/dcc">')
    (tmp_path / "b").write_bytes(b"PK")
    assert [kind_of(tmp_path / n) for n in "ab"] == ["dcc", "other"]


def test_the_digest_is_that_of_another_program(certificate: Path) -> None:
    from calib.equipment.documents import sha256_of

    told = subprocess.run(["sha256sum", str(certificate)], capture_output=True, text=True, check=True).stdout
    assert told.split()[0] == sha256_of(certificate)
