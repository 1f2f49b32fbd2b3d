"""The run: prepares and measures group by group, keeps everything, and leaves the terminals safe however it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from calib.clock import Clock
from calib.errors import Aborted, CalibError, FileError, RunError
from calib.ports import Direction, Operator, TrafficSink
from calib.procedure import Group, Point, Procedure, Result
from calib.record import Journal, SigningKey, build_in_child, seal
from calib.run.bench import Bench, Connect
from calib.run.conditions import note_conditions
from calib.run.faces import NoWatcher, Progress, Watcher
from calib.run.interlock import Interlock
from calib.run.interrupts import Interrupts
from calib.run.plan import Plan
from calib.run.station import JournalStation
from calib.text import Text, both

Status = Literal["complete", "aborted", "failed"]
JOURNAL = "run.journal"
RECORD = "record.h5"


@dataclass(frozen=True)
class Outcome:
    """How a run ended and what it left."""

    status: Status
    results: tuple[Result, ...]
    safe: dict[str, str]
    """`safe`, or the failure, of each source at the end."""
    journal: Path | None = None
    record: Path | None = None
    error: CalibError | None = None
    """Why it did not complete."""


@dataclass
class _Relay:
    """Takes traffic from the first byte on; what comes before there is a journal is handed to it later."""

    target: TrafficSink | None = None
    early: list[tuple[str, Direction, bytes]] = field(default_factory=list)

    def __call__(self, resource: str, direction: Direction, message: bytes) -> None:
        if self.target is None:
            self.early.append((resource, direction, message))
        else:
            self.target(resource, direction, message)

    def attach(self, target: TrafficSink) -> None:
        for message in self.early:
            target(*message)
        self.early.clear()
        self.target = target


def run(
    plan: Plan,
    *,
    connect: Connect,
    clock: Clock,
    operator: Operator,
    watcher: Watcher | None = None,
    folder: Path | None = None,
    key: SigningKey | None = None,
) -> Outcome:
    """Run a plan and return its outcome; an abort or a failing instrument is an outcome, with all that was measured.

    Parameters
    ----------
    connect
        Opens a VISA resource (`calib.drivers.open_visa`), or an instrument of a simulated bench in memory.
    clock
        The bench's clock; a simulated one is refused for a bench that is not marked simulated.
    folder
        Where journal and record go; without it the journal is in memory and there is no record (studies).
    key
        Seals the record.

    Raises
    ------
    CalibError
        Nothing was begun: the folder cannot be written, an instrument cannot be reached or is another one.
    """
    if clock.simulated and not plan.snapshot["simulated"]:
        msg = "a simulated clock is only for a bench that is marked simulated"
        raise RunError(msg)
    path = _journal_path(folder)
    relay = _Relay()
    with Interrupts() as interrupts:
        bench = Bench.open(plan, connect, clock, relay)
        try:
            identities = bench.identify(plan, operator)
            Interlock(bench, operator.ask).close()
            journal = Journal.create(path or ":memory:", dict(plan.snapshot) | {"identities": identities}, clock)
        except BaseException:
            interrupts.silence()
            bench.make_safe()
            bench.close()
            raise
        relay.attach(journal.traffic)
        return _Run(plan, bench, journal, clock, operator, watcher or NoWatcher(), interrupts, key).execute(path)


def _journal_path(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"output folder {folder} cannot be made: {error.strerror}"
        raise FileError(msg) from error
    return folder / JOURNAL


class _Run:
    """One run, from an open bench to a sealed record."""

    def __init__(
        self,
        plan: Plan,
        bench: Bench,
        journal: Journal,
        clock: Clock,
        operator: Operator,
        watcher: Watcher,
        interrupts: Interrupts,
        key: SigningKey | None,
    ) -> None:
        self._procedure: Procedure = plan.procedure
        self._simulated = bool(plan.snapshot["simulated"])
        self._bench = bench
        self._journal = journal
        self._clock = clock
        self._watcher = watcher
        self._interrupts = interrupts
        self._key = key
        self._station = JournalStation(bench, journal, clock, operator, watcher, interrupts)
        self._interlock = Interlock(bench, self._station.ask)
        self._points: Sequence[Point] = plan.procedure.points()
        self._done: list[Point] = []
        self._begun = clock.elapsed()

    def execute(self, path: Path | None) -> Outcome:
        self._watcher.begin(self._procedure.title, len(self._points), simulated=self._simulated)
        status: Status = "failed"
        error: CalibError | None = None
        try:
            self._measure_all()
            status = "complete"
        except Aborted as aborted:
            status, error = "aborted", aborted
        except CalibError as failure:
            error = failure
        finally:
            self._interrupts.silence()
            safe = self._make_safe()
            results = self._finish(status, error, path)
            self._watcher.end()
        return Outcome(
            status=status if all(s == "safe" for s in safe.values()) else "failed",
            results=results,
            safe=safe,
            journal=path,
            record=path.with_name(RECORD) if path is not None else None,
            error=error or _not_safe(safe),
        )

    def _measure_all(self) -> None:
        note_conditions(self._station, self._journal, self._procedure.conditions)
        for group in self._procedure.groups():
            points = [p for p in self._points if p.group == group.id]
            if points:
                self._measure_group(group, points)
        self._require_safe()
        note_conditions(self._station, self._journal, self._procedure.conditions)

    def _measure_group(self, group: Group, points: list[Point]) -> None:
        self._require_safe()
        self._interlock.close()
        self._report(group.title)
        preparation = self._journal.begin_preparation(group.id)
        self._procedure.prepare(group, self._station)
        self._journal.end_preparation(preparation)
        highest_V = max(p.hazard_V for p in points)
        for point in points:
            self._report(both("{title}, {point}", title=point.title.en, point=point.id.rpartition("/")[2]))
            if self._interlock.require(point.hazard_V, highest_V):
                self._station.note("dangerous voltage allowed", highest_V=highest_V)
            attempt = self._journal.begin_attempt(point.id, "as-found", [preparation])
            self._station.attend(attempt)
            try:
                self._procedure.measure(point, self._station)
            except BaseException as error:
                with self._interrupts.held_back():
                    self._journal.end_attempt(attempt, "failed", str(error) or type(error).__name__)
                raise
            finally:
                self._station.attend(None)
            with self._interrupts.held_back():
                self._journal.end_attempt(attempt, "complete")
            self._done.append(point)
            self._show(point)

    def _show(self, point: Point) -> None:
        """Show the provisional result; a run that nobody watches is evaluated once, at its end."""
        if isinstance(self._watcher, NoWatcher):
            return
        readings = self._journal.readings()
        attempt = readings.standing(point.id)
        if attempt is not None:
            self._watcher.result(self._procedure.evaluate_point(point, attempt, readings))

    def _report(self, doing: Text) -> None:
        left = sum(p.estimate_s for p in self._points[len(self._done) :])
        estimated = sum(p.estimate_s for p in self._done)
        factor = (self._clock.elapsed() - self._begun) / estimated if estimated > 0 else 1.0
        self._watcher.progress(Progress(len(self._done), len(self._points), left * factor, doing))

    def _make_safe(self) -> dict[str, str]:
        outcome = self._bench.make_safe()
        self._journal.event("made safe", dict(outcome))
        for role, state in outcome.items():
            if state != "safe":
                self._watcher.message(both("{role}: {state} — take it off the line by hand.", role=role, state=state))
        return outcome

    def _require_safe(self) -> None:
        error = _not_safe(self._make_safe())
        if error is not None:
            raise error

    def _finish(self, status: Status, error: CalibError | None, path: Path | None) -> tuple[Result, ...]:
        """Evaluate, close the journal, and build and seal the record; the bench is safe already."""
        self._bench.close()
        if error is not None:
            self._journal.event("stopped", {"status": status, "why": str(error)})
        readings = self._journal.readings()
        results = self._procedure.evaluate(readings) if readings.environment else ()
        self._journal.results([r.as_json() for r in results], {"procedure": self._procedure.version})
        self._journal.finish(status, self._key)
        if path is not None:
            record = path.with_name(RECORD)
            build_in_child(path, record)
            if self._key is not None:
                seal(record, self._key)
        return results


def _not_safe(safe: dict[str, str]) -> RunError | None:
    failed = [f"{role}: {state}" for role, state in safe.items() if state != "safe"]
    if not failed:
        return None
    return RunError("\n".join([*failed, "take it off the line by hand before touching any terminal"]))
