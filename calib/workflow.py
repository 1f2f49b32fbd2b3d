"""The whole way in one call: files of a laboratory, a run on a bench, a sealed record, a certificate."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from calib.clock import Clock, ScaledClock, SystemClock
from calib.drivers import Transport, find_driver, open_line
from calib.drivers.transport import in_folder
from calib.errors import CalibError, InputError
from calib.files import as_model, read_model
from calib.ports import Operator, TrafficSink
from calib.procedure import Context, Job, Procedure, Result
from calib.record import Journal, PublicKey, Record
from calib.report import make_certificate, write_csv, write_json
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
    require_seal,
    resume,
    resumption,
    run,
)

CERTIFICATE = "certificate.pdf"
DCC = "certificate.dcc.xml"


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
    chosen = find_procedure(procedure)
    bench_path = Path(bench)
    laboratory = Laboratory.find(lab, bench_path.resolve().parent)
    bench_file = BenchFile.read(bench_path)
    job_file = read_model(Path(job), Job)
    asked = operator or PlainOperator("operator")
    now = dt.datetime.now().astimezone()
    plan = make_plan(
        chosen, laboratory, bench_file, job_file, operator=asked.name, today=now.date(), permission=permission
    )
    folder = output or _new_folder(laboratory, now, job_file)
    key = find_key(laboratory.about.seal_key, keys) if laboratory.about.seal_key else None
    with _at_the_bench(asked, bench_file, bench_path.parent) as there:
        outcome = run(
            plan,
            connect=there.connect,
            clock=there.clock,
            operator=there.operator,
            watcher=watcher,
            control=control,
            folder=folder,
            key=key,
            guard=Guard,
        )
    trusted = None if key is None else (key.public,)
    return Calibration(outcome, folder, _documents(outcome, folder, now.date(), trusted))


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

    return checks.carry_out(identities if ask else None)


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
    laboratory = Laboratory.find(lab, journal.resolve().parent)
    bench_file = as_model(dict(snapshot["bench"]), BenchFile, "bench") if bench is None else BenchFile.read(bench)
    chosen = find_procedure(snapshot["procedure"]["id"] if procedure is None else procedure)
    asked = operator or PlainOperator("operator")
    now = dt.datetime.now().astimezone()
    key = find_key(laboratory.about.seal_key, keys) if laboratory.about.seal_key else None
    trusted = None if key is None else (key.public,)
    if status == "complete":
        if (journal.parent / CERTIFICATE).exists():
            msg = f"{journal}: its run is complete, and its certificate is made; there is nothing to go on with"
            raise InputError(msg)
        outcome = finish_files(journal, chosen, key)
        return Calibration(outcome, journal.parent, _documents(outcome, journal.parent, now.date(), trusted))
    today = make_plan(
        chosen,
        laboratory,
        bench_file,
        Context(snapshot).job,
        operator=asked.name,
        today=now.date(),
        permission=permission_in(snapshot),
    )
    folder = laboratory.folder / "benches" if bench is None else bench.parent
    with _at_the_bench(asked, bench_file, folder, after_s=last_time(recorded)) as there:
        outcome = resume(
            resumption(journal, snapshot, today, accepted),
            connect=there.connect,
            clock=there.clock,
            operator=there.operator,
            watcher=watcher,
            control=control,
            key=key,
            guard=Guard,
        )
    return Calibration(outcome, journal.parent, _documents(outcome, journal.parent, now.date(), trusted))


def issue(
    record: Path, folder: Path, issue_date: dt.date, trusted: Collection[PublicKey] | None = None
) -> dict[str, Path]:
    """Make certificate (PDF with its DCC inside, and the DCC), results as CSV and as JSON; return their paths by kind.

    `trusted` are the keys of the laboratory (`Laboratory.public_keys`); None takes any key that holds.

    Raises
    ------
    IntegrityError
        The record's seal is broken or was taken off, or its key is not one of `trusted`.
    """
    source = Record.open(record)
    require_seal(source, trusted)
    dcc = folder / DCC
    return {
        "certificate": make_certificate(source, folder / CERTIFICATE, issue_date=issue_date, dcc_path=dcc),
        "dcc": dcc,
        "csv": write_csv(source, folder / "results.csv"),
        "json": write_json(source, folder / "results.json"),
    }


def _documents(
    outcome: Outcome, folder: Path, issue_date: dt.date, trusted: Collection[PublicKey] | None
) -> dict[str, Path]:
    if outcome.status != "complete" or outcome.record is None:
        return {}
    try:
        return issue(outcome.record, folder, issue_date, trusted)
    except CalibError as error:
        msg = f"the record {outcome.record} is complete, but there is no certificate of it:\n{error}"
        raise InputError(msg) from error


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
        yield _There(connect, clock, SimulatedHands(operator, control.connect))


def _new_folder(laboratory: Laboratory, now: dt.datetime, job: Job) -> Path:
    return laboratory.folder / "records" / f"{now:%Y-%m-%d-%H%M%S}-{_file_name(job.number)}"


def _file_name(number: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in number)
