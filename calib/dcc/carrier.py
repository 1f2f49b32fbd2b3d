"""The XML of a DCC in a file: the file itself, or what a PDF/A-3 carries as an attachment."""

from pathlib import Path

from calib.dcc.file import LARGEST_FILE
from calib.errors import FileError

_ROOT = b"digitalCalibrationCertificate"
_HEAD = 4096
"""Bytes at the beginning of an XML file where its root stands."""


def dcc_content(path: Path) -> bytes:
    """Return the XML of a DCC, also where it is attached to a PDF.

    Raises
    ------
    FileError
        The file cannot be read, is too large, or is a PDF without one DCC (or with several, or encrypted).
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    if size > LARGEST_FILE:
        msg = f"{path}: {size} bytes; a DCC of more than {LARGEST_FILE} is not read"
        raise FileError(msg)
    return _attached(content, path) if content.startswith(b"%PDF-") else content


def _attached(content: bytes, path: Path) -> bytes:
    """Return the one attachment of a PDF that is a DCC."""
    import io

    try:
        import pikepdf
    except ImportError:
        msg = f'{path}: reading a DCC out of a PDF needs pikepdf: pip install "calib-lab[pdf]"; or give the XML itself'
        raise FileError(msg) from None
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            files = [spec.get_file().read_bytes() for spec in pdf.attachments.values()]
    except (pikepdf.PdfError, ValueError, KeyError) as error:
        msg = f"{path}: cannot be read as PDF: {error}"
        raise FileError(msg) from error
    found = [file for file in files if _ROOT in file[:_HEAD]]
    if len(found) != 1:
        msg = f"{path}: {len(found)} of its {len(files)} attachments are DCCs; a certificate carries one"
        raise FileError(msg)
    return found[0]
