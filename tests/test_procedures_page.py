"""The page about procedures: its example is run by its path, and tested, as it stands there; nothing is left out."""

import re
from pathlib import Path
from typing import Any

import pytest

from calib.procedure import DirectComparison, DirectParameters
from calib.run import find_procedure, procedure_names

PAGE = (Path(__file__).parent.parent / "docs" / "procedures.md").read_text(encoding="utf-8")
PROCEDURE, POINTS, TEST = re.findall(r"```(?:python|toml)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Write the example into a folder of its own, go there, and return what its test defines."""
    (tmp_path / "ml_07.py").write_text(PROCEDURE, encoding="utf-8")
    (tmp_path / "ml_07.toml").write_text(POINTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(TEST, names)
    return names


def test_the_examples_own_tests_pass(example: dict[str, Any]) -> None:
    tests = [example[name] for name in example if name.startswith("test_")]
    assert len(tests) == 3
    for test in tests:
        test()


@pytest.mark.usefixtures("example")
def test_the_examples_points_are_those_of_its_file() -> None:
    found = find_procedure("ml_07.py")
    assert found.id == "ml-07"
    (rule,) = found.data().points
    assert rule.percent == (10, 90, -90)


def test_the_example_has_less_than_sixty_lines_that_say_anything() -> None:
    assert len([line for line in PROCEDURE.splitlines() if line.strip()]) < 60


def test_every_procedure_on_the_page_is_installed() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| [^|]+ \| [^|]+ \| (?:E|in)", PAGE, re.MULTILINE)
    assert len(listed) >= 18
    assert set(listed) <= set(procedure_names())


def test_every_method_of_multimeters_is_on_the_page_with_its_equation_and_parameters() -> None:
    named = {word for span in re.findall(r"`([^`]+)`", PAGE) for word in re.findall(r"[\w-]+", span)}
    for name in (n for n in procedure_names() if n.startswith("dmm-")):
        procedure = find_procedure(name)
        assert issubclass(procedure, DirectComparison)
        assert f"| `{name}` |" in PAGE
        assert procedure.equation in PAGE
        assert set(procedure.Parameters.model_fields) - set(DirectParameters.model_fields) <= named
