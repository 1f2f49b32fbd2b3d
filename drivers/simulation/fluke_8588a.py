"""The Fluke 8588A (8588A/8558A Remote Programmers Manual, by way of the packages fluke8588a 0.1.2 and testgear).

An overload is answered as SCPI has infinity, 9.9E37 (SCPI 1999.0, volume 1, 7.2.1.4): unverified against the manual.
Noise, test currents, burdens, the digits of an indication are the simulation's own.
"""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import Handler, table
from calib.drivers.simulation.dmm_function import FunctionModel, FunctionState
from calib.drivers.simulation.dmm_scpi import ScpiMultimeter
from calib.drivers.simulation.dmm_scpi_commands import all_commands, answer, for_function, nothing, show, tell
from calib.drivers.simulation.fluke_8588a_meter import FILTERS_HZ, Meter8588A
from calib.drivers.simulation.fluke_8588a_settings import SETTINGS
from calib.drivers.simulation.scpi_values import flag, is_on, scientific, within, word_of


def _keep(name: str) -> Handler:
    def handler(unit: Meter8588A, arguments: str) -> None:
        unit.stored[name] = SETTINGS[name].read(arguments)

    return handler


def _kept(name: str) -> Handler:
    def handler(unit: Meter8588A, arguments: str) -> str:
        setting = SETTINGS[name]
        return setting.show(setting.read(arguments) if arguments else unit.stored[name])

    return handler


def _filter(word: str) -> Handler:
    def handler(unit: Meter8588A, arguments: str) -> None:
        wanted = within(arguments, FILTERS_HZ[0], FILTERS_HZ[-1], default=40.0, unit="HZ")
        unit.filters_Hz[word] = max(f for f in FILTERS_HZ if f <= wanted)

    return handler


def _filter_told(word: str) -> Handler:
    return lambda unit, _: scientific(unit.filters_Hz[word])


def _choose(name: str, words: tuple[str, ...]) -> Handler:
    return lambda unit, arguments: setattr(unit, name, word_of(arguments, words))


def _aperture(_unit: ScpiMultimeter, state: FunctionState, arguments: str) -> None:
    state.aperture_s = max(within(arguments, 0.0, 10.0, default=1.0, unit="S"), 2e-7)


def _of_function(model: FunctionModel) -> dict[str, Handler]:
    header = model.header
    root = f"[SENSe:]{header}"
    if model.timing == "integration" and model.ranged:
        return {
            f"{root}:APERture": for_function(header, _aperture),
            f"{root}:APERture?": show(header, lambda s: s.aperture_s or s.nplc / 50, lambda _: {"MIN": 0, "MAX": 10}),
            f"{root}:APERture:MODE": _choose("aperture_mode", ("AUTO", "FAST", "MANual")),
            f"{root}:APERture:MODE?": tell("aperture_mode", str),
        }
    if model.timing == "gate":
        return {
            f"{root}:GATE": for_function(header, ScpiMultimeter.set_gate),
            f"{root}:GATE?": show(header, lambda s: s.gate_s, lambda s: {"MIN": s.gates_s[0], "MAX": s.gates_s[-1]}),
        }
    return {}


def _statistics(name: str) -> Handler:
    return lambda unit, _: unit.statistic(name)


def _begin_statistics(unit: Meter8588A, arguments: str) -> None:
    unit.stored["CALCulate:SSTatistics:STATe"] = is_on(arguments)
    unit.collected = []


def _factor(letter: str) -> Handler:
    name = f"CALCulate:MATH:{letter}FACtor"

    def handler(unit: Meter8588A, arguments: str) -> None:
        """`LREAD` takes the last reading."""
        last = arguments.strip().upper() == "LREAD"
        unit.stored[name] = unit.last if last else SETTINGS[name].read(arguments)

    return handler


