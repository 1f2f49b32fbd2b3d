"""Whether a standard may be used today: in service, sound, calibrated, not overdue, within its specification."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from calib.equipment.calibration import all_in_force
from calib.equipment.history import Check, Maintenance
from calib.equipment.model import Equipment
from calib.specification import interval_end, interval_text
from calib.text import Text, both, joined

Route = Literal["specification", "certificate"]
Standing = Literal["in service", "out of service", "overdue", "barred", "not calibrated"]
"""State of a piece of equipment on a day: what its file says, and what its calibrations and history make of it."""


class _Add(Protocol):
    def __call__(self, what: Text, *, may_be_excepted: bool = False, overdue: bool = False) -> None: ...


@dataclass(frozen=True)
class Shortcoming:
    """A reason to refuse a standard."""

    equipment: str
    what: Text
    """One sentence, with the dates."""
    may_be_excepted: bool
    """Whether a named person may allow its use all the same, on the record."""
    overdue: bool = False
    """Whether it is only that a date has passed."""


def shortcomings(equipment: Equipment, on: dt.date, route: Route) -> list[Shortcoming]:
    """Return all that speaks against `equipment` as a standard on the day `on`, by the route of its uncertainty."""
    found: list[Shortcoming] = []
    add = _adder(equipment, found)
    if not equipment.needs_calibration:
        add(both("its file says that it needs no calibration, so it cannot be a standard"))
        return found
    _check_use(equipment, on, add)
    if not any(c.date <= on for c in equipment.calibrations):
        add(both("the register holds no calibration done by {day}", day=on))
        return found
    _check_calibrations(equipment, on, add)
    if route == "specification":
        _check_specification(equipment, on, add)
    return found


def standing(equipment: Equipment, on: dt.date) -> Standing:
    """Return the state of a piece of equipment on a day."""
    if equipment.state != "in service":
        return "out of service"
    if not equipment.needs_calibration:
        return "in service"
    found = shortcomings(equipment, on, "certificate")
    if not found:
        return "in service"
    if not any(c.date <= on for c in equipment.calibrations):
        return "not calibrated"
    return "overdue" if all(s.overdue for s in found) else "barred"


def next_due(equipment: Equipment, on: dt.date) -> dt.date | None:
    """Return the first day on which a calibration or a check of it is due; None where nothing ever is."""
    dates = [c.due for c in all_in_force(equipment.calibrations, on)]
    check = check_due(equipment, on)
    material = equipment.reference_material
    if check is not None:
        dates.append(check)
    if material is not None and material.expires is not None:
        dates.append(material.expires)
    return min(dates, default=None)


def check_due(equipment: Equipment, on: dt.date) -> dt.date | None:
    """Return the last day for the next intermediate check, counted from the last check or calibration."""
    if equipment.check_interval is None:
        return None
    days = [
        date for date in (*(c.date for c in equipment.calibrations), *(c.date for c in equipment.checks)) if date <= on
    ]
    return interval_end(max(days), equipment.check_interval) if days else None


def barring(equipment: Equipment, on: dt.date) -> tuple[tuple[Maintenance, ...], Check | None]:
    """Return what happened since the last calibration and was not released, and the last check where it failed."""
    calibrated = min((c.date for c in all_in_force(equipment.calibrations, on)), default=dt.date.min)
    happened = tuple(e for e in equipment.maintenance if calibrated < e.date <= on and not _released(e, on))
    last = max((c for c in equipment.checks if calibrated < c.date <= on), key=lambda c: c.date, default=None)
    return happened, last if last is not None and not last.passed and not _released(last, on) else None


def _released(event: Maintenance | Check, on: dt.date) -> bool:
    return event.released is not None and event.released.date <= on


def _adder(equipment: Equipment, found: list[Shortcoming]) -> _Add:
    def add(what: Text, *, may_be_excepted: bool = False, overdue: bool = False) -> None:
        found.append(Shortcoming(equipment.id, joined([named(equipment), what], ": "), may_be_excepted, overdue))

    return add


def named(equipment: Equipment) -> Text:
    """Return how messages name it, `Equipment.name` in both languages."""
    return both(
        "{id} ({manufacturer} {model}, serial number {number})",
        id=equipment.id,
        manufacturer=equipment.manufacturer,
        model=equipment.model,
        number=equipment.serial_number,
    )


def _check_use(equipment: Equipment, on: dt.date, add: _Add) -> None:
    """Add what is wrong with the thing itself: out of service, changed or damaged, a failed check, expired."""
    if equipment.state != "in service":
        add(both("is out of service"))
    happened, failed = barring(equipment, on)
    for event in happened:
        add(
            both(
                "{what} on {date}, after its last calibration, and nobody has released it since ('released')",
                what=event.what,
                date=event.date,
            )
        )
    if failed is not None:
        add(
            both(
                "its intermediate check on {date} failed: {what}",
                date=failed.date,
                what=failed.deviation or failed.what,
            )
        )
    due = check_due(equipment, on)
    if due is not None and on > due:
        add(both("its intermediate check was due on {due}", due=due), may_be_excepted=True, overdue=True)
    material = equipment.reference_material
    if material is not None and material.expires is not None and on > material.expires:
        add(both("the reference material expired on {date}", date=material.expires))


def _check_calibrations(equipment: Equipment, on: dt.date, add: _Add) -> None:
    for calibration in all_in_force(equipment.calibrations, on):
        if on > calibration.due:
            late = both(
                "calibration {certificate} was due on {due}", certificate=calibration.certificate, due=calibration.due
            )
            add(late, may_be_excepted=True, overdue=True)


def _check_specification(equipment: Equipment, on: dt.date, add: _Add) -> None:
    calibration = equipment.calibration(on)
    if equipment.specification is None or equipment.specification_interval is None:
        add(both("its file names no 'specification' and 'specification_interval', on which its uncertainty shall rest"))
        return
    if not calibration.complies:
        add(
            both(
                "certificate {certificate} does not show compliance with its specification ('complies')",
                certificate=calibration.certificate,
            )
        )
    end = interval_end(calibration.date, equipment.specification_interval)
    if on > end:
        old = both(
            "was calibrated on {date}; its specification holds for {interval}, until {end}",
            date=calibration.date,
            interval=interval_text(equipment.specification_interval),
            end=end,
        )
        add(old, may_be_excepted=True, overdue=True)
