"""What happened to a piece of equipment between its calibrations (ISO/IEC 17025:2017, 6.4.13 c, g, h; 6.4.10)."""

import datetime as dt
from typing import Literal

from calib.files import Strict

Kind = Literal["maintenance", "damage", "malfunction", "modification", "repair", "adjustment", "update"]


class Release(Strict):
    """A named person says that the equipment may be used again, and why."""

    by: str
    date: dt.date
    why: str


class Maintenance(Strict):
    """Something done to the equipment, or damage; it bars use until it is calibrated again or a person releases it."""

    date: dt.date
    what: str
    by: str
    kind: Kind = "maintenance"
    released: Release | None = None


class Check(Strict):
    """An intermediate check between calibrations."""

    date: dt.date
    what: str
    by: str
    passed: bool
    deviation: str = ""
    """What was found, such as `+3 µV at 10 V, limit 12 µV`."""
    released: Release | None = None
    """Who allows the use after a check that failed."""


class Verified(Strict):
    """Evidence that the equipment conforms with what its use requires (6.4.4, 6.4.13 c)."""

    date: dt.date
    by: str
    evidence: str


class ReferenceMaterial(Strict):
    """What is to be known of a reference material (6.4.13 f)."""

    producer: str
    batch: str = ""
    acceptance: str = ""
    expires: dt.date | None = None
    """Last day of its validity."""
