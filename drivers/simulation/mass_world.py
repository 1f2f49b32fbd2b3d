"""The world of mass: weights, and the pans that hands put them on.

A joint is a pan, called as its balance is; a node is what lies on it: `R1kg`, `A+B`, `T200@front-left`, or `empty`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field

from calib.drivers.simulation.kinds import Twin, WorldFile, WorldKind
from calib.drivers.simulation.pan import CENTRE, POSITIONS, Pan
from calib.drivers.simulation.seeds import stream
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.weights import StatedWeights, Weight, WeightFile, draw_weight
from calib.errors import InputError

EMPTY = "empty"


class MassFile(WorldFile):
    """Weights of one laboratory."""

    weights: Mapping[str, WeightFile]
    handling_s: Annotated[float, Field(ge=0)] = 10.0
    """What it takes to change what lies on a pan."""


@dataclass(frozen=True)
class Loaded:
    """What lies on a pan."""

    weights: tuple[str, ...] = ()
    position: str = CENTRE

    @classmethod
    def parse(cls, node: str) -> "Loaded":
        """Read the name of a node."""
        names, _, position = node.partition("@")
        weights = tuple(name.strip() for name in names.split("+")) if names.strip() not in {"", EMPTY} else ()
        return cls(weights, position.strip() or CENTRE)

    def __str__(self) -> str:
        names = "+".join(self.weights) or EMPTY
        return names if self.position == CENTRE else f"{names}@{self.position}"


class MassWorld:
    """Weights and pans. `weights` holds the truth about them, for tests and studies in this process."""

    def __init__(self, file: MassFile, setup: Setup) -> None:
        self._file = file
        self._clock = setup.clock

        @cache
        def shared(together: str) -> float:
            return float(stream(setup.seed, setup.name, "together", together).standard_normal())

        def drawn(name: str, weight: WeightFile) -> Weight:
            return draw_weight(name, weight, stream(setup.seed, setup.name, "weight", name), shared)

        self.weights: dict[str, Weight] = {name: drawn(name, weight) for name, weight in file.weights.items()}
        for name, weight in file.weights.items():
            stated = setup.truths.get(weight.of)
            if isinstance(stated, StatedWeights) and name in stated.conventional_kg:
                self.weights[name] = self.weights[name].of_conventional_mass(stated.conventional_kg[name])
        self._pans: dict[str, Pan] = {}
        self._loaded: dict[str, Loaded] = {}

    def join(self, units: Mapping[str, Twin]) -> None:
        """Take note of all pans."""
        self._pans = {name: unit.pan for name, unit in units.items() if unit.pan is not None}
        self._loaded = {name: Loaded() for name in self._pans}

    @property
    def joints(self) -> Mapping[str, str]:
        """The pans, and what lies on each."""
        return {name: str(loaded) for name, loaded in self._loaded.items()}

    def connect(self, joint: str, node: str) -> None:
        """Have on a pan what `node` names; a weight that lies on another pan is taken off there."""
        wanted = Loaded.parse(node)
        self._check(joint, wanted)
        for name, loaded in self._loaded.items():
            if name != joint and set(loaded.weights) & set(wanted.weights):
                self._put(name, Loaded(tuple(w for w in loaded.weights if w not in wanted.weights), loaded.position))
        self._clock.sleep(self._file.handling_s / 2)
        self._put(joint, wanted)
        self._clock.sleep(self._file.handling_s / 2)  # hands go, the draught shield is closed

    def value(self, name: str) -> float | None:
        """Return the true conventional mass of a weight in kilograms, None where there is none of that name."""
        return self.weights[name].conventional_kg if name in self.weights else None

    def state(self) -> dict[str, Any]:
        """Return what lies where."""
        return {"pans": dict(self.joints), "weights": {name: w.nominal_kg for name, w in self.weights.items()}}

    def _put(self, pan: str, loaded: Loaded) -> None:
        self._loaded[pan] = loaded
        self._pans[pan].put([self.weights[name] for name in loaded.weights], loaded.position)

    def _check(self, joint: str, wanted: Loaded) -> None:
        if joint not in self._pans:
            msg = f"no pan {joint!r}; there are {', '.join(self._pans) or 'none'}"
            raise InputError(msg)
        unknown = [name for name in wanted.weights if name not in self.weights]
        if unknown:
            msg = f"no weight {', '.join(unknown)}; there are {', '.join(self.weights)}"
            raise InputError(msg)
        if len(set(wanted.weights)) < len(wanted.weights):
            msg = f"{wanted}: a weight is there once"
            raise InputError(msg)
        if wanted.position not in POSITIONS:
            msg = f"no position {wanted.position!r} on a pan; there are {', '.join(POSITIONS)}"
            raise InputError(msg)


MASS = WorldKind(MassWorld, MassFile)
