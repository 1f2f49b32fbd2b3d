"""`calib equipment add-certificate` with a DCC: what it states, and corrections of the tables that are named."""

from pathlib import Path
from typing import Any

import pytest

from calib.cli.main import main
from calib.equipment import Register
from calib.errors import InputError

WANTED = """due = 2027-06-01
complies = true
traceability = "national standard"

[[from_dcc]]
table = 1
quantity = "dc_voltage"
unit = "V"
range = 1020
correlation = "none"
drift_ppm_per_year = 4
temperature_ppm_per_K = 0.5
"""


@pytest.fixture
def certificate(ptb: Any, tmp_path: Path) -> Path:
    """minimal_vi_en.xml with its reference values, 1 V and 100 V, as nominal ones."""
    (path,) = [p for p in ptb.examples if p.stem == "minimal_vi_en"]
    text = path.read_text(encoding="utf-8").replace("basic_referenceValue", "basic_nominalValue")
    target = tmp_path / "dcc.xml"
    target.write_text(text, encoding="utf-8")
    return target


def _add(laboratory: Path, certificate: Path, values: str, tmp_path: Path) -> int:
    (tmp_path / "v.toml").write_text(values, encoding="utf-8")
    files = [str(certificate), "--values", str(tmp_path / "v.toml"), "--lab", str(laboratory)]
    try:
        main(["equipment", "add-certificate", "CAL-01", *files])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_what_a_dcc_states_and_the_corrections_of_its_table(
    laboratory: Path, certificate: Path, tmp_path: Path
) -> None:
    assert _add(laboratory, certificate, WANTED, tmp_path) == 0
    new = Register.load(laboratory / "equipment")["CAL-01"].calibrations[-1]
    (values,) = new.values
    assert [(p.nominal, p.correction, p.U, p.k) for p in values.points] == [
        (1.0, -0.001, 0.0006, 1.65),
        (100.0, -0.1, 0.05, 1.65),
    ]
    assert len(new.tables) == 1
    assert new.document is not None
    assert new.document.kind == "dcc"
    assert str(new.due) == "2027-06-01"


def test_a_deviation_from_nominal_is_taken_as_the_laboratory_says(
    laboratory: Path, certificate: Path, tmp_path: Path
) -> None:
    said = WANTED + 'error_is = "value - nominal"\nnames = ["low", "high"]\n'
    assert _add(laboratory, certificate, said, tmp_path) == 0
    (values,) = Register.load(laboratory / "equipment")["CAL-01"].calibrations[-1].values
    assert [(p.name, p.correction) for p in values.points] == [("low", 0.001), ("high", 0.1)]


def test_a_table_that_is_not_there_changes_nothing(
    laboratory: Path, certificate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (laboratory / "equipment" / "CAL-01.toml").read_bytes()
    assert _add(laboratory, certificate, WANTED.replace("table = 1", "table = 7"), tmp_path) == 2
    assert "has 1 tables; 'from_dcc' asks for table 7" in capsys.readouterr().err
    assert (laboratory / "equipment" / "CAL-01.toml").read_bytes() == before


def test_what_the_laboratory_must_add_is_asked_for(certificate: Path) -> None:
    from calib.dcc.incoming import calibration_from_dcc

    with pytest.raises(InputError, match=r"from_dcc\.#1: correlation: missing"):
        calibration_from_dcc(certificate, [{"table": 1, "quantity": "q", "unit": "V", "range": 1,
                                            "drift_ppm_per_year": 0, "temperature_ppm_per_K": 0}])  # fmt: skip
