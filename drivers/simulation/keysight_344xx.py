"""Keysight 34461A, 34465A, 34470A (Truevolt Series Operating and Service Guide, SCPI chapter).

Integration times and resolutions as QCoDeS lists them per model (Keysight_344xxA_submodules.py).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.dmm_34401 import OHM, functions_of
from calib.drivers.simulation.dmm_function import FunctionModel, FunctionState
from calib.drivers.simulation.dmm_scpi import ScpiMultimeter
from calib.drivers.simulation.dmm_scpi_commands import all_commands, answer, for_function, show, store, tell
from calib.drivers.simulation.meter import Meter
from calib.drivers.simulation.scpi_values import count, flag, is_on, number, scientific, within, word_of

SHUNTS_OHM = {1e-4: 1000.0, 1e-3: 100.0, 1e-2: 2.0, 0.1: 2.0, 3.0: 0.1, 10.0: 0.005}
DC_A = (1e-4, 1e-3, 1e-2, 0.1, 1.0, 3.0, 10.0)


class Keysight344xxA(ScpiMultimeter):
    """A Truevolt multimeter: autozero, input resistance, aperture and null belong to each function."""

    overflow = (-350, "Error queue overflow")
    text_length = 40
    most_readings = 1_000_000
    scpi_version = "1994.0"
    sources: ClassVar[tuple[str, ...]] = ("IMMediate", "BUS", "EXTernal", "INTernal")
    options: ClassVar[str] = "0"
    shortest_s: ClassVar[float] = 4e-4

    def __init__(self, identity: str, meter: Meter) -> None:
        self.sample_source, self.timer_s, self.pretrigger = "IMM", 1.0, 0
        self.slope, self.level = "NEG", 0.0
        super().__init__(identity, meter)

    def period_s(self) -> float:
        """Return the timer's interval where it paces the readings."""
        return self.timer_s if self.sample_source == "TIM" else 0.0

    def indication(self, state: FunctionState, how: Any, end_s: float) -> float | None:
        """Return one reading less the null of its function; None for an overload."""
        value = super().indication(state, how, end_s)
        if value is None or not state.null:
            return value
        if state.null_auto:
            state.null_value, state.null_auto = value, False
        return value - state.null_value

    def remove(self, arguments: str) -> str:
        """`R? [n]`: the oldest readings as a block of definite length, taken out of the memory."""
        text = ",".join(self._removed(count(arguments, self.most_readings) if arguments else None))
        return f"#{len(str(len(text)))}{len(text)}{text}"

    def remove_data(self, arguments: str) -> str:
        """`DATA:REM? n[,WAIT]`."""
        wanted, _, wait = (p.strip().upper() for p in arguments.partition(","))
        number_ = count(wanted, self.most_readings)
        if wait == "WAIT":
            self.finish()
        if len(self.readings()) < number_:
            raise CommandError(-222, "Data out of range")
        return ",".join(self._removed(number_))

    def last(self, _: str) -> str:
        """`DATA:LAST?`: the newest reading with its unit; 9.91E37 where there is none."""
        readings = self.readings()
        unit = {"V": "VDC", "A": "ADC", "OHM": "OHM", "HZ": "HZ", "S": "S"}[self.now.model.unit]
        if self.word.endswith(":AC"):
            unit = unit.replace("D", "A")
        return f"{readings[-1]} {unit}" if readings else "+9.91000000E+37"

    def _removed(self, most: int | None) -> list[str]:
        readings = self.readings()
        taken = readings if most is None else readings[:most]
        self.kept = readings[len(taken) :]
        if self.acquisition is not None:
            self.acquisition.readings.clear()  # what is left of them is kept; it goes on with the next
        return taken


