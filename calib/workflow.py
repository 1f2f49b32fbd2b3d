"""The whole way in one call: files of a laboratory, a run on a bench, a sealed record, a certificate."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from calib.clock import Clock, ScaledClock, SystemClock
from calib.drivers import Transport, find_driver, open_line
from calib.drivers.transport import in_folder
from calib.errors import CalibError, InputError
from calib.files import as_model, read_model
from calib.ports import Operator, TrafficSink
from calib.procedure import Context, Job, Procedure, Result
from calib.record import Journal, SigningKey
from calib.report import Stationery
from calib.report.issuing import issue
from calib.report.names import CERTIFICATE
from calib.run import (
    Bench,
    BenchFile,
    Check,
    Connect,
    Control,
    DryRun,
    Guard,
    Laboratory,
    Outcome,
    Permission,
    PlainOperator,
    Plan,
    SimulatedHands,
    Watcher,
    awake,
    find_key,
    find_procedure,
    finish_files,
    journal_of,
    last_time,
    make_plan,
    permission_in,
    resume,
    resumption,
    run,
)
from calib.text import both, same


@dataclass(frozen=True)
class Calibration:
    """What a calibration left."""

    outcome: Outcome
    folder: Path
    documents: dict[str, Path] = field(default_factory=dict)
    """Files made of the record: `certificate`, `dcc`, `csv`, `json`; none where the run did not complete."""

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, row by row."""
        return self.outcome.results


def calibrate(
    procedure: str | type[Procedure],
    bench: Path | str,
    job: Path | str,
    *,
    lab: Path | None = None,
    output: Path | None = None,
    operator: Operator | None = None,
    watcher: Watcher | None = None,
    control: Control | None = None,
    permission: Permission | None = None,
    keys: Path | None = None,
) -> Calibration:
    """Run a procedure on a bench, seal its record, and make the certificate.

    Parameters
    ----------
    procedure
        Name of an installed procedure, path of a file that holds one, or the class.
    bench, job
        Paths of the bench file and of the job file.
    lab
        Folder of the laboratory; else `CALIB_LAB`, else the nearest `laboratory.toml` upward from the bench file.
    output
        Folder for journal, record and documents; else a new one in `records/` of the laboratory.
    operator
        Who answers; without one, questions are asked in plain lines.
    control
        Says what is wished of the run, besides the watcher's keys: `ScriptedControl`.
    permission
        Allows the use of an overdue standard, on the record.
    keys
        Folder of private keys, else this person's own.

    Raises
    ------
    CalibError
        A file is wrong, a standard may not be used, an instrument cannot be reached or is another one. A run that was
        begun and then stopped is no exception: see `outcome.status` and `outcome.error`.
    """
    bench_path = Path(bench)
    desk = _Desk.of(lab, bench_path.resolve().parent, operator, keys)
    bench_file, job_file = BenchFile.read(bench_path), read_model(Path(job), Job)
    plan = desk.plan(find_procedure(procedure), bench_file, job_file, permission)
    folder = output or _new_folder(desk.laboratory, desk.now, job_file)
    with _at_the_bench(desk.operator, bench_file, bench_path.parent) as there:
        outcome = run(
            plan,
            connect=there.connect,
            clock=there.clock,
            operator=there.operator,
            watcher=watcher,
            control=control,
            folder=folder,
            key=desk.key,
            guard=Guard,
        )
    return desk.done(outcome, folder)


def dry_run(
    procedure: str | type[Procedure],
    bench: Path | str,
    job: Path | str,
    *,
    lab: Path | None = None,
    output: Path | None = None,
    operator: str = "operator",
    permission: Permission | None = None,
    keys: Path | None = None,
    ask: bool = False,
) -> tuple[Check, ...]:
    """Check all that can be checked of a run, and return what was found; nothing is written, and nothing is set.

    With `ask` the lines are opened and the instruments asked who they are; without it none is touched. The other
    arguments are those of `calibrate`.

    Raises
    ------
    CalibError
        A file cannot be read, or something in it is wrong: nothing else can be checked then.
    """
    bench_path = Path(bench)
    laboratory = Laboratory.find(lab, bench_path.resolve().parent)
    bench_file = BenchFile.read(bench_path)
    job_file = read_model(Path(job), Job)
    now = dt.datetime.now().astimezone()
    checks = DryRun(
        find_procedure(procedure),
        laboratory,
        bench_file,
        job_file,
        operator,
        now.date(),
        output or _new_folder(laboratory, now, job_file),
        permission,
        keys,
    )

    def identities(plan: Plan) -> str:
        with _at_the_bench(PlainOperator(operator), bench_file, bench_path.parent) as there:
            opened = Bench.open(plan, there.connect, there.clock, None)
            try:
                found = opened.identify(plan)
            finally:
                opened.close()
        return "\n".join(f"{role}: {identity}" for role, identity in found.items())

    return (*checks.carry_out(identities if ask else None), _page_check(laboratory))


