"""What the 8588A does: functions, readings, formats, math (sources: see `fluke_8588a`)."""

import math
import statistics
from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.dmm_function import FunctionModel, FunctionState
from calib.drivers.simulation.dmm_scpi import ScpiMultimeter
from calib.drivers.simulation.fluke_8588a_settings import SETTINGS
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.scpi_values import count, scientific, within, word_of

TESTS_A = {1e1: 1e-2, 1e3: 1e-3, 1e4: 1e-4, 1e5: 1e-4, 1e6: 1e-5, 1e7: 1e-6, 1e10: 1e-7}
BURDENS_OHM = {1e-4: 1e3, 1e-3: 1e2, 1e-2: 1e1, 0.1: 1.0, 1.0: 0.1, 30.0: 0.01}
DC_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
AC_V = (0.01, *DC_V)
A = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 30.0)
OHM = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10)
FILTERS_HZ = (0.1, 1.0, 10.0, 40.0, 100.0, 1000.0)
PACKED = {"PACK": 2, "PACK,4": 4}


class State8588A(FunctionState):
    """Any integration time from 0.01 to 500 PLC."""

    @property
    def default_nplc(self) -> float:
        """Return 50 PLC: 1 s."""
        return 50.0

    def set_nplc(self, text: str) -> None:
        """Take an integration time as it is."""
        self.nplc = within(text, 0.01, 500.0, default=self.default_nplc)
        self.aperture_s = None

    def digit(self, range_: float) -> float:
        """Return the least digit of an indication."""
        return 1e-9 if self.model.timing == "gate" else range_ * 1e-9


