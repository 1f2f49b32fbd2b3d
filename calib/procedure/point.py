"""Test points and their groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calib.text import Text


@dataclass(frozen=True)
class Group:
    """Points that rest on one preparation: one connection, one zero."""

    id: str
    title: Text


@dataclass(frozen=True)
class Point:
    """The unit of progress, of resuming, of repeat and skip, and of a row on the certificate. Numbers in SI units."""

    id: str
    """Stays the same for ever: resuming and comparison of records go by it."""
    group: str
    title: Text
    """Heading of its rows on the certificate."""
    quantity: str
    unit: str
    measuring_range: float
    nominal: float
    hazard_V: float
    """Highest DC voltage that measuring this point puts on the terminals."""
    estimate_s: float
    """Estimated time to measure it."""
    hazard_ac_V: float = 0.0
    """Highest AC voltage, rms, that measuring this point puts on the terminals."""
    frequency_Hz: float | None = None
    """Frequency of what alternates."""
    wires: int | None = None
    """Of a resistance: two or four."""
    readings: int | None = None
    """Number of readings, where it is another than that of the method's parameters."""
    tolerance: Mapping[str, float] | None = None
    """Tolerance of its own, as a `Tolerance` has it; None for that of the item's specification."""
    gives_row: bool = True
    """False for what only serves other points, such as a zero that is taken off them."""

    def plain(self) -> dict[str, Any]:
        """Return the point as a snapshot holds it."""
        return {**vars(self), "title": {"vi": self.title.vi, "en": self.title.en}}
