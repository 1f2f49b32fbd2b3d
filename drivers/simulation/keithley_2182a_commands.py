"""The table of commands of the 2182A; those of a channel exist for each of the two."""

from collections.abc import Callable, Mapping
from typing import Any

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.keithley_2182a import BUFFER, NPLC, RANGES_V, Channel, Keithley2182A
from calib.drivers.simulation.scpi_values import flag, is_on, number, parts_of, scientific, within, word_of

_FUNCTIONS = {"VOLTage[:DC]": "VOLT", "TEMPerature": "TEMP"}
_STATISTICS = ("NONE", "MEAN", "SDEViation", "MAXimum", "MINimum")
_ELEMENTS = ("READing", "CHANnel", "RNUMber", "UNITs", "TSTamp")
_BOUNDS = {("VOLT", 1): (-120.0, 120.0), ("VOLT", 2): (-12.0, 12.0)}
_TEMPERATURE_BOUNDS = (-273.0, 1800.0)
"""Bounds of relative values as PyMeasure's driver has them."""


def _store(name: str, convert: Callable[[str], Any]) -> Handler:
    def handler(unit: Keithley2182A, arguments: str) -> None:
        setattr(unit, name, convert(arguments))

    return handler


def _tell(name: str, show: Callable[[Any], str]) -> Handler:
    return lambda unit, _: show(getattr(unit, name))


def _switch(header: str, name: str) -> dict[str, Handler]:
    return {header: _store(name, is_on), f"{header}?": _tell(name, flag)}


def _answer(text: str) -> Handler:
    return lambda _unit, _: text


def _nothing(_unit: Keithley2182A, _: str) -> None:
    return


def _one_of(*words: str) -> Handler:
    """Return the handler of a command that a simulated instrument needs to understand, and no more."""

    def handler(_unit: Keithley2182A, text: str) -> None:
        word_of(text, words)

    return handler


def _number(header: str, name: str, lowest: float, highest: float, default: float) -> dict[str, Handler]:
    """Return a setting that is a number, and its query with MIN, MAX and DEF."""
    words = {"MIN": lowest, "MAX": highest, "DEF": default}
    return {
        header: _store(name, lambda text: within(text, lowest, highest, default=default)),
        f"{header}?": lambda unit, text: scientific(number(text, words) if text else getattr(unit, name)),
    }


def _range_commands(header: str, which: Callable[[Keithley2182A], Channel]) -> dict[str, Handler]:
    def bounds(unit: Keithley2182A, text: str) -> str:
        channel = which(unit)
        ranges = RANGES_V[channel.number]
        words = {"MIN": ranges[0], "MAX": ranges[-1], "DEF": ranges[-1]}
        return scientific(number(text, words) if text else channel.range_V)

    def automatic(unit: Keithley2182A, text: str) -> None:
        which(unit).autorange = is_on(text)
        unit.abort()

    return {
        f"{header}[:UPPer]": lambda unit, text: unit.set_range(which(unit).number, text),
        f"{header}[:UPPer]?": bounds,
        f"{header}:AUTO": automatic,
        f"{header}:AUTO?": lambda unit, _: flag(which(unit).autorange),
    }


_AVERAGING = ("MOVing", "REPeat")


def _store_of(which: Callable[[Keithley2182A], Channel], name: str, words: tuple[str, ...]) -> Handler:
    def handler(unit: Keithley2182A, text: str) -> None:
        setattr(which(unit), name, word_of(text, words))

    return handler


def _filter_commands(header: str, which: Callable[[Keithley2182A], Channel]) -> dict[str, Handler]:
    """Return the analogue and the digital filter; they are set and told, and take no noise away."""

    def store(name: str, convert: Callable[[str], float]) -> Handler:
        def handler(unit: Keithley2182A, text: str) -> None:
            which(unit).filters[name] = convert(text)

        return handler

    def tell(name: str, show: Callable[[Any], str]) -> Handler:
        return lambda unit, _: show(which(unit).filters[name])

    return {
        f"{header}:LPASs[:STATe]": store("LPAS", is_on),
        f"{header}:LPASs[:STATe]?": tell("LPAS", lambda v: flag(bool(v))),
        f"{header}:DFILter[:STATe]": store("DFIL", is_on),
        f"{header}:DFILter[:STATe]?": tell("DFIL", lambda v: flag(bool(v))),
        f"{header}:DFILter:COUNt": store("COUN", lambda text: within(text, 1, 100, default=10)),
        f"{header}:DFILter:COUNt?": tell("COUN", lambda v: f"{v:.0f}"),
        f"{header}:DFILter:TCONtrol": _store_of(which, "averaging", _AVERAGING),
        f"{header}:DFILter:TCONtrol?": lambda unit, _: which(unit).averaging,
        f"{header}:DFILter:WINDow": store("WIND", lambda text: within(text, 0, 10, default=0.01)),
        f"{header}:DFILter:WINDow?": tell("WIND", scientific),
    }


