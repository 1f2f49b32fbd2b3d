"""A temperature indicator without an interface: a person sets it and types what it shows."""

from typing import Literal

from calib.drivers.dialect import SCPI
from calib.drivers.meters.multimeter import Multimeter
from calib.drivers.operated.meter import PATIENCE_S
from calib.drivers.operated.person import MODEL, OVERLOAD, named
from calib.drivers.roles import RtdType
from calib.physics.thermocouples import ThermocoupleType


class OperatorReadIndicator(Multimeter):
    """An indicator of temperature; what its display shows is typed in degrees Celsius."""

    models = (MODEL,)
    dialect = SCPI
    overload = OVERLOAD

    @property
    def who(self) -> str:
        """Its name on the bench: it tells no other."""
        return named(self.transport.resource)

    def configure_thermocouple(self, kind: ThermocoupleType, *, compensated: bool = True) -> None:
        """Have a type selected; `compensated` adds the emf of the indicator's own terminals, else they are 0 °C."""
        self._configure(f"thermocouple.{kind}.{'internal' if compensated else '0C'}")

    def configure_rtd(self, kind: RtdType, *, wires: Literal[2, 3, 4]) -> None:
        """Have a type of resistance thermometer selected, and its wires."""
        self._configure(f"rtd.{kind}.{wires}")

    def read_temperature_C(self) -> float:
        """Take one reading in degrees Celsius; an open sensor raises `Overload`."""
        return self._read("temperature")

    def _configure(self, sensor: str) -> None:
        self.write(f"CONF {sensor},0")
        self._set("temperature", None, "°C", PATIENCE_S)
