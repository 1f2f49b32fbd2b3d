"""The content of a record file, gathered so that another can be made of it with the same writers."""

from datetime import datetime

from calib.record.contents import Contents
from calib.record.opening import opened
from calib.record.reader import Record
from calib.record.rows import column, text
from calib.record.state import RunState


def contents_of(record: Record) -> Contents:
    """Return everything that the record holds, but for its seal."""
    view = record.readings()
    state = RunState()
    state.snapshot = view.snapshot
    state.preparations = {p.id: p for p in view.preparations}
    state.attempts = {a.id: a for a in view.attempts}
    state.reading_rows = [(r.time, r.attempt, r.channel, r.value, r.unit) for r in view.readings]
    state.blocks = list(view.blocks)
    state.environment = list(view.environment)
    with opened(record.path) as file:
        entry = file["entry"]
        ended = zip(column(entry["preparations"], "preparation"), column(entry["preparations"], "ended"), strict=True)
        state.preparations_ended = {id_: time for id_, time in ended if time == time}  # noqa: PLR0124 - nan: not ended
        journal = entry["journal"]
        facts = {name: text(journal[name]) for name in ("format", "head")}
        rows = int(journal["rows"][()])
        doubt = text(journal["doubt"]) if "doubt" in journal else ""
        signed = None
        if "signature" in journal:
            signed = (
                text(journal["statement"]),
                bytes.fromhex(text(journal["signature"])),
                text(journal["public_key"]),
            )
        offset_s = float(entry["utc_offset"][()])
    return Contents(
        state=state,
        format=facts["format"],
        begun=datetime.fromisoformat(record.begun).timestamp(),
        ended=None if record.ended is None else datetime.fromisoformat(record.ended).timestamp(),
        utc_offset_s=offset_s,
        traffic=record.traffic(),
        events=record.events(),
        answers=record.answers(),
        results=tuple(r.as_json() for r in record.results),
        engine=record.engine,
        status=record.status,
        rows=rows,
        head=bytes.fromhex(facts["head"]),
        key=None,
        signature=signed,
        doubt=doubt,
        revisions=record.revision_texts,
    )
