"""Clocks: a virtual one moves only by sleeping, a scaled one runs by its factor, both say that they are simulated."""

import datetime as dt
import math
import time

import pytest

from calib.clock import ScaledClock, SystemClock, VirtualClock

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def test_an_hour_of_a_virtual_clock_takes_no_time_and_is_an_hour() -> None:
    clock, before = VirtualClock(START), time.monotonic()
    clock.sleep(3600.0)
    assert time.monotonic() - before < 0.5
    assert clock.elapsed() == 3600.0
    assert clock.now() == START + dt.timedelta(hours=1)
    assert clock.now().utcoffset() == dt.timedelta(hours=7)


def test_a_virtual_clock_stands_still_between_sleeps_and_never_goes_back() -> None:
    clock = VirtualClock(START)
    time.sleep(0.01)
    clock.sleep(-5.0)
    clock.sleep(math.nan)
    assert clock.now() == START
    assert clock.elapsed() == 0.0


def test_a_virtual_clock_needs_an_offset_from_utc() -> None:
    with pytest.raises(ValueError, match="offset from UTC"):
        VirtualClock(dt.datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001


def test_a_scaled_clock_runs_by_its_factor_against_the_machines() -> None:
    clock = ScaledClock(200.0)
    machine, scaled, day = time.monotonic(), clock.elapsed(), clock.now()
    clock.sleep(20.0)
    machine_s, scaled_s = time.monotonic() - machine, clock.elapsed() - scaled
    assert 0.1 <= machine_s < 2.0
    assert scaled_s == pytest.approx(200.0 * machine_s, rel=0.05)
    assert (clock.now() - day).total_seconds() == pytest.approx(scaled_s, rel=0.05)


def test_a_scaled_clock_slower_than_the_world_sleeps_longer() -> None:
    clock, before = ScaledClock(0.5), time.monotonic()
    clock.sleep(0.05)
    assert time.monotonic() - before >= 0.1


@pytest.mark.parametrize("factor", [0.0, -1.0, math.inf, math.nan])
def test_time_cannot_stand_still_run_back_or_be_endless(factor: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        ScaledClock(factor)


def test_only_the_machines_own_clock_is_not_simulated() -> None:
    assert (SystemClock().simulated, ScaledClock(2).simulated, VirtualClock(START).simulated) == (False, True, True)


def test_the_system_clock_is_the_machines_with_its_offset() -> None:
    clock = SystemClock()
    assert abs((clock.now() - dt.datetime.now(dt.UTC)).total_seconds()) < 1.0
    assert clock.now().utcoffset() is not None
    before = clock.elapsed()
    clock.sleep(0.02)
    assert clock.elapsed() - before >= 0.02
