"""From a record to a checked certificate in a file."""

from datetime import date
from pathlib import Path

from calib.report.atomic import write_atomic
from calib.report.checks import check
from calib.report.content import certificate_content
from calib.report.pdf import certificate_pdf
from calib.report.source import Source


def make_certificate(record: Source, pdf_path: Path, *, issue_date: date) -> Path:
    """Write the certificate of a record as PDF/A-3b and return its path; equal records give equal bytes.

    Raises
    ------
    InputError
        Something that ISO/IEC 17025 asks for is missing, or the printed digits would contradict the record.
    FileError
        The path cannot be written.
    """
    content = certificate_content(record, issue_date)
    check(content, record)
    write_atomic(pdf_path, certificate_pdf(content))
    return pdf_path