def _reference_commands(header: str, function: str, channel_number: int) -> dict[str, Handler]:
    lowest, highest = _BOUNDS.get((function, channel_number), _TEMPERATURE_BOUNDS)

    def store(unit: Keithley2182A, text: str) -> None:
        unit.channels[channel_number].reference[function] = within(text, lowest, highest, default=0.0)

    def relative(unit: Keithley2182A, text: str) -> None:
        unit.channels[channel_number].relative[function] = is_on(text)

    return {
        f"{header}:REFerence": store,
        f"{header}:REFerence?": lambda unit, _: scientific(unit.channels[channel_number].reference[function]),
        f"{header}:REFerence:STATe": relative,
        f"{header}:REFerence:STATe?": lambda unit, _: flag(unit.channels[channel_number].relative[function]),
        f"{header}:REFerence:ACQuire": lambda unit, _: unit.acquire(channel_number, function),
    }


def _function_commands(pattern: str, word: str) -> dict[str, Handler]:
    header = f"[SENSe:]{pattern}"

    def aperture(unit: Keithley2182A, text: str) -> None:
        line_Hz = unit.meter.file.line_frequency_Hz
        unit.set_nplc(word, repr(within(text, NPLC[0] / line_Hz, 1.0, unit="S") * line_Hz))

    def nplc(unit: Keithley2182A, text: str) -> str:
        words = {"MIN": NPLC[0], "MAX": unit.meter.file.line_frequency_Hz, "DEF": 5.0}
        return scientific(number(text, words) if text else unit.nplc[word])

    commands: dict[str, Handler] = {
        f"{header}:NPLCycles": lambda unit, text: unit.set_nplc(word, text),
        f"{header}:NPLCycles?": nplc,
        f"{header}:APERture": aperture,
        f"{header}:APERture?": lambda unit, _: scientific(unit.nplc[word] / unit.meter.file.line_frequency_Hz),
        f"CONFigure:{pattern}": lambda unit, _: _configure(unit, word),
        f"MEASure:{pattern}?": _measure(word),
        **_filter_commands(header, lambda unit: unit.now),
    }
    for channel_number in RANGES_V:
        of_channel = f"{header}:CHANnel{channel_number}"
        commands |= _reference_commands(of_channel, word, channel_number)
        commands |= _filter_commands(of_channel, _chosen(channel_number))
        if word == "VOLT":
            commands |= _range_commands(f"{of_channel}:RANGe", _chosen(channel_number))
    commands |= _reference_commands(header, word, 1)
    if word == "VOLT":
        commands |= _range_commands(f"{header}:RANGe", lambda unit: unit.now)
    return commands


def _chosen(channel_number: int) -> Callable[[Keithley2182A], Channel]:
    return lambda unit: unit.channels[channel_number]


def _configure(unit: Keithley2182A, word: str) -> None:
    """`CONF`: the function with its preset, one reading at once."""
    unit.preset_trigger()
    unit.function = word
    unit.nplc[word] = 5.0
    unit.now.autorange = True


def _told_function(unit: Keithley2182A, _: str) -> str:
    return {"VOLT": '"VOLT:DC"', "TEMP": '"TEMP"'}[unit.function]


def _elements(unit: Keithley2182A, text: str) -> None:
    unit.elements = tuple(word_of(part, _ELEMENTS)[:4] for part in parts_of(text, 5) if part)


def _opc(unit: Keithley2182A, _: str) -> str:
    unit.finish()
    return "1"


def _clear_status(unit: Keithley2182A, _: str = "") -> None:
    unit.clear_status()
    unit.measurement_event = 0