def go_on(
    place: Path | str,
    *,
    bench: Path | None = None,
    procedure: str | type[Procedure] | None = None,
    lab: Path | None = None,
    operator: Operator | None = None,
    watcher: Watcher | None = None,
    control: Control | None = None,
    accepted: Permission | None = None,
    keys: Path | None = None,
) -> Calibration:
    """Go on with a run that was cut off or stopped, at its first unfinished point, and make the certificate.

    Parameters
    ----------
    place
        Folder of the run, or its journal.
    bench
        Path of a bench file, where an address has changed; else the bench is as the journal has it.
    procedure
        Where the journal's name of it leads to none that is installed: the path of its file, or the class.
    accepted
        Accepts, on the record, that something is not as it was.
    lab, operator, watcher, control, keys
        As those of `calibrate`; the laboratory is looked for from the run's folder upward.

    Raises
    ------
    CalibError
        The run is complete, its journal was touched or is still written; something is not as it was and nobody accepts
        it; an instrument cannot be reached or is another one. Nothing was changed then.
    """
    journal = journal_of(Path(place))
    with Journal.open(journal) as reader:
        snapshot, recorded, status = reader.snapshot, reader.readings(), reader.status
    desk = _Desk.of(lab, journal.resolve().parent, operator, keys)
    bench_file = as_model(dict(snapshot["bench"]), BenchFile, "bench") if bench is None else BenchFile.read(bench)
    chosen = find_procedure(snapshot["procedure"]["id"] if procedure is None else procedure)
    if status == "complete":
        return _end_what_is_complete(desk, journal, chosen)
    today = desk.plan(chosen, bench_file, Context(snapshot).job, permission_in(snapshot))
    folder = desk.laboratory.folder / "benches" if bench is None else bench.parent
    with _at_the_bench(desk.operator, bench_file, folder, after_s=last_time(recorded)) as there:
        outcome = resume(
            resumption(journal, snapshot, today, accepted),
            connect=there.connect,
            clock=there.clock,
            operator=there.operator,
            watcher=watcher,
            control=control,
            key=desk.key,
            guard=Guard,
        )
    return desk.done(outcome, journal.parent)


def _page_check(laboratory: Laboratory) -> Check:
    """Return whether the laboratory's own page can be had when the certificate is made."""
    what = both("Certificate's page")
    try:
        page = _page(laboratory)
    except CalibError as error:
        return Check(what, "refused", same(str(error)))
    return Check(what, "ok", both("calib's own") if page is None else both("the laboratory's own"))


def _page(laboratory: Laboratory) -> Stationery | None:
    page = Stationery.load(laboratory.folder)
    if page is not None:
        page.require_files()
    return page


def _end_what_is_complete(desk: "_Desk", journal: Path, procedure: type[Procedure]) -> Calibration:
    """Make record and certificate of a run that was cut off after its last point."""
    if (journal.parent / CERTIFICATE).exists():
        msg = f"{journal}: its run is complete, and its certificate is made; there is nothing to go on with"
        raise InputError(msg)
    return desk.done(finish_files(journal, procedure, desk.key), journal.parent)


@dataclass(frozen=True)
class _Desk:
    """From where a run is planned, and where its certificate is made."""

    laboratory: Laboratory
    operator: Operator
    keys: Path | None
    now: dt.datetime

    @classmethod
    def of(cls, lab: Path | None, start: Path, operator: Operator | None, keys: Path | None) -> "_Desk":
        """Return that of the laboratory; a mistake in its certificates' page is told before a run, not behind it."""
        laboratory = Laboratory.find(lab, start)
        _page(laboratory)
        return cls(laboratory, operator or PlainOperator("operator"), keys, dt.datetime.now().astimezone())

    @cached_property
    def key(self) -> SigningKey | None:
        """The key that seals records, None where the laboratory has none."""
        name = self.laboratory.about.seal_key
        return find_key(name, self.keys) if name else None

    def plan(self, procedure: type[Procedure], bench: BenchFile, job: Job, permission: Permission | None) -> Plan:
        """Return the plan of a run that begins now; the key that will seal its record is at hand then."""
        name, today = self.operator.name, self.now.date()
        plan = make_plan(procedure, self.laboratory, bench, job, operator=name, today=today, permission=permission)
        _ = self.key
        return plan

    def done(self, outcome: Outcome, folder: Path) -> Calibration:
        """Return what a run left, with its certificate where it is complete."""
        if outcome.status != "complete" or outcome.record is None:
            return Calibration(outcome, folder)
        trusted = None if self.key is None else (self.key.public,)
        try:
            documents = issue(outcome.record, folder, self.now.date(), trusted, self.laboratory)
        except CalibError as error:
            msg = f"the record {outcome.record} is complete, but there is no certificate of it:\n{error}"
            raise InputError(msg) from error
        return Calibration(outcome, folder, documents)


@dataclass(frozen=True)
class _There:
    """What a run finds at the bench."""

    connect: Connect
    clock: Clock
    operator: Operator


@contextmanager
def _at_the_bench(operator: Operator, bench: BenchFile, folder: Path, *, after_s: float = 0.0) -> Iterator[_There]:
    """Give what a run needs, the computer awake; on a simulated bench, what is confirmed moves the simulated leads.

    `folder` is what relative paths in the bench file start from; scaled time begins after `after_s` since 1970.
    """
    lines = {r.resource: r.line.applied_to(find_driver(r.driver).line) for r in bench.roles.values()}

    def connect(resource: str, sink: TrafficSink | None) -> Transport:
        return open_line(in_folder(resource, folder), lines[resource], sink=sink, visa=bench.visa)

    if bench.simulation is None:
        with awake():
            yield _There(connect, SystemClock(), operator)
        return
    from calib.drivers.simulation import Control

    factor = bench.simulation.time_factor
    after = dt.datetime.fromtimestamp(after_s, dt.UTC).astimezone()
    clock = SystemClock() if factor == 1 else ScaledClock(factor, not_before=after)
    with Control(bench.simulation.control) as control:
        yield _There(connect, clock, SimulatedHands(operator, control.connect, control.panel))


def _new_folder(laboratory: Laboratory, now: dt.datetime, job: Job) -> Path:
    return laboratory.folder / "records" / f"{now:%Y-%m-%d-%H%M%S}-{_file_name(job.number)}"


def _file_name(number: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in number)
