"""The page about files names every field that the models know, each file's under its own heading."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from calib.equipment import Equipment
from calib.procedure import Job
from calib.procedures.dmm_dc_voltage import DmmParameters
from calib.report.opinions import OpinionsFile
from calib.report.stationery import StationeryFile
from calib.run import BenchFile, LaboratoryFile
from calib.specification import Scope, Specification

PAGE = Path(__file__).parent.parent / "docs" / "files.md"
SECTIONS: dict[type[BaseModel], str] = {
    LaboratoryFile: "`laboratory.toml`",
    StationeryFile: "`certificate.toml`",
    OpinionsFile: "`opinions.toml`",
    Equipment: "`equipment/",
    Scope: "`scope.toml`",
    Specification: "`specifications/",
    BenchFile: "`benches/",
    Job: "`jobs/",
    DmmParameters: "`jobs/",
}


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


def _named(section: str) -> set[str]:
    """Words that stand in back-ticks, such as `id`, `[[calibrations]]`, `{ document, page, note }`."""
    return {word for span in re.findall(r"`([^`]+)`", section) for word in re.findall(r"\w+", span)}


@pytest.mark.parametrize(("model", "heading"), SECTIONS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_every_field_is_on_the_page(model: type[BaseModel], heading: str) -> None:
    (section,) = (s for s in PAGE.read_text(encoding="utf-8").split("\n## ") if s.startswith(heading))
    named = _named(section)
    assert {f"{m.__name__}.{name}" for m in _models(model) for name in m.model_fields if name not in named} == set()
