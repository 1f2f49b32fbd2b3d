"""A bench at which something goes wrong, and a person who is told of it: the same for every procedure.

Each mishap has a file with a table: procedure by procedure what goes wrong there, or why it cannot.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from calib.drivers.simulation import SimulatedBench
from calib.ports import Answer, Prompt
from calib.procedure import Result
from calib.record.model import Attempt, Readings
from calib.run import NoWatcher, Outcome, SimulatedHands, SimulatedOperator, run
from calib.run.faces import Progress
from calib.study import Sample

FAMILIES: Mapping[str, Mapping[str, Any]] = {
    "dmm-dc-voltage": {"points": ({"range": 10, "nominal": 3}, {"range": 10, "nominal": 9})},
    "dmm-ac-voltage": {
        "points": (
            {"range": 10, "nominal": 3, "frequency_Hz": 1000},
            {"range": 10, "nominal": 9, "frequency_Hz": 1000},
        )
    },
    "dmm-dc-current": {"points": ({"range": 0.01, "nominal": 0.001}, {"range": 0.01, "nominal": 0.009})},
    "dmm-ac-current": {
        "points": (
            {"range": 0.01, "nominal": 0.001, "frequency_Hz": 1000},
            {"range": 0.01, "nominal": 0.009, "frequency_Hz": 1000},
        )
    },
    "dmm-resistance": {"points": ({"range": 1e4, "nominal": 1e3}, {"range": 1e4, "nominal": 9e3})},
    "dmm-frequency": {"points": ({"range": 1e3, "nominal": 500}, {"range": 1e5, "nominal": 9e4})},
    "dmm-handheld": {
        "points": (
            {"quantity": "dc_voltage", "range": 6, "nominal": 3},
            {"quantity": "dc_voltage", "range": 6, "nominal": 5.4},
        )
    },
    "clamp-meter": {
        "points": (
            {"quantity": "ac_current", "range": 40, "nominal": 20},
            {"quantity": "ac_current", "range": 400, "nominal": 300},
        )
    },
    "temperature-indicator": {
        "points": (
            {"quantity": "thermocouple_K", "range": 1372, "nominal": 100},
            {"quantity": "thermocouple_K", "range": 1372, "nominal": 600},
        )
    },
    "process-calibrator-source": {
        "points": (
            {"quantity": "dc_voltage", "range": 10, "nominal": 5},
            {"quantity": "dc_voltage", "range": 10, "nominal": 9},
        )
    },
    "process-calibrator-measure": {
        "points": (
            {"quantity": "dc_voltage", "range": 30, "nominal": 5},
            {"quantity": "dc_voltage", "range": 30, "nominal": 15},
        )
    },
    "calibrator-dc-voltage": {"points": ({"range": 33, "nominal": 4.95}, {"range": 33, "nominal": 9.9})},
    "resistance-substitution": {"parameters": {"cycles": 5}},
    "voltage-10v-transfer": {"parameters": {"cycles": 5}},
    "counter-time-base": {},
}
"""Every electrical procedure, with two points where it has several."""

Deed = Callable[[SimulatedBench], object]


@dataclass
class BadRun:
    """A run at which something goes wrong, and what the person at the bench was told and did."""

    procedure: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    mishap: Deed = lambda bench: None
    at_prompt: tuple[str, int] | None = None
    """After which answer it happens, and the how manieth of it; first of all where none of both is given."""
    before_last: bool = False
    """Whether it happens before the last point, the others done."""
    mends: Mapping[str, Deed] = field(default_factory=dict)
    """What the person does when a question is put, before it is answered."""
    answers: Mapping[str, Sequence[str | float | None]] = field(default_factory=dict)
    """What is answered, one time after the other and then the last one for ever; None as the simulated operator."""
    changed: Callable[[Sample], SimulatedBench] | None = None
    """Another bench than the sample laboratory's."""
    asked: list[Prompt] = field(default_factory=list)
    outcome: Outcome | None = None

    def carry_out(self) -> "BadRun":
        """Run it; return itself."""
        sample = Sample.load(self.procedure, **{**FAMILIES[self.procedure], **self.changes})
        bench = sample.simulated_bench(1) if self.changed is None else self.changed(sample)
        this = self
        if self.at_prompt is None and not self.before_last:
            self.mishap(bench)

        class Hands(SimulatedHands):
            def ask(self, prompt: Prompt) -> Answer:
                this.asked.append(prompt)
                times = this.times(prompt.id)
                if prompt.id in this.mends:
                    this.mends[prompt.id](bench)
                given = this.answers.get(prompt.id, [None])
                said = given[min(times, len(given)) - 1]
                if said is not None:
                    return Answer(said, self.name)
                answer = super().ask(prompt)
                if this.at_prompt == (prompt.id, times):
                    this.mishap(bench)
                return answer

        class Eyes(NoWatcher):
            def progress(self, progress: Progress) -> None:
                if this.before_last and progress.done == progress.total - 1 and not this._happened:
                    this._happened = True
                    this.mishap(bench)

        self.outcome = run(
            sample.plan(dt.datetime.now().astimezone().date()),
            connect=lambda resource, sink: bench.open(resource, sink=sink),
            clock=bench.clock,
            operator=Hands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
            watcher=Eyes(),
        )
        return self

    _happened = False

    def lead_off(self, bench: SimulatedBench) -> None:
        """Let the lead come off, at its far end."""
        for lead in bench.electrical.leads:
            bench.connect("open", lead)

    def lead_on(self, bench: SimulatedBench) -> None:
        """Join it again as it was asked for last."""
        bench.connect(next(p.connection for p in reversed(self.asked) if p.connection is not None))

    @property
    def family(self) -> Mapping[str, Any]:
        """What the job of this procedure has here."""
        return FAMILIES[self.procedure]

    def last_reading(self) -> int:
        """Return the number of the first question for a display at the last point, the others and proofs before it."""
        asked = BadRun(self.procedure, self.changes).carry_out().times("reading.meter")
        return asked - 4

    @property
    def setting(self) -> str:
        """What the knob of the meter was turned to last, as its message."""
        return next(p.panel[1] for p in reversed(self.asked) if p.id == "setting.meter" and p.panel is not None)

    def times(self, prompt_id: str) -> int:
        """Return how often a question was put."""
        return sum(p.id == prompt_id for p in self.asked)

    def told(self, prompt_id: str) -> str:
        """Return the English text of the first such question."""
        return next(p.text.en for p in self.asked if p.id == prompt_id)

    @property
    def results(self) -> Sequence[Result]:
        """The results of a run that came to its end."""
        assert self.outcome is not None
        assert self.outcome.status == "complete", self.outcome.error
        return self.outcome.results

    @property
    def readings(self) -> Readings:
        """What was recorded."""
        assert self.outcome is not None
        assert self.outcome.readings is not None
        return self.outcome.readings

    def attempts(self, outcome: str) -> list[Attempt]:
        """Return the attempts that ended so."""
        return [a for a in self.readings.attempts if a.outcome == outcome]

    def require_good_results(self, *, rows: int | None = None) -> None:
        """Require a row for every point but the skipped ones, each of an item that errs as it did before."""
        good = BadRun(self.procedure, self.changes).carry_out().results
        wanted = {r.point: r for r in good}
        found = {r.point: r for r in self.results}
        assert len(found) == (len(wanted) if rows is None else rows)
        for point, result in found.items():
            assert result.n == wanted[point].n
            assert abs(result.error - wanted[point].error) <= 2 * (result.U + wanted[point].U), point


@pytest.fixture
def bad_run() -> type[BadRun]:
    """Return the run at which something goes wrong."""
    return BadRun


@pytest.fixture
def families() -> set[str]:
    """Every electrical procedure: a table of mishaps has each, or says why it is left out."""
    return set(FAMILIES)
