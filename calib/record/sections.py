"""Who, what, when, with what and how: the facts in a record file, and which journal it was made of."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from calib.record.contents import Contents
from calib.record.encoding import to_json
from calib.record.layout import group, number, table, text

if TYPE_CHECKING:
    import h5py


def write_facts(entry: "h5py.Group", contents: Contents) -> None:
    """Write who, what, when and how: everything that the snapshot names, and the snapshot whole."""
    snapshot = contents.state.snapshot
    zone = timezone(timedelta(seconds=contents.utc_offset_s))
    ended = None if contents.ended is None else datetime.fromtimestamp(contents.ended, zone).isoformat()
    job, procedure = _tables(snapshot, "job"), _tables(snapshot, "procedure")
    text(
        entry,
        title=job.get("number"),
        status=contents.status,
        start_time=datetime.fromtimestamp(contents.begun, zone).isoformat(),
        end_time=ended,
        snapshot=to_json(snapshot),
        software=to_json(_tables(snapshot, "software")),
        exceptions=to_json(snapshot.get("exceptions", [])),
    )
    number(entry, "utc_offset", contents.utc_offset_s, units="s")
    text(group(entry, "operator", "NXuser"), name=_name(snapshot.get("operator")))
    laboratory = group(entry, "laboratory", "NXcollection")
    text(laboratory, **_both("name", _tables(snapshot, "laboratory").get("name")))
    text(laboratory, **_both("address", _tables(snapshot, "laboratory").get("address")))
    process = group(entry, "procedure", "NXprocess")
    text(
        process,
        program=procedure.get("id"),
        version=procedure.get("version"),
        source=procedure.get("source"),
        source_sha256=procedure.get("source_sha256"),
        parameters=to_json(procedure.get("parameters", {})),
        **_both("title", procedure.get("title")),
    )


def write_instruments(entry: "h5py.Group", snapshot: Mapping[str, Any]) -> None:
    """Write the item, and each piece of equipment with what is known of it."""
    _instrument(entry, "dut", _tables(_tables(snapshot, "job"), "item"))
    reference = group(entry, "reference", "NXcollection")
    for identifier, equipment in _tables(snapshot, "equipment").items():
        instrument = _instrument(reference, identifier.replace("/", "_"), equipment)
        text(instrument, calibrations=to_json(equipment.get("calibrations", [])))
    text(entry, identities=to_json(_tables(snapshot, "identities")))


def _instrument(parent: "h5py.Group", name: str, facts: Mapping[str, Any]) -> "h5py.Group":
    instrument = group(parent, name, "NXinstrument")
    text(instrument, description=to_json(facts))
    fabrication = group(instrument, "fabrication", "NXfabrication")
    text(
        fabrication,
        vendor=facts.get("manufacturer"),
        model=facts.get("model"),
        serial_number=facts.get("serial_number"),
        firmware=facts.get("firmware"),
    )
    return instrument


def write_journal(entry: "h5py.Group", contents: Contents) -> None:
    """Write which journal this was made of: its rows, its last hash, the signature of its end, and doubts of it."""
    parent = group(entry, "journal", "NXcollection")
    text(parent, format=contents.format, head=contents.head.hex(), doubt=contents.doubt or None)
    parent.create_dataset("rows", data=np.int64(contents.rows))
    if contents.signature is not None:
        statement, signature, public_key = contents.signature
        text(parent, statement=statement, signature=signature.hex(), public_key=public_key)


def write_revisions(entry: "h5py.Group", contents: Contents) -> None:
    """Write how the record was made of earlier ones, each step as JSON (`calib.record.revision.Revision`)."""
    table(group(entry, "revisions", "NXcollection"), "revision", {"statement": list(contents.revisions)})


def _tables(snapshot: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = snapshot.get(key)
    return found if isinstance(found, Mapping) else {}


def _name(person: object) -> str:
    if isinstance(person, Mapping):
        person = person.get("name")
    return "" if person is None else str(person)


def _both(name: str, value: object) -> dict[str, object]:
    """Return `name_vi` and `name_en` of a text in both languages, or `name` of a plain one."""
    if isinstance(value, Mapping):
        return {f"{name}_{language}": value.get(language) for language in ("vi", "en")}
    return {name: value}
