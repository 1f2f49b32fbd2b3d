"""Files of certificates, known by their SHA-256: whether each is there, and still the one that was registered."""

import hashlib
from pathlib import Path
from typing import Literal

from calib.equipment.calibration import Document
from calib.errors import FileError

DocumentState = Literal["intact", "missing", "another file"]
Kind = Literal["pdf", "dcc", "other"]
_DCC_NAMESPACE = b"https://ptb.de/dcc"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits; raise `FileError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error


def document_state(document: Document, folder: Path) -> DocumentState:
    """Return whether a certificate's file, from the register's `folder`, is the one that was registered."""
    path = folder / document.path
    if not path.is_file():
        return "missing"
    return "intact" if sha256_of(path) == document.sha256 else "another file"


def kind_of(path: Path) -> Kind:
    """Return what a file is by how it begins: a PDF, a digital calibration certificate, or another."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    if head.startswith(b"%PDF-"):
        return "pdf"
    return "dcc" if _DCC_NAMESPACE in head else "other"
