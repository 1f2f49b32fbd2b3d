"""Comparison where the source is the item: a standard indicates what it puts out (calibrators, process calibrators).

The item's indication is its setting, exact as it was entered: so its error is the setting minus the value found. The
standard's certificate states corrections to its indications; they come into the measurement equation as δ.
"""

from collections.abc import Sequence
from typing import ClassVar

from calib.errors import OutOfRange
from calib.inputs import Argument
from calib.procedure.direct import DirectComparison
from calib.procedure.estimates import INDICATION, Constant, Estimates, indication
from calib.procedure.point import Point
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text


class OutputComparison(DirectComparison):
    """A method by which a meter finds the error of a source; the equation's arguments begin with these three.

    `setting`: the nominal value, exact. `indication`: mean of the standard's indications. `correction`: what is added
    to them, by either of the two routes of `calib.equipment.reference`.
    """

    under_calibration = "source"
    standard_role = "meter"
    standard_called = Text(vi="Đồng hồ chuẩn", en="Reference meter")
    setting_symbol: ClassVar[str]
    """Letter of the setting in the measurement equation; `symbols` are those of indication and correction."""

    def meter_range(self, point: Point) -> float:
        """Return the standard's range for a point: the lowest that holds it."""
        return self.standard.stated_specification.range_for(point.quantity, point.nominal)

    def resolution(self, point: Point) -> float:
        """Return the least digit of the standard's indication; that of the setting is none, it is exact."""
        return self.standard.stated_specification.resolution(self.meter_range(point), point.quantity)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return setting, indication of the standard, its correction, and influences."""
        indicated = readings.values(attempt, self.indicator)
        label = self._lettered(0, INDICATION)
        found = indication(indicated, self.resolution(point), label, pooled=self.pooled(point))
        known = self.reference(point, readings.condition("temperature"))
        correction = Argument(known.inputs)
        setting = Text(vi=f"{self.setting_symbol}: {SETTING.vi}", en=f"{self.setting_symbol}: {SETTING.en}")
        return Estimates(
            arguments={
                "setting": Argument(constant=point.nominal),
                "indication": found,
                "correction": correction,
                **self.influences(point, readings),
            },
            reference=float(indicated.mean()) + sum(i.offset for i in known.inputs),
            readings=indicated,
            indicated=point.nominal,
            route=known.route,
            constants={"nominal": Constant(setting, point.nominal, 1.0)},
            remarks=self._remarks(known, point.quantity),
            uncorrelated=(known.uncorrelated,) if known.uncorrelated else (),
        )

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the setting minus what the item really puts out."""
        return result.nominal - world.output("source", result.quantity, result.nominal, result.frequency_Hz or None)

    def _check(self, points: Sequence[Point]) -> None:
        """Refuse also a point in a range that the source would not take by itself."""
        specification = self.context.item_specification
        for point in points:
            taken = specification.range_for(self.item_quantity(point), point.nominal)
            if point.nominal and abs(taken - point.measuring_range) > 1e-9 * taken:
                msg = f"point {point.id}: the source puts this value out in its range {taken:g} {point.unit}"
                raise OutOfRange(msg)
        super()._check(points)


SETTING = Text(vi="giá trị đặt, chính xác", en="setting, exact")
