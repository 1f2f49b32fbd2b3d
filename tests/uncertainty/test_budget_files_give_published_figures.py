"""Every case with a known answer, written as a budget file, gives that answer; numbers and sources are in the cases."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from calib.uncertainty.budgetfile import evaluate, read_budget, results_json

TESTS = Path(__file__).parent.parent
EXAMPLES = TESTS.parent / "examples" / "budgets"
SHAPES = {"ctrap": "curvilinear-trapezoid"}
KNOWN = {"normal", "rectangular", "triangular", "arcsine", "trapezoidal"}


def cases(path: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in json.loads((TESTS / path).read_text(encoding="utf-8"))]


def expression(model: str) -> str:
    """Return a case's model, written in Python, as a file has it."""
    return re.sub(r"\bd\.", "", model.replace("np.arctan2", "atan2").replace("np.", ""))


def stated(item: dict[str, Any]) -> dict[str, Any]:
    """Return one input as its case states it."""
    if "data" in item:
        return {"readings": item["data"]}
    table = {"value": item["value"]}
    if item.get("dof") or item.get("nu"):
        table["dof"] = item.get("dof") or item["nu"]
    shape = str(item.get("dist") or item.get("distribution"))
    if "k" in item:
        return table | {"U": item["half_width"], "k": item["k"]}
    half = item.get("a") or item.get("half_width")
    as_stated = half and (shape != "rectangular" or math.isclose(half / math.sqrt(3), item["u"], rel_tol=1e-9))
    if as_stated:  # EA-4/02 S4 prints rounded u
        return table | {"half_width": half, "distribution": SHAPES.get(shape, shape)}
    return table | {"u": item["u"]} | ({"distribution": shape} if shape in KNOWN and item["u"] else {})


