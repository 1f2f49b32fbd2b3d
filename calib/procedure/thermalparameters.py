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
_SELF_HEATING = Text(vi="Nhiệt kế chuẩn, tự đốt nóng", en="Reference thermometer, self-heating")
_HOMOGENEITY = Text(vi="δt_H: độ đồng đều của bể", en="δt_H: homogeneity of the bath")
STABILITY = Text(vi="δt_B: độ ổn định của bể", en="δt_B: stability of the bath")
REFERENCE_HEATING = "reference.self-heating"


class ThermalParameters(Strict):
    """Parameters of every comparison with a reference thermometer, in the job's table `[parameters]`."""

    temperatures_C: Annotated[tuple[float, ...], Field(min_length=1)]
    """In the order in which they are measured; 0 °C first and last shows a drift of the item."""
    place: Literal["bath", "block", "furnace"] = "bath"
    reference_channel: Annotated[int, Field(ge=1)] = 1
    """Of the readout."""
    reference_depth_m: Positive = 0.2
    reference_well: Marking = ""
    """Of a block: the marking of the well that takes the reference."""
    cycles: Annotated[int, Field(ge=4, le=200)] = 6
    """Turns of reference, item, item, reference."""
    interval_s: Positive = 2.0
    """Between two readings."""
    stable_K_per_min: Positive = 0.002
    """The reference may move by so much, with certainty, when the readings begin."""
    window_s: Positive = 600.0
    """How long it must have been so."""
    at_most_s: Positive = 14_400.0
    """How long the bath may take to a temperature."""
    soak_s: NotNegative = 300.0
    """For the item, after the reference is stable."""
    stability_K: NotNegative = 0.002
    """Half-width of the differences between their places that are others at each temperature, as a bath swings more
    slowly than readings are taken; what is faster is in their scatter."""
    reference_self_heating_K: NotNegative = 0.001
    """Half-width of the difference between the reference's self-heating here and at its calibration."""


class BathParameters(ThermalParameters):
    """Parameters of a comparison of two thermometers in a bath."""

    item_depth_m: Positive = 0.2
    item_well: Marking = ""
    homogeneity_K: NotNegative = 0.01
    """Half-width of the difference between the places of reference and item, of depth and stem too."""


def of_the_reference() -> dict[str, Declared]:
    """Return what is declared of every reference thermometer."""
    return {REFERENCE_HEATING: Declared("reference_self_heating_K", _SELF_HEATING, REFERENCE, "self_heating_K")}


def in_a_bath(item: str) -> dict[str, Declared]:
    """Return what is declared of every comparison of two thermometers in a bath; `item` is the other's role."""
    return {
        **of_the_reference(),
        "homogeneity": Declared("homogeneity_K", _HOMOGENEITY, item, "place_K"),
        "stability": Declared("stability_K", STABILITY, item, "swing_K", each=True),
    }
