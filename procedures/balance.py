"""Electronic balances: repeatability, eccentricity, errors of indication (after EURAMET cg-18, version 4.0).

Measurement equation, for each load::

    E = I − (m_ref + δm_B),   δm_B = −m_0 (ρ_a − 1.2 kg/m³) (1/ρ_r − 1/8000 kg/m³)

* I: indication, set to zero before; its errors are repeatability (from the repeatability test), or the rounding of the
  indication and of zero where that is larger, and eccentricity, in proportion to the load.
* m_ref: conventional mass of the weights on the pan together, by their certificate. δm_B: buoyancy, for a balance that
  was adjusted in the air of the calibration; what is not known of that is a part of the load, `buoyancy_relative`.

Loads ascend, each from zero. With `descending` each is weighed again after the greatest load, without the pan being
emptied between.

For use there is, in the remarks, a line for the expanded uncertainty of a weighing without corrections, U(W) = a + b·W
(cg-18), and the smallest weight that may be weighed with the relative uncertainty that was asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from calib.drivers.roles import Balance, WeightHandler
from calib.errors import CalibError, InputError, RunError
from calib.inputs import Argument
from calib.physics.mass import CONVENTIONAL_DENSITY_KG_M3
from calib.procedure import Attempt, Estimates, Group, Phase, Point, Readings, Result, Station, Truth, indication
from calib.procedure.estimates import Estimated
from calib.procedure.mass.air import buoyancy, record_air
from calib.procedure.mass.dispersion import (
    NO_MASS,
    REPEATABILITY,
    REPEATED,
    Dispersion,
    from_zero_kg,
    in_proportion,
    of_two,
    scatter,
)
from calib.procedure.mass.loads import BalanceParameters
from calib.procedure.mass.method import BALANCE, UNITS_OF_INPUTS, MassMethod
from calib.procedure.mass.standards import ROLE, StandardWeight, names_of, total_kg
from calib.procedure.mass.use import UseLine, remarks, reversal, use_line
from calib.procedure.mass.weighing import EACH_S, settled_kg
from calib.text import Text
from calib.units import show

CENTRE = "centre"
CORNERS = ("front-left", "back-left", "back-right", "front-right")
"""Positions of the eccentricity test, each compared with the centre."""


def error_of_indication(
    indication: Any, reference: Any, nominal: Any, temperature: Any, pressure: Any, humidity: Any, formula: Any,
    reference_density: Any, others: Any,
) -> Any:  # fmt: skip
    """Return E = I − (m_ref + δm_B), in kilograms: the measurement equation of the method."""
    lift = buoyancy(nominal, temperature, pressure, humidity, formula, reference_density, CONVENTIONAL_DENSITY_KG_M3)
    return indication - reference + lift + others


class BalanceCalibration(MassMethod):
    """An electronic balance with weights of known conventional mass."""

    id = "balance"
    version = "1"
    title = Text(vi="Cân điện tử", en="Electronic balance")
    method = Text(
        vi="Cân các quả cân chuẩn, balance phiên bản 1, dựa theo EURAMET cg-18",
        en="Weighing of reference weights, balance version 1, after EURAMET cg-18",
    )
    equation = "E = I − (m_ref + δm_B)"
    model = staticmethod(error_of_indication)
    under_calibration = BALANCE
    Parameters: ClassVar[type[BalanceParameters]] = BalanceParameters

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return repeatability and eccentricity before the errors, which rest on them."""
        return [_REPEATABILITY, _ECCENTRICITY, _ERRORS, *([_FALLING] if self.test.descending else [])]

    def prepare(self, group: Group, station: Station) -> None:
        """Exercise the balance once with its greatest load."""
        if group != _REPEATABILITY:
            return
        handler = station.role(ROLE, WeightHandler)
        handler.load(names_of(self.test.loads[-1]))
        station.wait(self.settings.settle_s, Text(vi="nạp tải trước", en="preloading"))
        handler.unload()

    def measure(self, point: Point, station: Station) -> None:
        """Weigh the loads of a point, each from zero; on the way down after the greatest one."""
        handler, balance = station.role(ROLE, WeightHandler), station.role(BALANCE, Balance)
        names = names_of(self._load(point))
        record_air(station)
        for position in self._positions(point):
            handler.unload()
            station.wait(self.settings.settle_s, Text(vi="chờ cân ổn định", en="balance settling"))
            balance.zero()
            if point.group == _FALLING.id:
                greatest = self.test.loads[-1]
                handler.load(names_of(greatest))
                settled_kg(station, names_of(greatest), total_kg(greatest), self.settings, _SENSE_DIGITS)
            handler.load(names, position)
            shown_kg = settled_kg(station, names, point.nominal, self.settings, _SENSE_DIGITS)
            station.record(BALANCE, shown_kg, "kg")
        record_air(station)

    # the half that does not

    @property
    def test(self) -> BalanceParameters:
        """The job's parameters."""
        assert isinstance(self.settings, BalanceParameters)
        return self.settings

    def points(self) -> Sequence[Point]:
        """Return the repeatability test, the eccentricity test, and a point for each load, up and down.

        Raises
        ------
        InputError
            A load could be weighed, but not evaluated afterwards.
        """
        test = self.test
        self._check()
        return [
            self._point(_REPEATABILITY, test.repeatability.weights),
            *(self._point(_ECCENTRICITY, test.eccentricity, corner) for corner in CORNERS),
            *(self._point(_ERRORS, load) for load in test.loads),
            *(self._point(_FALLING, load) for load in (reversed(test.loads[:-1]) if test.descending else ())),
        ]

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the agreed limit of the error; repeatability and eccentricity have none here."""
        del temperature_C
        return self.test.tolerance_kg or None if point.group in _OF_ERRORS else None

    def tests(self, readings: Readings, phase: Phase = "as-found") -> Dispersion:
        """Return what repeatability and eccentricity came to.

        Raises
        ------
        RunError
            They were not measured.
        """
        repeated, off_kg = self._repeated(readings, phase), self._greatest_kg(readings, phase)
        if repeated is None or off_kg is None:
            msg = "errors of indication rest on the tests of repeatability and eccentricity, which are missing"
            raise RunError(msg)
        return Dispersion(*repeated, off_kg, total_kg(self.test.eccentricity))

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference mass and buoyancy."""
        if point.group == _ECCENTRICITY.id:
            return self._off_centre(attempt, readings)
        shown, reference = readings.values(attempt, BALANCE), self.standards(self._load(point))
        at_air = in_proportion(self.test.buoyancy_relative, point.nominal, _BUOYANCY, "buoyancy", self.shared("δm_B"))
        return Estimates(
            arguments={
                "indication": self._indication(point, attempt, readings),
                "reference": reference,
                "nominal": Argument(constant=point.nominal),
                **self.air(attempt, readings),
                "reference_density": self.reference_density(),
                "others": at_air,
            },
            reference=reference.estimate,
            readings=shown,
            indicated=float(shown.mean()),
            route="certificate",
            units=UNITS_OF_INPUTS,
        )

    def results(self, readings: Readings, estimated: Estimated) -> tuple[Result, ...]:
        """Return all rows; the first error of a phase tells of repeatability, eccentricity and use."""
        rows = list(super().results(readings, estimated))
        told: set[Phase] = set()
        for place, row in enumerate(rows):
            if row.phase not in told and row.point.startswith(_ERRORS.id):
                told.add(row.phase)
                errors = [r for r in rows if r.phase == row.phase and r.point.partition("/")[0] in _OF_ERRORS]
                rows[place] = replace(row, remarks=(*row.remarks, *self._remarks(readings, errors)))
        return tuple(rows)

    def use_line(self, tests: Dispersion, rows: Sequence[Result]) -> UseLine:
        """Return the line of the uncertainty in use; errors are not corrected, and are added."""
        return use_line(tests, rows, self.test.in_use, self.settings.digit_kg, self.test.capacity_kg)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the balance's true error at the load, or the true difference of a position from the centre."""
        group, _, load = result.point.partition("/")
        if group == _ECCENTRICITY.id:
            corner, at = load.rpartition(" ")[2], (result.measuring_range, result.nominal)
            return world.error(BALANCE, f"mass@{corner}", *at) - world.error(BALANCE, "mass", *at)
        before = f" after {result.measuring_range!r}" if group == _FALLING.id else ""
        return world.error(BALANCE, f"mass{before}", result.measuring_range, result.reference)

    def _indication(self, point: Point, attempt: Attempt, readings: Readings) -> Argument:
        """Return the mean indication with repeatability or rounding, and eccentricity."""
        shown, resolution_kg = readings.values(attempt, BALANCE), from_zero_kg(self.settings.digit_kg)
        tests = self.tests(readings, attempt.phase) if point.group in _OF_ERRORS else None
        pooled = None if tests is None else (tests.s_kg, tests.dof)
        repeated = indication(shown, resolution_kg, REPEATED, name=REPEATABILITY, pooled=pooled)
        off_kg = self._greatest_kg(readings, attempt.phase)
        if off_kg is None:  # the repeatability test stands before that of eccentricity
            return repeated
        names = names_of(self._load(point))
        off_centre = self.test.off_centre if len(names) > 1 else self.test.off_centre_alone
        part, where = off_centre * off_kg / total_kg(self.test.eccentricity), self.shared(f"centre of {sorted(names)}")
        off = in_proportion(part, float(shown.mean()), _OFF_CENTRE, "eccentricity", where)
        return Argument((*repeated.inputs, *off.inputs))

    def _off_centre(self, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the difference of an indication off the centre from that at the centre: no mass has to be known."""
        centre, corner = (float(shown) for shown in readings.values(attempt, BALANCE))
        shown = of_two(corner, self._repeated(readings, attempt.phase), self.settings.digit_kg)
        known = {"indication": shown, "reference": Argument(constant=centre)}
        return Estimates({**NO_MASS, **known}, centre, np.array([centre, corner]), corner)

    def _repeated(self, readings: Readings, phase: Phase) -> tuple[float, float] | None:
        """Return s of the repeatability test and its degrees of freedom; None without it."""
        attempt = readings.standing(self._point(_REPEATABILITY, self.test.repeatability.weights).id, phase)
        return None if attempt is None else scatter(readings.values(attempt, BALANCE))

    def _greatest_kg(self, readings: Readings, phase: Phase) -> float | None:
        """Return the greatest difference of a corner from the centre; None where one is missing."""
        points = [self._point(_ECCENTRICITY, self.test.eccentricity, corner) for corner in CORNERS]
        attempts = [attempt for point in points if (attempt := readings.standing(point.id, phase)) is not None]
        if len(attempts) < len(CORNERS):
            return None
        return max(abs(float(corner - centre)) for centre, corner in (readings.values(a, BALANCE) for a in attempts))

    def _remarks(self, readings: Readings, rows: Sequence[Result]) -> list[Text]:
        tests = self.tests(readings, rows[0].phase)
        up, down = ([r for r in rows if r.point.startswith(group.id)] for group in (_ERRORS, _FALLING))
        repeated = self.test.repeatability
        s, at = show(tests.s_kg, "kg", 3), show(total_kg(repeated.weights), "kg")
        off, off_at = show(tests.off_centre_kg, "kg", 3), show(tests.load_kg, "kg")
        measured = Text(
            vi=f"Độ lặp lại: s = {s} với tải {at}, n = {repeated.n}; độ lệch tâm: |ΔI| lớn nhất {off} với {off_at}",
            en=f"Repeatability: s = {s} at {at}, n = {repeated.n}; eccentricity: greatest |ΔI| {off} at {off_at}",
        )
        return [measured, *reversal(up, down), *remarks(self.use_line(tests, rows), self.test.in_use)]

    def _positions(self, point: Point) -> list[str]:
        if point.group == _REPEATABILITY.id:
            return [""] * self.test.repeatability.n
        return [CENTRE, point.id.rpartition(" ")[2]] if point.group == _ECCENTRICITY.id else [""]

    def _load(self, point: Point) -> Sequence[StandardWeight]:
        if point.group == _REPEATABILITY.id:
            return self.test.repeatability.weights
        if point.group == _ECCENTRICITY.id:
            return self.test.eccentricity
        return next(load for load in self.test.loads if total_kg(load) == point.nominal)

    def _point(self, group: Group, load: Sequence[StandardWeight], corner: str = "") -> Point:
        nominal = total_kg(load)
        times = {_REPEATABILITY.id: self.test.repeatability.n, _ECCENTRICITY.id: 2}.get(group.id, 1)
        return Point(
            id=f"{group.id}/{show(nominal, 'kg')}{' ' if corner else ''}{corner}",
            group=group.id,
            title=group.title,
            quantity="mass",
            unit="kg",
            measuring_range=total_kg(self.test.loads[-1]) if group == _FALLING else self.test.capacity_kg,
            nominal=nominal,
            hazard_V=0.0,
            estimate_s=times * (2 * self.settings.settle_s + EACH_S),
        )

    def _check(self) -> None:
        """Refuse now, all at once, what could not be weighed or evaluated."""
        mistakes = self.test.mistakes()
        for load in self.test.all_loads:
            try:
                self.standards(load)
            except CalibError as error:
                mistakes.append(f"load {total_kg(load):g} kg: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))


_SENSE_DIGITS = 1e3
_REPEATABILITY = Group("repeatability", Text(vi="Độ lặp lại", en="Repeatability"))
_ECCENTRICITY = Group("eccentricity", Text(vi="Độ lệch tâm", en="Eccentricity"))
_ERRORS = Group("error", Text(vi="Sai số chỉ thị", en="Errors of indication"))
_FALLING = Group("descending", Text(vi="Sai số chỉ thị, tải giảm", en="Errors of indication, descending loads"))
_OF_ERRORS = {_ERRORS.id, _FALLING.id}
_OFF_CENTRE = Text(vi="δI_ecc: độ lệch tâm", en="δI_ecc: eccentricity")
_BUOYANCY = Text(vi="δm_B: không khí khi điều chỉnh cân", en="δm_B: air at the adjustment")
