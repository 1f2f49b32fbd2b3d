"""From a record to a checked certificate in a file."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from calib.report.atomic import write_atomic
from calib.report.checks import check
from calib.report.content import certificate_content
from calib.report.model import Opinion
from calib.report.pdf import certificate_pdf
from calib.report.source import Source
from calib.report.stationery import Stationery


def make_certificate(
    record: Source,
    pdf_path: Path,
    *,
    issue_date: date,
    dcc_path: Path | None = None,
    stationery: Stationery | None = None,
    opinions: Sequence[Opinion] = (),
) -> Path:
    """Write the certificate of a record as PDF/A-3b and return its path; equal records give equal bytes.

    The PDF carries the Digital Calibration Certificate; `dcc_path` gets it as a file of its own too.
    `stationery` is the laboratory's own page (`Stationery.load`); `opinions` are printed apart from the results.

    Raises
    ------
    InputError
        Something that ISO/IEC 17025 asks for is missing, or the printed digits would contradict the record.
    FileError
        The path cannot be written.
    """
    from calib.report.dcc import certificate_dcc  # its many classes cost a light user 100 ms

    content = certificate_content(record, issue_date, stationery, opinions)
    check(content, record)
    dcc = certificate_dcc(content, record)
    pdf = certificate_pdf(content, dcc, stationery)
    if dcc_path is not None:
        write_atomic(dcc_path, dcc)
    write_atomic(pdf_path, pdf)
    return pdf_path
