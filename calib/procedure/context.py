"""What a procedure knows before it measures, and years later when it is evaluated again: the snapshot, typed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from calib.equipment import Equipment
from calib.errors import InputError
from calib.files import Strict, as_model
from calib.procedure.job import Job
from calib.procedure.point import Point
from calib.specification import Covered, Scope, Specification
from calib.text import Text

Parameters = TypeVar("Parameters", bound=Strict)
_PARAMETERS = "job: parameters"


@dataclass(frozen=True)
class Standard:
    """A standard of the laboratory as the register described it on the day."""

    equipment: Equipment
    specification: Specification | None

    @property
    def stated_specification(self) -> Specification:
        """Its specification; raise `InputError` where the register names none."""
        if self.specification is None:
            msg = f"{self.equipment.name}: its file in the register names no specification"
            raise InputError(msg)
        return self.specification


@dataclass(frozen=True)
class Context:
    """The snapshot of a run, read-only. Everything that a procedure needs besides readings is in it."""

    snapshot: Mapping[str, Any]

    @cached_property
    def job(self) -> Job:
        """The job."""
        return as_model(dict(self.snapshot["job"]), Job, "job")

    @cached_property
    def date(self) -> dt.date:
        """The laboratory's day on which the run began."""
        return dt.date.fromisoformat(self.snapshot["date"])

    @cached_property
    def item_specification(self) -> Specification:
        """Specification of the item under calibration; raise `InputError` where the job names none."""
        id_ = self.job.item.specification
        if id_ is None:
            msg = "job: item: names no 'specification': this method needs its ranges and digits"
            raise InputError(msg)
        return self._specification(id_)

    @cached_property
    def scope(self) -> Scope | None:
        """Scope of the laboratory as it was, None where it had none."""
        found = self.snapshot.get("scope")
        return None if found is None else as_model(dict(found), Scope, "scope")

    def covered(self, quantity: str, nominal: float, frequency_Hz: float | None = None) -> Covered | None:
        """Return what the scope says of a point of this procedure; None where the laboratory has no scope."""
        if self.scope is None:
            return None
        return self.scope.covered(
            quantity,
            nominal,
            method=self.snapshot["procedure"]["id"],
            on=self.date,
            frequency_Hz=frequency_Hz,
            on_site=self.job.location is not None,
        )

    def standard(self, role: str) -> Standard:
        """Return the standard that plays `role`."""
        id_ = self.snapshot["bench"]["roles"][role]["equipment"]
        equipment = as_model(dict(self.snapshot["equipment"][id_]), Equipment, f"equipment {id_}")
        specification = self._specification(equipment.specification) if equipment.specification is not None else None
        return Standard(equipment, specification)

    def parameters(self, kind: type[Parameters]) -> Parameters:
        """Return the parameters of the procedure: as the run had them, before it as the job gives them."""
        known = self._parameters.get(kind)
        if known is None:
            given = self.snapshot["procedure"].get("parameters")
            tables = dict(self.snapshot["job"].get("parameters", {}) if given is None else given)
            known = self._parameters[kind] = as_model(tables, kind, _PARAMETERS)
        assert isinstance(known, kind)
        return known

    @cached_property
    def _parameters(self) -> dict[type[Strict], Strict]:
        return {}

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points as they were planned."""
        return tuple(Point(**{**p, "title": Text(**p["title"])}) for p in self.snapshot["points"])

    def exceptions(self, equipment: str) -> tuple[Mapping[str, Any], ...]:
        """Return what was allowed by a named person for a standard: `what`, `why`, `by`."""
        return tuple(e for e in self.snapshot.get("exceptions", ()) if e["equipment"] == equipment)

    def _specification(self, id_: str) -> Specification:
        return as_model(dict(self.snapshot["specifications"][id_]), Specification, f"specification {id_}")