def _autozero(unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.set_autozero(arguments, unit.meter.clock.elapsed())


def _impedance(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.high_impedance = is_on(arguments)


def _aperture(unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    assert isinstance(unit, Keysight344xxA)
    state.aperture_s = within(arguments, unit.shortest_s, 2.0, default=0.1, unit="S")


def _aperture_on(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.aperture_s = (state.aperture_s or 0.1) if is_on(arguments) else None


def _null(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.null = is_on(arguments)
    state.null_auto = state.null and state.null_auto


def _null_value(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.null_value, state.null, state.null_auto = number(arguments, {"MIN": -1.2e9, "MAX": 1.2e9}), True, False


def _null_auto(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.null_auto = is_on(arguments)
    state.null = state.null or state.null_auto


def own_commands(models: tuple[FunctionModel, ...], *, aperture: bool) -> dict[str, Handler]:
    """Return what these have more than the 34401A."""
    commands: dict[str, Handler] = {
        "ABORt": ScpiMultimeter.abort,
        "R?": Keysight344xxA.remove,
        "DATA:REMove?": Keysight344xxA.remove_data,
        "DATA:LAST?": Keysight344xxA.last,
        "DATA:CLEar": ScpiMultimeter.abort,
        "FORMat[:DATA]": lambda _unit, arguments: word_of(arguments.partition(",")[0], ("ASCii",)) and None,
        "FORMat[:DATA]?": answer("ASC,9"),
        "SYSTem:LFRequency?": lambda unit, _: f"{unit.meter.file.line_frequency_Hz:+.0f}",
        "SYSTem:LABel": store("displayed", str),
        "SYSTem:LICense:CATalog?": lambda unit, _: '""',
        "SYSTem:TEMPerature?": lambda unit, _: f"{unit.meter.inner_C():+.8E}",
        "*OPT?": lambda unit, _: unit.options,
        "SAMPle:SOURce": store("sample_source", lambda a: word_of(a, ("IMMediate", "TIMer"))),
        "SAMPle:SOURce?": tell("sample_source", str),
        "SAMPle:TIMer": store("timer_s", lambda a: within(a, 1e-5, 3600.0, default=1.0, unit="S")),
        "SAMPle:TIMer?": _timer,
        "SAMPle:COUNt:PRETrigger": store("pretrigger", lambda a: round(within(a, 0, 1_999_999, default=0))),
        "SAMPle:COUNt:PRETrigger?": tell("pretrigger", "{:+d}".format),
        "TRIGger:SLOPe": store("slope", lambda a: word_of(a, ("POSitive", "NEGative"))),
        "TRIGger:SLOPe?": tell("slope", str),
        "TRIGger:LEVel": store("level", lambda a: within(a, -1000.0, 1000.0, default=0.0, unit="V")),
        "TRIGger:LEVel?": tell("level", scientific),
    }
    for model in models:
        commands |= _of_function(model, aperture=aperture)
    return commands


def _timer(unit: Keysight344xxA, arguments: str) -> str:
    shortest = max(unit.how(unit.now, unit.now.range).duration_s + unit.delay_s, 1e-5)
    words = {"MIN": shortest, "MAX": 3600.0, "DEF": 1.0}
    return scientific(number(arguments, words) if arguments else unit.timer_s)


def _of_function(model: FunctionModel, *, aperture: bool) -> dict[str, Handler]:
    header = model.header
    root = f"[SENSe:]{header}"
    commands: dict[str, Handler] = {
        f"{root}:NULL[:STATe]": for_function(header, _null),
        f"{root}:NULL[:STATe]?": for_function(header, lambda _unit, state, _: flag(state.null)),
        f"{root}:NULL:VALue": for_function(header, _null_value),
        f"{root}:NULL:VALue?": for_function(header, lambda _unit, state, _: scientific(state.null_value)),
        f"{root}:NULL:VALue:AUTO": for_function(header, _null_auto),
        f"{root}:NULL:VALue:AUTO?": for_function(header, lambda _unit, state, _: flag(state.null_auto)),
    }
    if model.timing == "integration" and model.ranged:
        commands |= {
            f"{root}:ZERO:AUTO": for_function(header, _autozero),
            f"{root}:ZERO:AUTO?": for_function(header, lambda _unit, state, _: flag(state.autozero)),
        }
    if model.timing == "integration" and model.ranged and aperture:
        commands |= {
            f"{root}:APERture": for_function(header, _aperture),
            f"{root}:APERture?": show(header, lambda s: s.aperture_s or 0.1, lambda _: {"MIN": 2e-5, "MAX": 2.0}),
            f"{root}:APERture:ENABled": for_function(header, _aperture_on),
            f"{root}:APERture:ENABled?": for_function(header, lambda _u, s, _: flag(s.aperture_s is not None)),
        }
    if model.timing == "detector":
        commands |= {
            f"{root}:BANDwidth": ScpiMultimeter.set_filter,
            f"{root}:BANDwidth?": ScpiMultimeter.query_filter,
        }
    if model.physics == "dc_voltage":
        commands |= {
            f"{root}:IMPedance:AUTO": for_function(header, _impedance),
            f"{root}:IMPedance:AUTO?": for_function(header, lambda _unit, state, _: flag(state.high_impedance)),
        }
    return commands


class Keysight34461A(Keysight344xxA):
    """6½ digits."""

    steps: ClassVar[Mapping[float, float]] = {0.02: 1e-4, 0.2: 1e-5, 1.0: 3e-6, 10.0: 1e-6, 100.0: 3e-7}
    memory = 10_000
    functions: ClassVar[tuple[FunctionModel, ...]] = functions_of(
        ac_V=(0.1, 1.0, 10.0, 100.0, 750.0),
        dc_A=DC_A,
        ac_A=DC_A,
        ohm=OHM,
        highest_ac_V=757.5,
        shunts_ohm=SHUNTS_OHM,
    )
    commands: ClassVar[Mapping[str, Handler]] = table(
        {**all_commands(functions), **own_commands(functions, aperture=False)}
    )


class Keysight34465A(Keysight344xxA):
    """6½ digits, with the digitizing option's integration times."""

    steps: ClassVar[Mapping[float, float]] = {
        0.001: 3e-5, 0.002: 1.5e-5, 0.006: 6e-6, 0.02: 3e-6, 0.06: 1.5e-6,
        0.2: 7e-7, 1.0: 3e-7, 10.0: 1e-7, 100.0: 3e-8,
    }  # fmt: skip
    finest = 1e-7
    memory = 50_000
    options: ClassVar[str] = "DIG,0"
    shortest_s = 2e-5
    functions: ClassVar[tuple[FunctionModel, ...]] = functions_of(
        ac_V=(0.1, 1.0, 10.0, 100.0, 750.0),
        dc_A=(1e-6, 1e-5, *DC_A),
        ac_A=DC_A,
        ohm=(*OHM, 1e9),
        highest_ac_V=757.5,
        shunts_ohm=SHUNTS_OHM,
    )
    commands: ClassVar[Mapping[str, Handler]] = table(
        {**all_commands(functions), **own_commands(functions, aperture=True)}
    )


class Keysight34470A(Keysight34465A):
    """7½ digits."""

    steps: ClassVar[Mapping[float, float]] = {
        0.001: 3e-5, 0.002: 1e-5, 0.006: 3e-6, 0.02: 1e-6, 0.06: 5e-7, 0.2: 3e-7, 1.0: 1e-7, 10.0: 3e-8, 100.0: 1e-8,
    }  # fmt: skip
