"""The certificate as PDF/A-3b through typst: offline, embedded fonts only, the same bytes for the same content."""

import io
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

from calib.errors import InputError
from calib.report.columns import layout
from calib.report.content import qr_text
from calib.report.glyphs import require_letters
from calib.report.labels import labels
from calib.report.model import CertificateContent
from calib.report.stationery import Stationery

FORMAT = "calib-certificate-content/1"
STANDARDS: tuple[Literal["a-3b"], Literal["ua-1"]] = ("a-3b", "ua-1")
"""For the archive and for readers who do not see: tagged, with titles and texts for pictures.

A letter that no embedded font has is an error here, never an empty box.
"""
_LOG = logging.getLogger("calib.report")


def certificate_pdf(
    content: CertificateContent, dcc: bytes | None = None, stationery: Stationery | None = None
) -> bytes:
    """Return the PDF of a certificate, with its DCC attached as its source (ISO 19005-3, 6.8).

    A specimen always stands on calib's own page, which marks it.

    Raises
    ------
    InputError
        A text holds a letter that the fonts lack, or the laboratory's own template cannot be set.
    """
    import typst

    folder = stationery.fonts if stationery else None
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])
    family = stationery.about.font if stationery else ""
    if family and family not in fonts.families():
        msg = f"certificate.toml: font: {family!r} is not among the fonts: {', '.join(sorted(fonts.families()))}"
        raise InputError(msg)
    data = asdict(content)
    require_letters(content.number, _strings(data), fonts, family)
    own = stationery.template if stationery and not content.simulated else None
    pdf = _compiled(
        content.number,
        input=own or files("calib.report").joinpath("certificate.typ").read_bytes(),
        root=stationery.folder if own is not None and stationery else None,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={
            "content": _as_json(content, data, family),
            "qr": qr_svg(qr_text(content)),
            **({} if dcc is None else {"dcc": dcc.decode("utf-8")}),
        },
        timestamp=datetime.fromisoformat(content.issue_date).replace(tzinfo=UTC),
    )
    assert isinstance(pdf, bytes)
    return pdf


def _compiled(number: str, **page: Any) -> Any:
    """Return the PDF; without the marks for those who do not see where typst cannot build their structure."""
    import typst

    try:
        return typst.compile(format="pdf", pdf_standards=list(STANDARDS), **page)
    except typst.TypstError as error:
        if "PDF/UA" not in error.message:
            msg = f"certificate {number}: the page could not be set: {error.message}"
            raise InputError(msg) from error
        _LOG.warning("certificate %s: without PDF/UA-1, archive only: %s", number, error.message)
    try:
        return typst.compile(format="pdf", pdf_standards=[STANDARDS[0]], **page)
    except typst.TypstError as error:
        msg = f"certificate {number}: the page could not be set: {error.message}"
        raise InputError(msg) from error


def qr_svg(text: str) -> str:
    """Return a QR code (error correction M) as SVG, with its quiet zone of four modules."""
    import segno

    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", border=4, xmldecl=False)
    return buffer.getvalue().decode("utf-8")


def _as_json(content: CertificateContent, data: Mapping[str, Any], family: str) -> str:
    """Return what a template reads, format `calib-certificate-content/1`; pictures are lists of bytes."""
    words = {name: asdict(text) for name, text in labels().items()}
    more = {"format": FORMAT, "labels": words, "layout": layout(content), "font": family}
    return json.dumps({**data, **more}, ensure_ascii=False, default=list)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _strings(part)]
    return []
