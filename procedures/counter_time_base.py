"""Time base of a counter: it counts the frequency of a standard by its own oscillator.

Measurement equation::

    E = f_ind − (f_R + δf_R),   y = E/f_R

* f_ind: mean of n readings of gate τ. Its u is the wider of s/√n and d/√12 of the last digit. With white frequency
  noise s/f_R is the Allan deviation σ_y(τ) (NIST SP 1065, 5.2); a drift makes s larger, and U with it.
* f_R + δf_R: frequency of the standard by its certificate, with aging since its calibration.

The counter's oscillator is too slow where it indicates too much: its own relative offset is −y.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.drivers.roles import Artefact, TimeBaseCounter
from calib.equipment import Asked, Reference, by_certificate
from calib.files import Strict
from calib.pictures import Device, Joining, Lead
from calib.ports import Prompt
from calib.procedure import (
    Attempt,
    Conditions,
    Estimates,
    Group,
    Point,
    Procedure,
    Readings,
    RequestedPoint,
    Result,
    Sense,
    Station,
    Truth,
    WarmUp,
    indication,
    sensible_readings,
    shown,
    warm_up_of,
)
from calib.procedure.estimates import INDICATION
from calib.text import Text, same


class TimeBaseParameters(Strict):
    """Parameters of the method, in the job's table `[parameters]`."""

    gate_s: Annotated[float, Field(gt=0)] = 10.0
    """Gate time τ of a reading."""
    readings: Annotated[int, Field(ge=5, le=1000)] = 10
    """Readings of each point."""
    resolution_Hz: Annotated[float, Field(gt=0)] = 1e-3
    """Least digit of a reading with this gate."""
    warm_up_s: Annotated[float, Field(ge=0)] = 0.0
    """Time to wait before the first reading, for a time base that was just switched on; again after a long break."""
    settle_s: Annotated[float, Field(ge=0)] = 2.0
    """Time to wait after the signal was joined."""


def error_of_indication(indication: Any, reference: Any) -> Any:
    """Return E = f_ind − (f_R + δf_R), in hertz: the measurement equation of the method."""
    return indication - reference


