"""Budget files that are damaged, hostile or huge: a result or one error of ours, in bounded time and memory."""

import json
import re
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calib.cli.budgetview import budget_text
from calib.errors import CalibError, FileError, UncertaintyError
from calib.uncertainty.budgetfile import budget_of, evaluate, read_budget, results_json

ROOT = Path(__file__).parent.parent.parent
HEAD = 'format = "calib-budget/1"\n'
INPUT = "[inputs]\na = { value = 1, u = 0.1 }\n"
GOOD = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples" / "budgets").glob("*.toml"))]
GOOD += re.findall(
    r"```toml\n(format.*?)```", (ROOT / "docs" / "budget-files.md").read_text(encoding="utf-8"), re.DOTALL
)

# Grammar of the damage: what stands for a value, what stands for a line, and noise within one.
VALUES = st.sampled_from(
    [
        "0",
        "-1",
        "1e300",
        "1e-300",
        "5e-324",
        "1.7e308",
        "nan",
        "inf",
        "true",
        "[1, 2]",
        "[]",
        "{}",
        '"V"',
        '"degC"',
        '"1"',
        '"a + b"',
        '"0"',
        '"a"',
        '"t"',
        '"rectangular"',
        '"gamma"',
        '"poisson"',
        '"exponential"',
        '"__import__(1)"',
        '"upper"',
        '"ea-4/02"',
        '"monte-carlo"',
        '"second-order"',
        '"digits"',
        '"smallest"',
        "1979-05-27",
    ]
)
LINES = st.sampled_from(
    [
        "[outputs.z]",
        'model = "0 * a"',
        '[[correlation]]\ninputs = ["a", "b"]\nr = 1.0',
        "[definitions]",
        "x = 1",
        'x = "x + 1"',
        'side = "lower"',
        'coverage = "ea-4/02"',
        "tolerance = 1e-9",
        'tolerance = "digits"',
        "digits = 1",
        "probability = 0.999999999",
        "probability = 1e-9",
        "workers = 2",
        "trials = 2",
        'dof_policy = "willink"',
        "dof = 1",
        "half_width = 1",
        "half_width_u = 0.5",
        "beta = 1",
        "limits = [1, 2]",
        "readings = [1, 1, 1]",
        "components = []",
        'unit = "degC"',
        'method = "monte-carlo"',
        'method = "second-order"',
    ]
)
NOISE = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        "=",
        '"',
        '"""',
        "**",
        "*0",
        "/0",
        "sqrt(",
        "(",
        "1e999",
        "9" * 400,
        "\x00",
        "\u202e",
        "é",
        ".",
        "#",
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.one_of(VALUES, LINES, NOISE), st.integers(0, 5)), min_size=1, max_size=5)


def damaged(text: str, edits: list[tuple[float, str, int]]) -> str:
    for where, what, how in edits:
        lines = text.split("\n")
        at = int(where * (len(lines) - 1))
        if how == 0:
            lines.insert(at, what)
        elif how == 1:
            lines[at] = f"{lines[at].partition('=')[0]}= {what}"
        elif how == 2:
            del lines[at]
        elif how == 3:
            lines.insert(at, lines[int(where * 7919) % len(lines)])
        text = "\n".join(lines)
        if how >= 4:
            i = int(where * len(text))
            text = text[:i] + (what if how == 4 else "") + text[i + 1 :]
    return text


@given(st.sampled_from(GOOD), EDITS)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_a_damaged_file_gives_a_result_or_an_error_of_ours(
    tmp_path: Path, text: str, edits: list[tuple[float, str, int]]
) -> None:
    path = tmp_path / "b.toml"
    path.write_text(damaged(text, edits), encoding="utf-8")
    with suppress(CalibError):
        read = read_budget(path)
        for method in ("first-order", "second-order", "monte-carlo"):
            with suppress(CalibError):
                results = evaluate(read, method=method, trials=1000, seed=1)
                assert results_json(read, results)
                assert budget_text(read, results, "vi")