def tables(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case as the tables of a budget file."""
    model = case.get("model") or case["python_model"]
    whole: dict[str, Any] = {"format": "calib-budget/1", "inputs": {i["name"]: stated(i) for i in case["inputs"]}}
    if isinstance(model, list):
        whole["outputs"] = {f"y{i}": {"model": expression(m)} for i, m in enumerate(model)}
    else:
        whole["model"] = expression(model)
    correlations: list[dict[str, Any]] = [{"inputs": [a, b], "r": r} for a, b, r in case.get("correlations", ())]
    together = [i["name"] for i in case["inputs"] if "ensemble" in i and "data" in i]
    if len(together) > 1:
        correlations.append({"inputs": together, "from_readings": True})
    return whole | ({"correlation": correlations} if correlations else {})


def toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value)


def result(whole: dict[str, Any], folder: Path, **how: Any) -> dict[str, Any]:
    """Return what a file gives, as JSON; TOML and JSON must say the same."""
    paths = [folder / "budget.json", folder / "budget.toml"]
    paths[0].write_text(json.dumps(whole), encoding="utf-8")
    paths[1].write_text("".join(f"{k} = {toml(v)}\n" for k, v in whole.items()), encoding="utf-8")
    texts = [results_json(read, evaluate(read, seed=1, **how)) for read in map(read_budget, paths)]
    assert texts[0] == texts[1]
    found: dict[str, Any] = json.loads(texts[0], parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    return found


@pytest.mark.parametrize("case", cases("uncertainty/cases/gum.json"))
def test_gum_cases(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    got = result(tables(case), tmp_path)
    if "corr" in expected:
        for row, wanted in zip(got["correlation"], expected["corr"], strict=True):
            assert row == pytest.approx(wanted, rel=expected["rtol"])
        return
    for fact, key in (("y", "value"), ("u", "standard_uncertainty"), ("dof", "dof")):
        if fact in expected:
            wanted = math.inf if expected[fact] is None else expected[fact]
            atol = expected.get(f"{fact}_atol", expected.get("atol", 0.0))
            assert float(got[key]) == pytest.approx(wanted, rel=expected.get("rtol", 1e-12), abs=atol), fact
    if "interval95" in expected:
        assert got["interval"] == pytest.approx(expected["interval95"], abs=expected["atol"])


@pytest.mark.parametrize("case", [c for c in cases("uncertainty/cases/gum.json") if "mc" in c.values[0]["expected"]])
def test_gum_cases_that_first_order_misses_by_monte_carlo(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]["mc"]
    got = result(tables(case), tmp_path, method="monte-carlo", trials=1_000_000)
    assert got["mean"] == pytest.approx(expected["mean"], abs=expected["atol"])
    assert got["standard_uncertainty"] == pytest.approx(expected["u"], abs=expected["atol"])
    assert got["gum_validated"] is False


@pytest.mark.parametrize("case", cases("uncertainty/cases/montecarlo.json"))
def test_monte_carlo_cases(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    got = result(tables(case), tmp_path, method="monte-carlo", trials=1_000_000)
    atol = expected["atol"]
    assert got["mean"] == pytest.approx(expected["mean"], abs=expected.get("mean_atol", atol))
    assert got["standard_uncertainty"] == pytest.approx(expected["u"], abs=expected.get("u_atol", atol))
    assert got["interval"] == pytest.approx(expected["interval95"], abs=atol)
    assert got["trials"] == 1_000_000
    low, high = got["shortest_interval"]
    assert high - low <= got["interval"][1] - got["interval"][0]


@pytest.mark.parametrize(
    ("case", "validated"), [("additive-normal", True), ("additive-rect", True), ("mass-mc", False)]
)
def test_the_verdict_on_the_gum_framework_is_that_of_supplement_1(case: str, validated: bool, tmp_path: Path) -> None:
    """JCGM 101:2008, 9.2.2.6, 9.2.3.4 (δ = 0.05, ends differ by 0.04) and 9.3.2.6."""
    (chosen,) = (c.values[0] for c in cases("uncertainty/cases/montecarlo.json") if c.values[0]["id"].endswith(case))
    assert result(tables(chosen), tmp_path, method="monte-carlo", trials=1_000_000)["gum_validated"] is validated


@pytest.mark.parametrize("case", cases("data/uncertradio.json"))
def test_uncertradio_cases(case: dict[str, Any], tmp_path: Path) -> None:
    got = result(tables(case), tmp_path)
    expected = case["expected"]
    assert got["value"] == pytest.approx(expected["y"], rel=expected["rtol"])
    assert got["standard_uncertainty"] == pytest.approx(expected["u"], rel=expected["rtol"])


@pytest.mark.parametrize("case", cases("uncertainty/cases/ea402_gum.json"))
def test_ea_4_02_cases(case: dict[str, Any], tmp_path: Path) -> None:
    published, recomputed = case["published"], case["recomputed"]
    p = 0.9545 if published.get("k") == 2 else 0.95
    got = result(tables(case), tmp_path, probability=p)
    assert got["value"] == pytest.approx(recomputed["y"], rel=1e-12)
    assert got["standard_uncertainty"] == pytest.approx(recomputed["u"], rel=1e-6)
    if recomputed["nu_eff"] is not None:
        assert got["dof"] == pytest.approx(recomputed["nu_eff"], rel=1e-6)
    rows = {row["name"]: row for row in got["budget"]}
    for row in recomputed["rows"]:
        at = rows[row["name"]]["contribution"]
        assert at == pytest.approx(abs(row["contribution"]), rel=1e-5, abs=1e-6 * recomputed["u"])
    for key, fact in (("u", "standard_uncertainty"), ("U", "expanded_uncertainty")):
        if key in published:
            decimals = len(str(published[key]).partition(".")[2].rstrip("0"))
            assert got[fact] == pytest.approx(published[key], abs=(0.51 if key == "u" else 1.0) * 10.0**-decimals)


MASS = json.loads((TESTS / "data" / "mass.json").read_text(encoding="utf-8"))["buoyancy"]


@pytest.mark.parametrize("name", ["conventional", "comparison", "abba"])
def test_mass_formulas(name: str, tmp_path: Path) -> None:
    """OIML D 28 and R 111, NIST SOP 4; the air buoyancy correction is in grams in the formula, in mg in the case."""
    formula, _, _ = MASS[name]["formula"].partition(";")
    model = formula.partition("=")[2].strip()
    names = {"abba": ("((X1+X2)-(A1+A2))/2", "((B1+B2)-(A1+A2))/2"), "comparison": ("dI*S + mcs*", "1000 * mcs_g*")}
    model = model.replace(*names.get(name, ("", "")))
    for case in MASS[name]["cases"]:
        given = {k: v for k, v in case.items() if k not in {"mc", "C_mg", "d"}}
        inputs = {k: {"value": v, "u": 0} for k, v in given.items()}
        whole = {"format": "calib-budget/1", "model": model, "inputs": inputs}
        (wanted,) = (v for k, v in case.items() if k not in given)
        assert result(whole, tmp_path)["value"] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("example", "p", "value", "u", "U"),
    [
        ("gauge_block", 0.99, 50000838, 31.7, 93),
        ("weight", 0.9545, 10000.025, 0.0292, 0.058),
        ("multimeter", 0.95, 0.1, 0.0296, 0.05),
    ],
)
def test_the_examples_give_what_the_documents_print(example: str, p: float, value: float, u: float, U: float) -> None:
    """JCGM 100:2008, H.1.7 (U = 93 nm with ν truncated to 16); EA-4/02 M:2022, S2; S9 (U = 0.05 V by k = 1.65)."""
    read = read_budget(EXAMPLES / f"{example}.toml")
    got = json.loads(results_json(read, evaluate(read)))
    assert got["coverage_probability"] == p
    assert got["value"] == pytest.approx(value, rel=1e-9)
    assert got["standard_uncertainty"] == pytest.approx(u, rel=2e-3)
    assert got["expanded_uncertainty"] == pytest.approx(U, rel=0.015)


def test_every_example_is_tested() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.*")} == {"gauge_block", "weight", "multimeter"}
