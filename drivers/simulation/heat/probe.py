"""A thermometer's leads on the electrical bench: `kind = "thermometer-leads"`, to be measured with multimeters.

It has no interface; on a wire it is silent. A thermocouple is an emf, a resistance thermometer a resistor.
"""

from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.drive import Drive
from calib.drivers.simulation.heat.files import ThermocoupleFile
from calib.drivers.simulation.heat.world import HeatWorld, heat_world
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup


class LeadsFile(UnitFile):
    """The leads of one thermometer."""

    world: str = "heat"
    thermometer: str


class Silent(CommandSet):
    """What has no interface."""

    def handle(self, message: bytes) -> bytes | None:
        """Answer nothing."""
        del message
        return None

    def talk(self) -> bytes | None:
        """Say nothing."""
        return None


class Leads:
    """The two-pole that a thermometer's leads are."""

    def __init__(self, world: HeatWorld, name: str) -> None:
        self._world = world
        self._name = name
        self._file = world.sensor(name).file

    def drive(self, at_s: float) -> Drive:
        """Return an emf behind a resistance, or a resistance."""
        value = self._world.value(self._name, at_s)
        if isinstance(self._file, ThermocoupleFile):
            return Drive(self._file.resistance_ohm, dc_V=value)
        return Drive(value)


def _make(file: LeadsFile, setup: Setup) -> Twin:
    return Twin(Silent(), outputs={MAIN: Leads(heat_world(setup, file.world), file.thermometer)})


THERMOMETER_LEADS = InstrumentKind(_make, LeadsFile, outputs=(MAIN,))
