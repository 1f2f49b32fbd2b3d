"""When a silence means death, and when only that nobody was listening."""

import pytest

from calib.run.guard import sleep
from calib.run.guard.patience import MOST_SILENT_TICKS, TICK_S, Patience
from calib.run.guard.sleep import SleepWatch


def test_half_a_second_of_silence_is_death() -> None:
    patience = Patience()
    assert [patience.tick(TICK_S) for _ in range(MOST_SILENT_TICKS)] == [False] * (MOST_SILENT_TICKS - 1) + [True]


def test_a_sign_of_life_starts_the_count_anew() -> None:
    patience = Patience()
    for _ in range(MOST_SILENT_TICKS - 1):
        patience.tick(TICK_S)
    patience.heard()
    assert not patience.tick(TICK_S)


def test_ticks_that_came_late_prove_nothing_of_the_other_side() -> None:
    patience = Patience()
    assert not any(patience.tick(3 * TICK_S) for _ in range(10 * MOST_SILENT_TICKS))


def test_a_clock_that_went_on_alone_tells_of_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on_s = iter([100.0, 100.5, 3700.5, 3700.5])
    monkeypatch.setattr(sleep, "_gone_on_s", lambda: next(gone_on_s))
    watch = SleepWatch()
    assert [watch.slept_s() for _ in range(3)] == [0.0, 3600.0, 0.0]
