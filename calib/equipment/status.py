"""Whether a standard may be used today: in service, calibrated, not overdue, within its specification's interval."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from calib.equipment.model import Equipment
from calib.specification import interval_end, interval_text
from calib.text import Text, both, joined

Route = Literal["specification", "certificate"]


class _Add(Protocol):
    def __call__(self, what: Text, *, may_be_excepted: bool = False) -> None: ...


@dataclass(frozen=True)
class Shortcoming:
    """A reason to refuse a standard."""

    equipment: str
    what: Text
    """One sentence, with the dates."""
    may_be_excepted: bool
    """Whether a named person may allow its use all the same, on the record."""


def shortcomings(equipment: Equipment, on: dt.date, route: Route) -> list[Shortcoming]:
    """Return all that speaks against `equipment` as a standard on the day `on`, by the route of its uncertainty."""
    found: list[Shortcoming] = []

    def add(what: Text, *, may_be_excepted: bool = False) -> None:
        found.append(Shortcoming(equipment.id, joined([_named(equipment), what], ": "), may_be_excepted))

    if equipment.state != "in service":
        add(both("is out of service"))
    if not any(c.date <= on for c in equipment.calibrations):
        add(both("the register holds no calibration done by {day}", day=on))
        return found
    calibration = equipment.calibration(on)
    if on > calibration.due:
        late = both(
            "calibration {certificate} was due on {due}", certificate=calibration.certificate, due=calibration.due
        )
        add(late, may_be_excepted=True)
    if route == "specification":
        _check_specification(equipment, on, add)
    return found


def _named(equipment: Equipment) -> Text:
    """Return how messages name it, `Equipment.name` in both languages."""
    return both(
        "{id} ({manufacturer} {model}, serial number {number})",
        id=equipment.id,
        manufacturer=equipment.manufacturer,
        model=equipment.model,
        number=equipment.serial_number,
    )


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
        add(old, may_be_excepted=True)
