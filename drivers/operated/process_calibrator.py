"""A process calibrator without an interface: a person sets what it puts out, and types what it shows."""

import math
from typing import Literal

from calib.drivers.operated.meter import OperatorRead
from calib.errors import OutOfRange
from calib.units import show


class OperatorSetCalibrator(OperatorRead):
    """Measures DC voltage and current, resistance and frequency, and puts the first three out.

    Nobody can ask it whether its output is on: what counts is what a person confirmed last. Before anything was
    confirmed it counts as on. Its limits are this driver's own. Such instruments put out no dangerous voltage.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # those of Instrument
        self._off = False
        self._limits = {"V": math.inf, "A": math.inf}

    def limit_dc_voltage(self, maximum_V: float) -> None:
        """Refuse any output beyond ± `maximum_V` from now on."""
        self._limits["V"] = maximum_V

    def limit_dc_current(self, maximum_A: float) -> None:
        """Refuse any output beyond ± `maximum_A` from now on."""
        self._limits["A"] = maximum_A

    def source_dc_voltage(self, output_V: float) -> None:
        """Have a voltage put out; return once a person says that it is on and steady."""
        self._source("dc_voltage", output_V, "V")

    def source_dc_current(self, output_A: float) -> None:
        """Have a current driven out of the current terminals; return once a person says that it is on and steady."""
        self._source("dc_current", output_A, "A")

    def source_resistance(self, resistance_ohm: float, *, wires: Literal[2, 4] = 2) -> float:
        """Have a resistance simulated; return it."""
        self._source("resistance", resistance_ohm, "Ω")
        return resistance_ohm

    def standby(self) -> None:
        """Have the output switched off, unless it is known to be."""
        if not self._off:
            self.write("STBY")
            self._off = True

    def is_operating(self) -> bool:
        """Return whether the output may be on."""
        return not self._off

    def safe(self) -> None:
        """Have the output switched off, unless it is known to be; errors that others left are not asked for."""
        if not self._off:
            self.transport.write("STBY")
            self._off = True

    def _source(self, function: str, value: float, unit: str) -> None:
        limit = self._limits.get(unit, math.inf)
        if not (math.isfinite(value) and abs(value) <= limit):
            msg = f"{self.who}: the output cannot be {show(value, unit)}; allowed: up to ± {show(limit, unit)}"
            raise OutOfRange(msg)
        self._off = False
        self.write(f"SOUR {function},{value:.10g}")
