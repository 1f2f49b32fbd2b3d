"""A plan: everything about a run that can be known and checked before an instrument is touched."""

import datetime as dt
import hashlib
import inspect
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from calib.drivers.registry import driver_file
from calib.drivers.transport import is_recording
from calib.equipment import Equipment, Register, Shortcoming, shortcomings
from calib.equipment.chain import Chain, chain, document_states, upstream_of
from calib.errors import CalibrationStatusError, InputError
from calib.procedure import Context, Job, Point, Procedure
from calib.run.benchfile import ITEM, BenchFile
from calib.run.filechecks import check_agreements, check_model, check_names, refuse_assumed
from calib.run.laboratory import Laboratory
from calib.run.roles import check_roles
from calib.run.sources import source_digest
from calib.specification import Specification

_SOFTWARE = ("calib-lab", "numpy", "scipy", "h5py", "pyvisa", "pyvisa-py", "pydantic")


@dataclass(frozen=True)
class Permission:
    """A named person allows the use of a standard that would be refused."""

    by: str
    why: str


@dataclass(frozen=True)
class Plan:
    """What is going to be run, checked."""

    procedure: Procedure
    bench: BenchFile
    job: Job
    standards: Mapping[str, Equipment]
    """Equipment of the register by role."""
    snapshot: Mapping[str, Any]
    points: tuple[Point, ...]
    register: tuple[Equipment, ...] = ()
    """All equipment of the laboratory, by whose labels things are told apart."""


def make_plan(
    procedure: type[Procedure],
    laboratory: Laboratory,
    bench: BenchFile,
    job: Job,
    *,
    operator: str,
    today: dt.date,
    permission: Permission | None = None,
) -> Plan:
    """Check that bench, job, register and specifications fit the procedure, and take the snapshot.

    Raises
    ------
    InputError
        A role is missing or unknown, a driver cannot play its role, or a parameter is wrong.
    EquipmentError, FileError
        A standard is unknown, or what the files say of it is wrong.
    CalibrationStatusError
        A standard is overdue or outside its specification's interval, and nobody allowed it.
    """
    check_roles(procedure, bench)
    check_names(laboratory, job)
    check_agreements(laboratory, job, today)
    register = laboratory.register()
    standards = {role: register[r.equipment] for role, r in bench.roles.items() if r.equipment != ITEM}
    specifications = _specifications(laboratory, standards, job)
    about = about_procedure(procedure)
    snapshot = {
        "format": "calib-snapshot/1",
        "laboratory": plain(laboratory.about),
        "date": today.isoformat(),
        "job": plain(job),
        "bench": plain(bench),
        "equipment": {e.id: plain(e) for e in standards.values()},
        "specifications": {s.id: plain(s) for s in specifications},
        "procedure": about,
        "operator": operator,
        "software": dict(software()),
        "exceptions": [],
        "identities": {},
        "simulated": is_simulated(bench, job, standards),
    }
    if not snapshot["simulated"]:
        refuse_assumed(specifications)
    snapshot |= _scope(laboratory, simulated=bool(snapshot["simulated"]))
    if own := _own_drivers(bench):
        snapshot["drivers"] = own
    planned = procedure(Context(snapshot))
    about["parameters"] = plain(planned.context.parameters(procedure.Parameters))
    found = _shortcomings(planned, standards, today)
    traced, above = _traced(register, standards, today, found, simulated=bool(snapshot["simulated"]))
    snapshot["traceability"] = traced.plain() | {"upstream": {e.id: plain(e) for e in above.values()}}
    snapshot["exceptions"] = _check_standards([*found, *traced.shortcomings], permission)
    points = tuple(planned.points())
    snapshot["points"] = [point.plain() for point in points]
    return Plan(planned, bench, job, standards, snapshot, points, tuple(register))


def _own_drivers(bench: BenchFile) -> dict[str, dict[str, str]]:
    """Return the source of every driver that is a file of the laboratory's, by role, as evidence."""
    found: dict[str, dict[str, str]] = {}
    for role, file in bench.roles.items():
        path, _ = driver_file(file.driver)
        if path is not None:
            source = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(source.encode()).hexdigest()
            found[role] = {"file": str(path), "source": source, "source_sha256": digest}
    return found


