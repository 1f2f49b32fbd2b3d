"""The whole way in one call: files of a laboratory, a run on a bench, a sealed record, a certificate."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from calib.clock import Clock, ScaledClock, SystemClock
from calib.drivers import find_driver, open_line
from calib.drivers.transport import in_folder
from calib.errors import CalibError, InputError
from calib.files import read_model
from calib.ports import Operator
from calib.procedure import Job, Procedure, Result
from calib.record import PublicKey, Record
from calib.report import make_certificate, write_csv, write_json
from calib.run import (
    BenchFile,
    Guard,
    Laboratory,
    Outcome,
    Permission,
    PlainOperator,
    SimulatedHands,
    Watcher,
    awake,
    find_key,
    find_procedure,
    make_plan,
    require_seal,
    run,
)


@dataclass(frozen=True)
class Calibration:
    """What a calibration left."""

    outcome: Outcome
    folder: Path
    documents: dict[str, Path] = field(default_factory=dict)
    """Files made of the record: `certificate`, `csv`, `json`; none where the run did not complete."""

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
    chosen = find_procedure(procedure) if isinstance(procedure, str) else procedure
    bench_path = Path(bench)
    laboratory = Laboratory.find(lab, bench_path.resolve().parent)
    bench_file = read_model(bench_path, BenchFile)
    job_file = read_model(Path(job), Job)
    asked = operator or PlainOperator("operator")
    now = dt.datetime.now().astimezone()
    plan = make_plan(
        chosen, laboratory, bench_file, job_file, operator=asked.name, today=now.date(), permission=permission
    )
    folder = output or laboratory.folder / "records" / f"{now:%Y-%m-%d-%H%M%S}-{_file_name(job_file.number)}"
    key = find_key(laboratory.about.seal_key, keys) if laboratory.about.seal_key else None
    lines = {r.resource: r.line.applied_to(find_driver(r.driver).line) for r in bench_file.roles.values()}
    staying_awake = awake() if bench_file.simulation is None else nullcontext()
    with staying_awake, _with_hands(asked, bench_file) as asking:
        outcome = run(
            plan,
            connect=lambda resource, sink: open_line(
                in_folder(resource, bench_path.parent), lines[resource], sink=sink, visa=bench_file.visa
            ),
            clock=_clock(bench_file),
            operator=asking,
            watcher=watcher,
            folder=folder,
            key=key,
            guard=Guard,
        )
    trusted = None if key is None else (key.public,)
    return Calibration(outcome, folder, _documents(outcome, folder, now.date(), trusted))


def issue(
    record: Path, folder: Path, issue_date: dt.date, trusted: Collection[PublicKey] | None = None
) -> dict[str, Path]:
    """Make certificate (PDF), results as CSV and as JSON from a record; return their paths by kind.

    `trusted` are the keys of the laboratory (`Laboratory.public_keys`); None takes any key that holds.

    Raises
    ------
    IntegrityError
        The record's seal is broken or was taken off, or its key is not one of `trusted`.
    """
    source = Record.open(record)
    require_seal(source, trusted)
    return {
        "certificate": make_certificate(source, folder / "certificate.pdf", issue_date=issue_date),
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


def _clock(bench: BenchFile) -> Clock:
    if bench.simulation is None or bench.simulation.time_factor == 1:
        return SystemClock()
    return ScaledClock(bench.simulation.time_factor)


@contextmanager
def _with_hands(operator: Operator, bench: BenchFile) -> Iterator[Operator]:
    """Give the operator; on a simulated bench, one whose confirmations move the simulated leads."""
    if bench.simulation is None:
        yield operator
        return
    from calib.drivers.simulation import Control

    with Control(bench.simulation.control) as control:
        yield SimulatedHands(operator, control.connect)


def _file_name(number: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in number)