def _measurement_event(unit: Keithley2182A, _: str) -> str:
    unit.pending_s()
    event, unit.measurement_event = unit.measurement_event, 0
    return str(event)


def _preset_status(unit: Keithley2182A, _: str) -> None:
    unit.measurement_enable = 0


def _preset(unit: Keithley2182A, _: str) -> None:
    unit.reset()
    unit.continuous = True


def _delay(unit: Keithley2182A, text: str) -> None:
    unit.delay_s = within(text, 0.0, 999999.999, default=0.0)


def _measure(word: str) -> Handler:
    def handler(unit: Keithley2182A, _: str) -> str | None:
        _configure(unit, word)
        return unit.read()

    return handler


def _feed(unit: Keithley2182A, text: str) -> None:
    unit.feed = word_of(text, ("NEXT", "NEVer"))
    if unit.feed == "NEXT":
        unit.buffer = []


def _clear_buffer(unit: Keithley2182A, _: str) -> None:
    unit.buffer = []


def _buffer(unit: Keithley2182A, _: str) -> str:
    unit.finish()
    if not unit.buffer:
        raise CommandError(-230, "Data corrupt or stale")
    return ",".join(unit.buffer)


def _trigger_count(unit: Keithley2182A, text: str) -> None:
    unit.triggers = float("inf") if text.upper().startswith("INF") else round(within(text, 1, 9999, default=1))


def _told_count(unit: Keithley2182A, _: str) -> str:
    return f"{9.9e37 if unit.triggers == float('inf') else unit.triggers:.0f}"


def _autozero(unit: Keithley2182A, text: str) -> None:
    unit.set_autozero(on=is_on(text))


