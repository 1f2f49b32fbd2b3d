"""A calibration on a simulated bench within this process, on a virtual clock: for studies and for tests of procedures.

The same plan, engine, drivers and evaluation as on a real bench; only the wire is in memory, and an hour takes no time.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calib.clock import VirtualClock
from calib.drivers.simulation import SimulatedBench
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


@dataclass(frozen=True)
class InMemoryLaboratory:
    """A laboratory folder with a simulated bench, read once and run as often as wanted."""

    laboratory: Laboratory
    bench: BenchFile
    job: Job
    simulation: Path
    """The file of the simulated bench."""
    procedure: type[Procedure]
    _plans: dict[dt.date, Plan] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(
        cls,
        folder: Path,
        procedure: str = "dmm-dc-voltage",
        *,
        parameters: Mapping[str, Any] | None = None,
        simulation: Path | None = None,
    ) -> "InMemoryLaboratory":
        """Read a starter laboratory; `parameters` change those of its job, `simulation` is another simulated bench."""
        served = simulation or folder / "benches" / "simulated-laboratory.toml"
        job = read_toml(folder / "jobs" / "example.toml")
        job["parameters"] = {**job.get("parameters", {}), **(parameters or {})}
        bench = BenchFile.read(folder / "benches" / "simulated.toml")
        roles = {r: f.model_copy(update={"resource": f"MEMORY::{r}"}) for r, f in bench.roles.items()}
        return cls(
            laboratory=Laboratory.load(folder),
            bench=bench.model_copy(update={"roles": roles}),
            job=as_model(job, Job, "job"),
            simulation=served,
            procedure=find_procedure(procedure),
        )

    def _plan(self, today: dt.date) -> Plan:
        """Return the plan of a day, made once: its files are read no more."""
        if today not in self._plans:
            self._plans[today] = make_plan(
                self.procedure, self.laboratory, self.bench, self.job, operator="simulated operator", today=today
            )
        return self._plans[today]

    def simulated_bench(self, seed: int) -> SimulatedBench:
        """Return the bench with the units that `seed` draws; it knows its truth."""
        clock = VirtualClock(dt.datetime.now().astimezone())
        specifications = self.laboratory.folder / "specifications"
        return SimulatedBench.from_file(self.simulation, clock=clock, seed=seed, specifications=specifications)

    def calibrate(
        self,
        bench: SimulatedBench,
        watcher: Watcher | None = None,
        folder: Path | None = None,
        key: SigningKey | None = None,
    ) -> Outcome:
        """Run the calibration on a bench of `simulated_bench`; its record goes into `folder`, sealed with `key`."""
        return run(
            self._plan(bench.clock.now().date()),
            connect=lambda resource, sink: bench.open(resource, sink=sink),
            clock=bench.clock,
            operator=SimulatedHands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
            watcher=watcher,
            folder=folder,
            key=key,
        )
