"""Whatever is wrong in a budget file is one FileError that names file, line, field and remedy."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calib.cli.budgetview import budget_text
from calib.errors import CalibError, FileError, UncertaintyError
from calib.uncertainty.budgetfile import budget_of, evaluate, read_budget, results_json
from calib.uncertainty.budgetfile.loading import LARGEST

GOOD = """format = "calib-budget/1"
model = "a * b + c"
[constants]
c = 1.5
[inputs.a]
value = 2
u = 0.1
[inputs.b]
value = 3
half_width = 0.2
"""
MISTAKES = {
    "no format": ('format = "calib-budget/1"\n', "", ("format: missing",)),
    "another format": ("calib-budget/1", "calib-budget/9", ("line 1", "format", "calib-budget/1")),
    "mistyped field": ("half_width", "halfwidth", ("line 10", "inputs.b.halfwidth", "did you mean 'half_width'")),
    "no model": ('model = "a * b + c"\n', "", ("give either model",)),
    "unknown name": ("a * b", "a * bb", ("line 2", "model", "'bb' is not an input", "did you mean")),
    "no uncertainty": ("u = 0.1\n", "", ("line 5", "inputs.a", "states no uncertainty", "[constants]")),
    "two statements": ("u = 0.1", "u = 0.1\nresolution = 1", ("inputs.a", "state the uncertainty once")),
    "negative u": ("u = 0.1", "u = -0.1", ("inputs.a", "u = -0.1", "not negative")),
    "U without k": ("u = 0.1", "U = 0.1", ("inputs.a", "needs either k or probability")),
    "dof below 1": ("u = 0.1", "u = 0.1\ndof = 0.5", ("line 8", "inputs.a.dof", "greater than or equal to 1")),
    "unknown distribution": ("half_width = 0.2", 'half_width = 0.2\ndistribution = "rectangle"', ("rectangular",)),
    "text for a number": ("value = 2", 'value = "2,5"', ("line 6", "inputs.a.value", "must be a number")),
    "nan": ("value = 2", "value = nan", ("line 6", "inputs.a.value", "finite")),
    "no value": ("value = 2\n", "", ("inputs.a", "value is missing")),
    "unknown unit": ("value = 2", 'value = 2\nunit = "Volk"', ("inputs.a", "unknown unit 'Volk'")),
    "unit as a power tower": ("value = 2", 'value = 2\nunit = "m**9**9**9"', ("inputs.a", "small powers")),
    "name of a function": ("[inputs.a]", "[inputs.sin]", ("inputs.sin", "is a function")),
    "name twice": ("c = 1.5", "c = 1.5\nb = 1", ("'b' is taken already",)),
    "one reading": ("value = 2\nu = 0.1", "readings = [1]", ("inputs.a", "take at least 2")),
    "readings and u": ("value = 2\nu = 0.1", "readings = [1, 2]\nu = 1", ("inputs.a", "must not stand beside them")),
    "no TOML": ("[inputs.a]", "[inputs.a", ("not valid TOML", "line 5")),
    "same name components": (
        "u = 0.1",
        'components = [{ name = "p", u = 1 }, { name = "p", u = 1 }]',
        ("different names",),
    ),
    "k beside components": ("u = 0.1", 'k = 2\ncomponents = [{ name = "p", u = 1 }]', ("belongs to a component",)),
    "r of three": (
        "[constants]",
        'correlation = [{ inputs = ["a", "b", "c"], r = 0.5 }]\n[constants]',
        ("'c' is not an input",),
    ),
    "r beyond 1": ("half_width = 0.2", 'u = 1\n[[correlation]]\ninputs = ["a", "b"]\nr = 1.5', ("between -1 and 1",)),
    "r out of reach": (
        "half_width = 0.2",
        'u = 1\ndistribution = "exponential"\n[[correlation]]\ninputs = ["a", "b"]\nr = -0.99',
        ("exponential",),
    ),
    "r and readings": (
        "half_width = 0.2",
        'u = 1\n[[correlation]]\ninputs = ["a", "b"]',
        ("either r or from_readings",),
    ),
    "attack in the model": ("a * b", "__import__('os').x", ("line 2", "model", "not part of an expression")),
    "definition of itself": (
        "[constants]",
        '[definitions]\nd = "d + a"\n[constants]',
        ("definitions.d", "'d' is not an input"),
    ),
    "unit beside outputs": (
        'model = "a * b + c"',
        'unit = "V"\n[outputs.y]\nmodel = "a*b+c"',
        ("unit", "belongs to each output"),
    ),
}


def written(folder: Path, text: str, name: str = "budget.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_file_is_good(tmp_path: Path) -> None:
    (y,) = evaluate(read_budget(written(tmp_path, GOOD)))
    assert (y.value, y.u) == pytest.approx((7.5, ((3 * 0.1) ** 2 + (2 * 0.2) ** 2 / 3) ** 0.5))


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(mistake: tuple[str, str, tuple[str, ...]], tmp_path: Path) -> None:
    before, after, said = mistake
    assert before in GOOD
    path = written(tmp_path, GOOD.replace(before, after, 1))
    with pytest.raises(FileError) as error:
        read_budget(path)
    for words in (str(path), *said):
        assert words in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("u = 0.1", "u = -1").replace("half_width = 0.2", "").replace("a * b", "a * q")
    with pytest.raises(FileError) as error:
        read_budget(written(tmp_path, text))
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.json", b"{", "not valid JSON"),
        ("b.json", b"[1]", "one table"),
        ("b.json", b'{"format": "calib-budget/1", "format": "x"}', "stands twice"),
        ("b.json", b'{"a": NaN}', "not a number of JSON"),
        ("b.json", b"[" * 60_000, "too deep"),
        ("b.json", b'{"a": ' + b"9" * 60_000 + b"}", "not valid JSON"),
        ("b.toml", b"a = " + b"9" * 60_000, "not valid TOML"),
        ("b.toml", b"a = " + b"[" * 50_000, "b.toml"),
        ("b.toml", b"a" + b".a" * 30_000 + b" = 1", "b.toml"),
        ("b.toml", b"\xff\xfe", "UTF-8"),
        ("b.toml", b"#" * (LARGEST + 1), "at most"),
        ("b.toml", b"", "format: missing"),
    ],
)
def test_a_file_that_is_none_ends_at_once(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    begun = time.monotonic()
    with pytest.raises(FileError, match=said):
        read_budget(path)
    assert time.monotonic() - begun < 5


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_budget(tmp_path / "missing.toml")
    with pytest.raises(FileError, match="not a file"):
        read_budget(tmp_path)
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(FileError, match="not a file"):
        read_budget(tmp_path / "pipe.toml")


def test_units_are_checked_and_converted() -> None:
    tables = {
        "format": "calib-budget/1",
        "model": "a + b",
        "unit": "µV",
        "inputs": {"a": {"value": 1, "u": 0.5, "unit": "mV"}, "b": {"value": 2e-6, "u": 1e-6, "unit": "V"}},
    }
    (y,) = evaluate(budget_of(tables))
    assert (y.value, y.u) == pytest.approx((1002, 500.001))
    assert y.unit == "µV"
    (drawn,) = evaluate(budget_of(tables), method="monte-carlo", seed=1)
    assert drawn.value == pytest.approx(1002, abs=6)
    assert drawn.u == pytest.approx(500.001, rel=0.01)
    with pytest.raises(UncertaintyError, match="A"):
        evaluate(budget_of(tables | {"unit": "A"}))
    with pytest.raises(UncertaintyError, match="does not convert"):
        evaluate(budget_of(tables | {"model": "a + b * b"}), method="monte-carlo")


@pytest.mark.parametrize("method", ["first-order", "monte-carlo"])
def test_temperatures_on_a_scale_differ_by_kelvins(method: str) -> None:
    tables = {
        "format": "calib-budget/1",
        "model": "length * (1 + alpha * (t - t0))",
        "unit": "mm",
        "inputs": {
            "length": {"value": 1, "u": 1e-6, "unit": "m"},
            "alpha": {"value": 11.5e-6, "u": 1e-7, "unit": "1/K"},
            "t": {"value": 23, "u": 0.1, "unit": "degC"},
        },
        "constants": {"t0": {"value": 20, "unit": "degC"}},
    }
    (y,) = evaluate(budget_of(tables), method=method, seed=5)
    assert y.value == pytest.approx(1000.0345, abs=2e-5)
    assert y.u == pytest.approx(((1e-3) ** 2 + (1.15e-3) ** 2 + (3e-4) ** 2) ** 0.5, rel=0.01)


def test_several_outputs_share_their_inputs_and_their_draws() -> None:
    tables = {
        "format": "calib-budget/1",
        "inputs": {"a": {"value": 1, "u": 0.1}, "b": {"value": 2, "u": 0.1}},
        "outputs": {"p": {"model": "a + b"}, "m": {"model": "a - b"}, "twice": {"model": "s * 2"}},
        "definitions": {"s": "a + b"},
    }
    read = budget_of(tables)
    found = json.loads(results_json(read, evaluate(read)))
    assert found["correlation"][0] == pytest.approx([1, 0, 1])
    p, _, twice = evaluate(read, method="monte-carlo", trials=1000, seed=3)
    assert twice.value == pytest.approx(2 * p.value)


def test_the_seed_that_was_taken_gives_the_same_digits_again() -> None:
    read = budget_of({"format": "calib-budget/1", "model": "a", "inputs": {"a": {"value": 1, "u": 0.1}}})
    (first,) = evaluate(read, method="monte-carlo", trials=500)
    (again,) = evaluate(read, method="monte-carlo", trials=500, seed=first.how.seed)
    (other,) = evaluate(read, method="monte-carlo", trials=500)
    assert (first.value, first.u, first.interval) == (again.value, again.u, again.interval)
    assert first.value != other.value


def test_an_input_that_no_model_uses_is_named() -> None:
    inputs = {"a": {"value": 1, "u": 0.1}, "lost": {"value": 1, "u": 0.1}}
    read = budget_of({"format": "calib-budget/1", "model": "a", "inputs": inputs})
    assert json.loads(results_json(read, evaluate(read)))["unused"] == ["lost"]


KEYS = st.sampled_from(
    [
        "format",
        "model",
        "inputs",
        "a",
        "b",
        "value",
        "u",
        "U",
        "k",
        "half_width",
        "components",
        "readings",
        "limits",
        "unit",
        "correlation",
        "r",
        "outputs",
        "constants",
        "definitions",
        "distribution",
        "probability",
        "dof",
        "name",
        "from_readings",
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=True),
    st.text(max_size=8),
    st.sampled_from(["calib-budget/1", "a+b", "a**b", "V", "rectangular", "t", "a"]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=15,
)
STATEMENTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("value", "u", "U", "k", "dof", "half_width", "resolution", "distribution", "unit", "beta"), LEAVES
    )
    | {"limits": st.lists(st.floats(-9, 9), max_size=3), "readings": st.lists(st.floats(-9, 9), max_size=4)},
)
SHAPED = st.fixed_dictionaries(
    {
        "format": st.just("calib-budget/1"),
        "model": st.sampled_from(["a", "a+b", "a/b", "sqrt(a)", "a**b", "log(a)*0", "exp(a)**9"]),
        "inputs": st.fixed_dictionaries({"a": STATEMENTS, "b": STATEMENTS}),
    },
    optional={
        "unit": st.sampled_from(["V", "1", "degC"]),
        "correlation": st.lists(
            st.fixed_dictionaries({"inputs": st.just(["a", "b"]), "r": st.floats(-1.5, 1.5)}), max_size=2
        ),
    },
)


@given(st.one_of(st.dictionaries(KEYS, TREES, max_size=5), SHAPED))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_tables_are_a_budget_or_an_error_of_ours(tables: dict[str, Any]) -> None:
    try:
        read = budget_of(tables)
        results = evaluate(read)
    except CalibError:
        return
    json.loads(results_json(read, results), parse_constant=pytest.fail)
    assert budget_text(read, results, "vi")


@given(st.text(alphabet=st.sampled_from("mVkgs/*^() -123.°C%µΩ_"), max_size=20))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_unit_is_read_or_refused(unit: str) -> None:
    inputs = {"a": {"value": 1, "u": 0.1, "unit": unit}}
    begun = time.monotonic()
    with suppress(CalibError):
        evaluate(budget_of({"format": "calib-budget/1", "model": "a", "inputs": inputs, "unit": unit}))
    assert time.monotonic() - begun < 5


def test_bounds_that_correlate_keep_their_shape() -> None:
    bounds = {"value": 0, "half_width": 1}
    tables = {
        "format": "calib-budget/1",
        "model": "a + b",
        "inputs": {"a": bounds, "b": bounds},
        "correlation": [{"inputs": ["a", "b"], "r": 0.5}],
    }
    (y,) = evaluate(budget_of(tables), method="monte-carlo", seed=2)
    assert y.u == pytest.approx(1.0, rel=0.01)  # √(1/3 + 1/3 + 2·0.5/3)
    assert -2 <= y.interval[0] < y.interval[1] <= 2
    with pytest.raises(UncertaintyError, match="Monte Carlo"):
        evaluate(budget_of(tables))


def test_unequal_degrees_of_freedom_that_correlate_need_a_policy() -> None:
    """Two inputs with ν = 3 and 9: the smallest is 3."""
    tables = {
        "format": "calib-budget/1",
        "model": "a + b",
        "inputs": {"a": {"value": 0, "u": 1, "dof": 3}, "b": {"value": 0, "u": 1, "dof": 9}},
        "correlation": [{"inputs": ["a", "b"], "r": 0.5}],
    }
    with pytest.raises(UncertaintyError, match="unequal degrees of freedom"):
        evaluate(budget_of(tables))
    (y,) = evaluate(budget_of(tables | {"dof_policy": "smallest"}))
    assert y.dof == 3
    assert y.k == pytest.approx(3.18, abs=0.005)  # JCGM 100:2008, table G.2