class CounterTimeBase(Procedure):
    """Time base of a counter against a frequency standard."""

    id = "counter-time-base"
    version = "1"
    title = Text(vi="Tần số kế, chuẩn thời gian bên trong", en="Counter, internal time base")
    method = Text(
        vi="Đếm tần số của chuẩn tần số, counter-time-base phiên bản 1, theo NIST SP 1065",
        en="Counting of a frequency standard, counter-time-base version 1, after NIST SP 1065",
    )
    equation = "E = f_ind − (f_R + δf_R)"
    model = staticmethod(error_of_indication)
    roles: ClassVar[Mapping[str, type]] = {"counter": TimeBaseCounter, "standard": Artefact}
    sources = ()
    standards_by = "certificate"
    under_calibration = "counter"
    conditions = Conditions(temperature_C=(20.0, 26.0), humidity_percent=(10.0, 80.0))
    Parameters = TimeBaseParameters
    _group = Group("time-base", Text(vi="Chuẩn thời gian", en="Time base"))

    @cached_property
    def settings(self) -> TimeBaseParameters:
        """The job's parameters."""
        return self.context.parameters(TimeBaseParameters)

    def groups(self) -> Sequence[Group]:
        """Return the one group."""
        return [self._group]

    def points(self) -> Sequence[Point]:
        """Return the job's points, else the frequencies that the standard's certificate states."""
        equipment = self.context.standard("standard").equipment
        certified = equipment.calibration(self.context.date, "frequency").values
        own = [p.nominal for table in certified if table.quantity == "frequency" for p in table.points]
        asked = self.context.job.points or [RequestedPoint(range=f, nominal=f) for f in own]
        points = [self._point(p) for p in asked]
        for point in points:
            self.reference(point)
        return points

    def warm_up(self) -> WarmUp | None:
        """Return the time base's warm-up, where the job asks for one."""
        return warm_up_of(self.settings.warm_up_s, "counter")

    def prepare(self, group: Group, station: Station) -> None:
        """Have the standard joined to the input and nothing to the reference input; count by the own oscillator."""
        del group
        station.ask(_CONNECT)
        station.role("counter", TimeBaseCounter).use_internal_time_base()

    def measure(self, point: Point, station: Station) -> None:
        """Record n readings, one after the other."""
        counter = station.role("counter", TimeBaseCounter)
        sense = Sense(point.id, point.nominal, max(20 * (self.limit(point) or 0.0), 1e-4 * point.nominal), point.unit)

        def set_up() -> None:
            counter.configure_frequency(self.settings.gate_s)
            station.wait(self.settings.settle_s, Text(vi="chờ ổn định", en="settling"))

        set_up()
        for value in sensible_readings(
            station, "counter", self.settings.readings, sense, counter.read_frequency, set_up
        ):
            station.record("counter", value, "Hz")

    def resolution(self, point: Point) -> float:
        """Return the least digit of a reading."""
        del point
        return self.settings.resolution_Hz

    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the standard's frequency by its certificate."""
        equipment = self.context.standard("standard").equipment
        asked = Asked(equipment, point.quantity, point.nominal, role="standard", called=_STANDARD, symbol="δf_R")
        return by_certificate(asked, point.measuring_range, self.context.date, temperature_C)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the mean reading and the standard's frequency; the relative offset and σ_y(τ) are remarks."""
        counted = readings.values(attempt, "counter")
        known = self.reference(point, readings.condition("temperature"))
        reference_Hz = float(known.value.value)
        mean_Hz = float(counted.mean())
        label = Text(vi=f"f_ind: {INDICATION.vi}", en=f"f_ind: {INDICATION.en}")
        y = (mean_Hz - reference_Hz) / reference_Hz
        deviation = math.sqrt(float(np.mean(np.diff(counted) ** 2)) / 2) / reference_Hz
        return Estimates(
            arguments={
                "indication": indication(counted, self.resolution(point), label),
                "reference": known.argument,
            },
            reference=reference_Hz,
            readings=counted,
            indicated=mean_Hz,
            route="certificate",
            remarks=(same(f"y = {y:.2e}, σ_y({self.settings.gate_s:g} s) = {deviation:.1e}"),),
        )

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return what the counter's own time base makes of the standard's true frequency."""
        return world.error("counter", "frequency", result.measuring_range, world.value("standard"))

    def _point(self, p: RequestedPoint) -> Point:
        s = self.settings
        return Point(
            id=f"time-base/{shown(p.nominal, 'Hz')}",
            group=self._group.id,
            title=Text(vi="Tần số, chuẩn thời gian bên trong", en="Frequency, internal time base"),
            quantity="frequency",
            unit="Hz",
            measuring_range=p.range,
            nominal=p.nominal,
            hazard_V=0.0,
            estimate_s=s.settle_s + s.readings * (s.gate_s + 0.2),
            tolerance=None if p.tolerance is None else p.tolerance.model_dump(),
        )


_STANDARD = Text(vi="Chuẩn tần số", en="Frequency standard")
_CONNECT = Prompt(
    "connect.standard",
    Text(
        vi="Nối ngõ ra của chuẩn tần số vào ngõ vào 1 của tần số kế (50 Ω), và rút dây khỏi ngõ vào chuẩn ngoài (EXT "
        "REF): nếu tần số kế đếm theo chính chuẩn đó, sai số luôn bằng không.",
        en="Join the frequency standard's output to the counter's input 1 (50 Ω), and take any cable off its reference "
        "input: a counter that counts by the same standard shows no error at all.",
    ),
    drawing=Joining(
        "standard-to-counter",
        Text(vi="Chuẩn vào ngõ 1; EXT REF để hở", en="Standard to input 1; EXT REF open"),
        (
            Device("standard", Text(vi="Chuẩn tần số", en="Frequency standard"), ("OUT",)),
            Device("counter", Text(vi="Tần số kế", en="Counter"), ("1 (50 Ω)", "EXT REF"), "right"),
        ),
        (Lead(("standard.OUT", "counter.1 (50 Ω)"), "cable"),),
    ),
    connection="signal=standard, reference=open",
)
