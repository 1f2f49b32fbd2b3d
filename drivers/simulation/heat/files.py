"""The tables of a world of heat: `[worlds.heat.baths.NAME]` and `[worlds.heat.thermometers.NAME]`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from calib.drivers.simulation.kinds import WorldFile
from calib.files import Strict
from calib.physics import platinum
from calib.physics.its90 import SUB_RANGES
from calib.physics.thermocouple_tables import ThermocoupleType

AIR = "air"
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class BathFile(Strict):
    """A stirred bath, a dry block or a fixed point. All half-widths are drawn once, or for each insertion."""

    at_C: float = 20.0
    """Temperature at first, and set point."""
    is_fixed: bool = False
    """Whether it stays there, as melting ice does: it has no set point then."""
    ramp_K_per_s: Positive = 0.05
    """Fastest heating and cooling."""
    period_s: Positive = 240.0
    """Of the oscillation in which it settles; the overshoot is ramp · period / 2π."""
    damping_s: Positive = 150.0
    """In which that oscillation falls to 1/e."""
    stability_K: NotNegative = 0.002
    """Standard deviation of what is left of the control, over minutes."""
    scale_K: NotNegative = 0.05
    """Half-width of the error of its own sensor, by which it controls and indicates."""
    scale_per_K: NotNegative = 0.0
    """The same, for each degree Celsius."""
    hysteresis_K: NotNegative = 0.0
    """Half-width of what that error has in addition after heating, and less after cooling."""
    radial_K: NotNegative = 0.0
    """Half-width of the differences from place to place, drawn for each insertion."""
    swing_K: NotNegative = 0.0
    """Half-width of the differences from place to place that are others at each set point."""
    axial_K_per_m: float = 0.0
    """How much warmer it is a metre deeper."""
    depth_m: Positive = 0.2
    """Depth of its own sensor, and of thermometers where nothing else is said."""
    loading_K: NotNegative = 0.0
    """How far each further thermometer brings it towards the air, for each 100 K between them."""
    resolution_K: Positive = 0.01
    """Of what it indicates."""


class Probe(Strict):
    """What every thermometer has."""

    at: str = AIR
    """Where it is at first: `air`, a bath's name, or `NAME@0.15` with its depth in metres."""
    radial: NotNegative = 1.0
    """How much of the differences from place to place it meets: 0 for one that is always in the middle."""
    time_constant_s: Positive = 8.0
    stem_m: NotNegative = 0.02
    """Length in which the influence of the air along its stem falls to 1/e."""
    drift_per_day: float = 0.0
    """Relative change of what it gives, a day."""
    age_days: NotNegative = 0.0
    """Since its calibration."""
    shift_per_100K: float = 0.0
    """Relative change of what it gives with each 100 K by which it gets hotter than it has ever been on this bench."""


class ResistanceThermometer(Probe):
    """What platinum thermometers have."""

    self_heating_K_per_W: NotNegative = 20.0
    calibrated_at_A: NotNegative = 0.0
    """Current at which its law holds; 0 where that is brought to no current."""
    self_heating_K: NotNegative = 0.0
    """Half-width of how much more a current of 1 mA heats it here than where it was calibrated, drawn once."""
    U_K: NotNegative = 0.0
    """Expanded uncertainty (k = 2) of its certificate at 0 °C: its true law is drawn round what is stated here."""
    U_per_K: NotNegative = 0.0
    """The same, for each degree Celsius."""
    drift_K: NotNegative = 0.0
    """Half-width of what it has drifted since, drawn."""


class StandardFile(ResistanceThermometer):
    """A standard platinum resistance thermometer with ITS-90 coefficients."""

    kind: Literal["its-90"]
    triple_point_ohm: Positive = 25.5
    deviations: Mapping[int, tuple[float, ...]] = {}
    """Coefficients a, b, c by sub-range."""

    @model_validator(mode="after")
    def _sub_ranges_are_known(self) -> "StandardFile":
        for number, coefficients in self.deviations.items():
            if number not in SUB_RANGES or len(coefficients) != len(SUB_RANGES[number].points):
                msg = f"'deviations': sub-range {number} with {len(coefficients)} coefficients is none of the ITS-90"
                raise ValueError(msg)
        return self


class IndustrialFile(ResistanceThermometer):
    """An industrial platinum resistance thermometer with a Callendar-Van Dusen equation."""

    kind: Literal["callendar-van-dusen"]
    R0_ohm: Positive = 100.0
    A: float = platinum.A
    B: float = platinum.B
    C: float = platinum.C
    tolerance: platinum.Tolerance | None = None
    """Class of IEC 60751 within which its true law is drawn, evenly; absent for the certificate's uncertainty alone."""
    share: Annotated[float, Field(ge=0)] = 1.0
    """How much of the tolerance is drawn from; above 1 it may fail."""


class ThermocoupleFile(Probe):
    """A thermocouple, its reference junction held at a temperature."""

    kind: Literal["thermocouple"]
    type: ThermocoupleType
    deviations: tuple[tuple[float, float], ...] = ()
    """(°C, V): what its certificate has of its departure from the reference function, ascending."""
    tolerance_K: NotNegative = 0.0
    """Half-width of its error, drawn."""
    tolerance_per_K: NotNegative = 0.0
    """The same, for each degree Celsius."""
    junction_C: NotNegative = 0.0
    """What its reference junction is held at."""
    ice_K: NotNegative = 0.0
    """Half-width of the reference junction's departure from that, drawn."""
    leads_V: NotNegative = 0.0
    """Half-width of what extension leads and inhomogeneity bring, drawn."""
    inhomogeneity: NotNegative = 0.0
    """Half-width of what inhomogeneity brings in proportion to its emf, drawn."""
    resistance_ohm: NotNegative = 5.0
    time_constant_s: Positive = 4.0


ThermometerFile = Annotated[StandardFile | IndustrialFile | ThermocoupleFile, Field(discriminator="kind")]


class HeatFile(WorldFile):
    """Baths, blocks and fixed points, and the thermometers that hands move between them."""

    baths: Mapping[str, BathFile] = {}
    thermometers: Mapping[str, ThermometerFile] = {}

    @model_validator(mode="after")
    def _thermometers_are_somewhere(self) -> "HeatFile":
        for name, thermometer in self.thermometers.items():
            where, _, depth = thermometer.at.partition("@")
            if where not in {AIR, *self.baths}:
                msg = f"thermometers.{name}.at: {where!r} is none of {', '.join((AIR, *self.baths))}"
                raise ValueError(msg)
            if depth and not depth.replace(".", "", 1).isdigit():
                msg = f"thermometers.{name}.at: {depth!r} is no depth in metres, as in 'bath@0.15'"
                raise ValueError(msg)
        return self
