"""The sample laboratory: a register, and for every procedure a bench, a simulated bench and a job.

A study reads it once and calibrates on it as often as wanted, in memory, on a virtual clock: the same plan, engine,
drivers and evaluation as on a real bench; only the wire is in memory, and an hour takes no time.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from string import Template
from typing import Any

from calib.clock import VirtualClock
from calib.drivers.operated.person import is_read_by_a_person
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile as SimulatedBenchFile
from calib.drivers.simulation.truths import Truths
from calib.equipment import Equipment, Register
from calib.errors import FileError
from calib.files import as_model, read_toml
from calib.procedure import Job, Procedure
from calib.record import SigningKey
from calib.run import (
    BenchFile,
    Laboratory,
    Outcome,
    Plan,
    SimulatedHands,
    SimulatedOperator,
    Watcher,
    find_procedure,
    make_plan,
    run,
)

FOLDER = Path(__file__).parent / "laboratory"
AGE_DAYS = 30
"""Of the calibrations in the sample laboratory's register."""


def write_sample(folder: Path) -> Path:
    """Write the sample laboratory into a folder, its dates counted from today; return the folder."""
    today = dt.datetime.now().astimezone().date()
    calibrated = today - dt.timedelta(days=AGE_DAYS)
    values = {
        "calibrated": calibrated.isoformat(),
        "due": (calibrated + dt.timedelta(days=365)).isoformat(),
        "received": (today - dt.timedelta(days=2)).isoformat(),
    }
    for template in sorted(FOLDER.rglob("*.toml")):
        path = folder / template.relative_to(FOLDER)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(template.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")
    return folder


@cache
def sample_folder() -> Path:
    """Return the sample laboratory in a folder of this process."""
    return write_sample(Path(tempfile.mkdtemp(prefix="calib-sample-")))


@dataclass(frozen=True)
class Sample:
    """A laboratory folder with a simulated bench and a job for one procedure."""

    laboratory: Laboratory
    register: Register
    bench: BenchFile
    job: Job
    simulation: Path
    """The file of the simulated bench."""
    procedure: type[Procedure]

    @classmethod
    def load(
        cls,
        procedure: str | type[Procedure],
        folder: Path | None = None,
        *,
        bench: Path | None = None,
        simulation: Path | None = None,
        job: Path | None = None,
        variant: str = "",
        parameters: Mapping[str, Any] | None = None,
        points: tuple[Mapping[str, Any], ...] | None = None,
    ) -> "Sample":
        """Read the files of a procedure: `benches/ID.toml`, `benches/ID-simulated.toml`, `jobs/ID.toml`.

        With a `variant` they are those of `ID-VARIANT`: another bench, such as one with another kind of standard.
        `folder` is a laboratory of your own, else the sample one; `parameters` change those of the job, `points` take
        the place of its points.

        Raises
        ------
        FileError
            A file is missing or wrong.
        """
        found = find_procedure(procedure)
        at, name = folder or sample_folder(), f"{found.id}-{variant}" if variant else found.id
        paths = {
            "bench": bench or at / "benches" / f"{name}.toml",
            "simulation": simulation or at / "benches" / f"{name}-simulated.toml",
            "job": job or at / "jobs" / f"{name}.toml",
        }
        missing = [str(p) for p in paths.values() if not p.is_file()]
        if missing:
            msg = f"a study of {name} needs a bench, a simulated bench and a job; missing: {', '.join(missing)}"
            raise FileError(msg)
        tables = read_toml(paths["job"])
        tables["parameters"] = {**tables.get("parameters", {}), **(parameters or {})}
        if points is not None:
            tables["points"] = list(points)
        laboratory = Laboratory.load(at)
        return cls(
            laboratory,
            laboratory.register(),
            _in_memory(BenchFile.read(paths["bench"])),
            as_model(tables, Job, str(paths["job"])),
            paths["simulation"],
            found,
        )

    @cached_property
    def simulated(self) -> SimulatedBenchFile:
        """The simulated bench as its file has it."""
        return SimulatedBenchFile.read(self.simulation)

    def plan(self, today: dt.date, standards: Mapping[str, Equipment] | None = None, job: Job | None = None) -> Plan:
        """Return the plan; `standards` by role take the place of the register's entries, `job` that of the file's."""
        drawn = {e.id: e for e in (standards or {}).values()}
        register = Register({e.id: drawn.get(e.id, e) for e in self.register}, self.register.folder, {})
        laboratory = _WithRegister(self.laboratory.folder, self.laboratory.about, register)
        wanted = job or self.job
        return make_plan(self.procedure, laboratory, self.bench, wanted, operator="simulated operator", today=today)

    def simulated_bench(self, seed: int, truths: Truths | None = None) -> SimulatedBench:
        """Return the bench with the units that `seed` draws, but for `truths`; it knows its truth."""
        clock = VirtualClock(dt.datetime.now().astimezone())
        specifications = self.laboratory.folder / "specifications"
        return SimulatedBench(self.simulated, clock=clock, seed=seed, specifications=specifications, truths=truths)

    def calibrate(
        self,
        bench: SimulatedBench,
        plan: Plan | None = None,
        *,
        watcher: Watcher | None = None,
        folder: Path | None = None,
        key: SigningKey | None = None,
    ) -> Outcome:
        """Run the calibration on a bench of `simulated_bench`; its record goes into `folder`, sealed with `key`."""
        return run(
            plan or self.plan(bench.clock.now().date()),
            connect=lambda resource, sink: bench.open(resource, sink=sink),
            clock=bench.clock,
            operator=SimulatedHands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
            watcher=watcher,
            folder=folder,
            key=key,
        )


@dataclass(frozen=True)
class _WithRegister(Laboratory):
    """A laboratory whose register is read already."""

    read: Register

    def register(self) -> Register:
        return self.read


def _in_memory(bench: BenchFile) -> BenchFile:
    """Return the bench on lines in memory, but for what a person reads."""
    roles = {
        role: file if is_read_by_a_person(file.resource) else file.model_copy(update={"resource": f"MEMORY::{role}"})
        for role, file in bench.roles.items()
    }
    return bench.model_copy(update={"roles": roles})


def with_job(sample: Sample, **changes: Any) -> Sample:
    """Return the sample with another job: fields of the `Job` by name."""
    return replace(sample, job=sample.job.model_copy(update=changes))
