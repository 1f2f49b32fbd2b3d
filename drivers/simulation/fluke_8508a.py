"""The Fluke 8508A: IEEE 488.2 messages with verbs of its own, not SCPI (8508A Users Manual, chapter 4).

Commands as the public drivers send them (testgear, teckit). An overload is answered as 200.0E+33. The integration times
by resolution and FAST are those of a public driver, unverified against the manual; codes of errors, noise, test
currents and burdens are the simulation's own.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.fluke_8508a_meter import Meter8508A
from calib.drivers.simulation.fluke_8508a_verbs import BAD_VALUE, OVERLOAD, SYNTAX, VERBS, number_of


def _choose(name: str, words: tuple[str, ...]) -> Handler:
    def handler(unit: Meter8508A, arguments: str) -> None:
        word = arguments.strip().upper()
        if word not in words:
            raise CommandError(SYNTAX, "Bad word")
        setattr(unit, name, word)
        unit.forget()

    return handler


def _delay(unit: Meter8508A, arguments: str) -> None:
    if arguments.strip().upper() == "DFLT":
        unit.delay_s = None
        return
    seconds = number_of(arguments)
    if not 0 <= seconds <= 65_000:
        raise CommandError(BAD_VALUE, "Delay is out of range")
    unit.delay_s = seconds


def _constant(name: str) -> Handler:
    def handler(unit: Meter8508A, arguments: str) -> None:
        value = number_of(arguments)
        if name == "Z" and value == 0:
            raise CommandError(BAD_VALUE, "Divisor is zero")
        unit.constants[name] = value

    return handler


def _constant_told(name: str) -> Handler:
    return lambda unit, _: f"{unit.constants[name]:+.8E}"


def _extreme(value: float) -> str:
    return f"{value:+.8E}" if math.isfinite(value) else OVERLOAD


def _math(name: str) -> Handler:
    def handler(unit: Meter8508A, arguments: str) -> None:
        word = arguments.strip().upper()
        if word not in {"ON", "OFF"}:
            raise CommandError(SYNTAX, "Bad word")
        unit.math[name] = word == "ON"

    return handler


def _line(unit: Meter8508A, arguments: str) -> None:
    if arguments.strip() not in {"50", "60"}:
        raise CommandError(BAD_VALUE, "Line frequency is 50 or 60")
    unit.line_Hz = int(arguments)


def _verb(verb: str) -> Handler:
    return lambda unit, arguments: unit.select(verb, arguments)


def _clear_extremes(unit: Meter8508A, _: str) -> None:
    unit.largest, unit.least = -math.inf, math.inf


class Fluke8508A(Meter8508A):
    """An 8508A that understands its commands."""

    commands: ClassVar[Mapping[str, Handler]] = table(
        {
            **COMMON,
            **{verb: _verb(verb) for verb in VERBS},
            "*OPT?": lambda _unit, _: "8508A/01,0",
            "*TRG": Meter8508A.trigger_reading,
            "RDG?": Meter8508A.read,
            "X?": Meter8508A.trigger_and_read,
            "TRG_SRCE": _choose("source", ("INT", "EXT")),
            "INPUT": _choose("input", ("FRONT", "REAR", "OFF", "SUB_REAR", "DIV_REAR", "DEVTN")),
            "GUARD": _choose("guard", ("INT", "EXT", "LCL", "REM")),
            "DELAY": _delay,
            "AVG": _choose("average", ("OFF", "AV4", "AV8", "AV16", "AV32", "AV64")),
            "LINEF": _line,
            "LINEF?": lambda unit, _: str(unit.line_Hz),
            "FREQ?": Meter8508A.signal_frequency,
            "EXQ?": Meter8508A.execution_error,
            "DDQ?": Meter8508A.device_error,
            "MAX?": lambda unit, _: _extreme(unit.largest),
            "MIN?": lambda unit, _: _extreme(unit.least),
            "CLR": _clear_extremes,
            **{name: _constant(name) for name in "MCZ"},
            **{f"{name}?": _constant_told(name) for name in "MCZ"},
            **{name: _math(name) for name in ("MUL_M", "SUB_C", "DIV_Z")},
            "ZERO?": lambda _unit, _: "0",
        }
    )
