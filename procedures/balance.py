"""Electronic balances: repeatability, eccentricity, errors of indication (after EURAMET cg-18, version 4.0).

Measurement equation, for each load::

    E = I − (m_ref + δm_B),   δm_B = −m_0 (ρ_a − 1.2 kg/m³) (1/ρ_r − 1/8000 kg/m³)

* I: indication, set to zero before; its errors are repeatability (from the repeatability test), the rounding of the
  indication and of zero, and eccentricity, in proportion to the load.
* m_ref: conventional mass of the weights on the pan together, by their certificate. δm_B: buoyancy, for a balance that
  was adjusted in the air of the calibration; what is not known of that is a part of the load, `buoyancy_relative`.

For use there is, in the remarks, a line for the expanded uncertainty of a weighing without corrections, U(W) = a + b·W
(cg-18), and the smallest weight that may be weighed with the relative uncertainty that was asked for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.drivers.roles import Balance, WeatherStation, WeightHandler
from calib.equipment import Route
from calib.errors import CalibError, InputError, RunError
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.physics.mass import CONVENTIONAL_DENSITY_KG_M3
from calib.procedure import (
    Attempt,
    Estimates,
    Group,
    Phase,
    Point,
    Procedure,
    Readings,
    Result,
    Station,
    Truth,
)
from calib.procedure.balance_use import Dispersion, InUse, UseLine, use_line
from calib.procedure.weighing import (
    BALANCE,
    CONDITIONS,
    UNITS,
    NotNegative,
    Positive,
    StandardWeight,
    WeighingParameters,
    air_arguments,
    buoyancy,
    density_argument,
    record_air,
    standard_argument,
)
from calib.text import Text
from calib.uncertainty import Quantity, quantity
from calib.units import show

CENTRE = "centre"
CORNERS = ("front-left", "back-left", "back-right", "front-right")
"""Positions of the eccentricity test, each compared with the centre."""
Load = Annotated[tuple[StandardWeight, ...], Field(min_length=1)]


class Repetition(Strict):
    """The repeatability test."""

    weights: Load
    n: Annotated[int, Field(ge=5, le=100)] = 10


class BalanceParameters(Strict):
    """Parameters of the method, in the job's table `[parameters]`."""

    capacity_kg: Positive
    digit_kg: Positive
    """Last place of the display."""
    loads: Annotated[tuple[Load, ...], Field(min_length=3)]
    """Weights that lie on the pan together, load by load, ascending."""
    repeatability: Repetition
    eccentricity: Load
    """About a third of the capacity."""
    tolerance_kg: NotNegative = 0.0
    """Limit of the error, where one was agreed."""
    settle_s: NotNegative = 10.0
    buoyancy_relative: NotNegative = 0.0
    """Half-width of what the adjustment in another air leaves, relative to the load."""
    reference_density_kg_m3: Positive = 8000.0
    reference_density_U_kg_m3: NotNegative = 0.0
    """Expanded, k = 2."""
    air_temperature_K: NotNegative = 0.3
    air_humidity_percent: NotNegative = 5.0
    air_pressure_Pa: NotNegative = 50.0
    in_use: InUse = InUse()


def error_of_indication(
    indication: Any, reference: Any, nominal: Any, temperature: Any, pressure: Any, humidity: Any, formula: Any,
    reference_density: Any, others: Any,
) -> Any:  # fmt: skip
    """Return E = I − (m_ref + δm_B), in kilograms: the measurement equation of the method."""
    lift = buoyancy(nominal, temperature, pressure, humidity, formula, reference_density, CONVENTIONAL_DENSITY_KG_M3)
    return indication - reference + lift + others


