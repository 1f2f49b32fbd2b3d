"""The tables of commands of the 53131A and of the 53230A.

53131A/132A Programming Guide; 53210A/53220A/53230A programming reference; as testgear, PyMeasure-style drivers and
public scripts send them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.common_commands import COMMON, REGISTERS
from calib.drivers.simulation.counter import NOT_A_NUMBER, Counter
from calib.drivers.simulation.scpi_values import (
    count,
    flag,
    is_on,
    number,
    parts_of,
    scientific,
    within,
    word_of,
)

GATES_S = (1e-3, 1000.0)
_NUMBERS = ("LEV", "HYST", "RANG", "PROB")


def _store(name: str, convert: Callable[[str], Any]) -> Handler:
    def handler(unit: Counter, text: str) -> None:
        setattr(unit, name, convert(text))

    return handler


def _tell(name: str, show: Callable[[Any], str]) -> Handler:
    return lambda unit, _: show(getattr(unit, name))


def _switch(header: str, name: str) -> dict[str, Handler]:
    return {header: _store(name, is_on), f"{header}?": _tell(name, flag)}


def _one_of(*words: str) -> Handler:
    def handler(_unit: Counter, text: str) -> None:
        word_of(text, words)

    return handler


def _gate(header: str) -> dict[str, Handler]:
    words = {"MIN": GATES_S[0], "MAX": GATES_S[1], "DEF": 0.1}

    def store(unit: Counter, text: str) -> None:
        unit.gate_s = within(text, *GATES_S, default=0.1, unit="S")
        unit.abort()

    return {header: store, f"{header}?": lambda unit, text: scientific(number(text, words) if text else unit.gate_s)}


def _error(unit: Counter, _: str) -> str:
    code, text = unit.errors.popleft() if unit.errors else (0, "No error")
    return f'{code:+d},"{text}"'


def _opc(unit: Counter, _: str) -> str | None:
    unit.finish()
    return "1" if unit.pending_s() is None else None


def _time_base(unit: Counter, text: str) -> None:
    unit.time_base, unit.time_base_auto = word_of(text, ("INTernal", "EXTernal")), False


def _reference(unit: Counter, _: str) -> str:
    return scientific(NOT_A_NUMBER if unit.reference_Hz is None else unit.reference_Hz)


def _input_setting(channel: int, name: str, spell: Callable[[str], str]) -> Handler:
    def handler(unit: Counter, text: str) -> None:
        unit.input_settings[channel, name] = spell(text)
        if name == "IMP":
            unit.inputs[channel].impedance_ohm = float(unit.input_settings[channel, name])

    return handler


def _input_told(channel: int, name: str, default: str) -> Handler:
    return lambda unit, _: unit.input_settings.get((channel, name), default)


def _word(*words: str) -> Callable[[str], str]:
    return lambda text: word_of(text, words)


def _on(text: str) -> str:
    return flag(is_on(text))


def _impedance(text: str) -> str:
    value_ohm = number(text, {"MIN": 50.0, "MAX": 1e6, "DEF": 1e6}, "OHM")
    if value_ohm not in {50.0, 1e6}:
        raise CommandError(-224, "Illegal parameter value")
    return scientific(value_ohm)


def _volts(text: str) -> str:
    return scientific(within(text, -50.0, 50.0, default=0.0, unit="V"))


def _attenuation(text: str) -> str:
    value = round(number(text, {}))
    if value not in {1, 10}:
        raise CommandError(-224, "Illegal parameter value")
    return str(value)


def _part(text: str) -> str:
    return scientific(within(text, 0.0, 100.0, default=50.0))


Inputs = Mapping[str, tuple[str, Callable[[str], str], str]]
"""By header: the setting's name, how an argument is read, and what it is after `*RST`."""


def _inputs(patterns: Inputs) -> dict[str, Handler]:
    """Return the commands of both inputs; `#` stands for the number, which may be left out for the first."""
    commands: dict[str, Handler] = {}
    for channel, suffix in ((1, "[1]"), (2, "2")):
        for pattern, (name, spell, default) in patterns.items():
            header = pattern.replace("#", suffix)
            commands[header] = _input_setting(channel, name, spell)
            commands[f"{header}?"] = _input_told(channel, name, default)
    return commands


