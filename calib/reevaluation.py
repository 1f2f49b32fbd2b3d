"""A record evaluated again: with newer software, or with a corrected standard; and what that changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from calib.equipment import Equipment, shortcomings
from calib.equipment.chain import chain, document_states
from calib.errors import CalibrationStatusError, EquipmentError, InputError
from calib.files import as_model, read_model
from calib.procedure import Context, Procedure, Result
from calib.record import Record, SigningKey
from calib.record.revise import write_revision
from calib.run import Laboratory, find_key, find_procedure, require_seal
from calib.run.plan import about_procedure, plain, software

_PRINTED = ("reported_error", "reported_U", "lower_limit", "upper_limit", "verdict")
_NUMBERS = ("error", "u", "k", "U", *_PRINTED)


@dataclass(frozen=True)
class ResultChange:
    """A result before and after; None where there is none."""

    before: Result | None
    after: Result | None

    @property
    def changed(self) -> bool:
        """Whether any number or the verdict is another."""
        return _numbers(self.before) != _numbers(self.after)

    @property
    def changed_in_print(self) -> bool:
        """Whether what a certificate prints is another."""
        before, after = _numbers(self.before), _numbers(self.after)
        return [before.get(n) for n in _PRINTED] != [after.get(n) for n in _PRINTED]


@dataclass(frozen=True)
class Reevaluation:
    """A record evaluated again; nothing is written yet."""

    parent: Record
    snapshot: Mapping[str, Any]
    """The run's, with the corrected standards."""
    results: tuple[Result, ...]
    engine: Mapping[str, Any]
    replaced: tuple[Mapping[str, Any], ...]
    """What is another than before: standards and procedure."""

    @cached_property
    def compared(self) -> tuple[ResultChange, ...]:
        """Every result, before and after."""
        before = {(r.point, r.phase): r for r in self.parent.results}
        after = {(r.point, r.phase): r for r in self.results}
        return tuple(ResultChange(before.get(key), after.get(key)) for key in before | after)


def evaluate_again(
    record: Path, standards: Sequence[Path] = (), procedure: str | None = None, laboratory: Laboratory | None = None
) -> Reevaluation:
    """Evaluate what a record holds with the procedure as it is installed now, and with corrected `standards`.

    `standards` are files as in the register, one for each standard whose certificate was wrong; `procedure` is the
    name or path where it is another than the record names.

    Raises
    ------
    IntegrityError
        The record is not intact: nothing is made of it.
    EquipmentError, CalibrationStatusError
        A file is of equipment that was not used, or does not allow its use on the day of the run.
    """
    parent = Record.open(record)
    require_seal(parent, None if laboratory is None else laboratory.public_keys())
    chosen = find_procedure(procedure or parent.snapshot["procedure"]["id"])
    snapshot, replaced = dict(parent.snapshot), []
    snapshot["equipment"] = dict(snapshot["equipment"])
    for path in standards:
        corrected = _corrected(path, parent)
        id_ = corrected.id
        replaced.append(
            {
                "what": "standard",
                "equipment": id_,
                "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "before": snapshot["equipment"][id_],
                "after": plain(corrected),
            }
        )
        snapshot["equipment"][id_] = plain(corrected)
    if standards and "traceability" in snapshot:
        snapshot["traceability"] = _traced(snapshot, laboratory)
    method = chosen(Context(snapshot))
    _check_standards(method, [read_model(path, Equipment) for path in standards])
    about = _about(chosen)
    was = {key: parent.snapshot["procedure"].get(key) for key in about}
    if was != about:
        replaced.append({"what": "procedure", "before": was, "after": about})
    results = method.evaluate(replace(parent.readings(), snapshot=snapshot))
    engine = {"procedure": chosen.version, "source_sha256": about["source_sha256"], "software": dict(software())}
    return Reevaluation(parent, snapshot, results, engine, tuple(replaced))