def is_simulated(bench: BenchFile, job: Job, standards: Mapping[str, Equipment]) -> bool:
    """Return whether anything is simulated: the file says so, a recording is replayed, a serial begins with SIM."""
    recorded = any(is_recording(role.resource) for role in bench.roles.values())
    serials = [job.item.serial_number, *(e.serial_number for e in standards.values())]
    return bench.simulation is not None or recorded or any(s.upper().startswith("SIM") for s in serials)


def _scope(laboratory: Laboratory, *, simulated: bool) -> dict[str, Any]:
    """Return the laboratory's scope for the snapshot; raise `InputError` for a simulated one on a real bench."""
    scope = laboratory.scope()
    if scope is None:
        return {}
    if scope.simulated and not simulated:
        msg = (
            f"{laboratory.folder / 'scope.toml'}: is that of a simulated laboratory, and this bench is real: write the "
            "scope of your own accreditation, or delete the file where there is none"
        )
        raise InputError(msg)
    return {"scope": plain(scope)}


def _traced(
    register: Register,
    standards: Mapping[str, Equipment],
    today: dt.date,
    found: Sequence[Shortcoming],
    *,
    simulated: bool,
) -> tuple[Chain, Mapping[str, Equipment]]:
    """Return the chain of the results to the SI, and the equipment on which calibrations of the standards rest."""
    own = {e.id: e for e in standards.values()}
    above = upstream_of(own, {e.id: e for e in register})
    files = document_states({**own, **above}, register.folder)
    known = {id_: [s for s in found if s.equipment == id_] for id_ in own}
    return chain(own, above, today, documents=files, found=known, simulated=simulated), above


def _shortcomings(procedure: Procedure, standards: Mapping[str, Equipment], today: dt.date) -> list[Shortcoming]:
    """Return all that speaks against the standards themselves, by the routes of their uncertainties."""
    found: list[Shortcoming] = []
    for role, equipment in standards.items():
        # what reads the air is used with its certificate, whatever route the procedure takes for its own standards
        route = procedure.route(role) if role in procedure.roles else "certificate"
        found += shortcomings(equipment, today, route)
    return found


def _check_standards(found: list[Shortcoming], permission: Permission | None) -> list[dict[str, Any]]:
    """Return what a named person excepts; raise `CalibrationStatusError` with all that he does not."""
    refused = [s for s in found if permission is None or not s.may_be_excepted]
    if refused:
        lines = [s.what.en for s in refused]
        if any(s.may_be_excepted for s in refused):
            lines.append("have it calibrated, or let a named person allow it: --allow-overdue REASON --operator NAME")
        raise CalibrationStatusError("\n".join(lines))
    assert permission is not None or not found
    return [
        {"equipment": s.equipment, "what": asdict(s.what), "why": permission.why, "by": permission.by}
        for s in found
        if permission
    ]


def _specifications(laboratory: Laboratory, standards: Mapping[str, Equipment], job: Job) -> list[Specification]:
    found: list[Specification] = []
    if job.item.specification is not None:
        found.append(laboratory.specification(job.item.specification))
        check_model(f"job: item {job.item.manufacturer} {job.item.model}", job.item.model, found[0])
    for equipment in standards.values():
        if equipment.specification is not None:
            found.append(laboratory.specification(equipment.specification))
            check_model(equipment.name, equipment.model, found[-1])
    return found


def about_procedure(procedure: type[Procedure]) -> dict[str, Any]:
    """Return what a snapshot says of a procedure, with its source as evidence."""
    file = Path(inspect.getfile(procedure))
    source, data = file.read_text(encoding="utf-8"), file.with_suffix(".toml")
    beside = data.read_text(encoding="utf-8") if data.is_file() else ""
    return {
        "id": procedure.id,
        "version": procedure.version,
        "title": {"vi": procedure.title.vi, "en": procedure.title.en},
        "method": {"vi": procedure.method.vi, "en": procedure.method.en},
        "equation": procedure.equation,
        "source": source,
        "source_sha256": hashlib.sha256(source.encode()).hexdigest(),
        "data": beside,
        "data_sha256": hashlib.sha256(beside.encode()).hexdigest(),
    }


@cache
def software() -> dict[str, str]:
    """Return the versions of calib and of what it computes with."""
    found = {"python": platform.python_version(), "system": platform.platform()}
    found["calib-source-sha256"] = source_digest()
    for name in _SOFTWARE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def plain(model: BaseModel) -> dict[str, Any]:
    """Return a model as the values that its JSON holds, without what was not given."""
    found = json.loads(model.model_dump_json(exclude_none=True))
    assert isinstance(found, dict)
    return found
