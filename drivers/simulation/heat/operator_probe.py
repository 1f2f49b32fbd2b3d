"""The person who puts a thermometer of the world of heat where it shall be."""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.heat.probe import Leads, LeadsFile
from calib.drivers.simulation.heat.world import HeatWorld, heat_world
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup
from calib.errors import InputError


class ProbeFile(LeadsFile):
    """A thermometer that a person puts somewhere; its leads are a two-pole of the electrical bench too."""

    thermometer: str = ""
    """Of the world of heat; the instrument's own name where absent."""


class OperatorProbe(CommandSet):
    """Hands."""

    identity = "operator,operator-read,0,"

    def __init__(self, world: HeatWorld | None, thermometer: str) -> None:
        super().__init__()
        self._world = world
        self._thermometer = thermometer

    def true_error(self, quantity: str, value: float) -> float:
        """Return its departure from its standard function: in kelvins at a temperature, in volts at an emf."""
        assert self._world is not None
        if quantity == "temperature":
            return self._world.departure_K(self._thermometer, value)
        return self._world.departure_V(self._thermometer, value)

    def put(self, arguments: str) -> None:
        """`PUT bath@0.15`; a well, as in `PUT block@0.15 3`, is like the others here."""
        try:
            if self._world is not None:
                self._world.connect(self._thermometer, arguments.partition(" ")[0])
        except InputError as error:
            raise CommandError(-224, f"Illegal parameter value; {error}") from error

    commands: ClassVar[Mapping[str, Handler]] = table({**SCPI_COMMON, "PUT": put})


def _make(file: ProbeFile, setup: Setup) -> Twin:
    if file.world not in setup.worlds:
        return Twin(OperatorProbe(None, ""))
    world, name = heat_world(setup, file.world), file.thermometer or setup.name
    return Twin(OperatorProbe(world, name), outputs={MAIN: Leads(world, name)})


OPERATOR_PROBE = InstrumentKind(_make, ProbeFile, outputs=(MAIN,))
