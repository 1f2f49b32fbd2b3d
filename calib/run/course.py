"""The course of a run: phase by phase it prepares groups, measures their points, and keeps everything."""

from collections.abc import Callable, Sequence

from calib.clock import Clock
from calib.errors import Aborted, CalibError, InstrumentError, RunError
from calib.guard import RunLeases
from calib.guard.leases import COMPUTING_S
from calib.ports import Prompt
from calib.procedure import Phase, Point, Procedure
from calib.record import Journal
from calib.record.model import Attempt, Preparation, Readings
from calib.run import drift
from calib.run.adjusting import Adjusting
from calib.run.agenda import Agenda
from calib.run.bench import Bench
from calib.run.conditions import Environment
from calib.run.control import Control, Paused
from calib.run.ending import Status, as_calib_error, require_safe
from calib.run.faces import NoWatcher, Progress, Watcher
from calib.run.guarding import EVALUATING_S, PREPARING_S, SAFE_WITHIN_S, SHOWING_S, measuring_s
from calib.run.interlock import Hazard, Interlock
from calib.run.interrupts import Interrupts
from calib.run.plan import Plan
from calib.run.station import JournalStation
from calib.run.steering import Steering
from calib.run.upkeep import Upkeep
from calib.run.warming import Warming
from calib.text import Text, both

