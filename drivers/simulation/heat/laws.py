"""What thermometers make of a temperature: their true laws, drawn round what their certificates state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from calib.drivers.simulation.heat.files import IndustrialFile, StandardFile, ThermocoupleFile, ThermometerFile
from calib.physics import thermocouples
from calib.physics.its90 import Deviation, StandardThermometer
from calib.physics.platinum import TOLERANCES, CallendarVanDusen
from calib.physics.thermocouple_unit import ThermocoupleUnit


class Certificate(Protocol):
    """What a certificate states of a resistance thermometer."""

    def resistance_ohm(self, t_C: float) -> float:
        """Return the resistance in ohms at a temperature in degrees Celsius."""
        ...


class Certified(Protocol):
    """What a certificate states of any thermometer."""

    def signal(self, t_C: float) -> float:
        """Return the resistance in ohms, or the emf in volts with the reference junction at 0 °C, at a temperature."""
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
    """The measuring junction of a thermocouple: at 0 °C any gives nothing."""

    stated: ThermocoupleUnit
    offset_K: float
    per_K: float

    def value(self, t_C: float) -> float:
        """Return the true emf in volts, from 0 °C."""
        seen_C = t_C * (1 + self.per_K) + self.offset_K * min(abs(t_C) / 100.0, 1.0) * (1 if t_C >= 0 else -1)
        return self.stated.emf_V(seen_C)


@dataclass(frozen=True)
class StatedThermometer:
    """What is true of a thermometer as explicit numbers, in place of what its file draws: for studies."""

    stated: Certified
    errors_K: tuple[tuple[float, float], ...]
    """(temperature, by how much the certificate shows too much there), ascending; linear between, constant beyond."""
    drift_K: float = 0.0
    """Since."""

    def value(self, t_C: float) -> float:
        """Return the true resistance in ohms, or emf in volts from 0 °C."""
        error_K = float(np.interp(t_C, [t for t, _ in self.errors_K], [e for _, e in self.errors_K]))
        return self.stated.signal(t_C + error_K + self.drift_K)


@dataclass(frozen=True)
class ColdEnd:
    """What a thermocouple's wires and leads bring on their way from the measuring junction to copper."""

    effects: ClassVar[Sequence[str]] = ("ice_K", "leads_V", "inhomogeneity")
    """What can be imposed on it, by its fields."""
    type: thermocouples.ThermocoupleType
    junction_C: float = 0.0
    """What the reference junction is held at."""
    ice_K: float = 0.0
    """By how much it is warmer."""
    leads_V: float = 0.0
    """What extension leads bring."""
    inhomogeneity: float = 0.0
    """By how much wires that are not the same everywhere give more here than where they were calibrated, relative."""

    def subject_to(self, effects: Mapping[str, Sequence[float]]) -> "ColdEnd":
        """Return it with what is imposed in place of what it had."""

        def of(name: str, before: float) -> float:
            return effects[name][0] if name in effects else before

        return replace(
            self,
            ice_K=of("ice_K", self.ice_K),
            leads_V=of("leads_V", self.leads_V),
            inhomogeneity=of("inhomogeneity", self.inhomogeneity),
        )

    def value(self, own_V: float) -> float:
        """Return the emf at the copper wires, of that of the measuring junction from 0 °C."""
        junction_V = 0.0 if self.junction_C == 0 else thermocouples.emf_V(self.type, self.junction_C)
        slope = thermocouples.seebeck_V_per_K(self.type, max(self.junction_C + self.ice_K / 2, 0.0))
        return own_V * (1 + self.inhomogeneity) + self.leads_V - junction_V - slope * self.ice_K


Law = Resistance | StatedThermometer | Emf


def draw(file: ThermometerFile, rng: np.random.Generator) -> Law:
    """Return the true law of one unit."""
    if isinstance(file, ThermocoupleFile):
        offset_K, per_K = (float(x) for x in rng.uniform(-1, 1, 2) * (file.tolerance_K, file.tolerance_per_K))
        return Emf(ThermocoupleUnit(file.type, file.deviations), offset_K, per_K)
    offset_K, per_K = (float(x) for x in rng.standard_normal(2) * (file.U_K / 2, file.U_per_K / 2))
    offset_K += file.drift_K * float(rng.uniform(-1, 1))
    if isinstance(file, IndustrialFile) and file.tolerance is not None:
        floor_K, each_K = TOLERANCES[file.tolerance]
        offset_K += file.share * floor_K * float(rng.uniform(-1, 1))
        per_K += file.share * each_K * float(rng.uniform(-1, 1))
    return Resistance(stated(file), offset_K, per_K)


def cold_end(file: ThermometerFile, rng: np.random.Generator) -> ColdEnd | None:
    """Return what one thermocouple's wires and leads bring; None of what is none."""
    if not isinstance(file, ThermocoupleFile):
        return None
    drawn = rng.uniform(-1, 1, 3) * (file.ice_K, file.leads_V, file.inhomogeneity)
    return ColdEnd(file.type, file.junction_C, *(float(x) for x in drawn))


def stated(file: StandardFile | IndustrialFile) -> StandardThermometer | CallendarVanDusen:
    """Return what the certificate states."""
    if isinstance(file, IndustrialFile):
        return CallendarVanDusen(file.R0_ohm, file.A, file.B, file.C)
    return StandardThermometer(file.triple_point_ohm, tuple(Deviation(n, c) for n, c in file.deviations.items()))
