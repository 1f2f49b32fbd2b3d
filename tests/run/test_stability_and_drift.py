"""Waiting until nothing moves any more, and seeing at the end of a group whether something has moved all the same."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.ports import Answer, Operator, Prompt
from calib.procedure.stability import slope
from calib.record import Record
from calib.report.deviations import deviations

Make = Callable[..., Any]
WAITING = """
def prepare(self, group, station):
    super().prepare(group, station)
    import math
    from calib.text import same
    begun = station._clock.elapsed()
    station.wait_until_stable(
        lambda: %s,
        unit="V", limit_per_s=1e-6, window_s=30.0, at_most_s=600.0, why=same("oven"),
    )
"""
DRIFT = """
def drift_limit(self, point):
    return %s if point.group == "calibrator" else None

turn = 0

def measure(self, point, station):
    super().measure(point, station)
    type(self).turn += 1
    station.record("meter", point.nominal + self.turn * 6e-5, "V")  # each time the mean lies 10 µV higher
"""


def test_the_slope_is_that_of_the_least_squares_line() -> None:
    rng = np.random.default_rng(4)
    t = np.arange(20.0)
    y = 5.0 + 0.3 * t + rng.normal(0, 0.1, 20)
    (expected, _), covariance = np.polyfit(t, y, 1, cov="unscaled")
    residual = y - np.polyval(np.polyfit(t, y, 1), t)
    found = slope(list(t), list(y))
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.u == pytest.approx(math.sqrt(covariance[0, 0] * residual @ residual / 18), rel=1e-9)
    assert not slope([0, 1, 2, 3], [1, 1, 1, 1]).is_below(1)  # four readings prove nothing


def test_a_run_waits_until_an_oven_has_settled_and_not_longer(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Path
) -> None:
    """1 mV that falls with a time constant of 20 s: its slope of 1 µV/s comes after 20·ln(50) = 78 s."""
    path = procedure_file(WAITING % "1e-3 * math.exp(-(station._clock.elapsed() - begun) / 20.0)")
    outcome = bench(((10.0, 5.0),), path).calibrate(folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    found = [e.details for e in Record.open(outcome.record).events() if e.kind == "stable"]
    assert len(found) == 2
    for details in found:
        assert 78 < details["after_s"] < 78 + 35  # the window lies before the moment at which it is judged
        assert abs(details["slope_per_s"]) <= 1e-6


def test_what_does_not_settle_ends_the_run_with_its_slope(bench: Make, procedure_file: Callable[[str], str]) -> None:
    path = procedure_file(WAITING % "2e-6 * station._clock.elapsed()")
    outcome = bench(((10.0, 5.0),), path).calibrate()
    assert outcome.status == "failed"
    assert re.search(r"oven: not stable after 60\d s: it still changes by 2e-06 V/s", str(outcome.error))


class Deciding:
    """An operator who decides about a drift."""

    def __init__(self, operator: Operator, decision: str) -> None:
        self.name = "Bình"
        self._operator, self._decision = operator, decision

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id == "drift":
            return Answer(self._decision, self.name)
        if prompt.id == "drift.reason":
            return Answer("within the budget's term for noise", self.name)
        return self._operator.ask(prompt)


@pytest.mark.parametrize(
    ("limit", "decision", "status"), [("1e-3", "s", "complete"), ("1e-5", "a", "complete"), ("1e-5", "s", "failed")]
)
def test_the_first_point_of_a_group_is_measured_again_after_the_last(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Path, limit: str, decision: str, status: str
) -> None:
    bench_ = bench(((10.0, 5.0), (10.0, -9.0)), procedure_file(DRIFT % limit))
    outcome = bench_.calibrate(Deciding(bench_.operator(), decision), folder=tmp_path / "run")
    assert outcome.status == status, outcome.error
    record = Record.open(outcome.record)
    attempts = [(a.point, a.number, a.outcome) for a in record.readings().attempts[1:]]
    five = "calibrator/10 V/5 V"
    checked_again = "complete" if status == "complete" else "failed"
    assert attempts == [(five, 1, "complete"), ("calibrator/10 V/-9 V", 1, "complete"), (five, 2, checked_again)]
    assert [r.attempt for r in record.results if r.point == five] == [1]  # the first one stands
    (checked,) = [e.details for e in record.events() if e.kind == "drift checked"]
    assert checked["drift"] == pytest.approx(2e-5, abs=1e-5)  # two attempts later
    assert checked["holds"] is (limit == "1e-3")
    told = "\n".join(t.en for t in deviations(record.readings(), (), record.status, record.events()))
    assert ("Reason: within the budget's term for noise. Granted by Bình." in told) is (decision == "a")
    assert status == "complete" or "has drifted by" in str(outcome.error)


CUT_OFF = """
def drift_limit(self, point):
    return 1e-3 if point.group == "calibrator" else None

def measure(self, point, station):
    import pathlib
    before = pathlib.Path(%r)
    if point.nominal == 5.0 and before.exists() and before.read_text() == "measured":
        before.write_text("cut off")
        raise ZeroDivisionError("in the middle of the drift check")
    super().measure(point, station)
    if point.nominal == 5.0 and not before.exists():
        before.write_text("measured")
"""


def test_a_drift_check_that_was_cut_off_is_made_up_for(
    bench: Make, procedure_file: Callable[[str], str], go_on: Callable[..., Any], tmp_path: Path
) -> None:
    bench_ = bench(((10.0, 5.0), (10.0, -9.0)), procedure_file(CUT_OFF % str(tmp_path / "before")))
    stopped = bench_.calibrate(folder=tmp_path / "run")
    assert stopped.status == "failed"
    assert "in the middle of the drift check" in str(stopped.error)
    outcome = go_on(bench_, stopped)
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    five = "calibrator/10 V/5 V"
    assert [(a.number, a.outcome) for a in record.readings().attempts if a.point == five] == [
        (1, "complete"),
        (2, "failed"),
        (3, "complete"),
    ]
    assert [e.details["holds"] for e in record.events() if e.kind == "drift checked"] == [True]


def test_a_drift_that_nobody_accepted_is_checked_again_by_a_run_that_goes_on(
    bench: Make, procedure_file: Callable[[str], str], go_on: Callable[..., Any], tmp_path: Path
) -> None:
    bench_ = bench(((10.0, 5.0), (10.0, -9.0)), procedure_file(DRIFT % "1e-5"))
    stopped = bench_.calibrate(Deciding(bench_.operator(), "s"), folder=tmp_path / "run")
    assert stopped.status == "failed"
    again = go_on(bench_, stopped, Deciding(bench_.operator(), "s"))
    assert again.status == "failed"
    assert "has drifted by" in str(again.error)
    assert go_on(bench_, again, Deciding(bench_.operator(), "a")).status == "complete"