_SHARED: dict[str, Handler] = {
    **COMMON,
    **REGISTERS,
    "*TRG": Counter.bus_trigger,
    "*WAI": Counter.finish,
    "*OPC?": _opc,
    "SYSTem:ERRor[:NEXT]?": _error,
    "[SENSe:]FUNCtion[:ON]": Counter.set_function,
    "[SENSe:]FUNCtion[:ON]?": lambda unit, _: f'"{unit.function} {unit.channel}"',
    "[SENSe:]ROSCillator:SOURce": _time_base,
    "[SENSe:]ROSCillator:SOURce?": lambda unit, _: "EXT" if unit.external else "INT",
    **_switch("[SENSe:]ROSCillator:SOURce:AUTO", "time_base_auto"),
    "[SENSe:]ROSCillator:EXTernal:FREQuency?": _reference,
    "READ?": Counter.read,
    "READ:FREQuency?": Counter.read,
    "FETCh?": Counter.fetch,
    "FETCh:FREQuency?": Counter.fetch,
    "INITiate[:IMMediate]": Counter.initiate,
    **_switch("INITiate:CONTinuous", "continuous"),
    "ABORt": Counter.abort,
    "CONFigure[:SCALar][:VOLTage]:FREQuency": Counter.configure,
    "MEASure[:SCALar][:VOLTage]:FREQuency?": Counter.measure,
    **_switch("DISPlay:ENABle", "display_on"),
    "STATus:PRESet": lambda _unit, _: None,
}
_SLOPE = _word("POSitive", "NEGative")


class HP53131A(Counter):
    """The 53131A: a reading without a signal never ends."""

    gives_up = False
    error_queue_bit = 4

    def configure(self, arguments: str) -> None:
        """`CONF:FREQ [expected[, resolution]][,(@channel)]`: the gate is set by the digits, here the shortest one."""
        channel = _channel_of(arguments)
        self.preset_trigger()
        self.function, self.channel, self.gate_s = "FREQ", channel, 0.1

    def shown(self, value: float) -> str:
        """Return a reading as text."""
        return f"{value:+.11E}"

    commands = table(
        {
            **_SHARED,
            "SYSTem:VERSion?": lambda _unit, _: "1992.0",
            "[SENSe:]FREQuency:ARM[:STARt]:SOURce": _one_of("IMMediate", "EXTernal"),
            "[SENSe:]FREQuency:ARM[:STARt]:SOURce?": lambda _unit, _: "IMM",
            "[SENSe:]FREQuency:ARM:STOP:SOURce": _store(
                "gate_source", _word("TIMer", "IMMediate", "EXTernal", "DIGits")
            ),
            "[SENSe:]FREQuency:ARM:STOP:SOURce?": _tell("gate_source", str),
            **_gate("[SENSe:]FREQuency:ARM:STOP:TIMer"),
            "[SENSe:]ROSCillator:EXTernal:CHECk": _store("check", _word("ON", "OFF", "ONCE")),
            "[SENSe:]ROSCillator:EXTernal:CHECk?": _tell("check", str),
            "[SENSe:]DATA?": Counter.fetch,
            "FORMat[:DATA]": _one_of("ASCii"),
            "FORMat[:DATA]?": lambda _unit, _: "ASC",
            **_inputs(
                {
                    "INPut#:COUPling": ("COUP", _word("AC", "DC"), "AC"),
                    "INPut#:IMPedance": ("IMP", _impedance, scientific(1e6)),
                    "INPut#:ATTenuation": ("ATT", _attenuation, "1"),
                    "INPut#:FILTer[:LPASs][:STATe]": ("FILT", _on, "0"),
                    "[SENSe:]EVENt#:LEVel[:ABSolute]": ("LEV", _volts, scientific(0.0)),
                    "[SENSe:]EVENt#:LEVel[:ABSolute]:AUTO": ("AUTO", _on, "1"),
                    "[SENSe:]EVENt#:LEVel:RELative": ("REL", _part, scientific(50.0)),
                    "[SENSe:]EVENt#:HYSTeresis:RELative": ("HYST", _part, scientific(50.0)),
                    "[SENSe:]EVENt#:SLOPe": ("SLOP", _SLOPE, "POS"),
                }
            ),
        }
    )


def _channel_of(arguments: str) -> int:
    """Return the channel of `…,(@2)`; 1 where none is named."""
    parts = [p for p in parts_of(arguments, 3) if p]
    listed = [p for p in parts if p.startswith("(")]
    for part in parts:
        if part not in listed:
            number(part, {"MIN": 0.0, "MAX": 0.0, "DEF": 0.0}, "HZ")
    if not listed:
        return 1
    if listed != parts[-1:] or listed[0] not in {"(@1)", "(@2)"}:
        raise CommandError(-224, "Illegal parameter value")
    return int(listed[0][2])


def _check_reference(unit: Counter, text: str) -> None:
    """`ROSC:EXT:CHEC ONCE`: an error where there is no good reference; its code is not known from a source."""
    word_of(text, ("ONCE",))
    if unit.reference_Hz is None:
        raise CommandError(-241, "Hardware missing; no valid external timebase")


def _expected_reference(_unit: Counter, text: str) -> None:
    """`ROSC:EXT:FREQ`: what is expected at the reference input."""
    within(text, 1e6, 2e7, unit="HZ")


def _questionable(unit: Counter, _: str) -> str:
    bits, unit.questionable = unit.questionable, 0
    return f"{bits:+d}"


def _remove(unit: "Keysight53230A", text: str) -> str:
    """`R? [n]`: readings as a block of definite length, taken out of the memory."""
    taken = ",".join(unit.removed(count(text, unit.memory) if text else None))
    return f"#{len(str(len(taken)))}{len(taken)}{taken}"


