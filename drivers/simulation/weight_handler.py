"""The person, or the robot, that puts weights on the pan of one simulated balance."""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.world import World
from calib.errors import InputError


class HandlerFile(UnitFile):
    """Whoever serves a pan."""

    pan: str | None = None
    """Name of the balance; without one the hands are idle."""
    world: str = "mass"


class WeightHandler(CommandSet):
    """Hands."""

    identity = "operator,operator-read,0,"

    def __init__(self, world: World | None, pan: str | None) -> None:
        super().__init__()
        self._world = world
        self._pan = pan

    def load(self, arguments: str) -> None:
        """`LOAD A+B@front-left`, `LOAD empty`; the number of the weighing, as in `LOAD A ABBA,1,12`, is no matter."""
        if self._world is None or self._pan is None:
            return
        try:
            self._world.connect(self._pan, arguments.partition(" ")[0])
        except InputError as error:
            raise CommandError(-224, f"Illegal parameter value; {error}") from error

    commands: ClassVar[Mapping[str, Handler]] = table({**SCPI_COMMON, "LOAD": load})


def _make(file: HandlerFile, setup: Setup) -> Twin:
    world = setup.worlds.get(file.world)
    if world is None and file.pan is not None:
        msg = f"simulated {setup.name}: there is no world {file.world!r}; there are {', '.join(setup.worlds) or 'none'}"
        raise InputError(msg)
    return Twin(WeightHandler(world, file.pan))


OPERATOR_WEIGHT_HANDLER = InstrumentKind(_make, HandlerFile)
