"""The run: opens the bench, measures, keeps everything, and leaves the terminals safe however it ends."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from calib.clock import Clock
from calib.drivers import Transport
from calib.drivers.operated.person import Desk, is_read_by_a_person, open_person
from calib.errors import Aborted, RunError
from calib.guard import NoGuard
from calib.ports import Operator, TrafficSink
from calib.record import Checkpoints, Journal, SigningKey
from calib.run.adjusting import Adjusting
from calib.run.asking import AtTheBench
from calib.run.bench import Connect
from calib.run.control import Control, ScriptedControl, Several
from calib.run.course import Course
from calib.run.ending import Ending, Outcome
from calib.run.faces import NoWatcher, Watcher
from calib.run.guarding import GuardMaker, orders_for
from calib.run.illustrating import Pictures
from calib.run.interrupts import Interrupted, Interrupts
from calib.run.opening import Opening
from calib.run.output import Files, files_in, remove_if_empty
from calib.run.pace import leased_clock, leased_line
from calib.run.plan import Plan
from calib.run.resuming import Resumption, reopened
from calib.run.scanning import Hands
from calib.run.station import JournalStation
from calib.run.upkeep import Upkeep


def run(
    plan: Plan,
    *,
    connect: Connect,
    clock: Clock,
    operator: Operator,
    watcher: Watcher | None = None,
    control: Control | None = None,
    folder: Path | None = None,
    key: SigningKey | None = None,
    guard: GuardMaker | None = None,
) -> Outcome:
    """Run a plan and return its outcome; an abort or a failing instrument is an outcome, with all that was measured.

    Parameters
    ----------
    connect
        Opens a resource (`calib.drivers.open_line`), or an instrument of a simulated bench in memory.
    clock
        The bench's clock; a simulated one is refused for a bench that is not marked simulated.
    control
        Says what is wished of the run, besides the watcher's keys: a script.
    folder
        Where journal and record go; without it the journal is in memory and there is no record (studies).
    key
        Seals the record.
    guard
        Makes the guard (`calib.run.Guard`) of a run whose instruments outlive this process; none in memory.

    Raises
    ------
    CalibError
        Nothing was begun: the folder cannot be written, an instrument cannot be reached or is another one.
    """
    files = None if folder is None else files_in(folder)
    path = ":memory:" if files is None else files.journal

    def begun(facts: Mapping[str, Any]) -> Journal:
        return Journal.create(path, dict(plan.snapshot) | dict(facts), clock, key)

    try:
        return _carry_out(plan, connect, clock, operator, watcher, control, files, key, guard, begun)
    finally:
        if files is not None:
            remove_if_empty(files.journal.parent)


def resume(
    resumption: Resumption,
    *,
    connect: Connect,
    clock: Clock,
    operator: Operator,
    watcher: Watcher | None = None,
    control: Control | None = None,
    key: SigningKey | None = None,
    guard: GuardMaker | None = None,
) -> Outcome:
    """Go on with a run that was cut off or stopped, at its first unfinished point; arguments as those of `run`.

    The sources are made safe and every instrument proves its identity again; groups that go on are prepared anew.

    Raises
    ------
    CalibError
        Nothing was changed: the journal cannot be gone on with, an instrument cannot be reached or is another one.
    """

    def begun(facts: Mapping[str, Any]) -> Journal:
        return reopened(resumption, facts, clock, key)

    plan, files = resumption.plan, resumption.files
    return _carry_out(plan, connect, clock, operator, watcher, control, files, key, guard, begun)


def _carry_out(
    plan: Plan,
    connect: Connect,
    clock: Clock,
    operator: Operator,
    watcher: Watcher | None,
    control: Control | None,
    files: Files | None,
    key: SigningKey | None,
    guard: GuardMaker | None,
    begun: Callable[[Mapping[str, Any]], Journal],
) -> Outcome:
    if clock.simulated and not plan.snapshot["simulated"]:
        msg = "a simulated clock is only for a bench that is marked simulated"
        raise RunError(msg)
    seen = watcher or NoWatcher()
    if isinstance(control, ScriptedControl):
        control.require_points([p.id for p in plan.points])
    wishes: Control = seen if control is None else Several(seen, control)
    simulated = bool(plan.snapshot["simulated"])
    with Interrupts() as interrupts:
        orders = orders_for(plan, files)
        guardian = NoGuard() if guard is None else guard(orders, interrupts.request)
        leases = guardian.leases
        pictures = Pictures(None if files is None else files.journal.parent)
        asked = AtTheBench(operator, simulated=simulated, leases=leases, pictures=pictures)
        desk = Desk(asked.ask)
        sources = {source.resource for source in orders.sources}

        def connected(resource: str, sink: TrafficSink | None) -> Transport:
            if is_read_by_a_person(resource):
                return open_person(resource, desk, sink)
            return leased_line(connect(resource, sink), leases, of_source=resource in sources)

        try:
            bench, journal = Opening(clock, keeps_traffic=files is not None).begin(
                plan, connected, asked, interrupts, guardian, begun
            )
        except BaseException as failure:
            guardian.end()
            if isinstance(failure, Interrupted):
                raise Aborted(str(failure)) from None
            raise
        if guardian.pid is not None:
            journal.event("guarded", {"pid": guardian.pid})
        paced = leased_clock(clock, leases)
        station = JournalStation(bench, journal, paced, asked, wishes, interrupts, leases, seen)
        desk.ask, desk.expected = station.ask, lambda unit: _expected(plan, station.point, unit)
        desk.take = Hands(plan, station.ask).take
        desk.digit = lambda unit: _digit(plan, station.point, unit)
        checkpoints = None if files is None else Checkpoints(files.journal, files.record)
        upkeep = Upkeep(journal, station, interrupts, checkpoints)
        adjusting = Adjusting(plan, journal, station, seen, interrupts, leases, files, key)
        course = Course(plan, bench, journal, paced, station, seen, wishes, interrupts, leases, upkeep, adjusting)
        status, error = course.measured()
        return Ending(plan, bench, journal, seen, key, status, error, guardian, files, checkpoints).carry_out()


def _digit(plan: Plan, point: str | None, unit: str) -> float | None:
    """Return the least digit of such a display at a point, in SI; None where nobody knows."""
    return next((plan.procedure.resolution(p) for p in plan.points if p.id == point and p.unit == unit), None)


def _expected(plan: Plan, point: str | None, unit: str) -> float | None:
    """Return what a display in this unit should show about, in SI; None where nobody knows."""
    return next((p.nominal for p in plan.points if p.id == point and p.unit == unit), None)
