"""A run keeps the pictures of its prompts as files, tells where they are, and records which one was shown."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from calib.cli import faces
from calib.pictures import Immersion, Jaws, Loading
from calib.ports import Answer, Operator, Prompt
from calib.record import Record
from calib.run import Outcome, PlainOperator, SimulatedHands, SimulatedOperator, run
from calib.run.illustrating import Pictures, digests
from calib.study import Sample
from calib.text import Text, same


@dataclass
class Looking:
    """A person who looks at each picture, and does what the simulated operator does."""

    operator: Operator
    asked: list[tuple[Prompt, bytes]] = field(default_factory=list)
    name: str = "An"

    def ask(self, prompt: Prompt) -> Answer:
        seen = b"" if prompt.picture is None else Path(prompt.picture.vi).read_bytes()
        self.asked.append((prompt, seen))
        return self.operator.ask(prompt)


def _measured(sample: Sample, folder: Path) -> tuple[Looking, Outcome]:
    bench = sample.simulated_bench(3)
    person = Looking(SimulatedOperator(bench.environment, panel=bench.panel))
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(person, bench.connect),
        folder=folder,
    )
    assert outcome.status == "complete", outcome.error
    return person, outcome


def test_each_load_has_its_picture_and_the_record_its_digest(tmp_path: Path) -> None:
    weights = [Sample.load("weight-by-comparison").job.parameters["weights"][1]]
    sample = Sample.load("weight-by-comparison", parameters={"weights": weights, "cycles": 2})
    person, outcome = _measured(sample, tmp_path / "run")
    loads = [(prompt, seen) for prompt, seen in person.asked if prompt.id == "load.reference"]
    assert loads[0][0].drawing == Loading(())
    drawn = [p.drawing for p, _ in loads if isinstance(p.drawing, Loading)]
    turns = [(d.turn.letter, d.weights) for d in drawn if d.turn is not None]
    assert turns == [("A", ("R200",)), ("B", ("T200",)), ("B", ("T200",)), ("A", ("R200",))] * 2
    assert outcome.record is not None
    kept = [a.question["drawing"] for a in Record.open(outcome.record).answers() if a.prompt == "load.reference"]
    assert [k["sha256"]["vi"] for k in kept] == [hashlib.sha256(seen).hexdigest() for _, seen in loads]
    assert {k["name"] for k in kept} == {"pan"}
    files = list((tmp_path / "run" / "pictures").iterdir())
    assert len(files) == 2 * len({seen for _, seen in loads})  # each once, in both languages
    for file in files:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert file.name == f"pan-{digest[:12]}.{'vi' if file.name.endswith('.vi.svg') else 'en'}.svg"


def test_a_probe_is_shown_beside_those_that_are_there_and_in_its_well(tmp_path: Path) -> None:
    own = {"reference_well": "A", "item_well": "B", "temperatures_C": [0.0, 100.0]}
    sample = Sample.load("prt-industrial", parameters=own)
    by_hand = {
        r: sample.bench.roles[r].model_copy(update={"resource": f"OPERATOR::{r}"}) for r in ("reference", "item")
    }
    sample = replace(sample, bench=sample.bench.model_copy(update={"roles": {**sample.bench.roles, **by_hand}}))
    person, _ = _measured(sample, tmp_path / "run")
    (first, _), (second, seen) = [(p, s) for p, s in person.asked if p.id.startswith("immerse")]
    assert isinstance(first.drawing, Immersion)
    assert isinstance(second.drawing, Immersion)
    assert [(p.name, p.well, p.there) for p in first.drawing.probes] == [("reference", "A", False)]
    there = [(p.name, p.well, p.there) for p in second.drawing.probes]
    assert there == [("reference", "A", True), ("item", "B", False)]
    assert "lỗ B" in seen.decode()


def test_the_clamp_meters_picture_has_the_turns_of_the_job(tmp_path: Path) -> None:
    sample = Sample.load("clamp-meter")
    person, _ = _measured(sample, tmp_path / "run")
    drawn = {p.drawing for p, _ in person.asked if p.id.startswith("connect.")}
    assert drawn == {Jaws(float(sample.job.parameters.get("turns", 50.0)))}


def test_the_lines_and_the_path_are_said_in_the_faces_language(tmp_path: Path) -> None:
    out = io.StringIO()
    opened: list[str] = []
    operator = PlainOperator("An", "vi", io.StringIO("\n"), out, open_picture=opened.append)
    operator.ask(Pictures(tmp_path).of(Prompt("load", same("Load"), drawing=Loading(("R1",), "back-left"))))
    assert "phía trước: màn hình" in out.getvalue()
    (path,) = opened
    assert f"hình: {path}" in out.getvalue()
    assert path.endswith(".vi.svg")
    assert "R1: phía sau bên trái" in Path(path).read_text(encoding="utf-8")


def test_a_picture_is_opened_once_and_only_where_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    shown = Prompt("load", same("Load"), picture=Text(vi="a.vi.svg", en="a.en.svg"))
    for wanted in (False, True):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n\n"))
        _, operator = faces.face("An", "en", plain=True, open_pictures=wanted)
        operator.ask(shown)
        operator.ask(shown)
    assert opened == ["a.en.svg"]


def test_where_a_picture_cannot_be_written_the_question_is_asked_without(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file is in the way")
    prompt = Prompt("load", same("Load"), drawing=Loading(("R1",)))
    assert Pictures(tmp_path).of(prompt) == prompt
    assert Pictures(None).of(prompt) == prompt


def test_the_same_prompt_has_the_same_digest_and_another_has_not() -> None:
    make: Callable[..., Any] = Loading
    assert digests(make(("R1",))) == digests(make(("R1",)))
    assert digests(make(("R1",))) != digests(make(("R2",)))
    assert digests(make(("R1",), "back-left")) != digests(make(("R1",), "back-right"))
