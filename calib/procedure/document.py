"""The method as a document, with the sections of a Vietnamese calibration procedure (ĐLVN), and its points as data.

They stand in the TOML file of the procedure's name beside it (`calib-method/1`).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from calib.files import BilingualText, Strict, read_model
from calib.procedure.pointlist import PointRule


class Document(Strict):
    """The sections of a method, each in both languages."""

    scope: BilingualText
    terms: BilingualText
    operations: BilingualText
    equipment: BilingualText
    conditions: BilingualText
    preparation: BilingualText
    performing: BilingualText
    uncertainty: BilingualText
    results: BilingualText
    sources: tuple[str, ...] = ()
    """What the method follows: documents with clause."""


class Method(Strict):
    """What a method's file holds."""

    format: Literal["calib-method/1"]
    document: Document | None = None
    points: tuple[PointRule, ...] = ()


@cache
def method_of(procedure_file: Path) -> Method:
    """Return the data beside a procedure's file, empty where there is none."""
    path = procedure_file.with_suffix(".toml")
    return read_model(path, Method) if path.is_file() else Method(format="calib-method/1")
