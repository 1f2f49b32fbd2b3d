"""The certificate as PDF/A-3b through typst: offline, embedded fonts only, the same bytes for the same content."""

import io
import json
import logging
import sys
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any

from calib.errors import InputError
from calib.report.columns import layout
from calib.report.content import qr_text
from calib.report.glyphs import require_letters
from calib.report.labels import labels
from calib.report.model import CertificateContent
from calib.report.stationery import Stationery
from calib.report.typesetting import Page, set_apart, set_page

FORMAT = "calib-certificate-content/1"
_ROWS_SET_HERE = 500
"""A longer certificate is set in a process of its own."""
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
    own = stationery.template if stationery and not content.simulated else None
    data = _as_data(content if own else _without_rows(content), content, family)
    require_letters(content.number, _strings(data), fonts, family)
    page = Page(
        (own or files("calib.report").joinpath("certificate.typ").read_bytes()).decode("utf-8"),
        {
            "content": json.dumps(data, ensure_ascii=False, default=list),
            "qr": qr_svg(qr_text(content)),
            **({} if dcc is None else {"dcc": dcc.decode("utf-8")}),
        },
        content.issue_date,
        root=str(stationery.folder) if own is not None and stationery else None,
        fonts=str(folder) if folder else None,
    )
    apart = len(content.rows) > _ROWS_SET_HERE and sys.executable
    made = set_apart(page) if apart else set_page(page)
    if made.error:
        msg = f"certificate {content.number}: the page could not be set: {made.error}"
        raise InputError(msg)
    if made.untagged:
        _LOG.warning("certificate %s: without PDF/UA-1, archive only: %s", content.number, made.untagged)
    return made.pdf


def qr_svg(text: str) -> str:
    """Return a QR code (error correction M) as SVG, with its quiet zone of four modules."""
    import segno

    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", border=4, xmldecl=False)
    return buffer.getvalue().decode("utf-8")


def _as_data(shown: CertificateContent, content: CertificateContent, family: str) -> dict[str, Any]:
    """Return what a template reads, format `calib-certificate-content/1`; pictures are lists of bytes."""
    words = {name: asdict(text) for name, text in labels().items()}
    return {**asdict(shown), "format": FORMAT, "labels": words, "layout": layout(content), "font": family}


def _without_rows(content: CertificateContent) -> CertificateContent:
    """Return the content for calib's own template, which sets the rows as `layout` has them."""
    groups = tuple(replace(group, rows=()) for group in content.groups)
    return replace(content, groups=groups, comparisons=tuple(replace(part, pairs=()) for part in content.comparisons))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _strings(part)]
    return []
