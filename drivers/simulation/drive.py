"""A pair of terminals as a two-pole: an emf in series with a resistance, or a current beside one.

Thévenin's and Norton's theorems, for direct and alternating quantities at once. Internal resistances are real; a load
may be complex.
"""

import math
from typing import NamedTuple, Protocol


class Drive(NamedTuple):
    """What a pair of terminals does at one instant. It alternates either as an emf or as a current, not as both.

    A tuple, as every reading makes several: a frozen dataclass takes three times as long.
    """

    ohm: float = math.inf
    """Internal resistance; inf with no current is an open circuit."""
    dc_V: float = 0.0
    rms_V: float = 0.0
    dc_A: float = 0.0
    rms_A: float = 0.0
    frequency_Hz: float = 0.0
    compliance_V: float = math.inf
    """Voltage beyond which a current source cannot drive its current."""
    limit_A: float = math.inf
    """Current beyond which an emf gives way."""
    noise_V: float = 0.0
    """Standard deviation over an integration of one second; white."""
    noise_A: float = 0.0
    frequency_noise_1s: float = 0.0
    """Standard deviation of the frequency averaged over one second, relative; white."""

    @property
    def is_open(self) -> bool:
        """Whether nothing drives and nothing conducts."""
        return math.isinf(self.ohm) and self.dc_A == 0 and self.rms_A == 0

    @property
    def alternates(self) -> bool:
        """Whether there is an alternating emf or current."""
        return self.rms_V != 0 or self.rms_A != 0

    def through(self, ohm: float, emf_V: float = 0.0) -> "Drive":
        """Return the two-pole with a resistance and an emf in series with it."""
        if math.isinf(self.ohm):  # neither changes an ideal current, or an open circuit
            return self
        return Drive(
            self.ohm + ohm,
            dc_V=self.dc_V + self.dc_A * self.ohm + emf_V,
            rms_V=self.rms_V + self.rms_A * self.ohm,
            frequency_Hz=self.frequency_Hz,
            compliance_V=self.compliance_V,
            limit_A=self.limit_A,
            noise_V=self.noise_V,
            noise_A=self.noise_A,
            frequency_noise_1s=self.frequency_noise_1s,
        )

    def reversed(self) -> "Drive":
        """Return the two-pole with its ends exchanged."""
        return self._replace(dc_V=-self.dc_V, dc_A=-self.dc_A)

    def in_series(self, other: "Drive") -> "Drive":
        """Return the two-pole of this one and another one in series, both of them emfs that do not alternate."""
        if math.isinf(self.ohm) or math.isinf(other.ohm):
            return OPEN
        return Drive(
            self.ohm + other.ohm,
            dc_V=self.dc_V + self.dc_A * self.ohm + other.dc_V + other.dc_A * other.ohm,
            limit_A=min(self.limit_A, other.limit_A),
            noise_V=math.hypot(self.noise_V, other.noise_V),
        )

    def beside(self, ohm: float) -> "Drive":
        """Return the two-pole with a resistance in parallel to it."""
        if math.isinf(ohm):
            return self
        part = _part(ohm, self.ohm)
        return self._replace(ohm=parallel(self.ohm, ohm), dc_V=self.dc_V * part, rms_V=self.rms_V * part)

    def voltage(self, load_ohm: float, bias_A: float = 0.0) -> float:
        """Return the direct voltage across a load that itself drives a bias current."""
        volts = self.dc_V * _part(load_ohm, self.ohm) + (self.dc_A + bias_A) * parallel(self.ohm, load_ohm)
        return self._limited(volts, load_ohm, 1.0)

    def ac_voltage(self, load_ohm: complex) -> float:
        """Return the alternating voltage across a load, rms."""
        if math.isinf(self.ohm):
            volts = self.rms_A * abs(load_ohm)
        else:
            volts = (self.rms_V + self.rms_A * self.ohm) * abs(load_ohm / (load_ohm + self.ohm))
        return self._limited(volts, abs(load_ohm), math.sqrt(2))

    def current(self, burden_ohm: float) -> float:
        """Return the direct current through a burden."""
        ideal = math.isinf(self.ohm)
        amperes = self.dc_A if ideal else (self.dc_V + self.dc_A * self.ohm) / (self.ohm + burden_ohm)
        return self._limited(amperes * burden_ohm, burden_ohm, 1.0) / burden_ohm

    def ac_current(self, burden_ohm: complex) -> float:
        """Return the alternating current through a burden, rms."""
        ideal = math.isinf(self.ohm)
        amperes = self.rms_A if ideal else (self.rms_V + self.rms_A * self.ohm) / abs(self.ohm + burden_ohm)
        size_ohm = abs(burden_ohm)
        return self._limited(amperes * size_ohm, size_ohm, math.sqrt(2)) / size_ohm

    def _limited(self, volts: float, load_ohm: float, crest: float) -> float:
        """Return a voltage across a load within compliance and current limit, both of which are peaks."""
        most_V = min(self.compliance_V, self.limit_A * load_ohm if load_ohm else 0.0) / crest
        return min(max(volts, -most_V), most_V)


OPEN = Drive()


class Port(Protocol):
    """A pair of terminals that a lead can be joined to."""

    def drive(self, at_s: float) -> Drive:
        """Return what the terminals do at a time of the bench's clock."""
        ...


def parallel(a_ohm: float, b_ohm: float) -> float:
    """Return the resistance of two in parallel, of which one may be inf, or 0."""
    if math.isinf(a_ohm) or math.isinf(b_ohm):
        return min(a_ohm, b_ohm)
    return a_ohm * b_ohm / (a_ohm + b_ohm) if a_ohm + b_ohm else 0.0


def _part(load_ohm: float, internal_ohm: float) -> float:
    """Return the part of an emf that a divider leaves on its load."""
    if math.isinf(internal_ohm) or load_ohm == 0:
        return 0.0
    return 1 / (1 + internal_ohm / load_ohm)


def impedance(ohm: float, farad: float, frequency_Hz: float) -> complex:
    """Return the impedance of a resistance with a capacitance beside it."""
    admittance = complex(0.0 if math.isinf(ohm) else 1 / ohm, 2 * math.pi * frequency_Hz * farad)
    return 1 / admittance if admittance else complex(1e18)
