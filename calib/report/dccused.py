"""What a calibration used, for a DCC: method, software, standards with their certificates, conditions."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from calib.dcc.bind import Part
from calib.dcc.measurement import Condition, Data, EquipmentList, MeasuringEquipment, Method, Methods
from calib.dcc.parties import Contact, Hash, Identifications, SoftwareList
from calib.equipment import in_force
from calib.record.model import Readings
from calib.report.conditions import noted
from calib.report.dccwords import Wording, one_line, single
from calib.report.source import as_text, find, text_at
from calib.report.standards import is_the_item
from calib.text import both, joined, same
from calib.units import dsi

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REF_TYPES = {"temperature": "basic_temperature", "humidity": "basic_humidityRelative", "pressure": "basic_pressure"}
_NAMES = {"temperature": "Temperature", "humidity": "Relative humidity", "pressure": "Air pressure"}
_UNITS = {"°C": dsi("°C"), "%": dsi("%"), "hPa": r"\hecto\pascal"}


def used_methods(snapshot: Mapping[str, Any], wording: Wording) -> Methods:
    """Return the procedure, and the evaluation of uncertainty."""
    procedure, version = text_at(snapshot, "procedure.id").en, text_at(snapshot, "procedure.version").en
    title, method = text_at(snapshot, "procedure.title"), text_at(snapshot, "procedure.method")
    equation = text_at(snapshot, "procedure.equation")
    described = joined([method, equation], "; ")
    own = Method(
        name=wording.words(title if title.en else same(procedure)),
        description=wording.rich(described) if described.en else None,
        references=(one_line(f"{procedure} {version}"),),
    )
    uncertainty = Method(
        ref_type="basic_uncertainty",
        name=wording.words(both("Uncertainty")),
        norms=("JCGM 100:2008",),
    )
    return Methods(all=(own, uncertainty))


def used_software(snapshot: Mapping[str, Any], wording: Wording) -> SoftwareList:
    """Return the programs that measured and computed; digests and the machine stay in the record."""
    software = find(snapshot, "software")
    named = software if isinstance(software, Mapping) else {"calib": as_text(software).en}
    programs = [
        wording.software(str(name), str(version), "application" if name == "calib-lab" else "library")
        for name, version in named.items()
        if name != "system" and "sha256" not in name
    ]
    return SoftwareList(all=tuple(programs))


def used_equipment(snapshot: Mapping[str, Any], wording: Wording, on: date) -> EquipmentList | None:
    """Return the standards with the certificates that were in force on the day `on`."""
    item = find(snapshot, "job.item") or {}
    entries = (find(snapshot, "equipment") or {}).items()
    used = tuple(_standard(id_, entry, wording, on) for id_, entry in entries if not is_the_item(entry, item))
    return EquipmentList(all=used) if used else None


def _standard(id_: str, entry: Mapping[str, Any], wording: Wording, on: date) -> MeasuringEquipment:
    calibration = in_force(entry.get("calibrations") or (), on)
    numbers = [wording.identification("calibrationLaboratory", id_, both("Asset number"))]
    if serial := str(entry.get("serial_number") or ""):
        name = both("Serial number")
        numbers.insert(0, wording.identification("manufacturer", serial, name, "basic_serialNumber"))
    maker = as_text(entry.get("manufacturer"))
    return MeasuringEquipment(
        ref_type="basic_measurementStandard",
        name=wording.words(as_text(entry.get("description") or id_)),
        certificate=None if calibration is None else _certificate(calibration, wording, on),
        manufacturer=Contact(name=wording.words(maker)) if maker.en else None,
        model=one_line(str(entry["model"])) if entry.get("model") else None,
        identifications=Identifications(all=tuple(numbers)),
    )


def _certificate(calibration: Mapping[str, Any], wording: Wording, on: date) -> Hash:
    """Return the certificate of a standard: by its digest where the register has one, else as a document on paper."""
    digest = str((calibration.get("document") or {}).get("sha256") or "")
    hashed = _SHA256.fullmatch(digest) is not None
    issuer = joined([as_text(calibration.get("laboratory")), as_text(calibration.get("accreditation"))])
    days = both(
        "{laboratory}; calibrated {date}, due {due}",
        laboratory=issuer if issuer.en else same("–"),
        date=calibration.get("date") or "–",
        due=calibration.get("due") or "–",
    )
    due = calibration.get("due")
    return Hash(
        referral=wording.words(both("Calibration certificate")),
        number=one_line(str(calibration.get("certificate") or "")),
        procedure="SHA-256" if hashed else "analogue",
        value=digest if hashed else "analogue",
        description=wording.rich(days),
        in_validity_range=None if due is None else _boolean(date.fromisoformat(str(due)[:10]) >= on),
    )


def _boolean(value: bool) -> str:  # noqa: FBT001 - an xs:boolean
    return "true" if value else "false"


def conditions(readings: Readings, wording: Wording) -> tuple[Condition, ...]:
    """Return the lowest and highest noted values of the environment, with the digits of the printed ones."""
    made = []
    for name, ref_type in _REF_TYPES.items():
        met = noted(readings, name)
        if met is None:
            continue
        lowest, highest, unit = met
        quantities = (
            wording.quantity(both("Lowest value"), f"{ref_type}Min", single(lowest, _UNITS[unit])),
            wording.quantity(both("Highest value"), f"{ref_type}Max", single(highest, _UNITS[unit])),
        )
        made.append(
            Condition(
                ref_type=ref_type,
                name=wording.words(both(_NAMES[name])),
                data=Data(parts=tuple(Part("quantity", quantity) for quantity in quantities)),
            )
        )
    return tuple(made)
