"""Temperature block calibrator against a reference thermometer in its well (EA-4/02, supplement, S11; EURAMET cg-13).

Measurement equation, for each temperature (S11.1, for the error of indication)::

    E = t_iX + δt_iX − (t_S + δt_S + δt_R + δt_A + δt_H + δt_L + δt_V)

* t_iX + δt_iX: the block's own indication; its resolution.
* t_S + δt_S: the reference thermometer by its certificate, its drift, the readout.
* δt_R, δt_A: between the wells, and along the measuring zone; δt_H: hysteresis between heating and cooling;
  δt_L: loading by further thermometers; δt_V: the block's swing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from calib.drivers.roles import Bath, DcVoltmeter, ThermometerProbe, ThermometerReadout
from calib.errors import InputError
from calib.procedure import Attempt, Estimates, Point, Readings, Result, Role, Station, Truth, indication
from calib.procedure.declared import Declared
from calib.procedure.homogeneity import HOMOGENEITY, Homogeneity, Place, places
from calib.procedure.point import Group
from calib.procedure.thermal import ITEM, InBath
from calib.procedure.thermalparameters import (
    REFERENCE,
    STABILITY,
    Marking,
    NotNegative,
    Positive,
    ThermalParameters,
)
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
    homogeneity_at_C: float | None = None
    """Temperature at which differences between wells and along the zone are measured, after the points; None: not."""
    axial_steps_m: tuple[Positive, ...] = (0.02, 0.04)
    """By how much the reference is lifted there."""
    further_wells: tuple[Marking, ...] = ()
    """Markings of the wells into which it is put there."""
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
        "radial": Declared("radial_K", _RADIAL, "reference", "place_K"),
        "axial": Declared("axial_K", _AXIAL, "reference", "place_K"),
        "loading": Declared("loading_K", _LOADING, "reference", "place_K"),
        "hysteresis": Declared("hysteresis_K", _HYSTERESIS, "block", "hysteresis_K"),
        "variation": Declared("stability_K", STABILITY, "reference", "swing_K", each=True),
    }
    roles: ClassVar[Mapping[str, Role]] = {
        "reference": ThermometerProbe,
        "readout": ThermometerReadout | DcVoltmeter,
        "bath": Bath,
    }
    Parameters = BlockParameters

    def immerse_item(self, station: Station) -> None:
        """Do nothing: the item is the block itself."""

    def read_item(self, station: Station) -> float:
        """Take one reading of the block's own indication."""
        return station.role("bath", Bath).read_bath_C()

    def points(self) -> Sequence[Point]:
        """Return a point for each temperature, and behind them the homogeneity, where it is measured.

        Raises
        ------
        InputError
            The reference cannot be lifted as far as the job says.
        CalibrationStatusError
            Its certificate does not hold where the homogeneity is to be measured.
        """
        points, settings = super().points(), self.block
        if settings.homogeneity_at_C is None:
            return points
        if max(settings.axial_steps_m, default=0.0) >= settings.reference_depth_m:
            msg = f"axial_steps_m: the reference is only {settings.reference_depth_m:g} m deep; lift it by less"
            raise InputError(msg)
        self.reference.law.U_K(settings.homogeneity_at_C, self.context.standard("reference").equipment.name)
        each_s = settings.soak_s + 2 * settings.cycles * settings.interval_s
        last = replace(
            points[-1],
            id=HOMOGENEITY,
            group=HOMOGENEITY,
            nominal=settings.homogeneity_at_C,
            estimate_s=2 * settings.window_s + len(self._places) * each_s,
            gives_row=False,
        )
        return [*points, last]

    def groups(self) -> Sequence[Group]:
        """Return the temperatures, and the homogeneity."""
        more = [] if self.block.homogeneity_at_C is None else [Group(HOMOGENEITY, _MEASURED)]
        return [*super().groups(), *more]

    def measure(self, point: Point, station: Station) -> None:
        """Measure a temperature, or the homogeneity: place by place, each against the block's own indication."""
        if point.id != HOMOGENEITY:
            super().measure(point, station)
            return
        settings, probe = self.block, station.role("reference", ThermometerProbe)
        self.go_to(point.nominal, station)
        for place in self._places:
            probe.immerse(settings.place, place.depth_m, well=place.well)
            station.wait(settings.soak_s, _SETTLING)
            for _ in range(settings.cycles):
                station.wait(settings.interval_s, _SETTLING)
                station.record(f"{place.name}.{REFERENCE}", self.reference.read(station), self.reference.law.unit)
                station.record(f"{place.name}.{ITEM}", self.read_item(station), self.unit)

    def homogeneity(self, readings: Readings) -> Homogeneity | None:
        """Return what was measured of the homogeneity; None where it was not."""
        attempt = readings.standing(HOMOGENEITY)
        if attempt is None:
            return None

        def warmer_K(place: Place) -> float:
            signal, shown = (readings.values(attempt, f"{place.name}.{who}").mean() for who in (REFERENCE, ITEM))
            return self.reference_of(float(signal)).t_C - float(shown)

        return Homogeneity.of({place.name: warmer_K(place) for place in self._places})

    def standing(self, readings: Readings) -> Sequence[tuple[Point, Attempt]]:
        """Return every temperature with its attempt that stands."""
        return [(p, a) for p, a in super().standing(readings) if p.gives_row]

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference and what a block is known for; what scatters is their difference."""
        read, shown = self.turns(attempt, readings)
        reference = self.reference_argument(float(read.mean()), readings)
        along = (read - read.mean()) / self.reference_of(float(read.mean())).signal_per_K
        measured = self.homogeneity(readings)
        found = measured or Homogeneity()
        return Estimates(
            arguments={
                "indication": indication(shown - along, self.resolution(point), _INDICATION),
                "reference": reference,
                "radial": self.known("radial", least=found.radial_K),
                "axial": self.known("axial", least=found.axial_K),
                **{name: self.known(name) for name in ("loading", "variation")},
                "hysteresis": self.known("hysteresis", 1.0 if self.rises(point) else -1.0),
            },
            reference=reference.estimate,
            readings=shown,
            indicated=float(shown.mean()),
            route="certificate",
            remarks=() if measured is None else (self._told(measured),),
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

    @property
    def block(self) -> BlockParameters:
        """The job's parameters."""
        assert isinstance(self.settings, BlockParameters)
        return self.settings

    @property
    def _places(self) -> list[Place]:
        own = self.block
        return places(own.reference_depth_m, own.reference_well, own.axial_steps_m, own.further_wells)

    def _told(self, measured: Homogeneity) -> Text:
        return _HOMOGENEITY.format(
            t=f"{self.block.homogeneity_at_C:g}",
            axial=f"{measured.axial_K:.3f}",
            radial=f"{measured.radial_K:.3f}",
        )


_INDICATION = Text(vi="t_iX: chỉ thị", en="t_iX: indication")
_MEASURED = Text(vi="Độ đồng đều của lò", en="Homogeneity of the block")
_SETTLING = Text(vi="chờ nhiệt kế chuẩn ở vị trí mới", en="reference thermometer settling at its place")
_HOMOGENEITY = Text(
    vi="Đo tại {t} °C: dọc vùng đo {axial} K, giữa các lỗ {radial} K; giá trị lớn hơn so với khai báo được dùng",
    en="Measured at {t} °C: {axial} K along the zone, {radial} K between wells; what is more than stated, counts",
)
