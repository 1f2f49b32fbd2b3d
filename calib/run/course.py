"""The course of a run: prepares and measures group by group, and keeps everything."""

from collections.abc import Sequence

from calib.clock import Clock
from calib.errors import Aborted, CalibError
from calib.procedure import Group, Point, Procedure
from calib.record import Journal
from calib.record.model import Preparation, Readings
from calib.run.bench import Bench
from calib.run.conditions import note_conditions
from calib.run.ending import Status, as_calib_error, require_safe
from calib.run.faces import NoWatcher, Progress, Watcher
from calib.run.guard import Guardian
from calib.run.guarding import PREPARING_S, measuring_s
from calib.run.interlock import Interlock
from calib.run.interrupts import Interrupts
from calib.run.plan import Plan
from calib.run.station import JournalStation
from calib.run.upkeep import Upkeep
from calib.text import Text


class Course:
    """What a run does between its opening and its ending. Whatever stops it, `measured` returns."""

    def __init__(
        self,
        plan: Plan,
        bench: Bench,
        journal: Journal,
        clock: Clock,
        station: JournalStation,
        watcher: Watcher,
        interrupts: Interrupts,
        guard: Guardian,
        upkeep: Upkeep,
    ) -> None:
        self._procedure: Procedure = plan.procedure
        self._simulated = bool(plan.snapshot["simulated"])
        self._points: Sequence[Point] = plan.points
        self._bench = bench
        self._journal = journal
        self._clock = clock
        self._station = station
        self._watcher = watcher
        self._interrupts = interrupts
        self._guard = guard
        self._upkeep = upkeep
        self._interlock = Interlock(bench, station.ask, harmless_V=plan.bench.harmless_V)
        recorded = journal.readings()
        self._earlier = [p for p in plan.points if is_finished(recorded, p)]
        """Points that were finished before this run went on."""
        self._done = list(self._earlier)
        self._begun = clock.elapsed()

    def measured(self) -> tuple[Status, CalibError | None]:
        """Measure; return how it ended and why."""
        try:
            with self._interrupts.raising():
                self._watcher.begin(self._procedure.title, len(self._points), simulated=self._simulated)
                self._measure_all()
        except Aborted as aborted:
            return "aborted", aborted
        except KeyboardInterrupt as interrupted:
            return "aborted", Aborted(str(interrupted) or "aborted by Ctrl-C")
        except BaseException as failure:  # noqa: BLE001 - whatever it is, the terminals must be made safe next
            return "failed", as_calib_error(failure, self._procedure.id)
        return "complete", None

    def _measure_all(self) -> None:
        note_conditions(self._station, self._procedure.conditions)
        for group in self._procedure.groups():
            points = [p for p in self._points if p.group == group.id and p not in self._earlier]
            if points:
                self._measure_group(group, points)
        self._require_safe()
        note_conditions(self._station, self._procedure.conditions)

    def _measure_group(self, group: Group, points: list[Point]) -> None:
        self._require_safe()
        self._interlock.close()
        self._upkeep.wait_for_room()
        self._report(group.title)
        with self._interrupts.held_back():
            preparation = self._journal.begin_preparation(group.id)
        with self._guard.within(PREPARING_S):
            self._procedure.prepare(group, self._station)
        with self._interrupts.held_back():
            self._journal.end_preparation(preparation)
        highest_V = max(p.hazard_V for p in points)
        for measured, point in enumerate(points):
            if self._upkeep.lacks_room():
                return self._measure_group(group, points[measured:])  # safe, wait for room, prepare anew
            self._report(_with_level(point))
            if self._interlock.require(point.hazard_V, highest_V):
                self._station.note("dangerous voltage allowed", highest_V=highest_V)
            self._measure_point(point, preparation)
            self._done.append(point)
            self._show(point)
            self._upkeep.checkpoint()
        return None

    def _measure_point(self, point: Point, preparation: Preparation) -> None:
        with self._interrupts.held_back():
            attempt = self._journal.begin_attempt(point.id, "as-found", [preparation])
        try:
            self._station.attend(attempt)
            with self._guard.within(measuring_s(point)):
                self._procedure.measure(point, self._station)
        except BaseException as error:
            with self._interrupts.held_back():
                self._journal.end_attempt(attempt, "failed", str(error) or type(error).__name__)
            raise
        finally:
            self._station.attend(None)
        with self._interrupts.held_back():
            self._journal.end_attempt(attempt, "complete")

    def _show(self, point: Point) -> None:
        """Show the provisional result; a run that nobody watches is evaluated once, at its end."""
        if type(self._watcher) is NoWatcher:
            return
        readings = self._journal.readings()
        attempt = readings.standing(point.id)
        if attempt is not None:
            self._watcher.result(self._procedure.evaluate_point(point, attempt, readings))

    def _report(self, doing: Text) -> None:
        left = sum(p.estimate_s for p in self._points if p not in self._done)
        estimated = sum(p.estimate_s for p in self._done[len(self._earlier) :])
        factor = (self._clock.elapsed() - self._begun) / estimated if estimated > 0 else 1.0
        self._watcher.progress(Progress(len(self._done), len(self._points), left * factor, doing))

    def _require_safe(self) -> None:
        safe = self._bench.make_safe()
        self._station.note("made safe", **safe)
        require_safe(safe)


def is_finished(readings: Readings, point: Point) -> bool:
    """Return whether nothing is left to do at a point: a complete attempt, or one that was skipped with a reason."""
    attempts = [a for a in readings.attempts if a.point == point.id and a.phase == "as-found"]
    return any(a.outcome in {"complete", "skipped"} for a in attempts)


def _with_level(point: Point) -> Text:
    level = point.id.rpartition("/")[2]
    return Text(vi=f"{point.title.vi}, {level}", en=f"{point.title.en}, {level}")
