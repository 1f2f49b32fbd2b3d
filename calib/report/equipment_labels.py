"""Labels for equipment: identification, status, due date and a QR code (ISO/IEC 17025:2017, 6.4.8)."""

import datetime as dt
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from calib.equipment import Equipment, in_force, next_due, standing
from calib.equipment.labels import parts
from calib.errors import InputError
from calib.report.pdf import qr_svg
from calib.text import Language, tr

_LONGEST_QR = 600


def labels_pdf(equipment: Sequence[Equipment], on: dt.date, language: Language, *, weights: bool = False) -> bytes:
    """Return a PDF with one label of 50 mm × 25 mm a page, in the state of the day `on`; `weights`: of a set, one each.

    Raises
    ------
    InputError
        A text holds a letter that the embedded fonts lack.
    """
    import typst

    things = [(e, part) for e in equipment for part in ("", *(parts(e) if weights else ()))]
    content = json.dumps([_label(e, on, language, part) for e, part in things], ensure_ascii=False)
    try:
        pdf = typst.compile(
            files("calib.report").joinpath("equipment_labels.typ").read_bytes(),
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
            sys_inputs={"labels": content},
            pdf_standards=["a-3b"],
            timestamp=dt.datetime.combine(on, dt.time(), dt.UTC),
        )
    except typst.TypstError as error:
        msg = f"the labels could not be set: {error.message}"
        raise InputError(msg) from error
    assert isinstance(pdf, bytes)
    return pdf


def label_text(equipment: Equipment, on: dt.date, part: str = "") -> str:
    """Return what the QR code of a label holds, as JSON: who it is and by which certificate, until when.

    `part` is the marking of a weight of a set; `calib.equipment.labels` reads it back.
    """
    calibration = in_force(equipment.calibrations, on)
    due = next_due(equipment, on)
    facts = {
        "id": equipment.id,
        "part": part,
        "model": f"{equipment.manufacturer} {equipment.model}".strip(),
        "serialNumber": equipment.serial_number,
        "certificate": calibration.certificate if calibration else "",
        "due": due.isoformat() if due else "",
    }
    text = json.dumps({k: v for k, v in facts.items() if v}, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > _LONGEST_QR:
        msg = f"{equipment.name}: its names are too long for a QR code of 20 mm"
        raise InputError(msg)
    return text


def _label(equipment: Equipment, on: dt.date, language: Language, part: str) -> dict[str, Any]:
    calibration, due, state = in_force(equipment.calibrations, on), next_due(equipment, on), standing(equipment, on)
    lines = [f"S/N {equipment.serial_number}"]
    if calibration is not None:
        lines.append(tr("Calibrated {date}, {certificate}", language).format(
            date=calibration.date, certificate=calibration.certificate
        ))  # fmt: skip
    if due is not None:
        lines.append(tr("Due {date}", language).format(date=due))
    return {
        "id": f"{equipment.id} / {part}" if part else equipment.id,
        "identity": f"{equipment.manufacturer} {equipment.model}".strip(),
        "lines": lines,
        "state": standing_name(state, language),
        "usable": state == "in service",
        "qr": qr_svg(label_text(equipment, on, part)),
    }


def standing_name(state: str, language: Language) -> str:
    """Return the name of a state in a language."""
    names = {
        "in service": tr("in service", language),
        "out of service": tr("out of service", language),
        "overdue": tr("overdue", language),
        "barred": tr("barred", language),
        "not calibrated": tr("not calibrated", language),
    }
    return names[state]
