"""Where bench or job want it, what goes on the pan or into the bath is proven by its label; a wrong one is no end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calib.errors import IdentityError
from calib.ports import Answer, Prompt
from calib.procedure import Job
from calib.record import Record
from calib.run import Outcome, ScriptedOperator, SimulatedHands, SimulatedOperator, run
from calib.study import Sample

WEIGHT = 1
"""Of the sample job: T200 against R200."""


def _sample(*, bench: bool = False, job: bool = False) -> Sample:
    weights = [Sample.load("weight-by-comparison").job.parameters["weights"][WEIGHT]]
    sample = Sample.load("weight-by-comparison", parameters={"weights": weights, "cycles": 2})
    if bench:
        role = sample.bench.roles["reference"].model_copy(update={"identify": "scan"})
        sample = replace(
            sample, bench=sample.bench.model_copy(update={"roles": {**sample.bench.roles, "reference": role}})
        )
    if job:
        sample = replace(
            sample, job=Job.model_validate(sample.job.model_dump(exclude_none=True) | {"identify": "scan"})
        )
    return sample


class Person:
    """Does what is asked, and scans what `scans` says, else the right label."""

    name = "An"

    def __init__(self, knows: SimulatedOperator, scans: dict[str, list[str]] | None = None) -> None:
        self._knows = knows
        self._scans = {id_: list(labels) for id_, labels in (scans or {}).items()}
        self.asked: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        given = self._scans.get(prompt.id)
        return Answer(given.pop(0), self.name) if given else self._knows.ask(prompt)

    def ids(self) -> list[str]:
        return [p.id for p in self.asked]


def _run(sample: Sample, scans: dict[str, list[str]] | None = None, **more: Any) -> tuple[Person, Outcome]:
    bench = sample.simulated_bench(3)
    person = Person(SimulatedOperator(bench.environment, panel=bench.panel), scans)
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(person, bench.connect),
        **more,
    )
    return person, outcome


def test_without_a_word_of_it_nobody_is_asked_for_a_label() -> None:
    person, outcome = _run(_sample())
    assert outcome.status == "complete", outcome.error
    assert not [i for i in person.ids() if i.startswith("scan.")]


def test_each_weight_is_scanned_before_it_goes_on_the_pan_and_not_again_while_it_is_in_hand() -> None:
    person, outcome = _run(_sample(bench=True))
    assert outcome.status == "complete", outcome.error
    ids = person.ids()
    about = [i for i in ids if i.startswith(("scan.", "load."))]
    load = "load.reference"
    first = [load, "scan.R200", load, "scan.T200", load, load, "scan.R200", load]
    assert about[: len(first)] == first  # empty, A, B, B, A
    assert about[len(first) :] == [load, "scan.T200", load, load, "scan.R200", load]
    assert "identity.reference" in ids
    assert "identity.balance" not in ids


def test_the_job_wants_everything_on_the_bench_scanned() -> None:
    person, outcome = _run(_sample(job=True))
    assert outcome.status == "complete", outcome.error
    assert {"identity.balance", "identity.environment", "identity.item", "identity.reference"} <= set(person.ids())
    told = {p.id: p.text for p in person.asked}
    assert told["identity.balance"].vi.startswith("Quét nhãn của ")


def test_a_wrong_weight_is_told_asked_again_and_kept(tmp_path: Path) -> None:
    wrong = ["T200", "W-01", "W-01/R200"]
    person, outcome = _run(_sample(bench=True), {"scan.R200": wrong}, folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert outcome.record is not None
    asked = [a for a in Record.open(outcome.record).answers() if a.prompt == "scan.R200"]
    assert [a.value for a in asked][:3] == wrong
    assert asked[0].question["text"]["en"].startswith("Scan the label of R200 of Example E2")
    assert asked[1].question["text"]["en"].startswith("That is T200 of ")
    assert asked[2].question["text"]["vi"].startswith("Đó là nhãn của cả bộ, W-01")
    loads = [p.id for p in person.asked if p.id in {"scan.R200", "load.reference"}]
    assert loads[:5] == ["load.reference", "scan.R200", "scan.R200", "scan.R200", "load.reference"]


def test_five_wrong_labels_end_it_with_what_was_wrong() -> None:
    person, outcome = _run(_sample(bench=True), {"scan.R200": ["T200"] * 5})
    assert isinstance(outcome.error, IdentityError)
    assert "no label of R200 of W-01" in str(outcome.error)
    assert "That is T200 of" in str(outcome.error)
    assert person.ids().count("load.reference") == 1  # nothing went on the pan but nothing


def test_a_withdrawn_standard_is_noticed_at_its_label() -> None:
    sample = _sample(bench=True)
    register = sample.laboratory.register()
    withdrawn = register["W-01"].model_copy(update={"id": "W-09", "serial_number": "9", "state": "out of service"})
    bench = sample.simulated_bench(3)
    person = Person(SimulatedOperator(bench.environment, panel=bench.panel), {"scan.R200": ["W-09/R200"]})
    plan = sample.plan(bench.clock.now().date())
    outcome = run(
        replace(plan, register=(*plan.register, withdrawn)),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(person, bench.connect),
    )
    assert outcome.status == "complete", outcome.error
    second = [p for p in person.asked if p.id == "scan.R200"][1]
    assert "That is R200 of W-09" in second.text.en
    assert "out of service" in second.text.en


def test_calibs_own_label_of_the_item_is_taken_where_a_nameplate_is_to_be_read() -> None:
    person, outcome = _run(_sample(), {"identity.reference": ["W-01"]})
    assert outcome.status == "complete", outcome.error
    assert person.ids().count("identity.reference") == 1


def test_a_script_scans_on_a_simulated_bench() -> None:
    sample = _sample(bench=True)
    bench = sample.simulated_bench(3)
    answers: dict[str, Any] = {"*": True, "identity.reference": "W-01", "identity.item": "SIMF1221"}
    answers |= {"scan.R200": "W-01/R200", "scan.T200": "T200"}
    script = ScriptedOperator(answers)
    ask: Callable[[], Outcome] = lambda: run(  # noqa: E731
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(script, bench.connect, bench.panel),
    )
    outcome = ask()
    assert outcome.status == "complete", outcome.error


@pytest.mark.parametrize("role", ["reference", "item"])
def test_each_probe_is_scanned_before_it_goes_into_the_bath(role: str) -> None:
    sample = Sample.load("prt-industrial", parameters={"temperatures_C": [0.0, 100.0]})
    roles = dict(sample.bench.roles)
    roles |= {
        r: roles[r].model_copy(update={"resource": f"OPERATOR::{r}", "identify": "scan" if r == role else None})
        for r in ("reference", "item")
    }
    person, outcome = _run(replace(sample, bench=sample.bench.model_copy(update={"roles": roles})))
    assert outcome.status == "complete", outcome.error
    about = [i for i in person.ids() if i.startswith(("scan.", "immerse."))]
    expected = ["immerse.reference", "immerse.item"]
    expected.insert(expected.index(f"immerse.{role}"), f"scan.{role}")
    assert about == expected
