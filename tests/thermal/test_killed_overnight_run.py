"""A run that is killed at night and resumed goes on at its temperature; the bath has gone its own way meanwhile."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from calib.procedures.prt_industrial import PrtIndustrial
from calib.record import Record
from calib.study.world import BenchWorld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

POINTS = ("bath/20 °C", "bath/60 °C")
WINDOW_S = 120.0
PARAMETERS = f"""
temperatures_C = [20, 60]
window_s = {WINDOW_S:g}
soak_s = 30
cycles = 30
stable_K_per_min = 0.01
"""
ANSWERS = {
    "environment.temperature": 23.0,
    "environment.humidity": 46.0,
    "identity.reference": "SIMSPRT01",
    "identity.item": "SIMPT100A",
    "identity.bath": "SIM7341001",
    "identity.readout": "SIM1529001",
}
NUMBER = r"(?:set|t): *(-?[\d.]+) C\r"


@pytest.mark.timeout(300)
def test_after_kill_9_it_goes_on_at_its_temperature_and_waits_for_the_bath_again(night: Callable[..., Any]) -> None:
    def job(text: str) -> str:
        return f"{text.partition('[parameters]')[0]}[parameters]{PARAMETERS}"

    tonight = night("prt-industrial", 5, job, ANSWERS)
    tonight.killed_amid(POINTS[1], "reference")
    assert tonight.ask("bath", "s\r", NUMBER) == 60.0  # nobody told the bath
    assert tonight.ask("bath", "s=30\rs\r", NUMBER) == 30.0  # somebody uses it meanwhile
    tonight.until(lambda: tonight.ask("bath", "t\r", NUMBER) < 45.0, "a bath that cools")

    contents = tonight.resumed()
    attempts = [(a.point, a.outcome) for a in contents.state.attempts.values()]
    assert attempts == [(POINTS[0], "complete"), (POINTS[1], "failed"), (POINTS[1], "complete")]
    (again,) = [e.time for e in contents.events if e.kind == "resumed"]
    (stable,) = [e for e in contents.events if e.kind == "stable" and e.time > again]
    assert stable.details["after_s"] > WINDOW_S + (60 - 45) / 0.2  # the ramp is 0.2 K/s
    record, world = Record.open(tonight.output / "record.h5"), BenchWorld(tonight.truth())
    assert [r.point for r in record.results] == list(POINTS)
    for result in record.results:
        assert abs(result.error - PrtIndustrial.truth(result, world)) <= 1.3 * result.U, result.point
