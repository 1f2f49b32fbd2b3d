"""An oscillator: a frequency standard such as one disciplined by GPS, a rubidium, or a quartz to be calibrated."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.drivers.simulation.components import Valued
from calib.drivers.simulation.drive import Drive
from calib.drivers.simulation.standard_value import StandardFile


class OscillatorFile(StandardFile):
    """An oscillator; `tolerance` is its relative offset, `drift_ppm_per_year` its aging."""

    feeds: ClassVar[tuple[str, ...]] = ()
    kind: Literal["oscillator"]
    nominal_Hz: Annotated[float, Field(gt=0)] = 10e6
    tolerance: Annotated[float, Field(ge=0)] = 1e-11
    rms_V: Annotated[float, Field(gt=0)] = 1.0
    """Open-circuit."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 50.0
    allan_1s: Annotated[float, Field(ge=0)] = 0.0
    """Allan deviation at 1 s, of white frequency noise: it falls with the root of the averaging time."""


class Oscillator:
    """A sine."""

    def __init__(self, file: OscillatorFile, valued: Valued) -> None:
        self._file = file
        self._frequency = valued(file.nominal_Hz, file)

    def value(self, temperature_C: float | None = None) -> float:
        """Return the true frequency in hertz, averaged over its noise."""
        return self._frequency.now(temperature_C)

    def drive(self, at_s: float) -> Drive:
        """Return the sine behind its resistance."""
        file = self._file
        return Drive(file.resistance_ohm, rms_V=file.rms_V, frequency_Hz=self.value(), frequency_noise_1s=file.allan_1s)
