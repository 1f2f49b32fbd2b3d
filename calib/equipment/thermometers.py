"""What a thermometer's certificate says: its law by coefficients, U by temperature, and what is known of its drift.

A standard platinum thermometer has ITS-90 deviation coefficients, an industrial one those of Callendar and Van Dusen.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from calib.errors import CalibrationStatusError
from calib.files import Span, Strict
from calib.physics import platinum
from calib.physics.its90 import SUB_RANGES, Deviation, StandardThermometer
from calib.physics.platinum import CallendarVanDusen

Positive = Annotated[float, Field(gt=0)]
EDGE_K = 0.1
"""A bath that is set to the end of a certificate is a little beyond it."""
NotNegative = Annotated[float, Field(ge=0)]


class CertifiedTemperature(Strict):
    """U at a temperature."""

    t_C: float
    U_K: Positive
    """Expanded uncertainty in kelvins, at the certificate's k."""


class CertifiedThermometer(Strict):
    """The law of one thermometer, as its certificate states it."""

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
    within_C: Span
    """Lowest and highest temperature for which it holds."""
    k: Positive
    """Coverage factor of every U."""
    uncertainty: Annotated[tuple[CertifiedTemperature, ...], Field(min_length=1)]
    """By ascending temperature; linear between, and beyond the last as at it."""
    correlation: Literal["full", "none"]
    """How its errors at several temperatures correlate; there is no default."""
    drift_K_per_year: NotNegative
    """Half-width of what its indication may have drifted, in kelvins a year."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needs = {"its-90": "triple_point_ohm", "callendar-van-dusen": "R0_ohm"}
        if getattr(self, needs[self.kind]) is None:
            msg = f"a thermometer of the kind '{self.kind}' needs '{needs[self.kind]}'"
            raise ValueError(msg)
        if any(b.t_C <= a.t_C for a, b in pairwise(self.uncertainty)):
            msg = "'uncertainty' must be listed by ascending temperature, each once"
            raise ValueError(msg)
        for number, coefficients in self.deviations.items():
            if number not in SUB_RANGES or len(coefficients) != len(SUB_RANGES[number].points):
                msg = f"'deviations': sub-range {number} with {len(coefficients)} coefficients is none of the ITS-90"
                raise ValueError(msg)
        return self

    def temperature_C(self, ohm: float) -> float:
        """Return the temperature at a resistance."""
        return self._law.temperature_C(ohm)

    def resistance_ohm(self, t_C: float) -> float:
        """Return the resistance at a temperature."""
        return self._law.resistance_ohm(t_C)

    def ohm_per_K(self, t_C: float) -> float:
        """Return the slope of the resistance."""
        return self._law.ohm_per_K(t_C)

    def U_K(self, t_C: float, who: str) -> float:
        """Return U at a temperature in kelvins; `who` is what a refusal calls the thermometer."""
        low, high = self.within_C
        if not low - EDGE_K <= t_C <= high + EDGE_K:
            msg = f"{who}: its certificate holds from {low:g} °C to {high:g} °C, not at {t_C:.3f} °C"
            raise CalibrationStatusError(msg)
        return float(np.interp(t_C, [u.t_C for u in self.uncertainty], [u.U_K for u in self.uncertainty]))

    @property
    def _law(self) -> StandardThermometer | CallendarVanDusen:
        if self.kind == "its-90":
            assert self.triple_point_ohm is not None
            return StandardThermometer(
                self.triple_point_ohm, tuple(Deviation(n, c) for n, c in self.deviations.items())
            )
        assert self.R0_ohm is not None
        return CallendarVanDusen(self.R0_ohm, self.A, self.B, self.C)
