"""Temperature block calibrator against a reference thermometer in its well (EA-4/02, supplement, S11; EURAMET cg-13).

Measurement equation, for each temperature (S11.1, for the error of indication)::

    E = t_iX + δt_iX − (t_S + δt_S + δt_R + δt_A + δt_H + δt_L + δt_V)

* t_iX + δt_iX: the block's own indication; its resolution.
* t_S + δt_S: the reference thermometer by its certificate, its drift, the readout.
* δt_R, δt_A: between the wells, and along the measuring zone; δt_H: hysteresis between heating and cooling;
  δt_L: loading by further thermometers; δt_V: the block's swing.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from calib.drivers.roles import Bath, ThermometerProbe, ThermometerReadout
from calib.procedure import Attempt, Estimates, Point, Readings, Result, Station, Truth, indication
from calib.procedure.declared import Declared
from calib.procedure.thermal import STABILITY, InBath, NotNegative, ThermalParameters, of_the_reference
from calib.text import Text

_RADIAL = Text(vi="δt_R: giữa các lỗ đo", en="δt_R: between wells")
_AXIAL = Text(vi="δt_A: dọc theo vùng đo", en="δt_A: along the measuring zone")
_HYSTERESIS = Text(vi="δt_H: độ trễ", en="δt_H: hysteresis")
_LOADING = Text(vi="δt_L: ảnh hưởng tải nhiệt", en="δt_L: loading")


class BlockParameters(ThermalParameters):
    """Parameters of the method: what is known of such blocks, or was found for this one (EURAMET cg-13)."""

    radial_K: NotNegative = 0.1
    """Half-width of the differences between wells."""
    axial_K: NotNegative = 0.05
    """Half-width of the differences along the measuring zone."""
    hysteresis_K: NotNegative = 0.05
    """Half-width of what heating and cooling leave different."""
    loading_K: NotNegative = 0.02
    """Half-width of what further thermometers change."""
    stability_K: NotNegative = 0.03
    """Half-width of the block's swing."""


def error_of_indication(
    indication: Any, reference: Any, radial: Any, axial: Any, hysteresis: Any, loading: Any, variation: Any
) -> Any:
    """Return E = t_iX + δt_iX − (t_S + δt_S + δt_R + δt_A + δt_H + δt_L + δt_V): the measurement equation."""
    return indication - (reference + radial + axial + hysteresis + loading + variation)


class BlockCalibrator(InBath):
    """Temperature block calibrator (dry well)."""

    id = "block-calibrator"
    version = "1"
    title = Text(vi="Lò khối chuẩn nhiệt độ", en="Temperature block calibrator")
    method = Text(
        vi="So sánh với nhiệt kế chuẩn trong lỗ đo, block-calibrator phiên bản 1, dựa theo EA-4/02 M, S11 và "
        "EURAMET cg-13",
        en="Comparison with a reference thermometer in the well, block-calibrator version 1, after EA-4/02 M, S11 and "
        "EURAMET cg-13",
    )
    equation = "E = t_iX + δt_iX − (t_S + δt_S + δt_R + δt_A + δt_H + δt_L + δt_V)"
    model = staticmethod(error_of_indication)
    heading = Text(vi="Nhiệt độ của lò khối", en="Temperature of the block")
    under_calibration = "bath"
    declared: ClassVar[Mapping[str, Declared]] = {
        **of_the_reference(),
        "radial": Declared("radial_K", _RADIAL, "reference", "place_K"),
        "axial": Declared("axial_K", _AXIAL, "reference", "place_K"),
        "loading": Declared("loading_K", _LOADING, "reference", "place_K"),
        "hysteresis": Declared("hysteresis_K", _HYSTERESIS, "block", "hysteresis_K"),
        "variation": Declared("stability_K", STABILITY, "reference", "swing_K", each=True),
    }
    roles: ClassVar[Mapping[str, type]] = {
        "reference": ThermometerProbe,
        "readout": ThermometerReadout,
        "bath": Bath,
    }
    Parameters = BlockParameters

    def immerse_item(self, station: Station) -> None:
        """Do nothing: the item is the block itself."""

    def read_item(self, station: Station) -> float:
        """Take one reading of the block's own indication."""
        return station.role("bath", Bath).read_bath_C()

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference and what a block is known for; what scatters is their difference."""
        read, shown = self.turns(attempt, readings)
        reference = self.reference_argument(float(read.mean()), readings)
        along = (read - read.mean()) / self.reference_of(float(read.mean())).ohm_per_K
        return Estimates(
            arguments={
                "indication": indication(shown - along, self.resolution(point), _INDICATION),
                "reference": reference,
                **{name: self.known(name) for name in ("radial", "axial", "loading", "variation")},
                "hysteresis": self.known("hysteresis", 1.0 if self.rises(point) else -1.0),
            },
            reference=reference.estimate,
            readings=shown,
            indicated=float(shown.mean()),
            route="certificate",
        )

    def rises(self, point: Point) -> bool:
        """Return whether the block comes to a point from below; to the first one it does."""
        order = [p.id for p in self.context.points]
        at = order.index(point.id)
        return at == 0 or point.nominal >= self.context.points[at - 1].nominal

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the error of the block's own sensor."""
        return world.error("bath", "temperature", result.measuring_range, result.reference)


_INDICATION = Text(vi="t_iX: chỉ thị", en="t_iX: indication")
