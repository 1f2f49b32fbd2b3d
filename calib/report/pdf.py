"""The certificate as PDF/A-3b through typst: offline, embedded fonts only, the same bytes for the same content."""

import io
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Literal

from calib.errors import InputError
from calib.report.content import qr_text
from calib.report.labels import labels
from calib.report.model import CertificateContent

STANDARD: Literal["a-3b"] = "a-3b"
"""A letter that no embedded font has is an error here, never an empty box."""


def certificate_pdf(content: CertificateContent, dcc: bytes | None = None) -> bytes:
    """Return the PDF of a certificate, with its DCC attached as its source (ISO 19005-3, 6.8).

    Raises
    ------
    InputError
        A text holds a letter that the embedded fonts lack.
    """
    import typst

    issued = datetime.fromisoformat(content.issue_date).replace(tzinfo=UTC)
    template = files("calib.report").joinpath("certificate.typ").read_bytes()
    try:
        pdf = typst.compile(
            template,
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
            sys_inputs={
                "content": _as_json(content),
                "qr": qr_svg(qr_text(content)),
                **({} if dcc is None else {"dcc": dcc.decode("utf-8")}),
            },
            pdf_standards=[STANDARD],
            timestamp=issued,
        )
    except typst.TypstError as error:
        raise InputError(_explain(content, error.message)) from error
    assert isinstance(pdf, bytes)
    return pdf


def qr_svg(text: str) -> str:
    """Return a QR code (error correction M) as SVG, with its quiet zone of four modules."""
    import segno

    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", border=4, xmldecl=False)
    return buffer.getvalue().decode("utf-8")


def _as_json(content: CertificateContent) -> str:
    words = {name: asdict(text) for name, text in labels().items()}
    return json.dumps({**asdict(content), "labels": words}, ensure_ascii=False)


def _explain(content: CertificateContent, message: str) -> str:
    """Return typst's complaint in a technician's words, with the text that holds the letter."""
    met = re.search(r"the text (.+?) could not be displayed", message)
    if met is None:
        return f"certificate {content.number}: the page could not be set: {message}"
    letters = met.group(1).strip("`\"'")
    where = sorted({text for text in _strings(asdict(content)) if letters in text}, key=len)
    place = f" in {where[0]!r}" if where else ""
    return f"certificate {content.number}: {letters!r}{place}: no embedded font has this letter; write it otherwise"


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _strings(part)]
    return []
