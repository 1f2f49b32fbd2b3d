"""The table of commands of the SCPI multimeters, made of their functions (34401A User's Guide, chapter 4)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from calib.drivers.simulation.command_set import CommandError, Handler
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.dmm_function import FunctionModel, FunctionState
from calib.drivers.simulation.dmm_scpi import ScpiMultimeter
from calib.drivers.simulation.dmm_trigger import LONGEST_DELAY_S
from calib.drivers.simulation.scpi_values import count, flag, is_on, number, scientific, within

Bounds = Callable[[FunctionState], Mapping[str, float]]


def store(name: str, convert: Callable[[str], Any]) -> Handler:
    """Return the handler of a command that stores its converted argument."""

    def handler(unit: ScpiMultimeter, arguments: str) -> None:
        setattr(unit, name, convert(arguments))

    return handler


def tell(name: str, show: Callable[[Any], str], **words: float) -> Handler:
    """Return the handler of a query that shows what is stored, or what one of `words` stands for."""

    def handler(unit: ScpiMultimeter, arguments: str) -> str:
        if arguments and not words:
            raise CommandError(-108, "Parameter not allowed")
        return show(number(arguments, words) if arguments else getattr(unit, name))

    return handler


def nothing(_unit: ScpiMultimeter, _: str) -> None:
    """Do what has no effect on a simulated instrument."""
    return


def answer(text: str) -> Handler:
    """Return the handler of a query with always the same answer."""
    return lambda _unit, _: text


def for_function(header: str, do: Callable[[ScpiMultimeter, FunctionState, str], str | None]) -> Handler:
    """Return the handler of a command of one function."""
    return lambda unit, arguments: do(unit, unit.by_header[header], arguments)


def change(header: str, name: str) -> Handler:
    """Return the handler of a command that changes a function's setting; readings that go on end."""

    def do(unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
        getattr(state, name)(arguments)
        unit.abort()

    return for_function(header, do)


def show(header: str, value: Callable[[FunctionState], float], bounds: Bounds) -> Handler:
    """Return the handler of a query of a function's setting, or of its MIN, MAX, DEF."""

    def do(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> str:
        return scientific(number(arguments, bounds(state)) if arguments else value(state))

    return for_function(header, do)


def function_commands(model: FunctionModel) -> dict[str, Handler]:
    """Return the commands of one function."""
    header = model.header
    commands: dict[str, Handler] = {
        f"CONFigure:{header}": for_function(header, ScpiMultimeter.configure),
        f"MEASure:{header}?": for_function(header, ScpiMultimeter.measure),
    }
    if model.timing == "gate":
        header_V = f"[SENSe:]{header}:VOLTage:RANGe"
        commands |= {
            f"[SENSe:]{header}:APERture": for_function(header, ScpiMultimeter.set_gate),
            f"[SENSe:]{header}:APERture?": show(
                header, lambda s: s.gate_s, lambda s: {"MIN": s.gates_s[0], "MAX": s.gates_s[-1], "DEF": 0.1}
            ),
        }
    else:
        header_V = f"[SENSe:]{header}:RANGe"
    if model.ranged:
        commands |= {
            f"{header_V}[:UPPer]": change(header, "set_range"),
            f"{header_V}[:UPPer]?": show(
                header,
                lambda s: s.range,
                lambda s: {"MIN": s.model.ranges[0], "MAX": s.model.ranges[-1], "DEF": s.model.default},
            ),
            f"{header_V}:AUTO": for_function(header, ScpiMultimeter.set_autorange),
            f"{header_V}:AUTO?": for_function(header, lambda _unit, state, _: flag(state.autorange)),
        }
    if model.ranged and model.timing != "gate":
        commands |= resolution_commands(model)
    return commands


def resolution_commands(model: FunctionModel) -> dict[str, Handler]:
    """Return the commands of resolution, and of the integration time where the function has one."""
    header = model.header
    commands = {
        f"[SENSe:]{header}:RESolution": for_function(header, ScpiMultimeter.set_resolution),
        f"[SENSe:]{header}:RESolution?": show(
            header,
            lambda s: s.range * s.fraction,
            lambda s: {"MIN": s.range * min(s.steps.values()), "MAX": s.range * max(s.steps.values())},
        ),
    }
    if model.timing == "integration":
        commands |= {
            f"[SENSe:]{header}:NPLCycles": change(header, "set_nplc"),
            f"[SENSe:]{header}:NPLCycles?": show(
                header, lambda s: s.nplc, lambda s: {"MIN": min(s.steps), "MAX": max(s.steps), "DEF": s.default_nplc}
            ),
        }
    return commands


def _math(name: str) -> Handler:
    return lambda unit, arguments: getattr(unit.math, name)(arguments)


def _math_told(show_: Callable[[Any], str]) -> Handler:
    return lambda unit, _: show_(unit.math)


def _opc(unit: ScpiMultimeter, _: str) -> str:
    unit.finish()
    return "1"


def _trigger_count(unit: ScpiMultimeter, arguments: str) -> None:
    word = arguments.strip().upper()
    unit.triggers = float("inf") if word in {"INF", "INFINITY"} else float(count(arguments, unit.most_readings))


MATH: Mapping[str, Handler] = {
    "CALCulate:FUNCtion": _math("set_word"),
    "CALCulate:FUNCtion?": _math_told(lambda m: m.word),
    "CALCulate:STATe": _math("set_on"),
    "CALCulate:STATe?": _math_told(lambda m: flag(m.on)),
    "CALCulate:NULL:OFFSet": _math("set_offset"),
    "CALCulate:NULL:OFFSet?": _math_told(lambda m: scientific(m.offset or 0.0)),
    "CALCulate:DB:REFerence": _math("set_db_reference"),
    "CALCulate:DB:REFerence?": _math_told(lambda m: scientific(m.db_reference or 0.0)),
    "CALCulate:DBM:REFerence": _math("set_impedance"),
    "CALCulate:DBM:REFerence?": _math_told(lambda m: scientific(m.impedance_ohm)),
    "CALCulate:LIMit:LOWer": _math("set_lower"),
    "CALCulate:LIMit:LOWer?": _math_told(lambda m: scientific(m.lower)),
    "CALCulate:LIMit:UPPer": _math("set_upper"),
    "CALCulate:LIMit:UPPer?": _math_told(lambda m: scientific(m.upper)),
    "CALCulate:AVERage:MINimum?": _math_told(lambda m: m.minimum()),
    "CALCulate:AVERage:MAXimum?": _math_told(lambda m: m.maximum()),
    "CALCulate:AVERage:AVERage?": _math_told(lambda m: m.average()),
    "CALCulate:AVERage:COUNt?": _math_told(lambda m: scientific(m.number)),
}

SYSTEM: Mapping[str, Handler] = {
    **COMMON,
    "*OPC": ScpiMultimeter.complete,
    "*OPC?": _opc,
    "*CLS": ScpiMultimeter.clear_status,
    "*ESR?": ScpiMultimeter.read_event_status,
    "*WAI": ScpiMultimeter.finish,
    "*TST?": answer("+0"),
    "*TRG": ScpiMultimeter.bus_trigger,
    "*PSC": nothing,
    "*PSC?": answer("1"),
    "SYSTem:ERRor[:NEXT]?": ScpiMultimeter.read_error,
    "SYSTem:VERSion?": lambda unit, _: unit.scpi_version,
    "SYSTem:REMote": nothing,
    "SYSTem:LOCal": nothing,
    "SYSTem:RWLock": nothing,
    "SYSTem:BEEPer[:IMMediate]": nothing,
    "SYSTem:BEEPer:STATe": store("beeper_on", is_on),
    "SYSTem:BEEPer:STATe?": tell("beeper_on", flag),
    "STATus:PRESet": store("questionable_enable", lambda _: 0),
    "STATus:QUEStionable[:EVENt]?": ScpiMultimeter.read_questionable,
    "STATus:QUEStionable:CONDition?": answer("+0"),
    "STATus:QUEStionable:ENABle": store("questionable_enable", lambda text: round(within(text, 0, 32767))),
    "STATus:QUEStionable:ENABle?": tell("questionable_enable", "{:+d}".format),
    "DISPlay[:WINDow]": store("display_on", is_on),
    "DISPlay[:WINDow]?": tell("display_on", flag),
    "DISPlay[:WINDow]:STATe": store("display_on", is_on),
    "DISPlay[:WINDow]:STATe?": tell("display_on", flag),
    "DISPlay[:WINDow]:TEXT[:DATA]": ScpiMultimeter.set_text,
    "DISPlay[:WINDow]:TEXT[:DATA]?": tell("displayed", '"{}"'.format),
    "DISPlay[:WINDow]:TEXT:CLEar": store("displayed", lambda _: ""),
    "ROUTe:TERMinals?": answer("FRON"),
    "CALibration:COUNt?": answer("+0"),
    "CALibration:SECure:STATe?": answer("1"),
    "CALibration:STRing?": answer('"SIMULATED"'),
}

MEASURING: Mapping[str, Handler] = {
    "CONFigure?": ScpiMultimeter.read_configuration,
    "[SENSe:]FUNCtion[:ON]": ScpiMultimeter.set_function,
    "[SENSe:]FUNCtion[:ON]?": tell("word", '"{}"'.format),
    "[SENSe:]DETector:BANDwidth": ScpiMultimeter.set_filter,
    "[SENSe:]DETector:BANDwidth?": ScpiMultimeter.query_filter,
    "SAMPle:COUNt": lambda unit, arguments: setattr(unit, "samples", count(arguments, unit.most_readings)),
    "SAMPle:COUNt?": tell("samples", lambda n: f"{round(n):+d}", MIN=1, MAX=50_000),
    "TRIGger:COUNt": _trigger_count,
    "TRIGger:COUNt?": tell("triggers", lambda n: scientific(9.9e37 if n == float("inf") else n), MIN=1, MAX=50_000),
    "TRIGger:SOURce": ScpiMultimeter.set_source,
    "TRIGger:SOURce?": tell("source", str),
    "TRIGger:DELay": ScpiMultimeter.set_delay,
    "TRIGger:DELay?": tell("delay_s", scientific, MIN=0.0, MAX=LONGEST_DELAY_S),
    "TRIGger:DELay:AUTO": ScpiMultimeter.set_auto_delay,
    "TRIGger:DELay:AUTO?": tell("auto_delay", flag),
    "INITiate[:IMMediate]": ScpiMultimeter.initiate,
    "FETCh?": ScpiMultimeter.fetch,
    "DATA:POINts?": ScpiMultimeter.count_readings,
    "READ?": ScpiMultimeter.read,
}


def all_commands(functions: Iterable[FunctionModel]) -> dict[str, Handler]:
    """Return the commands that all SCPI multimeters have in common, and those of the functions given."""
    commands: dict[str, Handler] = {**SYSTEM, **MEASURING, **MATH}
    for model in functions:
        commands |= function_commands(model)
    return commands
