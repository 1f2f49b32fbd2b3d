"""Going on with a run: what it was, what has changed since, and whether a named person accepts that."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from calib.clock import Clock
from calib.errors import IdentityError, InputError, RunError
from calib.procedure import Context, Procedure
from calib.record import Journal, Record, SigningKey, is_sealed, seal
from calib.record.model import Readings
from calib.run.ending import Outcome, build_and_seal
from calib.run.guarding import REPORT
from calib.run.output import JOURNAL, Files, complete_record, record_path
from calib.run.plan import Permission, Plan

_COMPARED = ("job", "bench", "equipment", "specifications", "procedure", "laboratory", "scope")
_LONG = 60


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was when the run began."""

    where: str
    """Path within the snapshot, such as `equipment.5522A-01.calibrations`."""
    then: str
    now: str

    def __str__(self) -> str:
        return f"{self.where}: was {_short(self.then)}, is {_short(self.now)}"


@dataclass(frozen=True)
class Resumption:
    """A run that goes on: as it was planned, on the bench as it is."""

    plan: Plan
    files: Files
    differences: tuple[Difference, ...]
    accepted: Permission | None
    software: Mapping[str, str]
    """Versions that go on with it."""


def journal_of(place: Path) -> Path:
    """Return the journal that `place` is, or that the folder of a run holds; raise `InputError` where there is none."""
    path = place / JOURNAL if place.is_dir() else place
    if not path.is_file():
        msg = f"{path}: no such journal; name the folder of a run, which holds {JOURNAL}"
        raise InputError(msg)
    return path


def resumption(journal: Path, snapshot: Mapping[str, Any], today: Plan, accepted: Permission | None) -> Resumption:
    """Return how the run of a journal goes on, whose files were planned anew as `today`.

    Raises
    ------
    RunError
        Something is not as it was, and nobody accepts it; the message lists all differences.
    """
    found = tuple(differences(snapshot, today.snapshot))
    if found and accepted is None:
        lines = "\n  ".join(str(d) for d in found)
        msg = (
            f"{journal}: not everything is as it was when the run began:\n  {lines}\n"
            "put it back, or let a named person accept it: --accept REASON --operator NAME"
        )
        raise RunError(msg)
    context = Context(snapshot)
    plan = replace(today, procedure=type(today.procedure)(context), snapshot=snapshot, points=context.points)
    files = Files(journal, record_path(journal.parent))
    return Resumption(plan, files, found, accepted, today.snapshot["software"])


def permission_in(snapshot: Mapping[str, Any]) -> Permission | None:
    """Return the permission under which the run began, if any."""
    for exception in snapshot.get("exceptions", ()):
        return Permission(by=exception["by"], why=exception["why"])
    return None


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return what of job, bench, equipment, specifications, procedure and laboratory is not as it was."""
    found: list[Difference] = []
    for part in _COMPARED:
        found += _compared(part, then.get(part), now.get(part))
    return [d for d in found if d.where != "procedure.source"]  # its digest tells


def reopened(resumption: Resumption, facts: Mapping[str, Any], clock: Clock, key: SigningKey | None) -> Journal:
    """Return the journal, opened to go on, once the instruments are those that it names.

    Raises
    ------
    IdentityError
        An instrument is another one than before.
    IntegrityError, RecordError
        The journal was touched, is complete, or is written by another process.
    """
    plan, path = resumption.plan, resumption.files.journal
    _same_instruments(plan.snapshot["identities"], facts["identities"])
    accepted = resumption.accepted
    journal = Journal.resume(path, clock, key, accept_loss=accepted is not None)
    for attempt in journal.readings().attempts:
        if attempt.outcome == "unfinished":
            journal.end_attempt(attempt, "failed", "the run was cut off")
    journal.event(
        "resumed",
        {
            "differences": [asdict(d) for d in resumption.differences],
            "accepted": None if accepted is None else asdict(accepted),
            "software": dict(resumption.software),
            "guard": _told_by_the_guard(path.with_name(REPORT)),
        }
        | {k: v for k, v in facts.items() if k != "identities"},
    )
    return journal


def finish_files(journal: Path, procedure: type[Procedure], key: SigningKey | None) -> Outcome:
    """Return the outcome of a complete run that was cut off while its record was built or sealed: that is done now."""
    record = complete_record(journal.parent)
    if record is None:
        record = build_and_seal(Files(journal, record_path(journal.parent)), key)
    elif key is not None and not is_sealed(record):
        seal(record, key)
    readings = Record.open(record).readings()
    return Outcome("complete", procedure(Context(readings.snapshot)).evaluate(readings), {}, journal, record)


def last_time(readings: Readings) -> float:
    """Return when something was recorded last, in seconds since 1970-01-01T00:00:00Z; 0 where nothing was."""
    times = [r.time for r in readings.readings[-1:]] + [c.time for c in readings.environment[-1:]]
    times += [a.ended or a.begun for a in readings.attempts[-1:]] + [p.begun for p in readings.preparations[-1:]]
    return max(times, default=0.0)


def _same_instruments(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    lines = [
        f"{role}: was {_named(then[role])}, is {_named(now[role])}"
        for role in then
        if any(then[role][field] != now[role][field] for field in ("model", "serial_number"))
    ]
    if lines:
        raise IdentityError("\n".join([*lines, "a run goes on with the instruments that it began with"]))


def _named(identity: Mapping[str, Any]) -> str:
    return f"{identity['manufacturer']} {identity['model']} {identity['serial_number']}"


def _compared(where: str, then: Any, now: Any) -> list[Difference]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        found: list[Difference] = []
        for name in sorted({*then, *now}):
            found += _compared(f"{where}.{name}", then.get(name), now.get(name))
        return found
    if isinstance(then, Sequence) and isinstance(now, Sequence) and not isinstance(then, str) and len(then) == len(now):
        return [d for i, (a, b) in enumerate(zip(then, now, strict=True)) for d in _compared(f"{where}[{i}]", a, b)]
    return [] if then == now else [Difference(where, json.dumps(then), json.dumps(now))]


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _told_by_the_guard(report: Path) -> list[Any]:
    """Return what the guard did after the run was cut off."""
    try:
        lines = report.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [json.loads(line) for line in lines]