def _remove_data(unit: "Keysight53230A", text: str) -> str:
    """`DATA:REM? n[,WAIT]`."""
    wanted, _, wait = (p.strip().upper() for p in text.partition(","))
    if wait == "WAIT":
        unit.wait_for(count(wanted, unit.memory))
    return ",".join(unit.removed(count(wanted, unit.memory)))


class Keysight53230A(Counter):
    """The 53230A: a reading without a signal ends after `SYST:TIM` as not a number (assumed: no source was found)."""

    gives_up = True
    error_queue_bit = 4

    def configure(self, arguments: str) -> None:
        """`CONF:FREQ [expected[, resolution]][,(@channel)]`: gate by time, 0.1 s."""
        channel = _channel_of(arguments)
        self.preset_trigger()
        self.function, self.channel, self.gate_s = "FREQ", channel, 0.1

    def shown(self, value: float) -> str:
        """Return a reading as text."""
        return f"{value:+.14E}"

    def removed(self, most: int | None) -> list[str]:
        """Return the oldest readings and forget them."""
        found = self.readings()
        number_of = len(found) if most is None else min(most, len(found))
        in_kept = min(number_of, len(self.kept))
        self.kept = self.kept[in_kept:]
        if self.acquisition is not None:
            self.acquisition.readings = self.acquisition.readings[number_of - in_kept :]
            self._wanted -= number_of - in_kept
        return found[:number_of]

    def wait_for(self, number_of: int) -> None:
        """Wait until so many readings are in the memory, or none comes any more."""
        while len(self.readings()) < number_of and (end_s := self.pending_s()) is not None:
            self.meter.clock.sleep(end_s - self.meter.clock.elapsed())

    commands = table(
        {
            **_SHARED,
            "SYSTem:VERSion?": lambda _unit, _: "1999.0",
            "SYSTem:TIMeout": _store("wait_s", lambda text: within(text, 0.01, 2000.0, default=1.0, unit="S")),
            "SYSTem:TIMeout?": _tell("wait_s", scientific),
            **_gate("[SENSe:]FREQuency:GATE:TIME"),
            "[SENSe:]FREQuency:GATE:SOURce": _one_of("TIME", "EXTernal", "INPut1", "INPut2"),
            "[SENSe:]FREQuency:GATE:SOURce?": lambda _unit, _: "TIME",
            "[SENSe:]FREQuency:MODE": _one_of("AUTO", "RECiprocal", "CONTinuous"),
            "[SENSe:]FREQuency:MODE?": lambda _unit, _: "AUTO",
            "[SENSe:]ROSCillator:EXTernal:CHECk": _check_reference,
            "[SENSe:]ROSCillator:EXTernal:FREQuency": _expected_reference,
            "STATus:QUEStionable[:EVENt]?": _questionable,
            "STATus:QUEStionable:CONDition?": lambda unit, _: f"{unit.questionable:+d}",
            "SAMPle:COUNt": _store("samples", lambda text: count(text, 1_000_000)),
            "SAMPle:COUNt?": lambda unit, _: scientific(unit.samples),
            "TRIGger:COUNt": _store("triggers", lambda text: float(count(text, 1_000_000))),
            "TRIGger:COUNt?": lambda unit, _: scientific(unit.triggers),
            "TRIGger:SOURce": Counter.set_source,
            "TRIGger:SOURce?": _tell("source", str),
            "TRIGger:DELay": Counter.set_delay,
            "TRIGger:DELay?": _tell("delay_s", scientific),
            "DATA:POINts?": Counter.count_readings,
            "DATA:REMove?": _remove_data,
            "R?": _remove,
            "FORMat[:DATA]": lambda _unit, text: _one_of("ASCii")(_unit, text.partition(",")[0]),
            "FORMat[:DATA]?": lambda _unit, _: "ASC,15",
            "DISPlay:TEXT:CLEar": lambda _unit, _: None,
            **_inputs(
                {
                    "INPut#:COUPling": ("COUP", _word("AC", "DC"), "AC"),
                    "INPut#:IMPedance": ("IMP", _impedance, scientific(1e6)),
                    "INPut#:RANGe": ("RANG", _volts, scientific(5.0)),
                    "INPut#:PROBe": ("PROB", _attenuation, "1"),
                    "INPut#:NREJect": ("NREJ", _on, "0"),
                    "INPut#:FILTer[:LPASs][:STATe]": ("FILT", _on, "0"),
                    "INPut#:LEVel[:ABSolute]": ("LEV", _volts, scientific(0.0)),
                    "INPut#:LEVel:AUTO": ("AUTO", _on, "1"),
                    "INPut#:LEVel:RELative": ("REL", _part, scientific(50.0)),
                    "INPut#:SLOPe": ("SLOP", _SLOPE, "POS"),
                }
            ),
        }
    )
