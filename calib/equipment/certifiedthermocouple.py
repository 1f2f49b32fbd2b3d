"""What a thermocouple's certificate says: its emf, or the deviation from the reference function, by temperature."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from calib.equipment.thermometerlaw import NotNegative, Positive, ThermometerLaw
from calib.files import Strict
from calib.physics import thermocouples
from calib.physics.thermocouple_tables import ThermocoupleType
from calib.physics.thermocouple_unit import ThermocoupleUnit


class CertifiedEmf(Strict):
    """One row of the certificate, reference junction at 0 °C."""

    t_C: float
    emf_V: float | None = None
    deviation_V: float | None = None
    """In place of the emf: its departure from the reference function."""
    U_K: Positive | None = None
    U_V: Positive | None = None
    """In place of `U_K`, as certificates state it too."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for pair in (("emf_V", "deviation_V"), ("U_K", "U_V")):
            if sum(getattr(self, name) is not None for name in pair) != 1:
                msg = f"at {self.t_C:g} °C: give '{pair[0]}' or '{pair[1]}', one of them"
                raise ValueError(msg)
        return self


class CertifiedThermocouple(ThermometerLaw):
    """The law of one thermocouple of a letter-designated type (IEC 60584-1), as its certificate states it."""

    quantity = "dc_voltage"
    unit = "V"
    kind: Literal["thermocouple"]
    type: ThermocoupleType
    points: Annotated[tuple[CertifiedEmf, ...], Field(min_length=1)]
    """By ascending temperature; the deviation is linear between, from nothing at 0 °C below the first."""
    interpolation_K: NotNegative = 0.0
    """Half-width of what it really deviates otherwise between them."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if any(b.t_C <= a.t_C for a, b in pairwise(self.points)):
            msg = "'points' must be listed by ascending temperature, each once"
            raise ValueError(msg)
        low_C, high_C = thermocouples.span_C(self.type)
        outside = [t for t in (*self.within_C, *(p.t_C for p in self.points)) if not low_C <= t <= high_C]
        if outside:
            msg = f"type {self.type} has no reference function at {outside[0]:g} °C: from {low_C:g} °C to {high_C:g} °C"
            raise ValueError(msg)
        return self

    def temperature_C(self, signal: float) -> float:
        """Return the temperature at an emf in volts, reference junction at 0 °C."""
        return self._unit.temperature_C(signal)

    def reference_function_C(self, signal: float) -> float:
        """Return the temperature by the type's reference function alone."""
        return thermocouples.temperature_C(self.type, signal)

    def signal(self, t_C: float) -> float:
        """Return the emf in volts at a temperature."""
        return self._unit.emf_V(t_C)

    def signal_per_K(self, t_C: float) -> float:
        """Return the slope of the emf in volts per kelvin."""
        return self._unit.V_per_K(t_C)

    @cached_property
    def certified(self) -> Sequence[tuple[float, float]]:
        """(temperature, U in kelvins) of the rows."""
        return [(p.t_C, p.U_K if p.U_K is not None else (p.U_V or 0.0) / self.signal_per_K(p.t_C)) for p in self.points]

    @property
    def interpolation_half_width_K(self) -> float:
        """As the register states it."""
        return self.interpolation_K

    @cached_property
    def _unit(self) -> ThermocoupleUnit:
        return ThermocoupleUnit(self.type, tuple((p.t_C, self._deviation_V(p)) for p in self.points))

    def _deviation_V(self, point: CertifiedEmf) -> float:
        if point.deviation_V is not None:
            return point.deviation_V
        assert point.emf_V is not None
        return point.emf_V - thermocouples.emf_V(self.type, point.t_C)
