"""What a scanned label names: equipment of the register, a weight of a set, or the item under calibration.

A label is one of calib's own (JSON in a QR code), the id of a piece of equipment or its serial number, and for a weight
of a set `ID/MARKING`, or its marking alone where no other set has it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from calib.equipment.model import Equipment
from calib.text import Text, both, joined, same

ITEM = "item"
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""What a scanner may put before the data to tell the kind of code (ISO/IEC 15424)."""


@dataclass(frozen=True)
class Thing:
    """What can be in hand."""

    equipment: str
    """Id in the register, or `item`."""
    part: str = ""
    """Marking of a weight of a set; empty for the whole."""


@dataclass(frozen=True)
class Item:
    """The item under calibration, as the job names it."""

    name: Text
    serial_number: str


def parts(equipment: Equipment) -> tuple[str, ...]:
    """Return the markings that certificates of a set list."""
    points = (p for c in equipment.calibrations for values in c.values for p in values.points)
    return tuple(dict.fromkeys(p.name for p in points if p.name))


class Labels:
    """Reads what a scanner typed."""

    def __init__(self, equipment: Iterable[Equipment], item: Item, item_parts: Iterable[str] = ()) -> None:
        self._equipment: Mapping[str, Equipment] = {e.id: e for e in equipment}
        self._item = item
        self._known = {Thing(e.id, part) for e in self._equipment.values() for part in ("", *parts(e))}
        self._known |= {Thing(ITEM, part) for part in ("", *item_parts)}

    def knowing(self, thing: Thing) -> Self:
        """Return the same that also knows a weight of the item which no list names."""
        own = [t.part for t in self._known | {thing} if t.equipment == ITEM and t.part]
        return type(self)(self._equipment.values(), self._item, own)

    def code(self, thing: Thing) -> str:
        """Return the shortest label that means one thing only."""
        whole = self._item.serial_number if thing.equipment == ITEM else thing.equipment
        return f"{whole}/{thing.part}" if thing.part else whole

    def name(self, thing: Thing) -> Text:
        """Return what it is, with its numbers: for messages about what was scanned."""
        if thing.equipment == ITEM:
            whole = both("{item} (item, serial number {serial})", item=self._item.name, serial=self._item.serial_number)
        else:
            e = self._equipment[thing.equipment]
            whole = same(f"{e.id} ({e.manufacturer} {e.model}, {e.serial_number})")
        return both("{weight} of {set}", weight=thing.part, set=whole) if thing.part else whole

    def called(self, thing: Thing) -> Text:
        """Return what it is without its numbers: for questions, which are answered from the thing itself."""
        if thing.equipment == ITEM:
            whole = self._item.name
        else:
            e = self._equipment[thing.equipment]
            whole = same(f"{e.manufacturer} {e.model}".strip())
        return both("{weight} of {set}", weight=thing.part, set=whole) if thing.part else whole

    def why_not(self, scanned: str, wanted: Thing) -> Text | None:
        """Return why a label is not that of what is wanted; None where it is."""
        text = _clean(scanned)
        found = self._meant(text)
        if found == {wanted} or (wanted in found and not wanted.part):
            return None
        if not found:
            return both(
                "'{label}' is no label of the register or of the item. Where the letters are not those of the label, "
                "set the scanner to this computer's keyboard, and switch the Vietnamese input method off.",
                label=text,
            )
        if wanted in found:
            names = joined([self.name(t) for t in sorted(found, key=self.code)], "; ")
            return both(
                "'{label}' may be several: {things}. Scan the label that names the set.", label=text, things=names
            )
        (thing, *_) = sorted(found, key=self.code)
        if thing.equipment == wanted.equipment and wanted.part and not thing.part:
            return both("That is the label of the whole set, {set}. Scan that of the weight.", set=self.name(thing))
        return joined([both("That is {thing}.", thing=self.name(thing)), self._withdrawn(thing)], " ")

    def _withdrawn(self, thing: Thing) -> Text:
        equipment = self._equipment.get(thing.equipment)
        if equipment is None or equipment.state == "in service":
            return same("")
        return both("It is out of service ({reason}): put it aside.", reason=equipment.state_reason or "—")

    def _meant(self, text: str) -> set[Thing]:
        """Return all that a label can mean."""
        facts = _facts(text)
        if facts is not None:
            thing = Thing(str(facts.get("id", "")), str(facts.get("part", "")))
            same_serial = self._serial(thing.equipment) == str(facts.get("serialNumber", ""))
            return {thing} & self._known if same_serial else set()
        whole, _, part = text.partition("/")
        named = {t for t in self._known if self._is(t.equipment, text) and not t.part}
        named |= {t for t in self._known if part and self._is(t.equipment, whole) and t.part == part}
        return named or {t for t in self._known if t.part and t.part == text}

    def _is(self, equipment: str, code: str) -> bool:
        codes = {self._serial(equipment)} | ({equipment} if equipment != ITEM else set())
        return code.casefold() in {c.casefold() for c in codes}

    def _serial(self, equipment: str) -> str:
        if equipment == ITEM:
            return self._item.serial_number
        return self._equipment[equipment].serial_number if equipment in self._equipment else ""


def _clean(scanned: str) -> str:
    """Return the data of a scan, without control characters and the mark of its symbology."""
    return _SYMBOLOGY.sub("", "".join(c for c in scanned if c.isprintable()).strip())


def _facts(text: str) -> Mapping[str, Any] | None:
    """Return what calib's own label holds; None for another."""
    try:
        facts = json.loads(text)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
