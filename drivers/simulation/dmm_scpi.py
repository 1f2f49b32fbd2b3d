"""What the SCPI multimeters do: functions, presets, readings (34401A User's Guide, chapters 3 and 4)."""

import math
from collections.abc import Mapping
from functools import cache
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, spellings
from calib.drivers.simulation.dmm_function import FunctionModel, FunctionState
from calib.drivers.simulation.dmm_math import Math
from calib.drivers.simulation.dmm_trigger import Triggered
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.scpi_values import (
    next_of,
    number,
    parts_of,
    quoted,
    scientific,
    within,
)

OVERLOAD = 9.9e37
VOLTAGE_OVERLOAD, CURRENT_OVERLOAD, OHMS_OVERLOAD = 1, 2, 512
"""Bits of the questionable data register (chapter 4); 2048 and 4096 are a failed limit."""
DETECTORS_S = {3.0: 7.0, 20.0: 1.0, 200.0: 0.6}
"""Time of an AC reading with the automatic delay, by the detector's lowest frequency (User's Guide, chapter 8)."""


@cache
def _spellings(model: FunctionModel) -> frozenset[str]:
    """Return every way to write a function's name."""
    return frozenset(spellings(f"[SENSe:]{model.header}"))


class ScpiMultimeter(Triggered):
    """A multimeter; its table of commands is in `dmm_scpi_commands`, its model in a class of its own."""

    error_queue_bit = 0
    functions: ClassVar[tuple[FunctionModel, ...]]
    steps: ClassVar[Mapping[float, float]]
    """Integration times in PLC, and their resolutions relative to the range."""
    gates_s: ClassVar[tuple[float, ...]] = (0.01, 0.1, 1.0)
    finest: ClassVar[float] = 1e-6
    text_length: ClassVar[int] = 12
    resolves_any_range: ClassVar[bool] = False
    """Whether a resolution may be set while autoranging."""
    scpi_version: ClassVar[str] = "1991.0"

    def __init__(self, identity: str, meter: Meter) -> None:
        super().__init__(meter)
        self.identity = identity
        self.display_on = self.beeper_on = True
        self.displayed = ""
        self.questionable = self.questionable_enable = 0
        self.states = {m.word: self.make_state(m) for m in self.functions}
        self.by_header = {m.header: self.states[m.word] for m in self.functions}
        self.math = Math()
        self.reset()

    def make_state(self, model: FunctionModel) -> FunctionState:
        """Return a function's settings."""
        return FunctionState(model, self.steps, self.gates_s, self.finest)

    @property
    def now(self) -> FunctionState:
        """The function in use."""
        return self.states[self.word]

    def reset(self, _: str = "") -> None:
        """`*RST`: direct voltage, autoranging, 10 NPLC, one reading at once, 10 MΩ."""
        self.word = self.functions[0].word
        for state in self.states.values():
            state.preset()
        self.filter_Hz = 20.0
        self.math.reset()
        self.preset_trigger()

    def configure(self, state: FunctionState, arguments: str) -> None:
        """`CONF:… [range][, resolution]`: presets all but these two."""
        range_text, resolution = (p.upper() for p in parts_of(arguments, 2))
        if range_text and not state.model.ranged:
            raise CommandError(-108, "Parameter not allowed")
        self._check_configuration(state, range_text, resolution)
        self.word = state.model.word
        for each in self.states.values():
            each.autozero, each.high_impedance = True, False
        state.preset()
        self.filter_Hz = 20.0
        self.math.reset()
        self.preset_trigger()
        if state.model.timing == "gate":
            if resolution not in {"", "DEF", "AUTO"}:
                state.gate_s = self._gate_for(resolution)
            return
        if range_text not in {"", "DEF", "AUTO"}:
            state.set_range(range_text)
        if resolution not in {"", "DEF"} and state.model.timing == "integration":
            state.nplc = state.nplc_for(resolution, state.range)

    def _check_configuration(self, state: FunctionState, range_text: str, resolution: str) -> None:
        """Refuse what cannot be set before anything is changed."""
        if state.model.timing == "gate":
            if range_text not in {"", "DEF", "AUTO", "MIN", "MAX"}:
                number(range_text, {}, state.model.unit)
            return
        automatic = range_text in {"", "DEF", "AUTO"}
        range_ = state.model.default if automatic else state.range_for(range_text)
        if resolution not in {"", "DEF"}:
            if range_text == "AUTO":
                raise CommandError(-221, "Settings conflict")
            if state.model.timing == "integration":
                state.nplc_for(resolution, range_)

    def _gate_for(self, resolution: str) -> float:
        """Return the gate that gives a relative resolution: longer for finer."""
        words = {"MIN": self.gates_s[-1], "MAX": self.gates_s[0]}
        if resolution in words:
            return words[resolution]
        number(resolution, {})
        return self.gates_s[-1]

    def measure(self, state: FunctionState, arguments: str) -> str | None:
        """`MEAS:…?`: CONFigure, then READ?."""
        self.configure(state, arguments)
        return self.read()

    def set_function(self, arguments: str) -> None:
        """`FUNC "VOLT:AC"`: the others keep their settings."""
        wanted = quoted(arguments).upper()
        word = next((m.word for m in self.functions if wanted in _spellings(m)), None)
        if word is None:
            raise CommandError(-224, "Illegal parameter value")
        self.abort()
        self.word = word

    def read_configuration(self, _: str) -> str:
        """`CONF?`."""
        state = self.now
        if state.model.timing == "gate":
            return f'"{state.model.word} {3.0 if state.model.word == "FREQ" else 1 / 3:+.6E},{3e-5:+.6E}"'
        return f'"{state.model.word} {state.range:+.6E},{state.range * state.fraction:+.6E}"'

    def set_resolution(self, state: FunctionState, arguments: str) -> None:
        """`RES` in the function's unit; with autoranging a settings conflict (as PyMeasure's hp34401A notes)."""
        if state.autorange and not self.resolves_any_range:
            raise CommandError(-221, "Settings conflict")
        state.set_resolution(arguments)
        self.abort()

    def set_filter(self, arguments: str) -> None:
        """`DET:BAND`: the detector for the lowest frequency in the signal."""
        steps = tuple(sorted(DETECTORS_S))
        wanted = within(arguments, steps[0], 300e3, default=20.0, unit="HZ")
        self.filter_Hz = max(s for s in steps if s <= wanted)

    def query_filter(self, arguments: str) -> str:
        """`DET:BAND? [MIN|MAX]`."""
        steps = tuple(sorted(DETECTORS_S))
        return scientific(number(arguments, {"MIN": steps[0], "MAX": steps[-1]}) if arguments else self.filter_Hz)

    def set_autorange(self, state: FunctionState, arguments: str) -> None:
        """`RANG:AUTO ON|OFF|ONCE`."""
        if arguments.strip().upper() == "ONCE":
            state.range, state.autorange = self._autoranged(state).range, False
        else:
            state.set_autorange(arguments)

    def read_error(self, _: str = "") -> str:
        """`SYST:ERR?`: takes the oldest error out of the queue."""
        code, text = self.errors.popleft() if self.errors else (0, "No error")
        return f'{code:+d},"{text}"'

    def set_text(self, arguments: str) -> None:
        """`DISP:TEXT "…"`: what is too long is cut."""
        self.displayed = quoted(arguments)[: self.text_length]

    def set_gate(self, state: FunctionState, arguments: str) -> None:
        """`FREQ:APER`."""
        state.gate_s = next_of(self.gates_s, within(arguments, self.gates_s[0], self.gates_s[-1], default=0.1))

    def how(self, state: FunctionState, range_: float) -> How:
        """Return how a reading in a range is taken."""
        file = self.meter.file
        ratio = file.overload_ratio
        how = state.how(
            range_,
            line_Hz=file.line_frequency_Hz,
            filter_Hz=self.filter_Hz,
            detector_s=self.detector_s(state),
            ratio=ratio,
        )
        if file.highest_V is not None and state.model.physics == "dc_voltage" and range_ == state.model.ranges[-1]:
            return how._replace(limit=file.highest_V)
        return how

    def detector_s(self, state: FunctionState) -> float:
        """Return the time of an AC reading; a delay that is set replaces the automatic one."""
        return DETECTORS_S[self.filter_Hz] if self.auto_delay else 0.1

    def indication(self, state: FunctionState, how: How, end_s: float) -> float | None:
        """Return one reading; None for an overload."""
        value = self.meter.indication(how, end_s)
        if value is None or state.model.word != "PER":
            return value
        return 1 / value if value else 0.0

    def read(self, _: str = "") -> str | None:
        """`READ?`; one reading at once, which is what most ask for, without a plan of readings to come."""
        if self.source != "IMM" or self.samples * self.triggers != 1:
            return super().read()
        self.abort()
        text, end_s = self.take(self.meter.clock.elapsed())
        self.meter.clock.sleep(end_s - self.meter.clock.elapsed())
        self.kept = [text] if self.fed else []
        return text

    def take(self, begin_s: float) -> tuple[str, float]:
        """Take the reading that begins at a time; return it as text, and when it ends."""
        state = self.now
        if state.autorange and len(state.model.ranges) > 1:
            state.range = self._autoranged(state).range
        how = self.how(state, state.range)
        end_s = begin_s + self.delay_s + how.duration_s
        value = self.indication(state, how, end_s)
        if value is None:
            self._note_overload(state)
            return self.shown(math.copysign(OVERLOAD, self.meter.sense(how, end_s).value)), end_s
        shown = self.math.apply(value, state)
        self.questionable |= self.math.failed
        return self.shown(shown), end_s

    def _note_overload(self, state: FunctionState) -> None:
        """Tell of an overload in both registers; the error queue keeps silent (chapter 4, the questionable data)."""
        self.event_status |= 8
        unit = state.model.unit
        self.questionable |= CURRENT_OVERLOAD if unit == "A" else OHMS_OVERLOAD if unit == "OHM" else VOLTAGE_OVERLOAD

    def read_questionable(self, _: str = "") -> str:
        """`STAT:QUES:EVEN?`: reading it clears it."""
        self.pending_s()
        value, self.questionable, self.math.failed = self.questionable, 0, 0
        return f"{value:+d}"

    def clear_status(self, _: str = "") -> None:
        """`*CLS`."""
        super().clear_status()
        self.questionable = self.math.failed = 0

    def own_status_bits(self) -> int:
        """Return bit 3: questionable data (chapter 4, the status byte)."""
        return 8 if self.questionable & self.questionable_enable else 0

    def shown(self, value: float) -> str:
        """Return a reading as text."""
        return scientific(value)

    def _autoranged(self, state: FunctionState) -> How:
        return self.meter.autorange(self.how(state, r) for r in state.model.ranges)
