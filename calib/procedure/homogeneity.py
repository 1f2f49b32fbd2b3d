"""Homogeneity of a block, with the reference thermometer alone: along its well, and from well to well (EURAMET cg-13).

It is lifted by steps, put into the further wells, and back where it was at the beginning. At every place it is compared
with the block's own indication, so that the block's drift and swing cancel; what differs from the first place, at which
it is measured first and last, is the block's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HOMOGENEITY = "homogeneity"
"""Name of the point and of its group: it gives no row of its own."""


@dataclass(frozen=True)
class Place:
    """Where the reference thermometer is put."""

    name: str
    """Of the place, as its readings' channels begin."""
    depth_m: float
    well: str = ""


def places(depth_m: float, well: str, steps_m: Sequence[float], wells: Sequence[str]) -> list[Place]:
    """Return the places in their order: the first one, lifted by each step, in each further well, the first again."""
    lifted = [Place(f"axial.{step_m * 1000:g}mm", depth_m - step_m, well) for step_m in steps_m]
    beside = [Place(f"radial.{other}", depth_m, other) for other in wells]
    return [Place("first", depth_m, well), *lifted, *beside, Place("last", depth_m, well)]


@dataclass(frozen=True)
class Homogeneity:
    """The greatest differences from the first place, either way, in kelvins."""

    axial_K: float = 0.0
    radial_K: float = 0.0

    @classmethod
    def of(cls, warmer_K: Mapping[str, float]) -> "Homogeneity":
        """Return them from by how much the reference was warmer than the block indicates, by the places' names."""
        first_K = (warmer_K["first"] + warmer_K["last"]) / 2

        def greatest(kind: str) -> float:
            return max((abs(w - first_K) for name, w in warmer_K.items() if name.startswith(kind)), default=0.0)

        return cls(greatest("axial."), greatest("radial."))
