"""The register: every mistake of every file at once, and equipment that survives JSON as it was."""

import json
import math
from pathlib import Path

import pytest

from calib.equipment import Equipment, Register
from calib.errors import EquipmentError, FileError
from calib.files import as_model


def _write(folder: Path, name: str, **changes: str) -> None:
    text = (folder / "CAL-01.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def register_folder(laboratory: Path) -> Path:
    return laboratory / "equipment"


def test_equipment_is_found_by_its_id(register_folder: Path) -> None:
    _write(register_folder, "second.toml", **{"CAL-01": "CAL-02"})
    register = Register.load(register_folder)
    assert len(register) == 2
    assert [e.id for e in register] == ["CAL-01", "CAL-02"]
    assert register["CAL-02"].serial_number == "SIM5522001"
    assert register["CAL-01"].name == "CAL-01 (Fluke 5522A, serial number SIM5522001)"


def test_unknown_equipment_is_told_with_the_nearest_id(register_folder: Path) -> None:
    with pytest.raises(EquipmentError, match=r"equipment 'CAL-10' is not in the register .* — did you mean 'CAL-01'"):
        Register.load(register_folder)["CAL-10"]
    with pytest.raises(EquipmentError, match=r"known: CAL-01$"):
        Register.load(register_folder)["xyz"]


def test_two_files_of_one_id_are_refused_and_both_are_named(register_folder: Path) -> None:
    _write(register_folder, "copy.toml")
    with pytest.raises(FileError, match=r"copy\.toml: id: 'CAL-01' is already that of .*CAL-01\.toml"):
        Register.load(register_folder)


def test_the_mistakes_of_all_files_are_in_one_message_with_their_lines(register_folder: Path) -> None:
    _write(register_folder, "a.toml", **{"CAL-01": "A", "serial_number": "serial_numbr"})
    _write(register_folder, "b.toml", **{"CAL-01": "B", "k = 2": "k = 0"})
    text = (register_folder / "a.toml").read_text(encoding="utf-8").splitlines()
    mistyped = 1 + next(i for i, line in enumerate(text) if line.startswith("serial_numbr"))
    zero = 1 + next(i for i, line in enumerate(text) if line == "k = 2")
    with pytest.raises(FileError) as caught:
        Register.load(register_folder)
    assert str(caught.value).splitlines() == [
        f"{register_folder / 'a.toml'}: serial_number: missing",
        f"{register_folder / 'a.toml'}: line {mistyped}: serial_numbr: unknown field — did you mean 'serial_number'?",
        f"{register_folder / 'b.toml'}: line {zero}: calibrations.#1.values.#1.k: must be greater than 0 (got 0)",
    ]


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        (
            'specification_interval = "90 days"',
            'specification_interval = "ninety days"',
            "specification_interval: must be a number",
        ),
        ('correlation = "full"', 'correlation = "ful"', "must be 'full' or 'none' — did you mean 'full'"),
        ('correlation = "full"\n', "", r"values\.#1\.correlation: missing"),
        ('correlation = "full"', "correlation = [[1.0]]", "must be 'full', 'none' or a 6 × 6 matrix"),
        ('unit = "V"', 'unit = "mV"', "must be a unit without a prefix, such as V; 'mV' is not"),
        ("temperature_C = [23.0, 23.0]", "temperature_C = [24.0, 22.0]", "must be the lowest and then the highest"),
        ("U = 4e-07", "U = 0", r"values\.#1\.points\.#1\.U: must be greater than 0"),
        ("correction = -1e-07", "correction = nan", r"points\.#1\.correction: must be a finite number"),
        ("nominal = -0.1,", "nominal = -0.09,", "'points' must be listed by ascending nominal value, each once"),
        ("range = 3.3\n", "range = 0.33\n", "'values' must have one table for each quantity and range"),
        ("due = ", "due = 2020-01-01 #", r"'due' \(2020-01-01\) must be later than 'date'"),
        ("date = ", "date = 'soon' #", r"calibrations\.#1\.date: must be a date, such as 2026-11-23 \(got 'soon'\)"),
        ('calib-equipment/1"', 'calib-equipment/2"', "format: must be 'calib-equipment/1'"),
    ],
)
def test_what_cannot_be_true_of_equipment_is_refused(
    written: str, instead: str, told: str, register_folder: Path
) -> None:
    assert written in (register_folder / "CAL-01.toml").read_text(encoding="utf-8")
    _write(register_folder, "CAL-01.toml", **{written: instead})
    with pytest.raises(FileError, match=told):
        Register.load(register_folder)


@pytest.mark.parametrize(
    ("matrix", "fits"),
    [
        ([[1.0, 0.5], [0.5, 1.0]], True),
        ([[1.0, 0.5], [0.4, 1.0]], False),
        ([[0.9, 0.5], [0.5, 1.0]], False),
        ([[1.0, 1.5], [1.5, 1.0]], False),
    ],
)
def test_a_correlation_matrix_is_one_that_real_errors_can_have(
    matrix: list[list[float]], *, fits: bool, starter: Path
) -> None:
    plain = json.loads(Register.load(starter / "equipment")["CAL-01"].model_dump_json(exclude_none=True))
    table = plain["calibrations"][0]["values"][4]
    assert len(table["points"]) == 2
    table["correlation"] = matrix
    if fits:
        assert as_model(plain, Equipment, "x").calibrations[0].values[4].correlation == ((1.0, 0.5), (0.5, 1.0))
    else:
        with pytest.raises(FileError, match=r"'correlation' must be symmetric, with 1 on its diagonal"):
            as_model(plain, Equipment, "x")


def test_equipment_goes_through_json_and_back_with_unlimited_degrees_of_freedom(starter: Path) -> None:
    equipment = Register.load(starter / "equipment")["CAL-01"]
    text = equipment.model_dump_json(exclude_none=True)
    again = as_model(json.loads(text, parse_constant=_refuse), Equipment, "record")
    assert again == equipment
    assert again.calibrations[0].values[0].dof == math.inf
    assert again.calibrations[0].date == equipment.calibrations[0].date


def _refuse(constant: str) -> float:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
