"""The measuring half of `dmm-dc-voltage` on a bench of the test's own: nothing above 1 V before the lead is proven."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import pytest

from calib.errors import Overload, RunError, Senseless
from calib.ports import Answer, Prompt
from calib.procedure import WarmUp
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.text import Text

Role = TypeVar("Role")
SHORT, CALIBRATOR = (c.group for c in DmmDcVoltage.connections)
MakeBench = Callable[..., Any]


class Bench:
    """Source, meter and operator in one; `leads` is what the meter sees for what the source puts out."""

    def __init__(
        self, leads: Callable[[float], float], *, mended: Callable[[float], float] | None = None, answer: str = "m"
    ) -> None:
        self._answer = answer
        self.log: list[tuple[Any, ...]] = []
        self.prompts: list[Prompt] = []
        self.recorded: list[tuple[str, float, str]] = []
        self.stuck_on = False
        self._leads, self._mended = leads, mended
        self._output_V: float | None = None
        self._range_V = 0.0

    # the station
    def role(self, name: str, kind: type[Role]) -> Role:
        assert name in {"source", "meter"}
        assert isinstance(self, kind)
        return self

    def record(self, channel: str, value: float, unit: str) -> None:
        self.recorded.append((channel, value, unit))

    def note(self, what: str, /, **details: object) -> None:
        self.log.append(("note", what, details))

    def wait(self, seconds: float, why: Text) -> None:
        del why
        self.log.append(("wait", seconds))

    def wait_until_stable(self, read: Callable[[], float], **how: object) -> None:
        self.log.append(("stable", how, read()))

    def busy(self, seconds: float, why: Text) -> AbstractContextManager[object]:
        del seconds, why
        return nullcontext()

    def ask(self, prompt: Prompt) -> Answer:
        assert self._output_V is None or self.stuck_on, "nobody touches terminals that are alive"
        self.log.append(("ask", prompt.id))
        self.prompts.append(prompt)
        if prompt.id in {"connect.mend", "reading.senseless"} and self._mended is not None:
            self._leads = self._mended
        if prompt.kind == "choice":
            return Answer(value=self._answer, by="An")
        return Answer(value=True, by="An")

    # the source
    def safe(self) -> None:
        self.standby()

    def limit_dc_voltage(self, maximum_V: float) -> None:
        self.log.append(("limit", maximum_V))

    def source_dc_voltage(self, output_V: float) -> None:
        self.log.append(("source", output_V))
        self._output_V = output_V

    def standby(self) -> None:
        self.log.append(("standby",))
        self._output_V = None

    def is_operating(self) -> bool:
        self.log.append(("operating?",))
        return self._output_V is not None or self.stuck_on

    # the meter
    def configure_dc_voltage(self, range_V: float, nplc: float) -> None:
        self.log.append(("configure", range_V, nplc))
        self._range_V = range_V

    def read_dc_voltage(self) -> float:
        self.log.append(("read",))
        seen_V = self._leads(self._output_V or 0.0)
        if abs(seen_V) > 1.2 * self._range_V:
            raise Overload
        return seen_V

    @property
    def sourced_V(self) -> list[float]:
        return [entry[1] for entry in self.log if entry[0] == "source"]

    @property
    def asked(self) -> list[str]:
        return [entry[1] for entry in self.log if entry[0] == "ask"]


def straight(output_V: float) -> float:
    return output_V * (1 - 20e-6)


def reversed_(output_V: float) -> float:
    return -output_V


def open_(output_V: float) -> float:
    del output_V
    return 0.6


def broken_over(output_V: float) -> float:
    del output_V
    return 700.0


@pytest.fixture
def procedure(bench: MakeBench) -> DmmDcVoltage:
    made = bench(parameters={"settle_s": 3.0, "warm_up_s": 3600.0, "readings": 6, "nplc": 100})
    found = made.procedure
    assert isinstance(found, DmmDcVoltage)
    return found


def test_standby_is_read_back_before_anybody_touches_a_lead_and_one_volt_comes_first(procedure: DmmDcVoltage) -> None:
    bench = Bench(straight)
    procedure.prepare(CALIBRATOR, bench)
    assert bench.log == [
        ("standby",),
        ("operating?",),
        ("note", "standby read back", {"operating": False}),
        ("ask", "connect.calibrator"),
        ("configure", 1.0, 100),
        ("source", 1.0),
        ("wait", 3.0),
        ("read",),
        ("note", "connection checked", {"sourced": 1.0, "indicated": straight(1.0), "unit": "V", "holds": True}),
    ]
    assert bench.recorded == []


def test_a_source_that_stays_on_stops_the_run_before_anybody_touches_a_lead(procedure: DmmDcVoltage) -> None:
    for group in (SHORT, CALIBRATOR):
        bench = Bench(straight)
        bench.stuck_on = True
        with pytest.raises(RunError, match="output is on after standby: switch it off by hand before touching"):
            procedure.prepare(group, bench)
        assert bench.asked == []
        assert bench.sourced_V == []


def test_the_short_is_measured_without_the_source(procedure: DmmDcVoltage) -> None:
    bench = Bench(lambda _: 2e-7)
    procedure.prepare(SHORT, bench)
    assert bench.asked == ["connect.short"]
    assert procedure.warm_up() == WarmUp(3600.0, ("meter",))  # the run's own, before anything is connected
    procedure.measure(procedure.points()[0], bench)
    assert bench.sourced_V == []
    assert bench.recorded == [("meter", 2e-7, "V")] * 6


@pytest.mark.parametrize(
    ("leads", "named"),
    [
        (reversed_, "The polarity is reversed (meter: -1 V instead of 1 V): swap the two leads"),
        (open_, "does not read the source (600 mV instead of 1 V): check leads and jacks"),
        (broken_over, "does not read the source (overload instead of 1 V): check leads and jacks"),
        (lambda v: v * 1.02, "does not read the source (1.02 V instead of 1 V)"),
    ],
)
def test_a_wrong_connection_is_named_at_one_volt_and_proven_again_once_mended(
    leads: Callable[[float], float], named: str, procedure: DmmDcVoltage
) -> None:
    bench = Bench(leads, mended=straight)
    procedure.prepare(CALIBRATOR, bench)
    assert bench.asked == ["connect.calibrator", "connect.mend"]
    assert named in bench.prompts[1].text.en
    assert bench.prompts[1].text.vi != bench.prompts[1].text.en
    assert bench.sourced_V == [1.0, 1.0]
    mend = bench.log.index(("ask", "connect.mend"))
    assert bench.log[mend - 1] == ("standby",)
    checks = [entry[2]["holds"] for entry in bench.log if entry[:2] == ("note", "connection checked")]
    assert checks == [False, True]


@pytest.mark.parametrize(
    ("leads", "told"), [(reversed_, "-1 V indicated"), (open_, "600 mV indicated"), (broken_over, "overload indicated")]
)
def test_a_connection_that_stays_wrong_ends_the_run_in_standby_and_never_above_one_volt(
    leads: Callable[[float], float], told: str, procedure: DmmDcVoltage
) -> None:
    bench = Bench(leads)
    with pytest.raises(Senseless, match=rf"1 V sourced, {told}; check leads, jacks and the meter's front/rear switch"):
        procedure.prepare(CALIBRATOR, bench)
    assert bench.sourced_V == [1.0] * 3
    assert bench.asked == ["connect.calibrator", "connect.mend", "connect.mend"]
    assert bench.log[-1] == ("standby",)


def test_a_point_is_sourced_settled_and_read_as_often_as_the_job_says(procedure: DmmDcVoltage) -> None:
    bench = Bench(straight)
    (point,) = [p for p in procedure.points() if p.id == "calibrator/100 V/-90 V"]
    procedure.measure(point, bench)
    assert bench.log == [("configure", 100.0, 100), ("source", -90.0), ("wait", 3.0), *[("read",)] * 6]
    assert [(c, u) for c, _, u in bench.recorded] == [("meter", "V")] * 6
    assert all(math.isclose(v, straight(-90.0)) for _, v, _ in bench.recorded)


def test_an_overload_that_stays_at_a_point_is_an_error_and_not_a_reading(procedure: DmmDcVoltage) -> None:
    bench = Bench(broken_over)
    (point,) = [p for p in procedure.points() if p.id == "calibrator/10 V/9 V"]
    with pytest.raises(Senseless, match="the reading makes no sense: meter indicates no value, expected 9 V"):
        procedure.measure(point, bench)
    assert bench.recorded == []
    assert bench.asked == ["reading.senseless"] * 3


@pytest.mark.parametrize("leads", [reversed_, open_, lambda volts: volts / 100])
def test_a_reading_outside_any_sense_is_asked_about_in_standby_and_measured_once_mended(
    leads: Callable[[float], float], procedure: DmmDcVoltage
) -> None:
    """A lead that came off, swapped leads, a meter that shows per cent: what was read before is kept as an event."""
    bench = Bench(leads, mended=straight)
    (point,) = [p for p in procedure.points() if p.id == "calibrator/10 V/9 V"]
    procedure.measure(point, bench)
    assert bench.asked == ["reading.senseless"]
    assert [v for _, v, _ in bench.recorded] == [straight(9.0)] * 6
    (event,) = [e for e in bench.log if e[:2] == ("note", "reading outside any sense")]
    assert event[2]["indicated"] == leads(9.0)


def test_what_a_person_stands_by_is_the_items_own_error(procedure: DmmDcVoltage) -> None:
    bench = Bench(lambda volts: volts * 1.5, answer="i")
    (point,) = [p for p in procedure.points() if p.id == "calibrator/10 V/3 V"]
    procedure.measure(point, bench)
    assert [v for _, v, _ in bench.recorded] == [4.5] * 6
