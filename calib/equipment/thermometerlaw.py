"""What every certificate of a thermometer says: which temperature a signal means, with which U, and for how long."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from calib.errors import CalibrationStatusError
from calib.files import Span, Strict

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Dof = Annotated[float, Field(gt=0, allow_inf_nan=True)]
EDGE_K = 0.1
"""A bath that is set to the end of a certificate is a little beyond it."""


class ThermometerLaw(Strict):
    """The law of one thermometer: its signal is a resistance in ohms, or an emf in volts."""

    quantity: ClassVar[Literal["resistance", "dc_voltage"]]
    """Of its signal."""
    unit: ClassVar[Literal["Ω", "V"]]
    """Of its signal."""
    within_C: Span
    """Lowest and highest temperature for which it holds."""
    k: Positive
    """Coverage factor of every U."""
    dof: Dof = math.inf
    """Degrees of freedom of every U, inf where the certificate states none."""
    correlation: Literal["full", "none"] | None = None
    """How its errors at several temperatures correlate; there is no default."""
    drift_K_per_year: NotNegative | None = None
    """Half-width of what its indication may have drifted, in kelvins a year; needed for its use as a standard."""

    @abstractmethod
    def temperature_C(self, signal: float) -> float:
        """Return the temperature that a signal means."""

    @abstractmethod
    def reference_function_C(self, signal: float) -> float:
        """Return the temperature by the reference function of its kind alone, without this certificate's correction."""

    @abstractmethod
    def signal(self, t_C: float) -> float:
        """Return the signal at a temperature."""

    @abstractmethod
    def signal_per_K(self, t_C: float) -> float:
        """Return the slope of the signal."""

    @property
    @abstractmethod
    def certified(self) -> Sequence[tuple[float, float]]:
        """(temperature in °C, U there in kelvins) as certified, ascending; empty where U follows from coefficients."""

    @property
    def fitted_dof(self) -> float | None:
        """Degrees of freedom of fitted coefficients on which its errors rest; None where U is stated by temperature."""
        return None

    @property
    def interpolation_half_width_K(self) -> float:
        """Half-width of the error between certified temperatures."""
        return 0.0

    def U_K(self, t_C: float, who: str) -> float:
        """Return U at a temperature in kelvins, linear between those certified; `who` is what a refusal calls it."""
        low, high = self.within_C
        if not low - EDGE_K <= t_C <= high + EDGE_K:
            msg = f"{who}: its certificate holds from {low:g} °C to {high:g} °C, not at {t_C:.3f} °C"
            raise CalibrationStatusError(msg)
        if self.fitted_dof is not None:
            return self.k * math.hypot(*self.errors_K(t_C))
        at_C, U_K = zip(*self.certified, strict=True)
        return float(np.interp(t_C, at_C, U_K))

    def errors_K(self, t_C: float) -> NDArray[np.float64]:
        """Return what the independent errors behind fitted coefficients do at a temperature, in kelvins, shape (n,)."""
        del t_C
        return np.zeros(0)
