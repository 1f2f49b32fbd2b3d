"""A certificate as a file, read: PDF, DCC or record, with what it says of itself and what lies beside it."""

import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from calib.certificates.dccfacts import DccFacts
from calib.certificates.onpage import words_of_pdf
from calib.errors import CalibError, InputError
from calib.record import Record
from calib.report.content import is_simulated
from calib.report.labels import labels
from calib.report.source import text_at
from calib.signing.credentials import read
from calib.signing.libraries import require_libraries

Kind = Literal["PDF", "DCC", "record"]
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Document:
    """A file of a certificate."""

    path: Path
    kind: Kind
    content: bytes
    """Empty for a record, which is read piece by piece."""

    @classmethod
    def open(cls, path: Path) -> "Document":
        """Read a file, and see by its first bytes what it is.

        Raises
        ------
        InputError
            It cannot be read, or is neither PDF nor XML nor a record.
        """
        with_first = read(path)
        if with_first.startswith(b"\x89HDF"):
            return cls(path, "record", b"")
        if with_first[:1024].find(b"%PDF-") >= 0:
            return cls(path, "PDF", with_first)
        if with_first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            return cls(path, "DCC", with_first)
        msg = f"{path}: neither a PDF, nor a DCC (XML), nor a record of calib"
        raise InputError(msg)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return the words of the pages; none where it has no pages."""
        if self.kind != "PDF":
            return ()
        try:
            return words_of_pdf(self.content)
        except InputError as error:
            msg = f"{self.path}: {error}"
            raise InputError(msg) from None

    @cached_property
    def dcc_content(self) -> bytes:
        """Return the DCC that it is or carries; empty where there is none."""
        return self.content if self.kind == "DCC" else self._attached() if self.kind == "PDF" else b""

    @cached_property
    def dcc(self) -> DccFacts | None:
        """Return the DCC that it is or carries, read."""
        where = str(self.path) if self.kind == "DCC" else f"{self.path}: its attachment"
        return DccFacts(self.dcc_content, where) if self.dcc_content else None

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the record of which it was made, or that it is; empty where it names none."""
        if self.kind == "record":
            return self._record.digest
        printed = next((word for word in self.words if _SHA256.fullmatch(word)), "")
        return printed or (self.dcc.record if self.dcc is not None else "")

    @cached_property
    def number(self) -> str:
        """Return the number of the certificate, empty where it is not told; that of a PDF is in its title."""
        if self.kind == "record":
            return text_at(self._record.snapshot, "job.certificate_number").en
        return self.dcc.number if self.dcc is not None else ""

    @cached_property
    def simulated(self) -> bool:
        """Return whether anything in it says that it was simulated."""
        if self.kind == "record":
            return is_simulated(self._record)
        mark = labels()["simulated"]  # as in the head of every page of a specimen
        return f"{mark.vi} / {mark.en}" in " ".join(self.words) or (self.dcc is not None and self.dcc.simulated)

    @cached_property
    def _record(self) -> Record:
        return Record.open(self.path)

    def beside(self, name: str) -> "Document | None":
        """Return the file of that name beside it, or None."""
        path = self.path.parent / name
        return Document.open(path) if path != self.path and path.is_file() else None

    def record_beside(self) -> Path | None:
        """Return the record beside it of which it was made, by the digest that it names; None where there is none."""
        if self.kind == "record":
            return self.path
        for path in sorted(self.path.parent.glob("*.h5")):
            try:
                if self.digest and Record.open(path).digest == self.digest:
                    return path
            except CalibError:  # another file, or a damaged one: not this certificate's record
                continue
        return None

    def _attached(self) -> bytes:
        """Return the DCC among the files attached to the PDF; empty where there is none."""
        require_libraries()
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError

        try:
            attached = [file for files in PdfReader(io.BytesIO(self.content)).attachments.values() for file in files]
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            msg = f"{self.path}: not a PDF, or damaged: {error}"
            raise InputError(msg) from None
        return next((file for file in attached if b"digitalCalibrationCertificate" in file), b"")
