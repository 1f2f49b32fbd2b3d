"""The functions of a multimeter: what each makes of its terminals, as a class of its own."""

import math
from collections.abc import Mapping
from typing import ClassVar, Protocol

from calib.drivers.simulation.meter_input import Front, How, Sensed
from calib.drivers.simulation.terminals import Alternating

MOST_OHM = 1e12
"""What is beyond is an open circuit."""


class Function(Protocol):
    """One function."""

    law: ClassVar[str]
    """By which of the unit's laws it errs."""

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return what the input makes of the terminals."""
        ...

    def gain(self, meter: Front, how: How, frequency_Hz: float) -> float:
        """Return what the detector leaves of the value at the terminals."""
        ...


class _Direct:
    """What is sensed as it is."""

    def gain(self, meter: Front, how: How, frequency_Hz: float) -> float:
        """Return 1."""
        return 1.0


class DcVoltage(_Direct):
    """Direct voltage, loaded with the input resistance and the bias current."""

    law: ClassVar[str] = "dc_voltage"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return volts."""
        value_V = meter.terminals.voltage(how.input_ohm, meter.file.bias_A, at_s)
        own_V = meter.noise(how.range, how.integration_s, meter.file.noise_floor_V)
        noise_V = math.hypot(own_V, meter.terminals.noise_V(how.integration_s))
        return Sensed(value_V + meter.zero_V(at_s, how.zero_s), noise_V)


class Thermocouple(DcVoltage):
    """The voltage of a thermocouple."""

    law: ClassVar[str] = "thermocouple"


class DcCurrent(_Direct):
    """Direct current through the shunt of the range."""

    law: ClassVar[str] = "dc_current"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return amperes."""
        own_A = meter.noise(how.range, how.integration_s)
        return Sensed(
            meter.terminals.current(how.burden_ohm, at_s),
            math.hypot(own_A, meter.terminals.noise_A(how.integration_s)),
        )


class _Alternating:
    """What AC voltage and current share: the detector's two corners, and its noise."""

    def _sensed(self, meter: Front, how: How, seen: Alternating) -> Sensed:
        """Return what the detector leaves, with its noise."""
        noise = meter.file.ac_noise_fraction * how.range
        if seen.frequency_Hz <= 0:
            return Sensed(0.0, noise, rms=True)
        return Sensed(seen.rms * self.gain(meter, how, seen.frequency_Hz), noise, seen.frequency_Hz, rms=True)

    def gain(self, meter: Front, how: How, frequency_Hz: float) -> float:
        """Return what detector (below `filter_Hz`) and input (above its bandwidth) leave: a pole each."""
        if frequency_Hz <= 0:
            return 1.0
        low = how.filter_Hz / 100 / frequency_Hz
        high = frequency_Hz / meter.file.bandwidth_Hz
        return 1 / math.sqrt((1 + low * low) * (1 + high * high))


class AcVoltage(_Alternating):
    """Alternating voltage, true rms, loaded with the input resistance and capacitance."""

    law: ClassVar[str] = "ac_voltage"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return volts rms."""
        return self._sensed(meter, how, meter.terminals.ac_voltage(how.input_ohm, meter.file.input_F, at_s))


class AcCurrent(_Alternating):
    """Alternating current, true rms, through the shunt of the range."""

    law: ClassVar[str] = "ac_current"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return amperes rms."""
        return self._sensed(meter, how, meter.terminals.ac_current(how.burden_ohm, at_s))


