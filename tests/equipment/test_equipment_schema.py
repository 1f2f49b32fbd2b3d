"""The JSON Schema says of a file what the register says of it, judged by the package jsonschema."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from calib.equipment import Equipment, Register
from calib.equipment.schema import equipment_schema
from calib.errors import FileError
from calib.files import as_model

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture
def plain(starter: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        Register.load(starter / "equipment")["CAL-01"].model_dump_json(exclude_none=True)
    )
    for calibration in found["calibrations"]:
        for values in calibration["values"]:
            del values["dof"]  # TOML has inf, JSON has not
    return found


def test_the_schema_is_one_and_the_starters_file_fits_it(plain: dict[str, Any]) -> None:
    schema = equipment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(plain)
    jsonschema.Draft202012Validator(schema).validate(plain | {"description": "one text"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p.pop("id"),
        lambda p: p.update(colour="red"),
        lambda p: p.update(state="lost"),
        lambda p: p["calibrations"][0]["values"][0].update(k=0),
        lambda p: p["calibrations"][0]["values"][0].pop("correlation"),
        lambda p: p.update(description={"vi": "x"}),
        lambda p: p.update(maintenance=[{"date": "2026-01-01", "what": "x"}]),
    ],
)
def test_what_the_register_refuses_the_schema_refuses(spoil: Any, plain: dict[str, Any]) -> None:
    wrong = copy.deepcopy(plain)
    spoil(wrong)
    with pytest.raises(FileError):
        as_model(wrong, Equipment, "x")
    assert not jsonschema.Draft202012Validator(equipment_schema()).is_valid(wrong)
