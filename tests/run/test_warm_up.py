"""The warm-up of a method: before the first point, and again only after an interruption that may have cooled it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.record import Record
from calib.run import ScriptedControl

Make = Callable[..., Any]
WARM_UP_S = 3600.0


@pytest.fixture
def warming(bench: Make) -> Any:
    """A bench and a job that asks for an hour."""
    return bench(((10.0, 5.0), (10.0, -9.0)), parameters={"warm_up_s": WARM_UP_S})


def _aborted(warming: Any, folder: Path) -> Any:
    control = ScriptedControl({"calibrator/10 V/-9 V": ["abort"]})
    outcome = warming.calibrate(control=control, folder=folder)
    assert outcome.status == "aborted", outcome.error
    return outcome


def _warm_ups(record: Record) -> list[int]:
    return [p.id for p in record.readings().preparations if p.group == "warm-up"]


def test_the_first_point_waits_for_the_warm_up_and_every_attempt_names_it(warming: Any, tmp_path: Path) -> None:
    begun_s = warming.simulated.clock.elapsed()
    outcome = warming.calibrate(folder=tmp_path / "run")
    record = Record.open(outcome.record)
    (warm_up,) = _warm_ups(record)
    assert warming.simulated.clock.elapsed() - begun_s > WARM_UP_S
    assert {a.preparations[0] for a in record.readings().attempts} == {warm_up}
    assert warming.history[0]["operating"] is False or warming.highest_V() <= 10


@pytest.mark.parametrize(("away_s", "warm_ups"), [(60.0, 1), (600.0, 2)])
def test_a_run_that_was_away_for_long_warms_up_again(
    warming: Any, go_on: Callable[..., Any], tmp_path: Path, away_s: float, warm_ups: int
) -> None:
    stopped = _aborted(warming, tmp_path / "run")
    warming.simulated.clock.sleep(away_s)
    outcome = go_on(warming, stopped)
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    found = _warm_ups(record)
    assert len(found) == warm_ups
    assert record.readings().attempts[-1].preparations[0] == found[-1]


def test_a_warm_up_that_was_cut_off_is_made_in_full(warming: Any, go_on: Callable[..., Any], tmp_path: Path) -> None:
    class Impatient:
        """Aborts half way through the warm-up."""

        def __init__(self, clock: Any) -> None:
            self._clock, self._end = clock, clock.elapsed() + WARM_UP_S / 2

        def requested(self, moment: str, point: str) -> Any:
            from calib.run import Request

            del moment, point
            return Request("abort") if self._clock.elapsed() > self._end else None

    stopped = warming.calibrate(control=Impatient(warming.simulated.clock), folder=tmp_path / "run")
    assert stopped.status == "aborted"
    begun_s = warming.simulated.clock.elapsed()
    outcome = go_on(warming, stopped)
    assert outcome.status == "complete", outcome.error
    assert warming.simulated.clock.elapsed() - begun_s > WARM_UP_S
