"""A run is seen from outside while it lives, after it ended, and after it was cut off; the writer never waits."""

from pathlib import Path

from calib.clock import SystemClock
from calib.record import Journal, Watch


def test_a_watcher_takes_only_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal, Watch(path) as watch:
        assert watch.look()
        assert not watch.look()
        attempt = journal.begin_attempt("p", "as-found")
        journal.reading(attempt, "meter", 1.5, "V")
        assert watch.look()
        seen = watch.sight
        assert seen.alive
        assert [r.value for r in seen.readings.readings] == [1.5]
        journal.reading(attempt, "meter", 2.5, "V")
        journal.end_attempt(attempt, "complete")
        assert watch.look()
        assert [r.value for r in watch.sight.readings.readings] == [1.5, 2.5]
        journal.event("stopped", {"why": "lead came off"})
        journal.finish("failed")
        assert watch.look()
        assert (watch.sight.status, watch.sight.alive, watch.sight.stopped) == ("failed", False, "lead came off")


def test_a_run_that_nobody_writes_any_more_is_seen_as_such(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    journal = Journal.create(path, {"simulated": True}, SystemClock())
    with Watch(path) as watch:
        watch.look()
        assert watch.sight.alive
        journal.close()
        assert watch.look()
        assert (watch.sight.status, watch.sight.alive) == ("unfinished", False)


def test_a_watcher_that_looks_all_the_time_does_not_hold_checkpoints_of_the_log_back(tmp_path: Path) -> None:
    """With a reader that kept its transaction open the write-ahead log would grow by more than 4 kB a reading."""
    path = tmp_path / "run.journal"
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal, Watch(path) as watch:
        journal._ledger._store._database.execute("PRAGMA synchronous = OFF")
        attempt = journal.begin_attempt("p", "as-found")
        for i in range(6000):
            journal.reading(attempt, "meter", float(i), "V")
            if i % 20 == 0:
                watch.look()
        assert len(watch.sight.readings.readings) > 5900
        assert (tmp_path / "run.journal-wal").stat().st_size < 8_000_000
