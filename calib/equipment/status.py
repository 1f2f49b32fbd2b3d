"""Whether a standard may be used today: in service, calibrated, not overdue, within its specification's interval."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from calib.equipment.model import Equipment
from calib.specification import interval_end

Route = Literal["specification", "certificate"]


class _Add(Protocol):
    def __call__(self, what: str, *, may_be_excepted: bool = False) -> None: ...


@dataclass(frozen=True)
class Shortcoming:
    """A reason to refuse a standard."""

    equipment: str
    what: str
    """One sentence, with the dates."""
    may_be_excepted: bool
    """Whether a named person may allow its use all the same, on the record."""


def shortcomings(equipment: Equipment, on: dt.date, route: Route) -> list[Shortcoming]:
    """Return all that speaks against `equipment` as a standard on the day `on`, by the route of its uncertainty."""
    found: list[Shortcoming] = []

    def add(what: str, *, may_be_excepted: bool = False) -> None:
        found.append(Shortcoming(equipment.id, f"{equipment.name}: {what}", may_be_excepted))

    if equipment.state != "in service":
        add("is out of service")
    if not any(c.date <= on for c in equipment.calibrations):
        add(f"the register holds no calibration done by {on}")
        return found
    calibration = equipment.calibration(on)
    if on > calibration.due:
        add(f"calibration {calibration.certificate} was due on {calibration.due}", may_be_excepted=True)
    if route == "specification":
        _check_specification(equipment, on, add)
    return found


def _check_specification(equipment: Equipment, on: dt.date, add: _Add) -> None:
    calibration = equipment.calibration(on)
    if equipment.specification is None or equipment.specification_interval is None:
        add("its file names no 'specification' and 'specification_interval', on which its uncertainty shall rest")
        return
    if not calibration.complies:
        add(f"certificate {calibration.certificate} does not show compliance with its specification ('complies')")
    end = interval_end(calibration.date, equipment.specification_interval)
    if on > end:
        add(
            f"was calibrated on {calibration.date}; its specification holds for {equipment.specification_interval}, "
            f"until {end}",
            may_be_excepted=True,
        )
