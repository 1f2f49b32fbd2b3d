"""What comes first and last in a run: safe before anybody is sent to the terminals, and nothing left allowed behind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from calib.errors import IdentityError, RunError
from calib.ports import Answer, Operator, Prompt
from calib.record import Record
from calib.run import Outcome, ScriptedOperator
from calib.run.asking import AtTheBench
from calib.run.sources import source_digest
from calib.text import Text

Make = Callable[..., Any]
POINTS = ((10.0, 5.0), (100.0, 90.0))
ANSWERS: dict[str, str | float | bool] = {
    "*": True,
    "environment.temperature": 23,
    "environment.humidity": 45,
    "identity.meter": "SIM34401001",
}


@dataclass
class Witness:
    """An operator who looks at the calibrator when he is asked for the nameplate."""

    operator: Operator
    look: Callable[[], bool]
    seen: list[bool] = field(default_factory=list)
    name: str = "An"

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id == "identity.meter":
            self.seen.append(self.look())
        return self.operator.ask(prompt)


def _record(outcome: Outcome) -> Record:
    assert outcome.record is not None
    return Record.open(outcome.record)


def test_an_output_that_somebody_left_on_is_off_before_the_operator_is_sent_to_the_nameplate(bench: Make) -> None:
    bench_ = bench(POINTS)
    left = bench_.simulated.open("MEMORY::source")
    left.write("OUT 5 V")
    left.write("OPER")
    assert bench_.operating
    witness = Witness(bench_.operator(), lambda: bench_.operating)
    assert bench_.calibrate(witness).status == "complete"
    assert witness.seen == [False]


def test_a_limit_that_was_agreed_to_does_not_outlive_the_run(bench: Make) -> None:
    bench_ = bench(POINTS)
    assert bench_.calibrate().status == "complete"
    assert bench_.highest_V() == 90.0
    assert bench_.simulated.open("MEMORY::source").query("LIMIT?").startswith("60")


def test_the_nameplate_is_read_not_confirmed(bench: Make) -> None:
    operator = ScriptedOperator(ANSWERS | {"identity.meter": "SIM34401002"})
    with pytest.raises(IdentityError, match=r"serial number is SIM34401002; that of the job's item is SIM34401001"):
        bench(POINTS).calibrate(operator)


def test_the_prompt_does_not_show_what_it_wants_to_hear(bench: Make, refusing: Any) -> None:
    bench_ = bench(POINTS)
    operator = refusing(bench_.operator(), "")
    bench_.calibrate(operator)
    prompt = next(p for p in operator.asked if p.id == "identity.meter")
    assert "SIM34401001" not in prompt.text.en + prompt.text.vi
    assert prompt.personal


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt("hazard.voltage", Text(vi="", en=""), hazard=True),
        Prompt("identity.meter", Text(vi="", en=""), kind="text", expected="SIM34401001"),
    ],
)
def test_no_script_answers_for_a_person_on_a_real_bench(prompt: Prompt) -> None:
    script = ScriptedOperator(ANSWERS | {"hazard.voltage": True}, "An", "answers.toml")
    with pytest.raises(RunError, match=r"must be answered by a person at the bench.*An, by answers\.toml"):
        AtTheBench(script, simulated=False).ask(prompt)
    assert AtTheBench(script, simulated=True).ask(prompt).scripted


def test_the_record_tells_an_answer_of_a_script_from_a_persons(bench: Make, tmp_path: Path) -> None:
    operator = ScriptedOperator(ANSWERS | {"hazard.voltage": True}, "An", "answers.toml")
    outcome = bench(POINTS).calibrate(operator, folder=tmp_path / "run")
    record = _record(outcome)
    assert {a.by for a in record.answers()} == {"An, by answers.toml"}
    assert record.snapshot["identities"]["meter"]["confirmed_by"] == "An, by answers.toml"


def test_the_record_holds_what_was_planned_with_every_parameter(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    outcome = bench_.calibrate(folder=tmp_path / "run")
    snapshot = _record(outcome).snapshot
    parameters = snapshot["procedure"]["parameters"]
    assert parameters["thermal_emf_V"] == 0.5e-6  # a default that the job does not mention
    assert parameters["readings"] == 5
    assert [p["nominal"] for p in snapshot["points"]] == [0.0, 0.0, 5.0, 90.0]
    assert snapshot["clock"] == {"simulated": True, "factor": 1.0}
    assert snapshot["software"]["calib-source-sha256"] == source_digest()
    assert len(source_digest()) == 64


def test_messages_before_the_journal_keep_their_own_time(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    clock = bench_.simulated.clock
    operator: Operator = bench_.operator()

    class Slow:
        name = "An"

        def ask(self, prompt: Prompt) -> Answer:
            if prompt.id == "identity.meter":
                clock.sleep(60.0)
            return operator.ask(prompt)

    outcome = bench_.calibrate(Slow(), folder=tmp_path / "run")
    record = _record(outcome)
    first = record.traffic()[0]
    assert first.message.strip() == b"*IDN?"
    nameplate = next(a for a in record.answers() if a.prompt == "identity.meter")
    assert nameplate.time - first.time >= 60.0
