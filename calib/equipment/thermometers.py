"""What a resistance thermometer's certificate says: its law by coefficients, U by temperature.

A standard platinum thermometer has ITS-90 deviation coefficients, an industrial one those of Callendar and Van Dusen.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from calib.equipment.correlations import check_correlation, root_of
from calib.equipment.thermometerlaw import Dof, Positive, ThermometerLaw
from calib.files import Strict
from calib.physics import platinum
from calib.physics.its90 import SUB_RANGES, Deviation, StandardThermometer, reference_temperature_C
from calib.physics.platinum import CallendarVanDusen


class CertifiedTemperature(Strict):
    """U at a temperature."""

    t_C: float
    U_K: Positive
    """Expanded uncertainty in kelvins, at the certificate's k."""


class FittedCoefficients(Strict):
    """What a certificate says of the errors of the coefficients of Callendar and Van Dusen, which were fitted."""

    names: Annotated[tuple[Literal["R0", "A", "B", "C"], ...], Field(min_length=2)]
    """Which of them were; what stands not here is taken as exact."""
    u: tuple[Positive, ...]
    """Standard uncertainties in Ω, K⁻¹, K⁻², K⁻⁴, in the order of `names`."""
    correlation: tuple[tuple[float, ...], ...]
    dof: Dof = math.inf
    """Degrees of freedom of every u."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.names)) < len(self.names) or len(self.u) != len(self.names):
            msg = "'names' must have each coefficient once, and 'u' a number for each of them"
            raise ValueError(msg)
        check_correlation(self.correlation, len(self.names), "names")
        return self

    @cached_property
    def root(self) -> NDArray[np.float64]:
        """By how much independent errors of variance 1 move each coefficient: L with L·Lᵀ their covariance."""
        return np.array(self.u)[:, None] * root_of(self.correlation)


class CertifiedThermometer(ThermometerLaw):
    """The law of one resistance thermometer, as its certificate states it."""

    quantity = "resistance"
    unit = "Ω"
    kind: Literal["its-90", "callendar-van-dusen"]
    triple_point_ohm: Positive | None = None
    """Of `its-90`: resistance at the triple point of water."""
    deviations: Mapping[int, tuple[float, ...]] = {}
    """Of `its-90`: coefficients a, b, c by the number of the sub-range."""
    R0_ohm: Positive | None = None
    """Of `callendar-van-dusen`: resistance at 0 °C."""
    A: float = platinum.A
    B: float = platinum.B
    C: float = platinum.C
    uncertainty: tuple[CertifiedTemperature, ...] = ()
    """By ascending temperature; linear between, and beyond the last as at it."""
    coefficients: FittedCoefficients | None = None
    """Of `callendar-van-dusen`: in place of `uncertainty` and `correlation`, which follow from them."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needs = {"its-90": "triple_point_ohm", "callendar-van-dusen": "R0_ohm"}
        if getattr(self, needs[self.kind]) is None:
            msg = f"a thermometer of the kind '{self.kind}' needs '{needs[self.kind]}'"
            raise ValueError(msg)
        if (self.coefficients is None) == (not self.uncertainty):
            msg = "needs 'uncertainty' by temperature, or that of its 'coefficients', and not both"
            raise ValueError(msg)
        if self.coefficients is not None and self.kind != "callendar-van-dusen":
            msg = "'coefficients' are those of the kind 'callendar-van-dusen'"
            raise ValueError(msg)
        if any(b.t_C <= a.t_C for a, b in pairwise(self.uncertainty)):
            msg = "'uncertainty' must be listed by ascending temperature, each once"
            raise ValueError(msg)
        for number, coefficients in self.deviations.items():
            if number not in SUB_RANGES or len(coefficients) != len(SUB_RANGES[number].points):
                msg = f"'deviations': sub-range {number} with {len(coefficients)} coefficients is none of the ITS-90"
                raise ValueError(msg)
        return self

    def temperature_C(self, signal: float) -> float:
        """Return the temperature at a resistance in ohms."""
        return self._law.temperature_C(signal)

    def reference_function_C(self, signal: float) -> float:
        """Return the temperature by the reference function alone: Wr of the ITS-90, or the equation of IEC 60751."""
        if self.kind == "its-90":
            assert self.triple_point_ohm is not None
            return reference_temperature_C(signal / self.triple_point_ohm)
        assert self.R0_ohm is not None
        return platinum.temperature_C(signal, self.R0_ohm)

    def signal(self, t_C: float) -> float:
        """Return the resistance in ohms at a temperature."""
        return self._law.resistance_ohm(t_C)

    def signal_per_K(self, t_C: float) -> float:
        """Return the slope of the resistance."""
        return self._law.ohm_per_K(t_C)

    @property
    def certified(self) -> Sequence[tuple[float, float]]:
        """(temperature, U) as listed."""
        return [(u.t_C, u.U_K) for u in self.uncertainty]

    @property
    def fitted_dof(self) -> float | None:
        """Degrees of freedom of the coefficients, where their covariance is stated."""
        return None if self.coefficients is None else self.coefficients.dof

    def errors_K(self, t_C: float) -> NDArray[np.float64]:
        """Return what the independent errors behind its coefficients do at a temperature, in kelvins, shape (n,)."""
        if self.coefficients is None:
            return super().errors_K(t_C)
        assert isinstance(self._law, CallendarVanDusen)
        slopes = self._law.ohm_per_coefficient(t_C)
        change_ohm = np.array([slopes[name] for name in self.coefficients.names]) @ self.coefficients.root
        return np.asarray(-change_ohm / self.signal_per_K(t_C))

    @cached_property
    def _law(self) -> StandardThermometer | CallendarVanDusen:
        if self.kind == "its-90":
            assert self.triple_point_ohm is not None
            return StandardThermometer(
                self.triple_point_ohm, tuple(Deviation(n, c) for n, c in self.deviations.items())
            )
        assert self.R0_ohm is not None
        return CallendarVanDusen(self.R0_ohm, self.A, self.B, self.C)