BOMBS = {
    "tables within each other": HEAD + 'model = "a"\n[inputs]\na = ' + "{b = " * 9000 + "1" + "}" * 9000,
    "lists within each other": HEAD + "a = " + "[" * 30_000 + "]" * 30_000,
    "thousands of tables": HEAD + 'model = "a"\n' + "[[correlation]]\n" * 1500,
    "thousands of keys": HEAD + 'model = "a"\n[constants]\n' + "".join(f"k{i} = 1\n" for i in range(2000)),
    "dotted keys": HEAD + "\n".join("a." + ".".join("b" * 48) + f".c{i} = 1" for i in range(150)),
    "dotted tables": HEAD + "\n".join(f"[{'x.' * 48}y{i}]" for i in range(150)),
    "a number of 60 000 digits": HEAD + 'model = "a"\n[inputs]\na = { value = 1, u = ' + "9" * 60_000 + "}",
    "an exponent of 60 000 digits": HEAD + 'model = "a"\n[inputs]\na = { value = 1, u = 1e' + "9" * 60_000 + "}",
    "a string that does not end": HEAD + 'title = """' + '"' * 60_000,
    "only comments": "#" * 60_000,
    "parentheses": HEAD + f'model = "{"(" * 9000}a{")" * 9000}"\n' + INPUT,
    "powers of powers": HEAD + f'model = "{"9**" * 3000}9"\n' + INPUT,
    "squares of squares": HEAD + 'model = "d99"\n' + INPUT + '[definitions]\nd0 = "a + 2"\n'
    + "".join(f'd{i} = "d{i - 1} * d{i - 1}"\n' for i in range(1, 100)),
    "names that look alike": HEAD + 'model = "a"\n[inputs]\na = { value = 1, u = 1 }\n"а" = { value = 1, u = 1 }\n',
    "a unit as a tower": HEAD + 'model = "a"\n[inputs]\na = { value = 1, u = 1, unit = "m**9**9**9**9" }\n',
    "a unit of 60 000 letters": HEAD
     + 'model = "a"\n[inputs]\na = { value = 1, u = 1, unit = "' + "m*" * 30_000 + 'm" }\n',
}  # fmt: skip


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_one_error_in_bounded_time_and_memory(text: str, tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text(text, encoding="utf-8")
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(CalibError) as error:
        evaluate(read_budget(path))
    took, (_, peak) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 5
    assert peak < 100e6
    assert len(str(error.value)) < 20_000


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: no byte of it is on the disk
    tracemalloc.start()
    with pytest.raises(CalibError, match="at most 65536"):
        read_budget(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6


def test_numbers_beyond_what_floats_hold_are_an_error() -> None:
    huge = {"value": 1, "u": 1e100, "dof": 3}
    tables: dict[str, Any] = {"format": "calib-budget/1", "model": "a + b", "inputs": {"a": huge, "b": huge}}
    with pytest.raises(UncertaintyError, match="other units"):
        evaluate(budget_of(tables))
    wide = tables | {"inputs": {"a": {"value": 1, "u": 1e200}, "b": {"value": 1, "u": 1}}}
    with pytest.raises(FileError, match="u = inf"):
        evaluate(budget_of(wide))
    edge = wide | {"model": "0 * a + b", "inputs": wide["inputs"] | {"a": {"value": 1, "u": 1.79e308}}}
    read = budget_of(edge)
    with pytest.raises(UncertaintyError, match="too large to be rounded"):
        budget_text(read, evaluate(read), "en")  # 1.79e308 to two digits would be 1.8e308
    assert json.loads(results_json(read, evaluate(read)))["standard_uncertainty"] == 1
    read = budget_of(wide | {"model": "a", "inputs": {"a": {"value": 1, "u": 1e150}}})
    assert "e+150" in budget_text(read, evaluate(read), "en")


def test_second_order_of_very_many_sources_is_refused_at_once() -> None:
    parts = [{"name": str(i), "u": 1} for i in range(200)]
    inputs = {name: {"value": 1, "components": parts} for name in "ab"}
    tables = {"format": "calib-budget/1", "model": "a + b", "inputs": inputs}
    with pytest.raises(UncertaintyError, match="at most 300 sources of uncertainty, these are 400"):
        evaluate(budget_of(tables), method="second-order")
    assert evaluate(budget_of(tables))[0].u == pytest.approx(20)