class Meter8588A(ScpiMultimeter):
    """An 8588A."""

    steps: ClassVar[Mapping[float, float]] = {0.01: 1e-4, 0.1: 1e-5, 1.0: 1e-6, 10.0: 1e-7, 50.0: 1e-8, 500.0: 1e-9}
    gates_s: ClassVar[tuple[float, ...]] = (0.0001, 0.001, 0.01, 0.1, 1.0)
    memory = 10_000_000
    resolves_any_range = True
    most_readings = 10_000_000
    scpi_version = "1999.0"
    sources: ClassVar[tuple[str, ...]] = (
        "IMMediate", "BUS", "EXTernal", "HOLD", "INTernal", "LINE", "MANual", "SYNC", "TIMer",
    )  # fmt: skip
    functions: ClassVar[tuple[FunctionModel, ...]] = (
        FunctionModel("VOLT:DC", "VOLTage[:DC]", "dc_voltage", "V", DC_V, 1000.0, 1050.0),
        FunctionModel("VOLT:AC", "VOLTage:AC", "ac_voltage", "V", AC_V, 1000.0, 1050.0, "detector", input_ohm=1e6),
        FunctionModel("CURR:DC", "CURRent[:DC]", "dc_current", "A", A, 1.0, 30.2, burdens_ohm=BURDENS_OHM),
        FunctionModel("CURR:AC", "CURRent:AC", "ac_current", "A", A, 1.0, 30.2, "detector", burdens_ohm=BURDENS_OHM),
        FunctionModel("RES", "RESistance", "resistance", "OHM", OHM, 1e4, 1.2e10, tests_A=TESTS_A),
        FunctionModel("FRES", "FRESistance", "resistance", "OHM", OHM, 1e4, 1.2e10, wires=4, tests_A=TESTS_A),
        FunctionModel("FREQ", "FREQuency", "frequency", "HZ", AC_V, 10.0, math.inf, "gate", input_ohm=1e6),
        FunctionModel("PER", "PERiod", "frequency", "S", AC_V, 10.0, math.inf, "gate", input_ohm=1e6),
        FunctionModel("DIG:VOLT", "DIGitize:VOLTage", "sampled", "V", AC_V, 10.0, 1050.0, "sample", input_ohm=1e7),
        *(
            FunctionModel(word, header, "absent", "V", (1.0,), 1.0, 1.0, ranged=False)
            for word, header in (
                ("CAP", "CAPacitance"),
                ("TEMP:TC", "TEMPerature:TC"),
                ("TEMP:RTD", "TEMPerature:RTD"),
                ("TEMP:TRTD", "TEMPerature:TRTD"),
                ("TEMP:FRTD", "TEMPerature:FRTD"),
                ("POW", "POWer"),
                ("DIG:CURR", "DIGitize:CURRent"),
            )
        ),
    )

    def __init__(self, identity: str, meter: Meter) -> None:
        self.stored: dict[str, object] = {}
        super().__init__(identity, meter)

    def make_state(self, model: FunctionModel) -> FunctionState:
        """Return a function's settings."""
        return State8588A(model, self.steps, self.gates_s, 1e-9)

    def handle(self, message: bytes) -> bytes | None:
        """Answer with CR LF."""
        reply = super().handle(message)
        return None if reply is None else reply[:-1] + b"\r\n"

    def reset(self, _: str = "") -> None:
        """`*RST`."""
        super().reset()
        self.stored = {name: setting.default for name, setting in SETTINGS.items()}
        self.filters_Hz = {"VOLT:AC": 40.0, "CURR:AC": 40.0}
        self.impedance, self.true_ohms, self.terminal = "AUTO", "NORM", "FRON"
        self.aperture_mode, self.format = "AUTO", "ASC"
        self.last, self.failed = 0.0, False
        self.collected: list[float] = []

    def how(self, state: FunctionState, range_: float) -> How:
        """Return how a reading in a range is taken; four-wire true ohms takes emf out by reversing the current."""
        how = super().how(state, range_)
        if state.model.physics == "dc_voltage":
            high = self.impedance == "AUTO" and range_ < 100
            return how._replace(input_ohm=1e13 if high else 1e6 if self.impedance == "1M" else 1e7)
        if state.model.word == "FRES" and self.true_ohms == "TRUE":
            return how._replace(offset_compensated=True, duration_s=2 * how.duration_s)
        if state.model.word in self.filters_Hz:
            return how._replace(filter_Hz=self.filters_Hz[state.model.word])
        return how

    def detector_s(self, state: FunctionState) -> float:
        """Return the time of an AC reading: a few periods of its filter."""
        return 4.0 / self.filters_Hz[state.model.word] if state.model.word in self.filters_Hz else 1.0

    def indication(self, state: FunctionState, how: How, end_s: float) -> float | None:
        """Return one reading after math, (m·x − c)/z with what of it is on; None for an overload."""
        value = super().indication(state, how, end_s)
        if value is None:
            return None
        self.last = value
        if self.stored["CALCulate:MATH:STATe"]:
            m, c, z = (self.factor(letter, neutral) for letter, neutral in (("M", 1.0), ("C", 0.0), ("Z", 1.0)))
            value = (m * value - c) / z
        if self.stored["CALCulate:SSTatistics:STATe"]:
            self.collected.append(value)
        self.failed = self.failed or self.out_of_limits(value)
        return value

    def out_of_limits(self, value: float) -> bool:
        """Return whether a limit that is on is passed."""
        limits = self.stored
        low, high = float(str(limits["CALCulate:LIMit:LOWer"])), float(str(limits["CALCulate:LIMit:UPPer"]))
        below = bool(limits["CALCulate:LIMit:LOWer:STATe"]) and value < low
        above = bool(limits["CALCulate:LIMit:UPPer:STATe"]) and value > high
        return bool(limits["CALCulate:LIMit:STATe"]) and (below or above)

    def factor(self, letter: str, neutral: float) -> float:
        """Return a factor of the math, the neutral one where it is off."""
        name = f"CALCulate:MATH:{letter}FACtor"
        return float(str(self.stored[name])) if self.stored[f"{name}:STATe"] else neutral

    def statistic(self, name: str) -> str:
        """Return a statistic of the readings since statistics were switched on; 0 without readings."""
        values = self.collected
        if not values:
            return scientific(0.0)
        found = {
            "AVER": statistics.fmean(values),
            "MAX": max(values),
            "MIN": min(values),
            "SPAN": max(values) - min(values),
            "SDEV": statistics.stdev(values) if len(values) > 1 else 0.0,
        }
        return scientific(found[name])

    def read(self, _: str = "") -> str | None:
        """`READ?`: ABORt, INITiate, FETCh?."""
        if self.source == "BUS":
            raise CommandError(-214, "Trigger deadlock")
        self.abort()
        if self.source in {"EXT", "HOLD", "MAN"}:
            return None
        arms = math.prod(round(float(str(self.stored[f"ARM:LAYer{layer}:COUNt"]))) for layer in (1, 2))
        self.begin(self.triggers * arms)
        return self.fetch()

    def fetch(self, arguments: str = "") -> str:
        """`FETC? [1|2|…]`: 2 to 5 are readings that a single channel does not have."""
        if arguments.strip() not in {"", "1"}:
            raise CommandError(-230, "Data corrupt or stale")
        self.finish()
        readings = self.readings()
        if not readings:
            raise CommandError(-230, "Data corrupt or stale")
        return self.packed(readings) if self.format != "ASC" else ",".join(readings)

    def fetch_now(self, arguments: str = "") -> str:
        """`FNOW? [n]`: the oldest readings, taken out of the memory."""
        readings = self.readings()
        taken = readings[: count(arguments, self.most_readings)] if arguments else readings
        self.kept = readings[len(taken) :]
        if self.acquisition is not None:
            self.acquisition.readings.clear()
        return ",".join(taken)

    def packed(self, readings: list[str]) -> str:
        """Return readings as a block of definite length of integers; what is too large is the largest."""
        size = PACKED[self.format]
        most = 2 ** (8 * size - 1) - 1
        order = "big" if self.stored["FORMat:BORDer"] == "NORM" else "little"
        counts = [max(-most, min(most, round(float(r) / self.scale()))) for r in readings]
        data = b"".join(c.to_bytes(size, order, signed=True) for c in counts)
        return (f"#{len(str(len(data)))}{len(data)}".encode("ascii") + data).decode("latin-1")

    def scale(self) -> float:
        """Return the factor between a packed integer and the reading: 1 of ASCII."""
        if self.format == "ASC":
            return 1.0
        most: int = 2 ** (8 * PACKED[self.format] - 1) - 1
        return 2 * self.now.range / most

    def set_format(self, arguments: str) -> None:
        """`FORM ASC|PACK,2|PACK,4`."""
        name, _, size = (p.strip() for p in arguments.partition(","))
        name = word_of(name, ("ASCii", "PACKed"))
        if name == "PACK" and size not in {"", "2", "4"}:
            raise CommandError(-224, "Illegal parameter value")
        self.format = "PACK,4" if name == "PACK" and size == "4" else name
