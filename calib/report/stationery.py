"""The laboratory's own page: logo, marks, texts, font and template, dated, in `certificate.toml` of its folder.

Marks of accreditation, citations and legal texts change with the years: each has its days, and a certificate carries
those in force on its day of issue::

    format = "calib-certificate-page/1"
    logo = "certificate/logo.svg"
    logo_text = { vi = "Biểu trưng …", en = "Logo of …" }
    font = "Noto Serif"                  # a family of the fonts in the folder `fonts`
    fonts = "certificate/fonts"
    template = "certificate/page.typ"    # in place of calib's own page

    [[marks]]
    file = "certificate/vilas.svg"
    text = "VILAS 999"
    since = 2025-01-01
    until = 2027-12-31

    [[statements]]
    heading = { vi = "Căn cứ pháp lý", en = "Legal basis" }
    text = { vi = "…", en = "…" }
    since = 2026-01-01
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from calib.errors import FileError
from calib.files import BilingualText, Strict, read_model
from calib.report.model import Fact, Picture
from calib.text import Text

FILE = "certificate.toml"
_PICTURES = {".svg", ".png", ".jpg", ".jpeg"}


class Dated(Strict):
    """What holds from a day on, to the end of another one if that is known."""

    since: dt.date
    until: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.until is not None and self.until < self.since:
            msg = f"until: {self.until} is before since, {self.since}"
            raise ValueError(msg)
        return self

    def holds(self, day: dt.date) -> bool:
        """Return whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


class MarkFile(Dated):
    """A mark, such as that of the accreditation body."""

    file: str
    text: BilingualText
    """What a reader who does not see it is told, such as the number of the accreditation."""


class StatementFile(Dated):
    """A statement of the laboratory: a citation, a legal text."""

    heading: BilingualText
    text: BilingualText


class StationeryFile(Strict):
    """`certificate.toml`."""

    format: Literal["calib-certificate-page/1"]
    logo: str = ""
    logo_text: BilingualText = Text(vi="", en="")
    font: str = ""
    fonts: str = ""
    template: str = ""
    marks: tuple[MarkFile, ...] = ()
    statements: tuple[StatementFile, ...] = ()

    @model_validator(mode="after")
    def _told(self) -> "StationeryFile":
        if self.logo and not (self.logo_text.vi and self.logo_text.en):
            msg = "logo_text: must say what the logo is, for readers who do not see it"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Stationery:
    """A laboratory's page."""

    folder: Path
    about: StationeryFile

    @classmethod
    def load(cls, folder: Path) -> "Stationery | None":
        """Return the page of the laboratory in `folder`, None where it has none of its own.

        Raises
        ------
        FileError
            The file has mistakes.
        """
        path = folder / FILE
        return cls(folder, read_model(path, StationeryFile)) if path.exists() else None

    def require_files(self) -> None:
        """Raise `FileError` where a file that it names cannot be read: better before a calibration than behind it."""
        _ = self.logo, self.template, self.fonts
        for mark in self.about.marks:
            self._picture("marks", mark.file, mark.text)

    @property
    def logo(self) -> Picture | None:
        """The logo, None without one."""
        return self._picture("logo", self.about.logo, self.about.logo_text) if self.about.logo else None

    def marks(self, day: dt.date) -> tuple[Picture, ...]:
        """Return the marks in force on a day."""
        return tuple(self._picture("marks", m.file, m.text) for m in self.about.marks if m.holds(day))

    def statements(self, day: dt.date) -> tuple[Fact, ...]:
        """Return the laboratory's own statements in force on a day."""
        return tuple(Fact(s.heading, s.text, "", source=FILE) for s in self.about.statements if s.holds(day))

    @property
    def template(self) -> bytes | None:
        """The laboratory's own template, None where it uses calib's."""
        return self._read("template", self.about.template) if self.about.template else None

    @property
    def fonts(self) -> Path | None:
        """The folder of the laboratory's fonts, None without one."""
        if not self.about.fonts:
            return None
        folder = self.folder / self.about.fonts
        if not folder.is_dir():
            msg = f"{self.folder / FILE}: fonts: {folder} is no folder"
            raise FileError(msg)
        return folder

    def _picture(self, field: str, name: str, alt: Text) -> Picture:
        if Path(name).suffix.lower() not in _PICTURES:
            msg = f"{self.folder / FILE}: {field}: {name!r} is no picture; allowed: {', '.join(sorted(_PICTURES))}"
            raise FileError(msg)
        return Picture(self._read(field, name), alt)

    def _read(self, field: str, name: str) -> bytes:
        path = self.folder / name
        try:
            return path.read_bytes()
        except OSError as error:
            msg = f"{self.folder / FILE}: {field}: {path} cannot be read ({error.strerror})"
            raise FileError(msg) from error
