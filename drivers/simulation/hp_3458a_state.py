"""How a 3458A is set: function, range, integration, and the state that presets make (User's Guide, chapter 6)."""

from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.hp_3458a_functions import FUNCTIONS, GATES_S, SHUNTS_OHM, TESTS_A, Function
from calib.drivers.simulation.hp_3458a_math import Math3458A
from calib.drivers.simulation.hp_3458a_settings import (
    PRESETS,
    RANGE,
    RESET,
    SETTINGS,
    SYNTAX,
    UNDEFINED,
    Number,
    Refused,
    Values,
    Word,
)
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.meter_input import by_range

DIGITS = ((10.0, 1e-8), (1.0, 1e-7), (0.1, 1e-6), (0.006, 1e-5), (0.0, 1e-4))
"""Least digit relative to the range, from an integration time on; 8½ digits from 10 PLC on, the rest is our own."""


class State3458A(CommandSet):
    """What is set."""

    interrupted_query = None
    unterminated_query = None
    error_queue_bit = 0

    def __init__(self, identity: str, meter: Meter) -> None:
        super().__init__()
        self.identity = identity
        self.meter = meter
        self.states: dict[str, tuple[dict[str, Values], str, float, bool, float]] = {}
        self.subprograms: dict[str, list[str]] = {}
        self.calibration = "SIMULATED"
        self.displayed = ""
        self.entry: tuple[str, list[str]] | None = None
        self.stale: bytes | None = None
        """What a free run has left in the output buffer."""
        self.zero_s: float | None = None
        self.reset()

    def reset(self, _: str = "") -> None:
        """`RESET`."""
        self.values = dict(RESET)
        self.function, self.range, self.autorange = "DCV", 10.0, True
        self.nplc, self.gate_s = 10.0, 1.0
        self.mode = "FIFO"
        self.math = Math3458A()
        self.register = self.auxiliary = self.status = 0
        self.memory: list[float] = []
        self.stale = self.entry = self.zero_s = None
        self.armed = False
        self.run_s = self.meter.clock.elapsed()

    def word(self, name: str) -> str:
        """Return the first value of a setting of words."""
        return str(self.values[name][0])

    def number(self, name: str) -> float:
        """Return the first value of a setting of numbers."""
        return float(self.values[name][0])

    def preset(self, arguments: list[str]) -> None:
        """`PRESET NORM|FAST|DIG`."""
        name = Word({"FAST": 0, "NORM": 1, "DIG": 2}, "NORM").read(arguments[0].upper() if arguments else "")
        settings, range_, nplc = PRESETS[name]
        self.values |= settings
        self.nplc = nplc
        self.mode = "FIFO"
        self.math = Math3458A()
        self.armed = False
        self.select("DCV", [range_])

    def select_function(self, arguments: list[str]) -> None:
        """`FUNC name[,max_input[,resolution]]`."""
        name, *rest = [a.upper() for a in arguments] or ["DCV"]
        by_number = {str(f.number): n for n, f in FUNCTIONS.items()}
        if by_number.get(name, name) not in FUNCTIONS:
            raise Refused(UNDEFINED)
        self.select(by_number.get(name, name), rest)

    def set_range(self, arguments: list[str]) -> None:
        """`RANGE max_input[,resolution]`."""
        self.select(self.function, [a.upper() for a in arguments] or ["AUTO"])

    def set_autorange(self, arguments: list[str]) -> None:
        """`ARANGE ON|OFF|ONCE`."""
        how = Word({"OFF": 0, "ON": 1, "ONCE": 2}, "ON").read(arguments[0].upper() if arguments else "")
        if how == "ONCE":
            self.range = self.meter.autorange(self.how(r) for r in FUNCTIONS[self.function].ranges).range
        self.autorange = how == "ON"

    def set_nplc(self, arguments: list[str]) -> None:
        """`NPLC`: whole ones from 1, tens from 10 on."""
        plc = Number(0, 1000, 0).read(arguments[0] if arguments else "")
        step = 1e-5 if plc <= 1 else 1.0 if plc <= 10 else 10.0
        self.nplc = max(round(plc / step) * step, 500e-9 * self.number("LFREQ"))

    def set_aperture(self, arguments: list[str]) -> None:
        """`APER` in seconds, 500 ns to 1 s."""
        self.nplc = max(Number(0, 1, 500e-9).read(arguments[0] if arguments else ""), 500e-9) * self.number("LFREQ")

    def set_resolution(self, arguments: list[str]) -> None:
        """`RES` in per cent of the range."""
        self._resolve(arguments[0] if arguments else "", self.range)

    def sweep(self, arguments: list[str]) -> None:
        """`SWEEP interval,samples`: the same as TIMER and NRDGS n,TIMER."""
        interval, samples = ([*arguments, "", ""])[:2]
        self.values["TIMER"] = (Number(1e-8, 6000, 1e-7).read(interval),)
        self.values["NRDGS"] = (Number(1, 1.67e7, 1024).read(samples), "TIMER")

    def store_state(self, arguments: list[str]) -> None:
        """`SSTATE name`."""
        name = (arguments or ["0"])[0].upper()
        self.states[name] = (dict(self.values), self.function, self.range, self.autorange, self.nplc)

    def recall_state(self, arguments: list[str]) -> None:
        """`RSTATE name`."""
        state = self.states.get((arguments or ["0"])[0].upper())
        if state is None:
            raise Refused(UNDEFINED)
        values, self.function, self.range, self.autorange, self.nplc = state
        self.values = dict(values)

    def assign(self, head: str, words: list[str]) -> None:
        """Take the parameters of a command that only sets something."""
        parameters = SETTINGS[head]
        if len(words) > len(parameters):
            raise Refused(SYNTAX)
        filled = words + [""] * (len(parameters) - len(words))
        values = tuple(p.read(text) for p, text in zip(parameters, filled, strict=True))
        if head == "BEEP" and values == ("ONCE",):
            return
        if head == "MATH":
            self.math.begin()
        self.values[head] = values

    def select(self, function: str, words: list[str]) -> None:
        """Select a function by `[max_input][,resolution]`."""
        model = FUNCTIONS[function]
        largest = words[0] if words else "AUTO"
        if not model.floating and largest in {"AUTO", "-1"}:
            largest = "10"  # a sampled function has no autorange
        range_ = self._range_of(model, largest)
        self.function = function
        if range_ is None:
            self.range, self.autorange = _default_range(model), True
        else:
            self.range, self.autorange = range_, False
        if len(words) > 1:
            self._resolve(words[1], self.range if range_ is None else float(largest))
        self.zero_s = None

    def _range_of(self, model: Function, text: str) -> float | None:
        if text in {"AUTO", "-1", ""}:
            return None
        range_ = model.range_for(abs(Number(-1e12, 1e12, 0).read(text)))
        if range_ is None:
            raise Refused(RANGE)
        return range_

    def _resolve(self, text: str, largest: float) -> None:
        """Take the integration time, or gate, that a resolution in per cent asks for."""
        percent = Number(0, 100, 0).read(text)
        if FUNCTIONS[self.function].timing == "gate":
            self.gate_s = next((g for p, g in GATES_S.items() if percent <= p * 1.001), 1e-4)
        elif percent:
            fraction = percent / 100 * largest / self.range
            wanted = next((plc for plc, digit in reversed(DIGITS) if digit <= fraction * 1.001), 10.0)
            self.nplc = max(self.nplc, wanted)  # NPLC and resolution: the finer of the two holds

    def how(self, range_: float) -> How:
        """Return how a reading in a range is taken."""
        model = FUNCTIONS[self.function]
        aperture_s = self.nplc / self.number("LFREQ")
        zeroed = self.word("AZERO") == "ON" or self.function == "DCI"
        twice = 2 if zeroed and model.timing == "integration" else 1
        compensated = self.word("OCOMP") == "ON" and range_ <= 1e5
        low_Hz = max(1.0, float(self.values["ACBAND"][0]))
        integration_s = {"integration": aperture_s, "detector": 10 / low_Hz, "gate": self.gate_s, "sampled": 2e-9}
        seconds = integration_s[model.timing]
        fixed = self.word("FIXEDZ") == "ON"
        return How(
            function=model.physics,
            range=range_,
            limit=model.limit(range_),
            digit=self._digit(model, range_),
            duration_s=seconds * twice * (2 if compensated and model.physics == "resistance" else 1),
            integration_s=seconds,
            input_ohm=_input_ohm(model, range_, fixed=fixed),
            burden_ohm=by_range(SHUNTS_OHM, range_),
            test_A=by_range(TESTS_A, range_),
            wires=model.wires,
            offset_compensated=compensated,
            filter_Hz=low_Hz,
            zero_s=None if zeroed else self.zero_s,
        )

    def _digit(self, model: Function, range_: float) -> float:
        if model.timing == "integration":
            return range_ * next(digit for plc, digit in DIGITS if self.nplc >= plc)
        return {"detector": range_ * 1e-7, "sampled": range_ * 1e-4}.get(model.timing, 1e-9)


def _default_range(model: Function) -> float:
    return min(model.ranges, key=lambda r: abs(r - 10.0)) if model.physics.endswith("voltage") else model.ranges[-1]


def _input_ohm(model: Function, range_: float, *, fixed: bool) -> float:
    if model.physics == "resistance":
        return 1e7 if fixed else float("inf")
    if model.physics == "dc_voltage":
        return 1e7 if fixed or range_ > 10 else 1e13
    return 1e6