def _own() -> dict[str, Handler]:
    commands: dict[str, Handler] = {}
    for name in SETTINGS:
        commands |= {name: _keep(name), f"{name}?": _kept(name)}
    for model in Meter8588A.functions:
        commands |= _of_function(model)
    for word, header in (("VOLT:AC", "VOLTage:AC"), ("CURR:AC", "CURRent:AC")):
        commands |= {f"[SENSe:]{header}:FILTer": _filter(word), f"[SENSe:]{header}:FILTer?": _filter_told(word)}
    return commands | {
        "ABORt": ScpiMultimeter.abort,
        "ARM:LAYer1:IMMediate": nothing,
        "ARM:LAYer1:SIGNal": nothing,
        "ARM:LAYer2:IMMediate": nothing,
        "ARM:LAYer2:SIGNal": nothing,
        "TRIGger:IMMediate": nothing,
        "TRIGger:SIGNal": nothing,
        "TRIGger:RESet": ScpiMultimeter.abort,
        "READ?": Meter8588A.read,
        "FETCh?": Meter8588A.fetch,
        "FNOW?": Meter8588A.fetch_now,
        "FORMat": Meter8588A.set_format,
        "FORMat?": tell("format", str),
        "FORMat:SCALe?": lambda unit, _: scientific(unit.scale()),
        "[SENSe:]VOLTage[:DC]:IMPedance": _choose("impedance", ("AUTO", "10M", "1M")),
        "[SENSe:]VOLTage[:DC]:IMPedance?": tell("impedance", str),
        "[SENSe:]FRESistance:MODE": _choose("true_ohms", ("NORMal", "HIVoltage", "TRUE")),
        "[SENSe:]FRESistance:MODE?": tell("true_ohms", str),
        "ROUTe:TERMinals": _choose("terminal", ("FRONt", "REAR", "SCAN", "ISOLated")),
        "ROUTe:TERMinals?": tell("terminal", str),
        "ROUTe:TOUT:ONCe": nothing,
        "ZERO?": answer("0"),
        "ZCLE?": answer("0"),
        "*OPT?": answer("0"),
        "SYSTem:TEMPerature?": lambda unit, _: f"{unit.meter.inner_C():.2f}",
        "SYSTem:LFRequency?": lambda unit, _: f"{unit.meter.file.line_frequency_Hz:.0f}",
        "SYSTem:LFRequency": nothing,
        "SYSTem:MLEVel?": answer("0"),
        "SYSTem:PRESet": lambda unit, _: unit.reset(),
        "SYSTem:COMMunicate:LAN:MAC?": answer("00:00:00:00:00:00"),
        "STATus:OPERation:CONDition?": answer("0"),
        "STATus:OPERation[:EVENt]?": answer("0"),
        **{f"CALCulate:MATH:{letter}FACtor": _factor(letter) for letter in "MCZ"},
        "CALCulate:SSTatistics:STATe": _begin_statistics,
        "CALCulate:SSTatistics:AVERage?": _statistics("AVER"),
        "CALCulate:SSTatistics:MAXimum?": _statistics("MAX"),
        "CALCulate:SSTatistics:MINimum?": _statistics("MIN"),
        "CALCulate:SSTatistics:SPAN?": _statistics("SPAN"),
        "CALCulate:SSTatistics:SDEViation?": _statistics("SDEV"),
        "CALCulate:LIMit:FAIL?": lambda unit, _: flag(unit.failed),
        "CALCulate:LIMit:CLEar[:IMMediate]": lambda unit, _: setattr(unit, "failed", False),
        "CALCulate:MATH:RESet": nothing,
        "CALCulate:SSTatistics:COUNt?": lambda unit, _: str(len(unit.collected)),
        "[SENSe:]POWer:IDENtity?": answer("NONE"),
        "CALibration:SECure?": answer("NON"),
    }


class Fluke8588A(Meter8588A):
    """An 8588A that understands its commands."""

    commands: ClassVar[Mapping[str, Handler]] = table({**all_commands(Meter8588A.functions), **_own()})