def keep(again: Reevaluation, by: str, why: str, target: Path | None = None, key: SigningKey | None = None) -> Path:
    """Write a record evaluated again beside its parent, or at `target`; sealed with `key` by the person `by`."""
    return write_revision(
        again.parent,
        "re-evaluation",
        by=by,
        why=why,
        changes=(*again.replaced, *(_change(c) for c in again.compared if c.changed)),
        target=target,
        key=key,
        snapshot=again.snapshot,
        results=tuple(r.as_json() for r in again.results),
        engine=again.engine,
    )


def sealing_key(parent: Path, laboratory: Laboratory | None, keys: Path | None = None) -> SigningKey | None:
    """Return the laboratory's key for what is made of a record; raise `InputError` where a sealed one would lose it."""
    if laboratory is not None and laboratory.about.seal_key:
        return find_key(laboratory.about.seal_key, keys)
    if Record.open(parent).seal is not None:
        msg = f"{parent}: is sealed, and what is made of it must be: name the laboratory and its key with --lab"
        raise InputError(msg)
    return None


def _corrected(path: Path, parent: Record) -> Equipment:
    """Return the standard in a file; it must be one that the run used."""
    equipment = read_model(path, Equipment)
    used = parent.snapshot["equipment"]
    if equipment.id not in used:
        msg = f"{path}: '{equipment.id}' was not used in {parent.path}; used: {', '.join(sorted(used))}"
        raise EquipmentError(msg)
    for name in ("manufacturer", "model", "serial_number"):
        was, now_ = used[equipment.id].get(name), getattr(equipment, name)
        if was != now_:
            msg = f"{path}: {name} is '{now_}', that of {equipment.id} in {parent.path} is '{was}': another instrument"
            raise EquipmentError(msg)
    return equipment


def _traced(snapshot: Mapping[str, Any], laboratory: Laboratory | None) -> dict[str, Any]:
    """Return the chain to the SI with the corrected standards; files of certificates are those of the laboratory."""
    upstream = snapshot["traceability"].get("upstream", {})
    own, above = (
        {id_: as_model(dict(plain_), Equipment, f"equipment {id_}") for id_, plain_ in found.items()}
        for found in (snapshot["equipment"], upstream)
    )
    files = {} if laboratory is None else document_states({**own, **above}, laboratory.folder / "equipment")
    on, simulated = Context(snapshot).date, bool(snapshot.get("simulated"))
    served = {id_: e.model_copy(update={"state": "in service"}) for id_, e in own.items()}
    found = {id_: shortcomings(e, on, "certificate") for id_, e in served.items()}
    return chain(own, above, on, documents=files, found=found, simulated=simulated).plain() | {"upstream": upstream}


def _check_standards(method: Procedure, corrected: Sequence[Equipment]) -> None:
    """Refuse corrected standards that could not have been used on the day of the run."""
    context, found = method.context, []
    for role, place in context.snapshot["bench"]["roles"].items():
        for equipment in corrected:
            if place["equipment"] != equipment.id:
                continue
            then = equipment.model_copy(update={"state": "in service"})  # the state is that of today, not of the run
            allowed = bool(context.exceptions(equipment.id))
            wrong = shortcomings(then, context.date, method.route(role))
            found += [s.what.en for s in wrong if not (allowed and s.may_be_excepted)]
    if found:
        raise CalibrationStatusError("\n".join(found))


def _about(procedure: type[Procedure]) -> dict[str, str]:
    about = about_procedure(procedure)
    return {key: about[key] for key in ("id", "version", "source_sha256")}


def _numbers(result: Result | None) -> dict[str, Any]:
    return {} if result is None else {name: getattr(result, name) for name in _NUMBERS}


def _change(change: ResultChange) -> dict[str, Any]:
    known = change.after or change.before
    assert known is not None
    return {
        "what": "result",
        "point": known.point,
        "phase": known.phase,
        "before": _numbers(change.before),
        "after": _numbers(change.after),
    }
