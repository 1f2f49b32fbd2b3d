"""Laboratories in memory, with short jobs, and operators who leave their script."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from calib.demo import in_memory
from calib.drivers.simulation import SimulatedBench
from calib.errors import Aborted
from calib.ports import Answer, Operator, Prompt
from calib.procedure import Job
from calib.record import Journal, SigningKey
from calib.run import (
    Control,
    Outcome,
    Plan,
    SimulatedHands,
    SimulatedOperator,
    Watcher,
    make_plan,
    resume,
    resumption,
    run,
)
from calib.study import Sample

Points = tuple[tuple[float, float], ...]


@dataclass
class Refusing:
    """An operator who does everything but what is named."""

    operator: Operator
    refused: str
    asked: list[Prompt] = field(default_factory=list)
    name: str = "simulated operator"

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        if prompt.id == self.refused:
            msg = f"aborted by the operator at '{prompt.id}'"
            raise Aborted(msg)
        return self.operator.ask(prompt)


@dataclass
class Bench:
    """A simulated bench in memory, and everything that a run on it needs."""

    laboratory: Sample
    simulated: SimulatedBench

    @property
    def history(self) -> list[dict[str, Any]]:
        """All changes of the calibrator's output."""
        changes: list[dict[str, Any]] = self.simulated.state()["outputs"]["source"]["history"]
        return changes

    @property
    def operating(self) -> bool:
        return bool(self.simulated.state()["outputs"]["source"]["operating"])

    def highest_V(self) -> float:
        """Return the highest output that ever was on the terminals, in volts."""
        return max((abs(c["setpoint_V"]) for c in self.history if c["operating"]), default=0.0)

    def operator(self) -> Operator:
        return SimulatedOperator(self.simulated.environment)

    def plan(self) -> Plan:
        given, today = self.laboratory, self.simulated.clock.now().date()
        return make_plan(given.procedure, given.laboratory, given.bench, given.job, operator="An", today=today)

    def calibrate(
        self,
        operator: Operator | None = None,
        *,
        watcher: Watcher | None = None,
        control: Control | None = None,
        folder: Path | None = None,
        connect: Any = None,
        key: SigningKey | None = None,
    ) -> Outcome:
        """Run the job; `connect` takes the place of the in-memory wire."""
        return run(
            self.plan(),
            connect=connect or (lambda resource, sink: self.simulated.open(resource, sink=sink)),
            clock=self.simulated.clock,
            operator=SimulatedHands(operator or self.operator(), self.simulated.connect),
            watcher=watcher,
            control=control,
            folder=folder,
            key=key,
        )


@pytest.fixture
def bench(starter: Path) -> Callable[..., Bench]:
    """Return what makes a bench for a job of a few points."""

    def make(
        points: Points = ((10.0, 5.0),), procedure: str = "dmm-dc-voltage", parameters: Mapping[str, Any] | None = None
    ) -> Bench:
        given = {"reference": "certificate", "nplc": 10, "settle_s": 1.0} | dict(parameters or {})
        laboratory = in_memory(starter, procedure, parameters=given)
        rows = [{"range": range_V, "nominal": nominal_V} for range_V, nominal_V in points]
        job = Job.model_validate(laboratory.job.model_dump(exclude_none=True) | {"points": rows})
        laboratory = replace(laboratory, job=job)
        return Bench(laboratory, laboratory.simulated_bench(5))

    return make


@pytest.fixture
def refusing() -> type[Refusing]:
    """The class of operators who refuse one thing."""
    return Refusing


@pytest.fixture
def procedure_file(tmp_path: Path) -> Callable[[str], str]:
    """Return what writes a procedure that changes `dmm-dc-voltage`, and gives its path."""

    def write(body: str) -> str:
        file = tmp_path / "changed.py"
        lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
        file.write_text(
            "from calib.drivers.roles import DcVoltageSource\n"
            "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n"
            "SHORT, CALIBRATOR = (c.group for c in DmmDcVoltage.connections)\n\n\n"
            f"class Changed(DmmDcVoltage):\n    id = 'changed'\n\n{lines}\n",
            encoding="utf-8",
        )
        return str(file)

    return write


@pytest.fixture
def go_on() -> Callable[..., Outcome]:
    """Return what goes on with a run of a bench that was stopped."""

    def resumed(bench: Bench, stopped: Outcome, operator: Operator | None = None, **more: Any) -> Outcome:
        assert stopped.journal is not None
        with Journal.open(stopped.journal) as journal:
            snapshot = journal.snapshot
        return resume(
            resumption(stopped.journal, snapshot, bench.plan(), None),
            connect=lambda resource, sink: bench.simulated.open(resource, sink=sink),
            clock=bench.simulated.clock,
            operator=SimulatedHands(operator or bench.operator(), bench.simulated.connect),
            **more,
        )

    return resumed
