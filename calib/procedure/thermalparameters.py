"""Parameters of every comparison with a reference thermometer, and the errors of which they state bounds."""

from typing import Annotated, Literal

from pydantic import Field

from calib.files import Strict
from calib.procedure.declared import Declared
from calib.text import Text

NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Marking = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?$")]
REFERENCE = "reference"
"""Role of the reference thermometer, and channel of its readings."""
_HOMOGENEITY = Text(vi="δt_H: độ đồng đều của bể", en="δt_H: homogeneity of the bath")
STABILITY = Text(vi="δt_B: độ ổn định của bể", en="δt_B: stability of the bath")


class ReferenceParameters(Strict):
    """What every comparison says of its reference thermometer and of what reads it."""

    reference_channel: Annotated[int, Field(ge=1)] = 1
    """Of a readout of resistance."""
    reference_depth_m: Positive = 0.2
    reference_well: Marking = ""
    """Of a block: the marking of the well that takes the reference."""
    reference_self_heating_K: NotNegative = 0.001
    """Half-width of the difference between a resistance thermometer's self-heating here and at its calibration."""
    reference_range_V: Positive = 0.1
    """Of the voltmeter that reads a thermocouple."""
    reference_nplc: Annotated[float, Field(gt=0, le=100)] = 5.0
    """Integration time of its readings in power-line cycles."""
    reference_junction_C: NotNegative = 0.0
    """Temperature of a thermocouple's reference junction: 0 in ice, or in an electronic ice point."""
    reference_junction_K: Positive = 0.05
    """Half-width of the junction's departure from that."""
    reference_inhomogeneity: NotNegative | None = None
    """Half-width of what a thermocouple's inhomogeneity changes at another depth than at its calibration, relative to
    its emf; a job with a thermocouple must state it, 0 where the certificate's U has it."""
    reference_leads_V: NotNegative = 0.0
    """Half-width of what a thermocouple's extension leads bring; 0 where its own wires go to the reference junction."""
    reference_thermal_emf_V: NotNegative = 0.5e-6
    """Half-width of the thermal emf of switch and leads between a thermocouple and its voltmeter."""


class ThermalParameters(ReferenceParameters):
    """Parameters of every comparison with a reference thermometer, in the job's table `[parameters]`."""

    temperatures_C: Annotated[tuple[float, ...], Field(min_length=1)]
    """In the order in which they are measured; 0 °C first and last shows a drift of the item."""
    place: Literal["bath", "block", "furnace"] = "bath"
    cycles: Annotated[int, Field(ge=4, le=200)] = 6
    """Turns of reference, item, item, reference."""
    interval_s: Positive = 2.0
    """Between two readings."""
    stable_K_per_min: Positive = 0.002
    """The reference may move by so much, with certainty, when the readings begin."""
    window_s: Positive = 600.0
    """How long it must have been so."""
    away_K: Positive = 2.0
    """A reference that is further from the set point is in another place, or is another one; more in furnaces, whose
    own sensors err by more."""
    at_most_s: Positive = 14_400.0
    """How long the bath may take to a temperature."""
    soak_s: NotNegative = 300.0
    """For the item, after the reference is stable."""
    stability_K: NotNegative = 0.002
    """Half-width of the differences between their places that are others at each temperature, as a bath swings more
    slowly than readings are taken; what is faster is in their scatter."""


class BathParameters(ThermalParameters):
    """Parameters of a comparison of two thermometers in a bath."""

    item_depth_m: Positive = 0.2
    item_well: Marking = ""
    homogeneity_K: NotNegative = 0.01
    """Half-width of the difference between the places of reference and item, of depth and stem too."""


def in_a_bath(item: str) -> dict[str, Declared]:
    """Return what is declared of every comparison of two thermometers in a bath; `item` is the other's role."""
    return {
        "homogeneity": Declared("homogeneity_K", _HOMOGENEITY, item, "place_K"),
        "stability": Declared("stability_K", STABILITY, item, "swing_K", each=True),
    }
