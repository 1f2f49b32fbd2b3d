"""Tables of the 3458A's commands: those that act, and those that answer (User's Guide, chapter 6)."""

from collections.abc import Callable, Mapping

from calib.drivers.simulation.hp_3458a_functions import FUNCTIONS
from calib.drivers.simulation.hp_3458a_readings import READING_BYTES, Readings3458A
from calib.drivers.simulation.hp_3458a_settings import ERRORS, REGISTERS, UNDEFINED, Number, Refused, Word
from calib.drivers.simulation.hp_3458a_state import DIGITS

Action = Callable[[Readings3458A, list[str]], None]
Query = Callable[[Readings3458A, list[str]], str]

ACAL_S = {"ALL": 960.0, "DCV": 165.0, "AC": 165.0, "OHMS": 660.0, "0": 960.0, "1": 165.0, "2": 165.0, "4": 660.0}


def _calibrate_itself(unit: Readings3458A, arguments: list[str]) -> None:
    """`ACAL DCV|AC|OHMS|ALL`: takes minutes."""
    kind = arguments[0].upper() if arguments else "ALL"
    if kind not in ACAL_S:
        raise Refused(UNDEFINED)
    unit.meter.clock.sleep(ACAL_S[kind])


def _display(unit: Readings3458A, arguments: list[str]) -> None:
    """`DISP OFF|ON|MSG|CLR[,message]`."""
    Word({"OFF": 0, "ON": 1, "MSG": 2, "CLR": 3}, "ON").read(arguments[0].upper() if arguments else "")
    unit.displayed = " ".join(arguments[1:])[:75]


def _set_register(unit: Readings3458A, arguments: list[str]) -> None:
    """`SMATH register,value`."""
    name = REGISTERS.read(arguments[0].upper() if arguments else "")
    unit.math.registers[name] = Number(-1e38, 1e38, 0).read(arguments[1] if len(arguments) > 1 else "")


def _scratch(unit: Readings3458A, _: list[str]) -> None:
    """`SCRATCH`: forgets all states and subprograms."""
    unit.states, unit.subprograms = {}, {}


def _delete_subprogram(unit: Readings3458A, arguments: list[str]) -> None:
    """`DELSUB name`."""
    unit.subprograms.pop((arguments or ["0"])[0].upper(), None)


def _store_calibration_text(unit: Readings3458A, arguments: list[str]) -> None:
    """`CALSTR "text"`."""
    unit.calibration = (arguments or [""])[0][:75]


def _clear_status_byte(unit: Readings3458A, _: list[str]) -> None:
    """`CSB`."""
    unit.status = 0


def _request_service(unit: Readings3458A, _: list[str]) -> None:
    """`SRQ`: sets bit 2 of the status register."""
    unit.status |= 4


def _read_register(unit: Readings3458A, _: list[str]) -> str:
    """`ERR?`: the error register, which it clears."""
    value, unit.register = unit.register, 0
    return str(value)


def _read_error(unit: Readings3458A, _: list[str]) -> str:
    """`ERRSTR?`: the least bit of the error register, which it clears."""
    if not unit.register:
        return '0,"NO ERROR"'
    bit = (unit.register & -unit.register).bit_length() - 1
    unit.register &= ~(1 << bit)
    return f'{100 + bit},"{ERRORS[bit]}"'


def _nothing(_unit: Readings3458A, _: list[str]) -> None:
    return None


def _test(unit: Readings3458A, _: list[str]) -> None:
    unit.meter.clock.sleep(50.0)


def _forget_state(unit: Readings3458A, arguments: list[str]) -> None:
    unit.states.pop((arguments or ["0"])[0].upper(), None)


ACTIONS: Mapping[str, Action] = {
    "ACAL": _calibrate_itself,
    "APER": Readings3458A.set_aperture,
    "ARANGE": Readings3458A.set_autorange,
    "CALSTR": _store_calibration_text,
    "COMPRESS": _nothing,
    "CONT": _nothing,
    "CSB": _clear_status_byte,
    "DEFKEY": _nothing,
    "DELSUB": _delete_subprogram,
    "DISP": _display,
    "FUNC": Readings3458A.select_function,
    "MEM": Readings3458A.set_memory,
    "MFORMAT": Readings3458A.set_memory_format,
    "NPLC": Readings3458A.set_nplc,
    "PAUSE": _nothing,
    "PRESET": Readings3458A.preset,
    "RANGE": Readings3458A.set_range,
    "R": Readings3458A.set_range,
    "REMST": _forget_state,
    "RES": Readings3458A.set_resolution,
    "RESET": lambda unit, _: unit.reset(),
    "RSTATE": Readings3458A.recall_state,
    "SCRATCH": _scratch,
    "SECURE": _nothing,
    "SMATH": _set_register,
    "SRQ": _request_service,
    "SSTATE": Readings3458A.store_state,
    "SWEEP": Readings3458A.sweep,
    "TEST": _test,
}

QUERIES: Mapping[str, Query] = {
    "ID": lambda unit, _: unit.identity,
    "REV": lambda _unit, _: "9,2",
    "OPT": lambda _unit, _: "0",
    "ERR": _read_register,
    "ERRSTR": _read_error,
    "AUXERR": lambda unit, _: str(unit.auxiliary),
    "STB": lambda unit, _: str(unit.status_byte() & ~16),
    "TEMP": lambda unit, _: f"{unit.meter.inner_C():.1f}",
    "LINE": lambda unit, _: f"{unit.meter.file.line_frequency_Hz:.5f}",
    "ISCALE": Readings3458A.read_scale,
    "MCOUNT": lambda unit, _: str(len(unit.memory)),
    "MSIZE": lambda _unit, _: f"{READING_BYTES},14336",
    "CALNUM": lambda _unit, _: "0",
    "CALSTR": lambda unit, _: f'"{unit.calibration}"',
    "DISP": lambda unit, _: f'"{unit.displayed}"',
    "DEFKEY": lambda _unit, _: '""',
    "NPLC": lambda unit, _: f"{unit.nplc:.9G}",
    "APER": lambda unit, _: f"{unit.nplc / unit.number('LFREQ'):.9G}",
    "RANGE": lambda unit, _: f"{unit.range:.9G}",
    "ARANGE": lambda unit, _: str(int(unit.autorange)),
    "FUNC": lambda unit, _: f"{FUNCTIONS[unit.function].number},{unit.range:.9G}",
    "RES": lambda unit, _: f"{100 * next(d for plc, d in DIGITS if unit.nplc >= plc):.9G}",
    "SWEEP": lambda unit, _: f"{unit.number('TIMER'):.9G},{unit.values['NRDGS'][0]:.9G}",
    "SSPARM": lambda unit, _: f"{unit.values['NRDGS'][0]:.0f},0,1",
    "PRESET": lambda _unit, _: "1",
}
