"""A world: one field of measurement on a simulated bench, and what hands can move in it.

The electrical one is always there. Others (heat, mass, pressure) are kinds of their own, `[worlds.NAME]` in the bench
file; their instruments find them in their `Setup`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from calib.errors import InputError

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


@runtime_checkable
class CanBeImposedOn(Protocol):
    """A world whose parts err as a study says, in place of what the bench file has drawn."""

    def impose(self, part: str, effects: Mapping[str, Sequence[float]]) -> bool:
        """Impose effects, each with its value or one value after the other; return whether the part is here."""
        ...


def check_effects(part: str, effects: Iterable[str], known: Sequence[str]) -> None:
    """Raise `InputError` where a part does not know an effect."""
    unknown = [name for name in effects if name not in known]
    if unknown:
        msg = f"simulated {part}: it is not subject to {', '.join(unknown)}, but to {', '.join(known)}"
        raise InputError(msg)
