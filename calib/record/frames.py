"""What a record holds as plain tables for other programs: columns of one length, times in UTC, units beside values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from calib.errors import InputError
from calib.record.encoding import to_json
from calib.record.model import Attempt, Readings
from calib.record.reader import Record
from calib.record.result import Result, sets
from calib.text import Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Frame:
    """One table."""

    name: str
    columns: Mapping[str, Sequence[Any]]
    """Floats, whole numbers, texts, truth values, or times with their zone (UTC)."""

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values())))


def frames(record: Record, names: Iterable[str] = ()) -> list[Frame]:
    """Return the tables of a record, or those that are named; each says in a column whether it was simulated."""
    wanted = list(names) or list(_MAKERS)
    unknown = [name for name in wanted if name not in _MAKERS]
    if unknown:
        msg = f"a record has no table '{unknown[0]}'; it has {', '.join(_MAKERS)}"
        raise InputError(msg)
    made = []
    for name in wanted:
        columns = _MAKERS[name](record)
        rows = len(next(iter(columns.values())))
        made.append(Frame(name, columns | {"simulated": [record.simulated] * rows}))
    return made


def _readings(record: Record) -> dict[str, list[Any]]:
    view = record.readings()
    of = _Of(view)
    readings = view.readings
    return {
        "time": [_time(r.time) for r in readings],
        **of.columns([r.attempt for r in readings]),
        "channel": [r.channel for r in readings],
        "value": [r.value for r in readings],
        "unit": [r.unit for r in readings],
    }


def _samples(record: Record) -> dict[str, list[Any]]:
    """Return the samples of all blocks, one row each; the time of a sample is known where its interval is."""
    view = record.readings()
    of = _Of(view)
    blocks = [(place, b, n) for place, b in enumerate(view.blocks, start=1) for n in range(len(b.samples))]
    return {
        **of.columns([b.attempt for _, b, _ in blocks]),
        "block": [place for place, _, _ in blocks],
        "received": [_time(b.time) for _, b, _ in blocks],
        "sample": [n + 1 for _, _, n in blocks],
        "offset_s": [float("nan") if b.interval_s is None else n * b.interval_s for _, b, n in blocks],
        "channel": [b.channel for _, b, _ in blocks],
        "value": [v for b in view.blocks for v in b.samples.tolist()],
        "unit": [b.unit for _, b, _ in blocks],
    }


def _results(record: Record) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for field in fields(Result):
        values = [getattr(result, field.name) for result in record.results]
        if field.type is Text:
            columns[f"{field.name}_vi"] = [v.vi for v in values]
            columns[f"{field.name}_en"] = [v.en for v in values]
        elif field.name == "remarks":
            columns["remarks_en"] = ["; ".join(t.en for t in v) for v in values]
        elif field.name not in {"budget", "together"}:
            columns[field.name] = values
    return columns


def _budgets(record: Record) -> dict[str, list[Any]]:
    rows = [(result, row) for result in record.results for row in result.budget]
    columns: dict[str, list[Any]] = {
        "point": [result.point for result, _ in rows],
        "phase": [result.phase for result, _ in rows],
        "label_vi": [row.label.vi for _, row in rows],
        "label_en": [row.label.en for _, row in rows],
    }
    for name in ("name", "value", "u", "dof", "distribution", "unit", "sensitivity", "contribution", "share"):
        columns[name] = [getattr(row, name) for _, row in rows]
    return columns


def _correlations(record: Record) -> dict[str, list[Any]]:
    """Return the correlation coefficients of results that belong together, each pair once."""
    rows = []
    for of_set in sets(record.results):
        for i, one in enumerate(of_set):
            assert one.together is not None
            rows += [(one, other, one.together.correlation[j]) for j, other in enumerate(of_set[:i])]
    return {
        "phase": [one.phase for one, _, _ in rows],
        "point": [one.point for one, _, _ in rows],
        "other_point": [other.point for _, other, _ in rows],
        "correlation": [r for _, _, r in rows],
    }


def _attempts(record: Record) -> dict[str, list[Any]]:
    view = record.readings()
    attempts = view.attempts
    return {
        **_Of(view).columns([a.id for a in attempts]),
        "begun": [_time(a.begun) for a in attempts],
        "ended": [None if a.ended is None else _time(a.ended) for a in attempts],
        "reason": [a.reason or "" for a in attempts],
    }


def _environment(record: Record) -> dict[str, list[Any]]:
    noted = record.readings().environment
    columns: dict[str, list[Any]] = {"time": [_time(c.time) for c in noted]}
    return columns | {name: [getattr(c, name) for c in noted] for name in ("quantity", "value", "unit")}


def _events(record: Record) -> dict[str, list[Any]]:
    events = record.events()
    return {
        "time": [_time(e.time) for e in events],
        "kind": [e.kind for e in events],
        "details": [to_json(e.details) for e in events],
    }


def _answers(record: Record) -> dict[str, list[Any]]:
    answers = record.answers()
    return {
        "time": [_time(a.time) for a in answers],
        "prompt": [a.prompt for a in answers],
        "question": [to_json(a.question) for a in answers],
        "value": [to_json(a.value) for a in answers],
        "by": [a.by for a in answers],
    }


def _traffic(record: Record) -> dict[str, list[Any]]:
    messages = record.traffic()
    return {
        "time": [_time(m.time) for m in messages],
        "resource": [m.resource for m in messages],
        "direction": [m.direction for m in messages],
        "message": [repr(m.message)[2:-1] for m in messages],
        "attempt": [m.attempt for m in messages],
    }


def _about(record: Record) -> dict[str, list[Any]]:
    job, procedure = record.snapshot.get("job", {}), record.snapshot.get("procedure", {})
    facts = {
        "format": record.format,
        "digest": record.digest,
        "status": record.status,
        "begun": record.begun,
        "ended": record.ended or "",
        "order": job.get("number", ""),
        "certificate": job.get("certificate_number", ""),
        "item": to_json(job.get("item", {})),
        "procedure": f"{procedure.get('id', '')} {procedure.get('version', '')}".strip(),
        "engine": to_json(record.engine),
        "revisions": to_json([asdict(r) for r in record.revisions]),
    }
    return {"fact": list(facts), "value": [str(v) for v in facts.values()]}


_MAKERS = {
    "readings": _readings,
    "results": _results,
    "budgets": _budgets,
    "correlations": _correlations,
    "attempts": _attempts,
    "environment": _environment,
    "samples": _samples,
    "events": _events,
    "answers": _answers,
    "traffic": _traffic,
    "about": _about,
}
NAMES = tuple(_MAKERS)


class _Of:
    """Point, phase, number and outcome of attempts, by their ids."""

    def __init__(self, view: Readings) -> None:
        self._attempts: dict[int, Attempt] = {a.id: a for a in view.attempts}

    def columns(self, ids: Sequence[int]) -> dict[str, list[Any]]:
        attempts = [self._attempts[i] for i in ids]
        return {
            "point": [a.point for a in attempts],
            "phase": [a.phase for a in attempts],
            "attempt": [a.number for a in attempts],
            "outcome": [a.outcome for a in attempts],
        }


def _time(seconds: float) -> datetime:
    return _EPOCH + timedelta(microseconds=round(seconds * 1e6))