class Resistance(_Direct):
    """Resistance by test current, with 2 or 4 wires; an offset-compensated one by two currents."""

    law: ClassVar[str] = "resistance"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return ohms, those of the input in parallel."""
        noise_ohm = meter.noise(how.range, how.integration_s)
        seen_ohm = meter.terminals.resistance(how.wires, how.test_A, at_s)
        if how.offset_compensated and math.isfinite(seen_ohm):
            half_ohm = meter.terminals.resistance(how.wires, how.test_A / 2, at_s)
            seen_ohm = 2 * seen_ohm - half_ohm  # (V(I) − V(I/2)) / (I − I/2): an emf cancels
        if math.isfinite(how.input_ohm):
            seen_ohm = how.input_ohm if math.isinf(seen_ohm) else seen_ohm * how.input_ohm / (seen_ohm + how.input_ohm)
        return Sensed(math.inf if seen_ohm > MOST_OHM else seen_ohm, noise_ohm)


class Diode(_Direct):
    """Voltage of the test current."""

    law: ClassVar[str] = "dc_voltage"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return volts."""
        noise_V = meter.noise(how.range, how.integration_s, meter.file.noise_floor_V)
        return Sensed(how.test_A * meter.terminals.resistance(2, how.test_A, at_s), noise_V)


class AcDcVoltage(AcVoltage):
    """Alternating and direct voltage together, true rms."""

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return volts rms."""
        ac = super().sense(meter, how, at_s)
        return Sensed(
            math.hypot(ac.value, meter.terminals.voltage(how.input_ohm, 0.0, at_s)), ac.noise, ac.frequency_Hz
        )


class AcDcCurrent(AcCurrent):
    """Alternating and direct current together, true rms."""

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return amperes rms."""
        ac = super().sense(meter, how, at_s)
        direct_A = meter.terminals.current(how.burden_ohm, at_s)
        return Sensed(math.hypot(ac.value, direct_A), ac.noise, ac.frequency_Hz, rms=True)


class Sampled(_Direct):
    """The voltage of one instant; what alternates is a sine that crosses zero at the bench's time 0."""

    law: ClassVar[str] = "dc_voltage"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return volts."""
        ac = meter.terminals.ac_voltage(how.input_ohm, meter.file.input_F, at_s)
        wave_V = math.sqrt(2) * ac.rms * math.sin(2 * math.pi * ac.frequency_Hz * at_s)
        return Sensed(wave_V + self.direct_V(meter, how, at_s), 2e-5 * how.range)

    def direct_V(self, meter: Front, how: How, at_s: float) -> float:
        """Return the direct part in volts."""
        return meter.terminals.voltage(how.input_ohm, 0.0, at_s)


class SampledAc(Sampled):
    """The same without the direct part."""

    def direct_V(self, meter: Front, how: How, at_s: float) -> float:
        """Return 0."""
        return 0.0


class Absent(_Direct):
    """What the electrical world has none of: a reference at the sense terminals, capacitance, thermocouples, power."""

    law: ClassVar[str] = "absent"

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return inf."""
        return Sensed(math.inf, 0.0)


class Frequency(_Direct):
    """Frequency of what alternates, by counting over a gate; too small a signal is none, too large an overload."""

    law: ClassVar[str] = "frequency"
    least_part: ClassVar[float] = 0.05
    """Of the voltage range, that a signal must have."""

    def sense(self, meter: Front, how: How, at_s: float) -> Sensed:
        """Return hertz, 0 where nothing alternates; `range` and `limit` are volts."""
        seen = meter.terminals.ac_voltage(how.input_ohm, meter.file.input_F, at_s)
        if seen.rms > 1.2 * how.range:
            return Sensed(math.inf, 0.0)
        if seen.frequency_Hz <= 0 or seen.rms < self.least_part * how.range:
            return Sensed(0.0, 0.0)
        return Sensed(meter.terminals.frequency(at_s), 0.0, seen.frequency_Hz)


FUNCTIONS: Mapping[str, Function] = {
    "dc_voltage": DcVoltage(),
    "ac_voltage": AcVoltage(),
    "absent": Absent(),
    "acdc_voltage": AcDcVoltage(),
    "acdc_current": AcDcCurrent(),
    "sampled": Sampled(),
    "sampled_ac": SampledAc(),
    "dc_current": DcCurrent(),
    "ac_current": AcCurrent(),
    "resistance": Resistance(),
    "diode": Diode(),
    "frequency": Frequency(),
    "thermocouple": Thermocouple(),
}
