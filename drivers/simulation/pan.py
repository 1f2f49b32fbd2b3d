"""The pan of a simulated balance: what lies on it, and where."""

from collections.abc import Sequence
from typing import Protocol

CENTRE = "centre"
POSITIONS = {
    CENTRE: (0.0, 0.0),
    "front-left": (-1.0, -1.0),
    "back-left": (-1.0, 1.0),
    "back-right": (1.0, 1.0),
    "front-right": (1.0, -1.0),
}
"""Where a load's centre is, right and backwards, in units of the distance of the test points (as in EURAMET cg-18)."""


class Body(Protocol):
    """What can lie on a pan."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    def apparent_kg(self, air_kg_m3: float) -> float:
        """Return the force on the pan, divided by the acceleration of gravity, in air of a density."""
        ...


class Pan(Protocol):
    """A pan that weights are put on."""

    def put(self, bodies: Sequence[Body], position: str = CENTRE) -> None:
        """Have these bodies on the pan and no others."""
        ...

    def overload_until(self, until_s: float) -> None:
        """Press on the pan with far too much until a time on the bench's clock."""
        ...