_AUTOZERO: dict[str, Handler] = {
    "SYSTem:AZERo[:STATe]": _autozero,
    "SYSTem:AZERo[:STATe]?": _tell("autozero", flag),
}
_SYSTEM: dict[str, Handler] = {
    **_AUTOZERO,
    **_switch("SYSTem:FAZero[:STATe]", "front_autozero"),
    **_switch("SYSTem:LSYNc[:STATe]", "line_sync"),
    **_switch("SYSTem:BEEPer[:STATe]", "beeper_on"),
    **_switch("DISPlay:ENABle", "display_on"),
    "STATus:QUEue[:NEXT]?": SCPI_COMMON["SYSTem:ERRor[:NEXT]?"],
    "STATus:QUEue:CLEar": lambda unit, _: unit.errors.clear(),
    "SYSTem:CLEar": lambda unit, _: unit.errors.clear(),
    "SYSTem:LFRequency?": lambda unit, _: f"{unit.meter.file.line_frequency_Hz:.0f}",
    "SYSTem:VERSion?": _answer("1991.0"),
    "SYSTem:PRESet": _preset,
    "SYSTem:KCLick": _nothing,
    "SYSTem:LOCal": _nothing,
    "SYSTem:REMote": _nothing,
    "SYSTem:RWLock": _nothing,
    "STATus:PRESet": _preset_status,
    "STATus:MEASurement:ENABle": _store("measurement_enable", lambda text: round(within(text, 0, 65535))),
    "STATus:MEASurement:ENABle?": _tell("measurement_enable", str),
    "STATus:MEASurement[:EVENt]?": _measurement_event,
    "FORMat[:DATA]": _one_of("ASCii"),
    "FORMat[:DATA]?": _answer("ASC"),
    "FORMat:ELEMents": _elements,
    "FORMat:ELEMents?": lambda unit, _: ",".join(unit.elements),
}
_TEMPERATURE: dict[str, Handler] = {
    "[SENSe:]TEMPerature:TCouple[:TYPE]": _store(
        "thermocouple", lambda text: word_of(text, ("B", "E", "J", "K", "N", "R", "S", "T"))
    ),
    "[SENSe:]TEMPerature:TCouple[:TYPE]?": _tell("thermocouple", str),
    "[SENSe:]TEMPerature:RJUNction:RSELect": _store("junction", lambda text: word_of(text, ("SIMulated", "INTernal"))),
    "[SENSe:]TEMPerature:RJUNction:RSELect?": _tell("junction", str),
    **_number("[SENSe:]TEMPerature:RJUNction:SIMulated", "junction_C", 0.0, 60.0, 23.0),
    "[SENSe:]TEMPerature:RTEMperature?": lambda unit, _: scientific(unit.inner_C()),
    "UNIT:TEMPerature": _store("temperature_unit", lambda text: word_of(text, ("C", "F", "K"))),
    "UNIT:TEMPerature?": _tell("temperature_unit", str),
}
_READING: dict[str, Handler] = {
    "[SENSe:]FUNCtion[:ON]": Keithley2182A.set_function,
    "[SENSe:]FUNCtion[:ON]?": _told_function,
    "CONFigure?": _told_function,
    "[SENSe:]CHANnel": Keithley2182A.set_channel,
    "[SENSe:]CHANnel?": _tell("channel", str),
    **_switch("[SENSe:]VOLTage[:DC]:RATio[:STATe]", "ratio"),
    "[SENSe:]DATA[:LATest]?": Keithley2182A.fetch,
    "[SENSe:]DATA:FRESh?": Keithley2182A.fresh,
    "FETCh?": Keithley2182A.fetch,
    "READ?": Keithley2182A.read,
    "INITiate[:IMMediate]": Keithley2182A.initiate,
    **_switch("INITiate:CONTinuous", "continuous"),
    "ABORt": Keithley2182A.abort,
    "TRIGger[:SEQuence1]:SOURce": Keithley2182A.set_source,
    "TRIGger[:SEQuence1]:SOURce?": _tell("source", str),
    "TRIGger[:SEQuence1]:COUNt": _trigger_count,
    "TRIGger[:SEQuence1]:COUNt?": _told_count,
    "TRIGger[:SEQuence1]:DELay": _delay,
    "TRIGger[:SEQuence1]:DELay?": _tell("delay_s", scientific),
    "TRIGger[:SEQuence1]:DELay:AUTO": Keithley2182A.set_auto_delay,
    "TRIGger[:SEQuence1]:DELay:AUTO?": _tell("auto_delay", flag),
    "SAMPle:COUNt": _store("samples", lambda text: round(within(text, 1, 1024, default=1))),
    "SAMPle:COUNt?": _tell("samples", str),
}
_BUFFER: dict[str, Handler] = {
    **_number("[SENSe:]VOLTage[:DC]:DIGits", "digits", 3.5, 8.0, 8.0),
    **_number("TRIGger[:SEQuence1]:TIMer", "timer_s", 0.0, 999999.999, 0.1),
    "CALCulate[1]:FORMat": _store("calculation", lambda text: word_of(text, ("NONE", "MXB", "PERCent"))),
    "CALCulate[1]:FORMat?": _tell("calculation", str),
    **_switch("CALCulate[1]:STATe", "calculating"),
    "TRACe:POINts": _store("points", lambda text: round(within(text, *BUFFER, default=100))),
    "TRACe:POINts?": _tell("points", str),
    "TRACe:CLEar": _clear_buffer,
    "TRACe:FEED": _one_of("SENSe", "SENSe1", "CALCulate", "NONE"),
    "TRACe:FEED:CONTrol": _feed,
    "TRACe:FEED:CONTrol?": _tell("feed", str),
    "TRACe:DATA?": _buffer,
    "CALCulate2:FORMat": _store("statistic", lambda text: word_of(text, _STATISTICS)),
    "CALCulate2:FORMat?": _tell("statistic", str),
    "CALCulate2:STATe": _one_of("ON", "OFF", "1", "0"),
    "CALCulate2:IMMediate?": Keithley2182A.statistics,
    "CALCulate2:DATA?": Keithley2182A.statistics,
}


class Nanovoltmeter(Keithley2182A):
    """The 2182A with its commands."""

    commands: Mapping[str, Handler] = table(  # type: ignore[misc]
        {
            **SCPI_COMMON,
            "*CLS": _clear_status,
            "*TRG": Keithley2182A.bus_trigger,
            "*WAI": Keithley2182A.finish,
            "*OPC?": _opc,
            **_SYSTEM,
            **_READING,
            **_TEMPERATURE,
            **_BUFFER,
            **{h: c for pattern, word in _FUNCTIONS.items() for h, c in _function_commands(pattern, word).items()},
        }
    )
