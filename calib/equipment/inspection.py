"""A look at the whole register: the state of each piece of equipment, its files, its chain."""

import datetime as dt
from dataclasses import dataclass

from calib.equipment.chain import chain, document_states, upstream_of
from calib.equipment.model import Equipment
from calib.equipment.register import Register
from calib.equipment.status import Standing, next_due, shortcomings, standing
from calib.text import Text


@dataclass(frozen=True)
class Inspected:
    """One piece of equipment on a day."""

    equipment: Equipment
    standing: Standing
    due: dt.date | None
    reasons: tuple[Text, ...]
    """All that speaks against its use as a standard."""

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it, or it is out of service anyway."""
        return not self.reasons or self.standing == "out of service"


def inspect(register: Register, on: dt.date, *, files: bool = True) -> list[Inspected]:
    """Return the state of all equipment on a day; `files` compares the certificates' files with their digests."""
    by_id = {equipment.id: equipment for equipment in register}
    states = document_states(by_id, register.folder) if files else {}
    found = []
    for equipment in register:
        own = {equipment.id: equipment}
        above = upstream_of(own, by_id)
        reasons = [s.what for s in shortcomings(equipment, on, "certificate")] if equipment.needs_calibration else []
        reasons += chain(own, above, on, documents=states).marks
        found.append(
            Inspected(equipment, standing(equipment, on), next_due(equipment, on), tuple(dict.fromkeys(reasons)))
        )
    return found