_PAUSED = "broken off by a pause; measured anew after it"


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
        control: Control,
        interrupts: Interrupts,
        leases: RunLeases,
        upkeep: Upkeep,
        adjusting: Adjusting,
    ) -> None:
        self._procedure: Procedure = plan.procedure
        self._simulated = bool(plan.snapshot["simulated"])
        self._points: Sequence[Point] = plan.points
        self._groups = {group.id: group for group in plan.procedure.groups()}
        self._bench = bench
        self._journal = journal
        self._clock = clock
        self._station = station
        self._watcher = watcher
        self._control = control
        self._interrupts = interrupts
        self._leases = leases
        self._upkeep = upkeep
        self._adjusting = adjusting
        self._interlock = Interlock.of(plan, bench, station.ask)
        self._prepared: Preparation | None = None
        """What the terminals are joined to, proven; None once the sources were made safe."""
        self._environment = Environment(station, plan.procedure.conditions, clock, self._require_safe)
        self._warming = Warming(plan.procedure.warm_up(), journal, clock, station, interrupts)
        self._warm: tuple[Preparation, ...] = ()
        self._begun = clock.elapsed()
        self._estimated_s = 0.0
        """Estimated time of what was measured since then."""

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
        self._environment.begin()
        self._warm = self._warming.warm(self._watcher.message)
        self._measure_phase("as-found", self._points)
        self._measure_phase("as-left", self._adjusting.touched(self._require_safe, self._interlock))
        self._require_safe()
        self._environment.end()

    def _measure_phase(self, phase: Phase, points: Sequence[Point]) -> None:
        """Measure what is not finished yet of the points of a phase, group by group."""
        recorded = self._journal.readings()
        ordered = [p for group in self._groups for p in points if p.group == group]
        agenda = Agenda([p for p in ordered if not is_finished(recorded, p, phase)])
        steering = Steering(
            phase,
            ordered,
            agenda,
            self._journal,
            self._station,
            self._control,
            self._interrupts,
            self._pause,
            simulated=self._simulated,
        )
        for group in self._groups:  # what a run that was cut off has left
            self._check_drift(phase, [p for p in ordered if p.group == group], agenda)
        while (point := agenda.first) is not None:
            if steering.before(point) or self._environment.check():
                continue
            try:
                if self._lacks_preparation(point.group) or self._upkeep.lacks_room():
                    self._prepare(point.group, agenda, len(points))
                    continue  # what was wished meanwhile is heard first
                self._report(_with_level(point), agenda, len(points))
                highest = Hazard.of(p for p in agenda.waiting if p.group == point.group)
                attempt = self._measure_point(point, phase, highest, steering.reason(point))
            except InstrumentError as error:
                self._safe_after(error)
                steering.failed(point, error)
                continue
            if attempt is not None:
                agenda.done(point)
                steering.measured(point)
                self._estimated_s += point.estimate_s
                self._show(point, attempt)
                steering.after(point)
                self._check_drift(phase, [p for p in ordered if p.group == point.group], agenda)
            self._upkeep.checkpoint()

    def _lacks_preparation(self, group: str) -> bool:
        return self._prepared is None or self._prepared.group != group

    def _prepare(self, group: str, agenda: Agenda, total: int) -> None:
        self._require_safe()
        self._interlock.close()
        self._leases.sources_are_safe()
        self._upkeep.wait_for_room()
        self._report(self._groups[group].title, agenda, total)
        with self._interrupts.held_back():
            preparation = self._journal.begin_preparation(group)
        what = f"preparing {group}"
        with self._leases.limit(PREPARING_S, what), self._leases.lease(COMPUTING_S, what):
            self._procedure.prepare(self._groups[group], self._station)
        with self._interrupts.held_back():
            self._journal.end_preparation(preparation)
        self._prepared = preparation

    def _check_drift(self, phase: Phase, group: Sequence[Point], agenda: Agenda) -> None:
        """Measure the first point of a finished group again, where the procedure wants it and it was not yet."""
        if not group or self._procedure.drift_limit(group[0]) is None or any(p in group for p in agenda.waiting):
            return
        first = group[0]

        def compare(again: Attempt) -> None:
            with self._leases.lease(EVALUATING_S, f"evaluating {first.id}"):
                drift.compare(self._procedure, first, again, self._journal.readings(), self._station)

        while drift.is_due(self._procedure, group, phase, self._journal.readings()):
            if self._lacks_preparation(first.group):
                self._prepare(first.group, agenda, len(self._points))
            self._measure_point(first, phase, Hazard.of([first]), drift.WHY, compare)

    def _measure_point(
        self,
        point: Point,
        phase: Phase,
        highest: Hazard,
        reason: str | None,
        judge: Callable[[Attempt], None] = lambda attempt: None,
    ) -> Attempt | None:
        """Return the complete attempt, which `judge` did not refuse; None where a pause broke it off."""
        assert self._prepared is not None
        if self._interlock.require(Hazard.of([point]), highest):
            self._station.note("dangerous voltage allowed", highest_V=highest.dc_V, highest_ac_V=highest.ac_V)
        with self._interrupts.held_back():
            attempt = self._journal.begin_attempt(point.id, phase, [*self._warm, self._prepared], reason)
        try:
            self._station.attend(attempt)
            what = f"measuring {point.id}"
            with self._leases.limit(measuring_s(point), what), self._leases.lease(COMPUTING_S, what):
                self._procedure.measure(point, self._station)
            judge(attempt)
        except Paused:
            with self._interrupts.held_back():
                self._journal.end_attempt(attempt, "failed", _PAUSED)
            self._station.attend(None)
            self._pause()
            return None
        except BaseException as error:
            with self._interrupts.held_back():
                self._journal.end_attempt(attempt, "failed", str(error) or type(error).__name__)
            raise
        finally:
            self._station.attend(None)
        with self._interrupts.held_back():
            return self._journal.end_attempt(attempt, "complete")

    def _pause(self) -> None:
        """Make the sources safe until the operator goes on; then the connection is made and proven anew."""
        self._require_safe()
        self._station.note("paused")
        text = both("Paused; the sources are safe. Confirm to go on: the connection is then proven anew.")
        answer = self._station.ask(Prompt("control.pause", text))
        self._station.note("went on", by=answer.by)

    def _show(self, point: Point, attempt: Attempt) -> None:
        """Show the provisional result; a run that nobody watches is evaluated once, at its end."""
        if type(self._watcher) is not NoWatcher:
            with self._leases.lease(EVALUATING_S, f"evaluating {point.id}"):
                result = self._procedure.evaluate_point(point, attempt, self._journal.readings())
            with self._leases.lease(SHOWING_S, "showing a result"):
                self._watcher.result(result)

    def _report(self, doing: Text, agenda: Agenda, total: int) -> None:
        left = sum(p.estimate_s for p in agenda.waiting)
        factor = (self._clock.elapsed() - self._begun) / self._estimated_s if self._estimated_s > 0 else 1.0
        with self._leases.lease(SHOWING_S, "showing the progress"):
            self._watcher.progress(Progress(total - len(agenda.waiting), total, left * factor, doing))

    def _safe_after(self, error: InstrumentError) -> None:
        """Make the sources safe; where that fails, nobody decides anything: the run ends with what failed first."""
        try:
            self._require_safe()
        except RunError:
            raise error from None

    def _require_safe(self) -> None:
        self._prepared = None
        with self._leases.limit(SAFE_WITHIN_S, "making the sources safe"):
            safe = self._bench.make_safe()
        self._station.note("made safe", **safe)
        require_safe(safe)
        self._leases.sources_are_safe()


def is_finished(readings: Readings, point: Point, phase: Phase) -> bool:
    """Return whether nothing is left to do at a point: a complete attempt, or one that was skipped with a reason."""
    attempts = [a for a in readings.attempts if a.point == point.id and a.phase == phase]
    return any(a.outcome in {"complete", "skipped"} for a in attempts)


def _with_level(point: Point) -> Text:
    level = point.id.rpartition("/")[2]
    return Text(vi=f"{point.title.vi}, {level}", en=f"{point.title.en}, {level}")