class BalanceCalibration(Procedure):
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
    roles: ClassVar[Mapping[str, type]] = {
        "reference": WeightHandler,
        "balance": Balance,
        "environment": WeatherStation,
    }
    sources: ClassVar[Sequence[str]] = ()
    under_calibration = "balance"
    conditions = CONDITIONS
    Parameters = BalanceParameters

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return repeatability and eccentricity before the errors, which rest on them."""
        return [_REPEATABILITY, _ECCENTRICITY, _ERRORS]

    def prepare(self, group: Group, station: Station) -> None:
        """Exercise the balance once with its greatest load."""
        if group != _REPEATABILITY:
            return
        handler = station.role("reference", WeightHandler)
        handler.load([w.name for w in self.settings.loads[-1]])
        station.wait(self.settings.settle_s, Text(vi="nạp tải trước", en="preloading"))
        handler.unload()

    def measure(self, point: Point, station: Station) -> None:
        """Weigh the loads of a point, each from zero."""
        handler, balance = station.role("reference", WeightHandler), station.role("balance", Balance)
        record_air(station)
        for weights, position in self._loadings(point):
            handler.unload()
            station.wait(self.settings.settle_s, Text(vi="chờ cân ổn định", en="balance settling"))
            balance.zero()
            handler.load([w.name for w in weights], position)
            station.wait(self.settings.settle_s, Text(vi="chờ cân ổn định", en="balance settling"))
            shown_kg = balance.read_mass_kg()
            if abs(shown_kg - point.nominal) > max(0.01 * point.nominal, 1e3 * self.settings.digit_kg):
                what = "+".join(w.name for w in weights)
                msg = f"{what}: the balance shows {shown_kg:.9g} kg where {point.nominal:g} kg was put on; look at it"
                raise RunError(msg)
            station.record(BALANCE, shown_kg, "kg")
        record_air(station)

    # the half that does not

    @cached_property
    def settings(self) -> BalanceParameters:
        """The job's parameters."""
        return self.context.parameters(BalanceParameters)

    def route(self, role: str) -> Route:
        """Return that all standards are used by their certificates."""
        del role
        return "certificate"

    def points(self) -> Sequence[Point]:
        """Return the repeatability test, the eccentricity test, and a point for each load.

        Raises
        ------
        InputError
            A load could be weighed, but not evaluated afterwards.
        """
        settings = self.settings
        self._check([settings.repeatability.weights, settings.eccentricity, *settings.loads])
        return [
            self._point(_REPEATABILITY, settings.repeatability.weights),
            *(self._point(_ECCENTRICITY, settings.eccentricity, corner) for corner in CORNERS),
            *(self._point(_ERRORS, load) for load in settings.loads),
        ]

    def resolution(self, point: Point) -> float:
        """Return the last place of the display."""
        del point
        return self.settings.digit_kg

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the agreed limit of the error; repeatability and eccentricity have none here."""
        del temperature_C
        return self.settings.tolerance_kg or None if point.group == _ERRORS.id else None

    def tolerance(self, point: Point, readings: Readings) -> float | None:
        """Return the agreed limit of the error."""
        del readings
        return self.limit(point)

    def tests(self, readings: Readings, phase: Phase = "as-found") -> Dispersion:
        """Return what repeatability and eccentricity came to.

        Raises
        ------
        RunError
            They were not measured.
        """
        load = self.settings.eccentricity
        found = [
            readings.standing(self._point(group, weights, corner).id, phase)
            for group, weights, corner in (
                (_REPEATABILITY, self.settings.repeatability.weights, ""),
                *((_ECCENTRICITY, load, corner) for corner in CORNERS),
            )
        ]
        repeated, *off = [readings.values(attempt, BALANCE) for attempt in found if attempt is not None]
        if len(off) < len(CORNERS):
            msg = "errors of indication rest on the tests of repeatability and eccentricity, which are missing"
            raise RunError(msg)
        off_kg = max(abs(float(corner - centre)) for centre, corner in off)
        return Dispersion(float(np.std(repeated, ddof=1)), len(repeated) - 1.0, off_kg, _total_kg(load))

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference mass and buoyancy."""
        settings = self.settings
        if point.group == _ECCENTRICITY.id:
            return self._off_centre(attempt, readings)
        load = self._load(point)
        shown = readings.values(attempt, BALANCE)
        reference = standard_argument(self.context, "reference", load)
        total = reference.value
        assert isinstance(total, Quantity)
        return Estimates(
            arguments={
                "indication": self._indication(point, attempt, readings),
                "reference": reference,
                "nominal": Argument(constant=point.nominal),
                **air_arguments(readings, [attempt], self._air, self._shared("air")),
                "reference_density": density_argument(
                    settings.reference_density_kg_m3,
                    settings.reference_density_U_kg_m3,
                    _DENSITY,
                    "reference.density",
                    self._shared("density"),
                ),
                "others": _scaled(
                    settings.buoyancy_relative, point.nominal, _BUOYANCY, "buoyancy", self._shared("δm_B")
                ),
            },
            reference=float(total.value),
            readings=shown,
            indicated=float(shown.mean()),
            route="certificate",
            units={**UNITS, "reference.density": "kg/m³"},
        )

    def evaluate(self, readings: Readings) -> tuple[Result, ...]:
        """Return all rows; the first error of a phase tells of repeatability, eccentricity and use."""
        rows = list(super().evaluate(readings))
        told: set[Phase] = set()
        for place, row in enumerate(rows):
            if row.phase not in told and row.point.startswith(_ERRORS.id):
                told.add(row.phase)
                errors = [r for r in rows if r.phase == row.phase and r.point.startswith(_ERRORS.id)]
                rows[place] = replace(row, remarks=(*row.remarks, *self._remarks(readings, errors)))
        return tuple(rows)

    def use_line(self, tests: Dispersion, rows: Sequence[Result]) -> UseLine:
        """Return the line of the uncertainty in use; errors are not corrected, and are added."""
        return use_line(tests, rows, self.settings.in_use, self.settings.digit_kg, self.settings.capacity_kg)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the balance's true error at the load, or the true difference of a position from the centre."""
        group, _, load = result.point.partition("/")
        if group == _ECCENTRICITY.id:
            corner, at = load.rpartition(" ")[2], (result.measuring_range, result.nominal)
            return world.error("balance", f"mass@{corner}", *at) - world.error("balance", "mass", *at)
        return world.error("balance", "mass", result.measuring_range, result.reference)

    @property
    def _air(self) -> WeighingParameters:
        """The half-widths of the air, as the comparison of weights has them."""
        s = self.settings
        return WeighingParameters(
            digit_kg=s.digit_kg,
            air_temperature_K=s.air_temperature_K,
            air_humidity_percent=s.air_humidity_percent,
            air_pressure_Pa=s.air_pressure_Pa,
        )

    def _indication(self, point: Point, attempt: Attempt, readings: Readings) -> Argument:
        """Return the mean indication with repeatability, rounding at the load and at zero, eccentricity."""
        shown, digit_kg = readings.values(attempt, BALANCE), self.settings.digit_kg
        mean = float(shown.mean())
        rounding = (
            quantity(0.0, resolution=digit_kg, name="rounding"),
            quantity(0.0, resolution=digit_kg, name="zero"),
        )
        inputs = [Input.of(rounding[0], _ROUNDING, "rounding"), Input.of(rounding[1], _ZERO, "zero")]
        tests = self.tests(readings, attempt.phase) if point.group == _ERRORS.id else None
        s_kg, dof = (float(np.std(shown, ddof=1)), len(shown) - 1.0) if tests is None else (tests.s_kg, tests.dof)
        if s_kg > 0:
            repeated = quantity(0.0, u=s_kg / math.sqrt(len(shown)), dof=dof, name="repeatability")
            inputs.append(Input.of(repeated, _REPEATED, "repeatability"))
        if tests is not None:
            inputs += _scaled(math.sqrt(3) * tests.w_eccentricity, mean, _OFF_CENTRE, "eccentricity", None).inputs
        return Argument(tuple(inputs), mean)

    def _off_centre(self, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the difference of an indication off the centre from that at the centre: no mass has to be known."""
        centre, corner = readings.values(attempt, BALANCE)
        none = Argument(constant=0.0)
        air = {name: Argument(constant=value) for name, value in _SOME_AIR.items()}
        return Estimates(
            arguments={
                "indication": self._shown(float(corner), "corner", readings, attempt.phase),
                "reference": self._shown(float(centre), "centre", readings, attempt.phase),
                "nominal": none,
                **air,
                "reference_density": Argument(constant=CONVENTIONAL_DENSITY_KG_M3),
                "others": none,
            },
            reference=float(centre),
            readings=np.array([centre, corner]),
            indicated=float(corner),
        )

    def _shown(self, value: float, name: str, readings: Readings, phase: Phase) -> Argument:
        """Return one indication with rounding, at zero too, and repeatability."""
        digit_kg = self.settings.digit_kg
        inputs = [
            Input.of(quantity(0.0, resolution=digit_kg, name=f"{name}.{what}"), label, f"{name}.{what}")
            for what, label in (("rounding", _ROUNDING), ("zero", _ZERO))
        ]
        attempt = readings.standing(self._point(_REPEATABILITY, self.settings.repeatability.weights).id, phase)
        repeated = np.zeros(0) if attempt is None else readings.values(attempt, BALANCE)
        if len(repeated) > 1 and (s := float(np.std(repeated, ddof=1))) > 0:
            name = f"{name}.repeatability"
            inputs.append(Input.of(quantity(0.0, u=s, dof=len(repeated) - 1.0, name=name), _REPEATED, name))
        return Argument(tuple(inputs), value)

    def _remarks(self, readings: Readings, rows: Sequence[Result]) -> list[Text]:
        tests, settings = self.tests(readings, rows[0].phase), self.settings
        s, off = show(tests.s_kg, "kg", 3), show(tests.off_centre_kg, "kg", 3)
        repeated = settings.repeatability
        at, off_at = show(_total_kg(repeated.weights), "kg"), show(tests.load_kg, "kg")
        line = self.use_line(tests, rows)
        a, b = show(line.a_kg, "kg", 3), f"{line.b:.2e}"
        remarks = [
            Text(
                vi=f"Độ lặp lại: s = {s} với tải {at}, n = {repeated.n}; độ lệch tâm: |ΔI| lớn nhất {off} với {off_at}",
                en=f"Repeatability: s = {s} at {at}, n = {repeated.n}; eccentricity: greatest |ΔI| {off} at {off_at}",
            ),
            Text(
                vi=f"Khi sử dụng không hiệu chính: U(W) = {a} + {b}·W, k = 2",
                en=f"In use, without corrections: U(W) = {a} + {b}·W, k = 2",
            ),
        ]
        use = settings.in_use
        if use.required is not None:
            remarks.append(_smallest(line.smallest_kg(use.required, use.safety_factor), use))
        return remarks

    def _loadings(self, point: Point) -> list[tuple[Sequence[StandardWeight], str]]:
        load = self._load(point)
        if point.group == _REPEATABILITY.id:
            return [(load, "")] * self.settings.repeatability.n
        if point.group == _ECCENTRICITY.id:
            return [(load, CENTRE), (load, point.id.rpartition(" ")[2])]
        return [(load, "")]

    def _load(self, point: Point) -> Sequence[StandardWeight]:
        if point.group == _REPEATABILITY.id:
            return self.settings.repeatability.weights
        if point.group == _ECCENTRICITY.id:
            return self.settings.eccentricity
        return next(load for load in self.settings.loads if self._point(_ERRORS, load).id == point.id)

    def _point(self, group: Group, load: Sequence[StandardWeight], corner: str = "") -> Point:
        nominal = _total_kg(load)
        times = {_REPEATABILITY.id: self.settings.repeatability.n, _ECCENTRICITY.id: 2}.get(group.id, 1)
        return Point(
            id=f"{group.id}/{show(nominal, 'kg')}{' ' if corner else ''}{corner}",
            group=group.id,
            title=group.title,
            quantity="mass",
            unit="kg",
            measuring_range=self.settings.capacity_kg,
            nominal=nominal,
            hazard_V=0.0,
            estimate_s=times * (2 * self.settings.settle_s + 20.0),
        )

    def _shared(self, what: str) -> str:
        """Return the identity of an error that all results of this calibration share."""
        return f"{self.context.job.number}/{self.context.date}/{self.id}/{what}"

    def _check(self, loads: Sequence[Sequence[StandardWeight]]) -> None:
        """Refuse now, all at once, what could not be weighed or evaluated."""
        mistakes = []
        errors = [_total_kg(load) for load in loads[2:]]
        if any(b <= a for a, b in pairwise(errors)):
            mistakes.append("'loads' must ascend")
        for load in loads:
            total_kg, names = _total_kg(load), [w.name for w in load]
            if total_kg > self.settings.capacity_kg * (1 + 1e-9):
                mistakes.append(f"load {total_kg:g} kg: exceeds the capacity of {self.settings.capacity_kg:g} kg")
            mistakes += [f"load {total_kg:g} kg: {n} stands twice" for n in sorted(set(names)) if names.count(n) > 1]
            try:
                standard_argument(self.context, "reference", load)
            except CalibError as error:
                mistakes.append(f"load {total_kg:g} kg: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))


def _total_kg(load: Sequence[StandardWeight]) -> float:
    return float(f"{math.fsum(w.nominal_kg for w in load):.12g}")


def _scaled(relative: float, by_kg: float, label: Text, name: str, identity: str | None) -> Argument:
    """Return an error that is proportional to the load, within ± `relative` of it."""
    if relative <= 0:
        return Argument()
    error = quantity(0.0, half_width=1.0, name=name, id=identity)
    return Argument((Input(name, label, ((relative * by_kg, error),)),))


def _smallest(smallest_kg: float | None, use: InUse) -> Text:
    required = f"{100 * (use.required or 0.0):g} %"
    if smallest_kg is None:
        return Text(
            vi=f"Không có khối lượng nào đạt độ không đảm bảo tương đối {required}",
            en=f"No weight can be weighed with a relative uncertainty of {required}",
        )
    found, safe = show(smallest_kg, "kg", 3), f"{use.safety_factor:g}"
    return Text(
        vi=f"Khối lượng nhỏ nhất với độ không đảm bảo tương đối {required}, hệ số an toàn {safe}: {found}",
        en=f"Smallest weight for a relative uncertainty of {required}, safety factor {safe}: {found}",
    )


_SOME_AIR = {"temperature": 20.0, "pressure": 101_325.0, "humidity": 50.0, "formula": 1.0}
"""For what is no mass, whose buoyancy is none."""
_REPEATABILITY = Group("repeatability", Text(vi="Độ lặp lại", en="Repeatability"))
_ECCENTRICITY = Group("eccentricity", Text(vi="Độ lệch tâm", en="Eccentricity"))
_ERRORS = Group("error", Text(vi="Sai số chỉ thị", en="Errors of indication"))
_ROUNDING = Text(vi="δI_d: độ phân giải khi có tải", en="δI_d: rounding at the load")
_ZERO = Text(vi="δI_0: độ phân giải tại không", en="δI_0: rounding at zero")
_REPEATED = Text(vi="δI_rep: độ lặp lại", en="δI_rep: repeatability")
_OFF_CENTRE = Text(vi="δI_ecc: độ lệch tâm", en="δI_ecc: eccentricity")
_DENSITY = Text(vi="ρ_r: khối lượng riêng của quả cân chuẩn", en="ρ_r: density of the reference weights")
_BUOYANCY = Text(vi="δm_B: không khí khi điều chỉnh cân", en="δm_B: air at the adjustment")
