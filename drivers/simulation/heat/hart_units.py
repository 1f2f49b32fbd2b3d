"""Twins with Hart Scientific's serial commands: baths and dry wells, and the readouts 1502A and 1504."""

import math
from collections.abc import Mapping
from typing import ClassVar

from calib.clock import Clock
from calib.drivers.simulation.heat.files import BathFile
from calib.drivers.simulation.heat.hart import HartPanel, HartTwin, HartUnitFile, Verb
from calib.drivers.simulation.heat.medium import Medium
from calib.drivers.simulation.heat.readout import Readout, ReadoutFile
from calib.drivers.simulation.heat.world import heat_world
from calib.drivers.simulation.kinds import InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup
from calib.errors import InputError
from calib.files import Span


class HartBathFile(HartUnitFile):
    """A bath or dry well; without a bath of the world of heat it has one of its own that nobody can reach."""

    model: str = "7341"
    version: str = "1.00"
    world: str = "heat"
    bath: str | None = None
    range_C: Span = (-40.0, 150.0)
    """Set points that it takes."""


class HartBath(HartTwin):
    """A bath or dry well with its control."""

    def __init__(self, file: HartBathFile, clock: Clock, medium: Medium) -> None:
        super().__init__(file.panel, clock)
        self._file = file
        self._medium = medium
        self.unit = "C"

    def true_error(self, quantity: str, value: float) -> float:
        """Return by how much its own sensor shows too much at a temperature, in kelvins: for studies."""
        assert quantity == "temperature"
        return self._medium.sensor_error_K(value)

    def reading(self) -> str:
        """Return the temperature of its own sensor."""
        return f"t: {self._shown(self._medium.indicated_C(self.clock.elapsed()))}"

    def setpoint(self, value: str | None) -> str | None:
        """`s`: what it cannot reach is not taken."""
        if value is None:
            return f"set: {self._shown(self._medium.set_C)}"
        wanted_C = self._from_unit(_number(value))
        low_C, high_C = self._file.range_C
        if low_C <= wanted_C <= high_C:
            self._medium.set_point(round(wanted_C, 2), self.clock.elapsed())
        return None

    def set_unit(self, value: str | None) -> str | None:
        """`u`."""
        if value is None:
            return f"u: {self.unit}"
        if value in {"c", "f"}:
            self.unit = value.upper()
        return None

    def _shown(self, t_C: float) -> str:
        step = self._medium.file.resolution_K
        value = t_C if self.unit == "C" else t_C * 1.8 + 32
        return f"{round(value / step) * step:.2f} {self.unit}"

    def _from_unit(self, value: float) -> float:
        return value if self.unit == "C" else (value - 32) / 1.8

    verbs: ClassVar[Mapping[str, Verb]] = {
        "s[etpoint]": setpoint,
        "t[emperature]": lambda unit, _: unit.reading(),
        "u[nits]": set_unit,
        "*ver[sion]": lambda unit, _: f"ver.{unit._file.model},{unit._file.version}",  # noqa: SLF001
    }


class HartReadoutFile(ReadoutFile):
    """A readout of one thermometer, at channel 1."""

    panel: HartPanel = HartPanel()
    currents_A: tuple[float, ...] = (1e-3, 0.5e-3)
    """Of a 1502A."""


class HartReadout(HartTwin):
    """A readout of one thermometer."""

    model: ClassVar[str] = "1504"

    def __init__(self, file: HartReadoutFile, clock: Clock, readout: Readout) -> None:
        super().__init__(file.panel, clock)
        self._file = file
        self.readout = readout
        self.unit = "C"

    def power_on(self) -> None:
        """Be as the panel is set, without a measurement."""
        super().power_on()
        self.readout.power_on()

    def true_error(self, quantity: str, value: float) -> float:
        """Return its error of indication with its thermometer at a temperature, in kelvins: for studies."""
        assert quantity == "temperature"
        return self.readout.true_indication_C(1, value) - value

    def reading(self) -> str:
        """Return the latest measurement with its unit; blanks where there is none."""
        return f"t: {self._number():>8} {self.unit}"

    def set_unit(self, value: str | None) -> str | None:
        """`u`."""
        if value is None:
            return f"u: {self.unit}"
        if value in {"c", "f", "k", "o"}:
            self.unit = value.upper()
        return None

    def _number(self) -> str:
        measured = self.readout.latest(1)
        if measured is None:
            return ""
        if self.unit == "O":
            return f"{measured.ohm:.4f}"
        t_C = self.readout.temperature_C(1, measured.ohm)
        value = {"C": t_C, "F": t_C * 1.8 + 32, "K": t_C + 273.15}[self.unit]
        return f"{value:.3f}" if math.isfinite(value) else ""

    verbs: ClassVar[Mapping[str, Verb]] = {
        "t": lambda unit, _: unit.reading(),
        "fetc[h?]": lambda unit, _: unit._number(),  # noqa: SLF001
        "u": set_unit,
        "*ver": lambda unit, _: f"ver.{unit.model},1.00",
        "*idn?": lambda unit, _: f"HART,{unit.model},{unit._file.serial_number},1.00",  # noqa: SLF001
    }


class Fluke1502A(HartReadout):
    """A readout with two currents."""

    model = "1502A"

    def set_current(self, value: str | None) -> str | None:
        """`cu`, in milliamperes."""
        if value is None:
            return f"cu: {self.readout.current_A * 1e3:g}"
        wanted_A = _number(value) * 1e-3
        if any(math.isclose(wanted_A, each) for each in self._file.currents_A):
            self.readout.current_A = wanted_A
        return None

    verbs: ClassVar[Mapping[str, Verb]] = {**HartReadout.verbs, "cu": set_current}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _bath(file: HartBathFile, setup: Setup) -> Twin:
    if file.bath is None:
        medium = Medium(BathFile(), setup.environment.temperature_C, setup.rng("bath"))
    else:
        medium = heat_world(setup, file.world).medium(file.bath)
        if medium.file.is_fixed:
            msg = f"simulated {setup.name}: the bath {file.bath!r} is a fixed point; nothing controls it"
            raise InputError(msg)
    return Twin(HartBath(file, setup.clock, medium))


def _readout(twin: type[HartReadout]) -> InstrumentKind:
    def make(file: HartReadoutFile, setup: Setup) -> Twin:
        return Twin(twin(file, setup.clock, Readout(file, setup, range(1, 2))))

    return InstrumentKind(make, HartReadoutFile)


HART_BATH = InstrumentKind(_bath, HartBathFile)
FLUKE_1502A, FLUKE_1504 = _readout(Fluke1502A), _readout(HartReadout)
