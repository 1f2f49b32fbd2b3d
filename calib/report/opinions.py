"""Opinions and interpretations of authorised persons, in `opinions.toml` beside the record (ISO/IEC 17025, 7.8.7).

They are given when the results are there, so that neither job nor record can hold them; they never change either::

    format = "calib-opinions/1"

    [[opinions]]
    text = { vi = "Nên hiệu chỉnh thang 1 V.", en = "The 1 V range should be adjusted." }
    by = "Trần Văn Đức"
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from calib.files import BilingualText, Strict, read_model
from calib.report.model import Opinion
from calib.report.names import OPINIONS

NonEmpty = Annotated[str, Field(min_length=1)]


class OpinionEntry(Strict):
    """One opinion."""

    text: BilingualText
    by: NonEmpty
    """Who is authorised to give it, and does; `authorised_for_opinions` of `laboratory.toml`."""


class OpinionsFile(Strict):
    """`opinions.toml`."""

    format: Literal["calib-opinions/1"]
    opinions: tuple[OpinionEntry, ...] = ()


def read_opinions(folder: Path) -> tuple[Opinion, ...]:
    """Return the opinions in a record's folder, none where the file is not there; raise `FileError` for mistakes."""
    path = folder / OPINIONS
    if not path.is_file():
        return ()
    return tuple(Opinion(entry.text, entry.by) for entry in read_model(path, OpinionsFile).opinions)
