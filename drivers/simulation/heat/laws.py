"""What thermometers make of a temperature: their true laws, drawn round what their certificates state."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calib.drivers.simulation.heat.files import IndustrialFile, StandardFile, ThermocoupleFile, ThermometerFile
from calib.physics import thermocouples
from calib.physics.its90 import Deviation, StandardThermometer
from calib.physics.platinum import TOLERANCES, CallendarVanDusen


class Certificate(Protocol):
    """What a certificate states of a resistance thermometer."""

    def resistance_ohm(self, t_C: float) -> float:
        """Return the resistance in ohms at a temperature in degrees Celsius."""
        ...


@dataclass(frozen=True)
class Resistance:
    """A platinum thermometer: it is where the certificate would have it at a temperature that differs a little."""

    stated: Certificate
    offset_K: float
    per_K: float

    def value(self, t_C: float) -> float:
        """Return the true resistance in ohms."""
        return self.stated.resistance_ohm(t_C + self.offset_K + self.per_K * t_C)


@dataclass(frozen=True)
class Emf:
    """A thermocouple with its reference junction in ice that is not quite at 0 °C."""

    type: thermocouples.ThermocoupleType
    offset_K: float
    per_K: float
    ice_C: float
    leads_V: float = 0.0
    """What extension leads and inhomogeneity bring."""

    def value(self, t_C: float) -> float:
        """Return the true emf in volts."""
        return (
            self.own(t_C) + self.leads_V - thermocouples.seebeck_V_per_K(self.type, max(self.ice_C, 0.0)) * self.ice_C
        )

    def own(self, t_C: float) -> float:
        """Return the emf of the hot junction; at 0 °C any thermocouple gives nothing."""
        seen_C = t_C * (1 + self.per_K) + self.offset_K * min(abs(t_C) / 100.0, 1.0) * (1 if t_C >= 0 else -1)
        return thermocouples.emf_V(self.type, seen_C)


@dataclass(frozen=True)
class StatedThermometer:
    """What is true of a platinum thermometer as explicit numbers, in place of what its file draws: for studies."""

    stated: Certificate
    errors_K: tuple[tuple[float, float], ...]
    """(temperature, by how much the certificate shows too much there), ascending; linear between, constant beyond."""
    drift_K: float = 0.0
    """Since."""

    def value(self, t_C: float) -> float:
        """Return the true resistance in ohms."""
        error_K = float(np.interp(t_C, [t for t, _ in self.errors_K], [e for _, e in self.errors_K]))
        return self.stated.resistance_ohm(t_C + error_K + self.drift_K)


Law = Resistance | StatedThermometer | Emf


def draw(file: ThermometerFile, rng: np.random.Generator) -> Law:
    """Return the true law of one unit."""
    if isinstance(file, ThermocoupleFile):
        drawn = rng.uniform(-1, 1, 4) * (file.tolerance_K, file.tolerance_per_K, file.ice_K, file.leads_V)
        return Emf(file.type, *(float(x) for x in drawn))
    offset_K, per_K = (float(x) for x in rng.standard_normal(2) * (file.U_K / 2, file.U_per_K / 2))
    offset_K += file.drift_K * float(rng.uniform(-1, 1))
    if isinstance(file, IndustrialFile) and file.tolerance is not None:
        floor_K, each_K = TOLERANCES[file.tolerance]
        offset_K += file.share * floor_K * float(rng.uniform(-1, 1))
        per_K += file.share * each_K * float(rng.uniform(-1, 1))
    return Resistance(stated(file), offset_K, per_K)


def stated(file: StandardFile | IndustrialFile) -> StandardThermometer | CallendarVanDusen:
    """Return what the certificate states."""
    if isinstance(file, IndustrialFile):
        return CallendarVanDusen(file.R0_ohm, file.A, file.B, file.C)
    return StandardThermometer(file.triple_point_ohm, tuple(Deviation(n, c) for n, c in file.deviations.items()))
