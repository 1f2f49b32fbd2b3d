"""A dry run: everything about a run that can be checked, with its verdict, before an instrument is sent anything."""

import datetime as dt
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from calib.errors import CalibError, CalibrationStatusError, FileError
from calib.procedure import Job, Procedure
from calib.record.place import refuse_network
from calib.run.benchfile import BenchFile
from calib.run.interlock import Hazard
from calib.run.laboratory import Laboratory
from calib.run.lines import duration
from calib.run.output import JOURNAL, RECORD
from calib.run.plan import Permission, Plan, make_plan
from calib.run.rehearsal import refused_limits, rehearse
from calib.run.sealing import find_key
from calib.run.upkeep import ROOM_BYTES
from calib.text import Text, both, same

State = Literal["ok", "refused", "unknown"]
NEEDED_BYTES = 4 * ROOM_BYTES
"""Journal, its log, the room that it holds, and the record."""
_ANYBODY = Permission(by="dry run", why="to look at what comes behind the state of a standard")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    what: Text
    state: State
    told: Text
    """What was found; for `refused`, what is wrong and what to do."""


@dataclass
class DryRun:
    """The checks of a run that is not begun."""

    procedure: type[Procedure]
    laboratory: Laboratory
    bench: BenchFile
    job: Job
    operator: str
    today: dt.date
    folder: Path
    """Where journal and record would go."""
    permission: Permission | None = None
    keys: Path | None = None
    checks: list[Check] = field(default_factory=list)

    def carry_out(self, ask: Callable[[Plan], str] | None = None) -> tuple[Check, ...]:
        """Return all checks; nothing is written. `ask` asks the instruments who they are, and returns what they say."""
        plan = self._plan()
        if plan is not None:
            self._check_points(plan)
        self._try(both("Folder and disk"), self._room)
        self._try(both("Key"), self._key)
        if plan is not None and ask is not None:
            self._try(both("Instruments"), lambda: same(ask(plan)))
        return tuple(self.checks)

    def _plan(self) -> Plan | None:
        """Check bench, roles, job, register and specifications; a standard's state hides nothing behind it."""
        found: Plan | None = None
        try:
            found = self._made(self.permission)
            self._add(both("Standards"), "ok", self._exceptions(found))
        except CalibrationStatusError as error:
            self._add(both("Standards"), "refused", same(str(error)))
            try:
                found = self._made(_ANYBODY)
            except CalibError as behind:
                if str(behind) != str(error):
                    self._add(both("Bench and job"), "refused", same(str(behind)))
        except CalibError as error:
            self._add(both("Bench and job"), "refused", same(str(error)))
        if found is not None:
            roles = ", ".join(f"{role} = {file.equipment} ({file.driver})" for role, file in self.bench.roles.items())
            self.checks.insert(0, Check(both("Bench and job"), "ok", same(f"{self.bench.name}: {roles}")))
        return found

    def _made(self, permission: Permission | None) -> Plan:
        return make_plan(
            self.procedure,
            self.laboratory,
            self.bench,
            self.job,
            operator=self.operator,
            today=self.today,
            permission=permission,
        )

    def _exceptions(self, plan: Plan) -> Text:
        count = len(plan.snapshot["exceptions"])
        if count == 0:
            return both("none is overdue")
        return both("{count} exceptions, allowed by {by}", count=count, by=plan.snapshot["exceptions"][0]["by"])

    def _check_points(self, plan: Plan) -> None:
        rehearsal = rehearse(plan)
        sources = [role for role in self.procedure.sources if role in plan.bench.roles]
        refused = (*rehearsal.refused, *refused_limits(plan, sources))
        if refused:
            self._add(both("Points and ranges"), "refused", same("\n".join(refused)))
        elif rehearsal.unknown:
            lines = same("\n".join(rehearsal.unknown))
            self._add(
                both("Points and ranges"), "unknown", both("cannot be told before the run:\n{lines}", lines=lines)
            )
        else:
            told = both(
                "{count} points, up to {highest}; the drivers take every setting",
                count=len(plan.points),
                highest=Hazard.of(plan.points).text,
            )
            self._add(both("Points and ranges"), "ok", told)
        seconds = sum(p.estimate_s for p in plan.points)
        told = both("about {time} of measuring; connecting and warm-up come on top", time=duration(seconds))
        self._add(both("Time"), "ok", told)

    def _room(self) -> Text:
        """Return where the run would go and how much room there is; raise `FileError` where it cannot."""
        for name in (JOURNAL, RECORD):
            if (self.folder / name).exists():
                msg = f"{self.folder} holds a run already ({name}); name a new folder with --output"
                raise FileError(msg)
        place = next(p for p in (self.folder.resolve(), *self.folder.resolve().parents) if p.exists())
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            msg = f"{place} cannot be written; name another folder with --output"
            raise FileError(msg)
        refuse_network(place / JOURNAL)
        free = shutil.disk_usage(place).free
        if free < NEEDED_BYTES:
            msg = f"{place}: {free / 2**20:.0f} MB are free, {NEEDED_BYTES / 2**20:.0f} MB are needed: free some room"
            raise FileError(msg)
        return both("{folder}; {free:.1f} GB free", folder=self.folder, free=free / 1e9)

    def _key(self) -> Text:
        name = self.laboratory.about.seal_key
        if not name:
            return both("the laboratory names none: the record will carry no seal")
        return both("{name} is there", name=find_key(name, self.keys).id[:16])

    def _try(self, what: Text, check: Callable[[], Text]) -> None:
        try:
            self._add(what, "ok", check())
        except CalibError as error:
            self._add(what, "refused", same(str(error)))

    def _add(self, what: Text, state: State, told: Text) -> None:
        self.checks.append(Check(what, state, told))
