"""The 34401A, and the 8845A and 8846A that follow it.

34401A User's Guide, chapters 4 and 8 (ranges, test currents, shunts); 8845A/8846A Users Manual (ranges).
"""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.dmm_function import FunctionModel
from calib.drivers.simulation.dmm_scpi import ScpiMultimeter
from calib.drivers.simulation.dmm_scpi_commands import all_commands
from calib.drivers.simulation.scpi_values import flag, is_on, parts_of, quoted

STEPS = {0.02: 1e-4, 0.2: 1e-5, 1.0: 3e-6, 10.0: 1e-6, 100.0: 3e-7}
TESTS_A = {1e3: 1e-3, 1e4: 1e-4, 1e5: 1e-5, 1e6: 5e-6, 1e8: 5e-7, 1e9: 5e-7}
DC_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
OHM = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)


def functions_of(
    *,
    ac_V: tuple[float, ...],
    dc_A: tuple[float, ...],
    ac_A: tuple[float, ...],
    ohm: tuple[float, ...],
    highest_ac_V: float,
    shunts_ohm: Mapping[float, float],
) -> tuple[FunctionModel, ...]:
    """Return the functions of a multimeter of this family; the first one is that of `*RST`."""
    dc = FunctionModel("VOLT", "VOLTage[:DC]", "dc_voltage", "V", DC_V, 10.0, 1010.0)
    ac = FunctionModel(
        "VOLT:AC", "VOLTage:AC", "ac_voltage", "V", ac_V, 10.0, highest_ac_V, timing="detector", input_ohm=1e6
    )
    counted = {"ranges": ac_V, "default": 10.0, "highest": highest_ac_V, "timing": "gate", "input_ohm": 1e6}
    return (
        dc,
        FunctionModel("VOLT:RAT", "VOLTage[:DC]:RATio", "absent", "V", DC_V, 10.0, 1010.0),
        ac,
        FunctionModel("CURR", "CURRent[:DC]", "dc_current", "A", dc_A, 1.0, dc_A[-1] * 1.02, burdens_ohm=shunts_ohm),
        FunctionModel(
            "CURR:AC", "CURRent:AC", "ac_current", "A", ac_A, 1.0, ac_A[-1] * 1.02, "detector", burdens_ohm=shunts_ohm
        ),
        FunctionModel("RES", "RESistance", "resistance", "OHM", ohm, 1e3, ohm[-1] * 1.2, tests_A=TESTS_A),
        FunctionModel("FRES", "FRESistance", "resistance", "OHM", ohm, 1e3, ohm[-1] * 1.2, wires=4, tests_A=TESTS_A),
        FunctionModel("FREQ", "FREQuency", "frequency", "HZ", **counted),  # type: ignore[arg-type]
        FunctionModel("PER", "PERiod", "frequency", "S", **counted),  # type: ignore[arg-type]
        FunctionModel("CONT", "CONTinuity", "resistance", "OHM", (1e3,), 1e3, 1.2e3, ranged=False),
        FunctionModel("DIOD", "DIODe", "diode", "V", (1.0,), 1.0, 1.2, ranged=False),
    )


def _impedance(unit: ScpiMultimeter, arguments: str) -> None:
    unit.states["VOLT"].high_impedance = is_on(arguments)


def _autozero(unit: ScpiMultimeter, arguments: str) -> None:
    for state in unit.states.values():
        state.set_autozero(arguments, unit.meter.clock.elapsed())


def _feed(unit: ScpiMultimeter, arguments: str) -> None:
    """`DATA:FEED RDG_STORE,"CALC"|""`: whether INITiate stores readings."""
    destination, source = parts_of(arguments, 2)
    if destination.upper() != "RDG_STORE":
        raise CommandError(-224, "Illegal parameter value")
    unit.abort()
    unit.fed = quoted(source) != ""


OWN: Mapping[str, Handler] = {
    "[SENSe:]ZERO:AUTO": _autozero,
    "[SENSe:]ZERO:AUTO?": lambda unit, _: flag(unit.now.autozero),
    "INPut:IMPedance:AUTO": _impedance,
    "INPut:IMPedance:AUTO?": lambda unit, _: flag(unit.states["VOLT"].high_impedance),
    "DATA:FEED": _feed,
    "DATA:FEED?": lambda unit, _: '"CALC"' if unit.fed else '""',
}


class Dmm34401A(ScpiMultimeter):
    """HP 34401A: its `*IDN?` has 0 in place of the serial number."""

    steps = STEPS
    overflow = (-350, "Too many errors")
    functions: ClassVar[tuple[FunctionModel, ...]] = functions_of(
        ac_V=(0.1, 1.0, 10.0, 100.0, 750.0),
        dc_A=(0.01, 0.1, 1.0, 3.0),
        ac_A=(1.0, 3.0),
        ohm=OHM,
        highest_ac_V=757.5,
        shunts_ohm={0.1: 5.1, 3.0: 0.1},
    )
    commands: ClassVar[Mapping[str, Handler]] = table({**all_commands(functions), **OWN})


FLUKE_DC_A = (1e-4, 1e-3, 1e-2, 0.1, 0.4, 1.0, 3.0, 10.0)
FLUKE_SHUNTS_OHM = {1e-3: 100.0, 0.4: 1.0, 10.0: 0.01}


class Fluke8845A(Dmm34401A):
    """Fluke 8845A: the 34401A's commands, more ranges of current."""

    functions: ClassVar[tuple[FunctionModel, ...]] = functions_of(
        ac_V=(0.1, 1.0, 10.0, 100.0, 1000.0),
        dc_A=FLUKE_DC_A,
        ac_A=FLUKE_DC_A,
        ohm=OHM,
        highest_ac_V=1010.0,
        shunts_ohm=FLUKE_SHUNTS_OHM,
    )
    commands: ClassVar[Mapping[str, Handler]] = table({**all_commands(functions), **OWN, "L1": lambda _unit, _: None})


class Fluke8846A(Fluke8845A):
    """Fluke 8846A: resistance from 10 Ω to 1 GΩ."""

    functions: ClassVar[tuple[FunctionModel, ...]] = functions_of(
        ac_V=(0.1, 1.0, 10.0, 100.0, 1000.0),
        dc_A=FLUKE_DC_A,
        ac_A=FLUKE_DC_A,
        ohm=(10.0, *OHM, 1e9),
        highest_ac_V=1010.0,
        shunts_ohm=FLUKE_SHUNTS_OHM,
    )
    commands: ClassVar[Mapping[str, Handler]] = table({**all_commands(functions), **OWN, "L1": lambda _unit, _: None})
