"""Fluke 1529, 1594A and 1595A: readouts with one command a message and SCPI's error queue.

1529 user's guide, 8.4.1; 1594A/1595A user's manual, 8.7. The code of the error for several commands in one message, and
what FETC? of a 1594A answers, are assumed.
"""

from collections.abc import Mapping
from typing import ClassVar

from calib.clock import Clock
from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.heat.readout import Measured, Readout, ReadoutFile, shown
from calib.drivers.simulation.kinds import InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup

NOTHING = (-230, "Data corrupt or stale")


class OneCommandSet(CommandSet):
    """Commands that come one by one; a serial line has no serial poll, but GPIB has."""

    ends = b"\r\n"

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message; several commands in one are an error."""
        if not message.strip():
            return None
        if b";" in message:
            self.push(-102, "Syntax error")
            return None
        return super().handle(message.strip())

    def measured(self, readout: Readout, channel: int) -> Measured:
        """Return the latest measurement of a channel."""
        latest = readout.latest(channel)
        if latest is None:
            raise CommandError(*NOTHING)
        return latest


class Fluke1529(OneCommandSet):
    """Four channels, each with its own latest measurement."""

    channels: ClassVar[range] = range(1, 5)

    def __init__(self, serial_number: str, readout: Readout, clock: Clock) -> None:
        super().__init__()
        self.identity = f"HART,1529,{serial_number},1.0"
        self.readout = readout
        self._clock = clock
        self._read: dict[int, int] = {}
        self.stamped, self.unit = False, "C"

    def power_on(self) -> None:
        """Be as after switching on: the extended format is off."""
        super().power_on()
        self.readout.power_on()
        self.stamped = False

    def fetch(self, arguments: str) -> str:
        """`FETC? n`: the latest measurement, with whether it is new where the extended format is on."""
        channel = self._channel(arguments)
        measured = self.measured(self.readout, channel)
        is_new = self._read.get(channel) != measured.number
        self._read[channel] = measured.number
        t_C = self.readout.temperature_C(channel, measured.ohm)
        value = shown({"C": t_C, "K": t_C + 273.15, "F": t_C * 1.8 + 32}[self.unit], 4)
        if not self.stamped:
            return value
        now = self._clock.now()
        stamp = f"{now.hour},{now.minute},{now.second},{now.year},{now.month},{now.day}"
        return f"{is_new:d},{channel},{value},{self.unit},{stamp}"

    def stamp(self, arguments: str) -> None:
        """`FORM:STAM`."""
        states = {"ON": True, "1": True, "OFF": False, "0": False}
        if arguments.upper() not in states:
            raise CommandError(-224, "Illegal parameter value")
        self.stamped = states[arguments.upper()]

    def set_unit(self, arguments: str) -> None:
        """`UNIT:TEMP`."""
        if arguments.upper() not in {"C", "F", "K"}:
            raise CommandError(-224, "Illegal parameter value")
        self.unit = arguments.upper()

    def _channel(self, arguments: str) -> int:
        if not arguments:
            return self.channels[0]
        if not arguments.isdigit() or int(arguments) not in self.channels:
            raise CommandError(-222, "Data out of range")
        return int(arguments)


def _data(channel: int) -> Handler:
    """Return the query of a channel's resistance; the second value is a thermocouple's reference junction."""
    return lambda unit, _: f"{unit.measured(unit.readout, channel).ohm:.4f}, 0.0000"


Fluke1529.commands = table(
    {
        **SCPI_COMMON,
        "FETCh?": Fluke1529.fetch,
        "READ?": Fluke1529.fetch,
        "MEASure?": Fluke1529.fetch,
        "FORMat:STAMp": Fluke1529.stamp,
        "FORMat:STAMp?": lambda unit, _: f"{unit.stamped:d}",
        "UNIT:TEMPerature": Fluke1529.set_unit,
        "UNIT:TEMPerature?": lambda unit, _: str(unit.unit),
        **{f"SENSe{n}:DATA?": _data(n) for n in Fluke1529.channels},
    }
)


class Fluke1594A(OneCommandSet):
    """Channels whose latest measurement is kept; one new measurement anywhere sets the operation status."""

    channels: ClassVar[range] = range(1, 25)

    def __init__(self, model: str, serial_number: str, readout: Readout) -> None:
        super().__init__()
        self.identity = f"FLUKE,{model},{serial_number},1.00"
        self.readout = readout
        self.types = dict.fromkeys(self.channels, "TEMP")
        self._seen = -1

    def power_on(self) -> None:
        """Be as after switching on: no measurement yet."""
        super().power_on()
        self.readout.power_on()

    def operation(self, _: str) -> str:
        """`STAT:OPER?`: 16 where a measurement has come since it was last asked."""
        latest = self.readout.latest(1)
        number = self._seen if latest is None else latest.number
        is_new, self._seen = number > self._seen, number
        return "16" if is_new else "0"


def _resistance(channel: int) -> Handler:
    def read(unit: Fluke1594A, _: str) -> str:
        ohm = unit.measured(unit.readout, channel).ohm
        return f"{ohm / 100.0:.8f}" if unit.types[channel] == "RAT" else f"{ohm:.6f}"

    return read


def _set_type(channel: int) -> Handler:
    def set_type(unit: Fluke1594A, arguments: str) -> None:
        word = arguments.upper()
        if word not in {"TEMP", "RES", "RAT"}:
            raise CommandError(-224, "Illegal parameter value")
        unit.types[channel] = word

    return set_type


def _type(channel: int) -> Handler:
    return lambda unit, _: str(unit.types[channel])


def _super_thermometer_commands() -> Mapping[str, Handler]:
    each: dict[str, Handler] = {}
    for n in Fluke1594A.channels:
        each |= {f"SENSe{n}[:FRES]:DATA?": _resistance(n), f"CALCulate{n}:TYPE": _set_type(n)}
        each[f"CALCulate{n}:TYPE?"] = _type(n)
    return table({**SCPI_COMMON, "STATus:OPERation?": Fluke1594A.operation, **each})


Fluke1594A.commands = _super_thermometer_commands()


def _make_1529(file: ReadoutFile, setup: Setup) -> Twin:
    return Twin(Fluke1529(file.serial_number, Readout(file, setup, Fluke1529.channels), setup.clock))


def _make_1594a(file: ReadoutFile, setup: Setup) -> Twin:
    model = "1595A" if file.kind.endswith("1595a") else "1594A"
    return Twin(Fluke1594A(model, file.serial_number, Readout(file, setup, Fluke1594A.channels)))


FLUKE_1529 = InstrumentKind(_make_1529, ReadoutFile)
FLUKE_1594A = FLUKE_1595A = InstrumentKind(_make_1594a, ReadoutFile)
