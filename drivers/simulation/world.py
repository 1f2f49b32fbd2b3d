"""A world: one field of measurement on a simulated bench, and what hands can move in it.

The electrical one is always there. Others (heat, mass, pressure) are kinds of their own, `[worlds.NAME]` in the bench
file; their instruments find them in their `Setup`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from calib.drivers.simulation.kinds import Twin


class World(Protocol):
    """What joins the simulated instruments of one field."""

    def join(self, units: Mapping[str, "Twin"]) -> None:
        """Take note of all instruments of the bench, once they are made."""
        ...

    @property
    def joints(self) -> Mapping[str, str]:
        """What hands can move, by name, and the node that each is joined to."""
        ...

    def connect(self, joint: str, node: str) -> None:
        """Join what hands hold to another node; raise `InputError` where it does not go."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what anybody at the bench can see, as JSON values."""
        ...
