"""A lead of thermocouple wire: its emf is that of its type between the temperatures of its two ends."""

from collections.abc import Callable
from typing import Annotated, Protocol, runtime_checkable

import numpy as np
from pydantic import Field

from calib.drivers.simulation.drive import Port
from calib.files import Strict
from calib.physics.thermocouples import ThermocoupleType, emf_V


class ThermocoupleWireFile(Strict):
    """Thermocouple or extension wire from the meter's terminals to a junction; copper goes on from there."""

    type: ThermocoupleType
    junction_C: float | None = None
    """Temperature of the junction, such as 0.0 of one in ice; absent where the wire goes to the far terminals."""
    junction_K: Annotated[float, Field(ge=0)] = 0.0
    """Half-width within which the junction's temperature is off."""
    error_V: Annotated[float, Field(ge=0)] = 0.0
    """Half-width within which its emf is off the reference function."""


@runtime_checkable
class Warm(Protocol):
    """Terminals that know their temperature; all others are as warm as the air."""

    def terminal_C(self) -> float:
        """Return the temperature in degrees Celsius."""
        ...


class ThermocoupleWire:
    """One lead's wire."""

    def __init__(
        self,
        file: ThermocoupleWireFile,
        near: object,
        air_C: Callable[[], float],
        rng: np.random.Generator,
    ) -> None:
        self._file = file
        self._near = near
        self._air_C = air_C
        self.error_V = file.error_V * float(rng.uniform(-1, 1))
        self.junction_K = file.junction_K * float(rng.uniform(-1, 1))

    def emf_V(self, far: Port | None) -> float:
        """Return its emf at present, with its far end at a port."""
        stated_C = self._file.junction_C
        far_C = self._warm_C(far) if stated_C is None else stated_C + self.junction_K
        kind = self._file.type
        return emf_V(kind, far_C) - emf_V(kind, self._warm_C(self._near)) + self.error_V

    def _warm_C(self, end: object) -> float:
        return end.terminal_C() if isinstance(end, Warm) else self._air_C()
