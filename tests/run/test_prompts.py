"""What a prompt carries is shown by every face, and an unlikely entry is asked for again."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console as RichConsole

from calib.errors import Aborted, InputError
from calib.pictures import Loading
from calib.ports import Answer, Prompt
from calib.record import Record
from calib.run import PlainOperator, ScriptedOperator
from calib.run.asking import AtTheBench
from calib.run.console import Console
from calib.text import Text, same

Make = Callable[..., Any]
LEVEL = Prompt("level", same("Level"), kind="number", unit="V", lower=0.0, upper=100.0, likely=(9.0, 11.0))
CHECKED = Prompt(
    "connect",
    same("Connect"),
    checklist=(Text(vi="Dây ngắn", en="Short leads"), Text(vi="Cọc sạch", en="Clean jacks")),
    picture=same("pictures/four-wire.png"),
)
CHOICE = Prompt("which", same("Which?"), kind="choice", choices=(("a", same("first")), ("b", same("second"))))


def _plain(typed: str) -> tuple[PlainOperator, io.StringIO]:
    out = io.StringIO()
    return PlainOperator("An", "vi", io.StringIO(typed), out), out


def _console(typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    rich = RichConsole(file=out, width=100)
    lines = iter(typed.splitlines())

    def entered(prompt: Any = "") -> str:
        rich.print(prompt)
        return next(lines)

    monkeypatch.setattr(rich, "input", entered)
    return Console("An", "vi", rich), out


def test_checklist_and_picture_are_shown_by_lines_and_by_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    for face, out in (_plain("\n"), _console("\n", monkeypatch)):
        assert face.ask(CHECKED).value is True
        said = out.getvalue()
        assert "[ ] Dây ngắn" in said
        assert "[ ] Cọc sạch" in said
        assert "hình: pictures/four-wire.png" in said


def test_the_path_of_a_picture_is_said_whole_and_its_drawing_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/laboratory/{'records/' * 20}pan.vi.svg"
    drawing = Loading(("R200",), "back-right")
    prompt = Prompt("load", same("Load"), picture=same(path), drawing=drawing)
    for face, out in (_plain("\n"), _console("\n", monkeypatch)):
        face.ask(prompt)
        said = out.getvalue().splitlines()
        assert any(line.endswith(f"hình: {path}") for line in said)
        first, *_, last = drawing.lines("vi")
        (at,) = (n for n, line in enumerate(said) if line.strip() == first)
        shown = [line[len(said[at]) - len(first) :] for line in said[at : at + len(drawing.lines("vi"))]]
        assert shown == drawing.lines("vi")
        assert last.strip() == "[phía trước: màn hình]"


def test_a_choice_is_made_by_its_word_and_by_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for face, out in (_plain("x\n\nB\n"), _console("x\n\nB\n", monkeypatch)):
        assert face.ask(CHOICE).value == "b"
        assert "a = first, b = second" in out.getvalue()
        assert out.getvalue().count("type one of a, b") == 2


@pytest.mark.parametrize("typed", ["100.5\n10\n", "abc\n10\n", "nan\n10\n"])
def test_what_makes_no_sense_is_asked_again_without_more_ado(typed: str) -> None:
    operator, _ = _plain(typed)
    assert AtTheBench(operator, simulated=False).ask(LEVEL) == Answer(10.0, "An")


def test_an_entry_far_from_what_is_expected_counts_only_when_it_is_given_twice() -> None:
    operator, out = _plain("1,05\n10.5\n")
    assert AtTheBench(operator, simulated=False).ask(LEVEL) == Answer(10.5, "An")  # it was a slip
    assert "1.05 V khác xa giá trị mong đợi ở đây (9 đến 11 V)" in out.getvalue()
    operator, _ = _plain("1.05\n2\n1.05\n1.05\n")
    assert AtTheBench(operator, simulated=False).ask(LEVEL) == Answer(1.05, "An", twice=True)  # it is so
    operator, _ = _plain("1.05\nq\n")
    with pytest.raises(Aborted):
        AtTheBench(operator, simulated=False).ask(LEVEL)


def test_the_record_tells_that_an_unlikely_entry_was_confirmed(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Path
) -> None:
    path = procedure_file("""
def prepare(self, group, station):
    super().prepare(group, station)
    from calib.ports import Prompt
    from calib.text import same
    items = (same("leads"),)
    station.ask(Prompt("level", same("Level"), kind="number", unit="V", likely=(9.0, 11.0), checklist=items))
""")
    bench_ = bench(((10.0, 5.0),), path)
    answers: dict[str, Any] = {"*": True, "identity.meter": "SIM34401001", "level": [10.0, 1.0, 1.0]}
    answers |= {"environment.temperature": 23.0, "environment.humidity": 45.0}
    outcome = bench_.calibrate(ScriptedOperator(answers, "An"), folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    asked = [
        (a.value, a.question["entered_twice"]) for a in Record.open(outcome.record).answers() if a.prompt == "level"
    ]
    assert asked == [(10.0, False), (1.0, True)]
    (first, _) = [a.question for a in Record.open(outcome.record).answers() if a.prompt == "level"]
    assert first["likely"] == [9.0, 11.0]
    assert first["checklist"] == [{"vi": "leads", "en": "leads"}]


def test_no_star_in_a_script_makes_a_decision() -> None:
    script = ScriptedOperator({"*": True})
    assert script.ask(CHECKED).value is True
    with pytest.raises(InputError, match="no answer to 'really'"):
        script.ask(Prompt("really", same("?"), decision=True))
    with pytest.raises(InputError, match=r"the answer to 'which': type one of a, b"):
        ScriptedOperator({"which": "c"}).ask(CHOICE)


def test_an_optional_text_may_be_empty_and_another_may_not() -> None:
    operator, _ = _plain("\n\nthe lead\n")
    assert operator.ask(Prompt("why", same("Why?"), kind="text", optional=True)).value == ""
    assert operator.ask(Prompt("why", same("Why?"), kind="text")).value == "the lead"
