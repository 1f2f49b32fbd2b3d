"""A dangerous voltage is let out by a typed word only; a bare Enter, typed by habit, is no agreement."""

import io

import pytest

from calib.errors import Aborted, FileError
from calib.files import as_model
from calib.ports import Prompt
from calib.run import BenchFile, PlainOperator
from calib.text import Text

HAZARD = Prompt("hazard.voltage", Text(vi="Nguy hiểm", en="Danger"), hazard=True)


@pytest.mark.parametrize("word", ["yes", "YES", "có", "co"])
def test_the_word_agrees(word: str) -> None:
    out = io.StringIO()
    answer = PlainOperator("An", "en", io.StringIO(f"\n{word}\n"), out).ask(HAZARD)
    assert answer.value is True
    assert "only the word yes" in out.getvalue()  # the bare Enter before it was refused


def test_anything_else_is_asked_again_until_it_is_aborted() -> None:
    with pytest.raises(Aborted):
        PlainOperator("An", "en", io.StringIO("\nok\ny\nq\n"), io.StringIO()).ask(HAZARD)


@pytest.mark.parametrize("harmless_V", [0, -5, 60.5])
def test_a_bench_may_only_lower_the_harmless_voltage(harmless_V: float) -> None:
    with pytest.raises(FileError, match="harmless_V"):
        as_model({"format": "calib-bench/1", "name": "b", "roles": {}, "harmless_V": harmless_V}, BenchFile, "bench")
