"""One function of a SCPI multimeter: its ranges and how they are set (34401A User's Guide, chapter 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.meter_input import How, by_range
from calib.drivers.simulation.scpi_values import is_on, next_of, number, within
from calib.drivers.simulation.terminals import Wires

Timing = Literal["integration", "detector", "gate", "sample"]


@dataclass(frozen=True, eq=False)
class FunctionModel:
    """What a manual lists of one function."""

    word: str
    """As `FUNC?` answers it, such as VOLT:AC."""
    header: str
    """As in the command table, such as VOLTage:AC."""
    physics: str
    unit: str
    ranges: tuple[float, ...]
    default: float
    """Range after `*RST`, where autoranging begins."""
    highest: float
    """Largest indication of the highest range; the others hold `overrange` times their value."""
    timing: Timing = "integration"
    overrange: float = 1.2
    wires: Wires = 2
    input_ohm: float = 1e7
    burdens_ohm: Mapping[float, float] = field(default_factory=dict)
    """By range; what is missing is the one before."""
    tests_A: Mapping[float, float] = field(default_factory=dict)
    ranged: bool = True
    """Whether it has commands for its range."""

    def limit(self, range_: float, ratio: float | None = None) -> float:
        """Return the largest indication of a range."""
        return self.highest if range_ == self.ranges[-1] else range_ * (ratio or self.overrange)


class FunctionState:
    """How one function is set. `steps` are the model's integration times in PLC, with their resolutions."""

    def __init__(
        self, model: FunctionModel, steps: Mapping[float, float], gates_s: tuple[float, ...], finest: float
    ) -> None:
        self.model = model
        self.steps = dict(sorted(steps.items()))
        self.gates_s = gates_s
        self.finest = finest
        self.preset()

    def preset(self) -> None:
        """Be as after `*RST` or `CONFigure`."""
        self.range, self.autorange = self.model.default, True
        self.nplc = self.default_nplc
        self.gate_s = 0.1 if 0.1 in self.gates_s else self.gates_s[0]
        self.autozero, self.zero_s = True, 0.0
        self.aperture_s: float | None = None
        self.high_impedance = False
        self.null, self.null_value, self.null_auto = False, 0.0, False

    @property
    def default_nplc(self) -> float:
        """Return 10 PLC."""
        return 10.0

    @property
    def fraction(self) -> float:
        """Return the resolution at the present integration time, relative to the range."""
        return self.steps[next((n for n in self.steps if n >= self.nplc), max(self.steps))]

    def set_range(self, text: str) -> None:
        """Take the lowest range that holds a value; autoranging off."""
        self.range, self.autorange = self.range_for(text), False

    def range_for(self, text: str) -> float:
        """Return the lowest range that holds a value; 20 % overrange but on the highest."""
        model = self.model
        words = {"MIN": model.ranges[0], "MAX": model.ranges[-1], "DEF": model.default}
        value = abs(number(text, words, model.unit))
        for range_ in model.ranges:
            if value <= (range_ if range_ == model.ranges[-1] else model.overrange * range_):
                return range_
        raise CommandError(-222, "Data out of range")

    def set_autorange(self, text: str) -> None:
        """`ON`, `OFF`; `ONCE` is left to the meter, which must look."""
        self.autorange = is_on(text)

    def set_nplc(self, text: str) -> None:
        """Take the shortest integration time that is at least the one asked for."""
        steps = list(self.steps)
        self.nplc = next_of(steps, within(text, steps[0], steps[-1], default=self.default_nplc))
        self.aperture_s = None

    def set_resolution(self, text: str) -> None:
        """Take the shortest integration time that gives a resolution in the function's unit."""
        self.nplc = self.nplc_for(text, self.range)

    def nplc_for(self, text: str, range_: float) -> float:
        """Return the shortest integration time that gives a resolution in a range."""
        fractions = list(self.steps.values())
        words = {
            "MIN": range_ * fractions[-1],
            "MAX": range_ * fractions[0],
            "DEF": range_ * self.steps.get(self.default_nplc, fractions[-1]),
        }
        wanted = number(text, words, self.model.unit)
        for nplc, fraction in self.steps.items():
            if range_ * fraction <= wanted * (1 + 1e-9):
                return nplc
        raise CommandError(532, "Cannot achieve requested resolution")

    def set_gate(self, text: str) -> None:
        """Take a gate time in seconds."""
        self.gate_s = next_of(self.gates_s, within(text, self.gates_s[0], self.gates_s[-1], default=0.1, unit="S"))

    def set_autozero(self, text: str, now_s: float) -> None:
        """`ON`, `OFF`, `ONCE`: the last two measure the zero now and go on without."""
        self.autozero = text.strip().upper() != "ONCE" and is_on(text)
        self.zero_s = now_s

    def how(self, range_: float, *, line_Hz: float, filter_Hz: float, detector_s: float, ratio: float | None) -> How:
        """Return how a reading in a range is taken."""
        model = self.model
        aperture_s = self.nplc / line_Hz if self.aperture_s is None else self.aperture_s
        seconds = {"integration": aperture_s, "detector": detector_s, "gate": self.gate_s, "sample": 1e-6}
        integration_s = seconds[model.timing]
        zeroed = model.timing == "integration" and self.autozero
        digit = self.digit(range_)
        return How(
            function=model.physics,
            range=range_,
            limit=float("inf") if model.timing == "gate" else model.limit(range_, ratio),
            digit=digit,
            duration_s=integration_s * (2 if zeroed else 1),
            integration_s=integration_s,
            input_ohm=self.input_ohm(range_),
            burden_ohm=by_range(model.burdens_ohm, range_, 0.0),
            test_A=by_range(model.tests_A, range_, 1e-3),
            wires=model.wires,
            filter_Hz=filter_Hz,
            zero_s=None if self.autozero else self.zero_s,
        )

    def digit(self, range_: float) -> float:
        """Return the least digit of an indication: 4½ digits at 0.02 PLC, 5½ at 0.2 PLC, all from 1 PLC on."""
        if self.model.timing == "gate":
            return 1e-6 if self.model.physics == "frequency" else 1e-12
        if self.model.timing == "detector":
            return range_ * 1e-6
        nplc = self.nplc
        return range_ * (self.finest if nplc >= 1 else 1e-5 if nplc >= 0.2 else 1e-4 if nplc >= 0.02 else 1e-3)

    def input_ohm(self, range_: float) -> float:
        """Return the input resistance; a high one where the range has it and it is chosen; none beside a resistance."""
        if self.model.physics in {"resistance", "diode"}:
            return float("inf")  # where 10 MΩ stand beside it, as in the 100 MΩ range, the meter takes them out
        high = self.high_impedance and self.model.physics == "dc_voltage" and range_ <= 10.0
        return 1e13 if high else self.model.input_ohm
