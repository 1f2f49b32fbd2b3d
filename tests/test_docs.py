"""The page about files names every field that the models know."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from calib.equipment import Equipment
from calib.procedure import Job
from calib.procedures.dmm_dc_voltage import DmmParameters
from calib.run import BenchFile, LaboratoryFile
from calib.specification import Specification

PAGE = Path(__file__).parent.parent / "docs" / "files.md"


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for field in model.model_fields.values():
        pending = [field.annotation]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                found |= _models(annotation)
            pending += list(getattr(annotation, "__args__", ()))
    return found


@pytest.mark.parametrize("model", [LaboratoryFile, Equipment, Specification, BenchFile, Job, DmmParameters])
def test_every_field_is_on_the_page(model: type[BaseModel]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = {
        f"{m.__name__}.{name}"
        for m in _models(model)
        for name in m.model_fields
        if f"`{name}`" not in page and f"`[{name}]`" not in page and f"[{name}." not in page and f"{name}" not in page
    }
    assert not missing
