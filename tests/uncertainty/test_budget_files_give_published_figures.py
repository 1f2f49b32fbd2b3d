"""Every case with a known answer, written as a budget file, gives that answer; numbers and sources are in the cases."""

import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.uncertainty import coverage_factor
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
    rounded = "u" in item and shape == "rectangular" and half and not math.isclose(half, item["u"] * math.sqrt(3))
    if half and not rounded:  # EA-4/02 S4 prints rounded u
        width = {"half_width_u": item["d"]} if "d" in item else {}
        return table | {"half_width": half, "distribution": SHAPES.get(shape, shape)} | width
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
    normal = result(tables(case), tmp_path, coverage="t")["interval"]
    if "interval95" in expected:
        assert normal == pytest.approx(expected["interval95"], abs=expected["atol"])
    if "hi95" in expected:
        assert normal[1] == pytest.approx(expected["hi95"], abs=expected["atol"])


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
    rtol = expected["rtol"]
    assert got["value"] == pytest.approx(expected["y"], rel=rtol)
    assert got["standard_uncertainty"] == pytest.approx(expected["u"], rel=rtol)
    if "u_best" in expected:  # ISO 11929: the same y and u, where the measurand is known not to be negative
        y, u = got["value"], got["standard_uncertainty"]
        known: Any = stats.truncnorm(-y / u, math.inf, loc=y, scale=u)
        assert known.mean() == pytest.approx(expected["uncertradio_best_estimate"], rel=rtol)
        assert known.std() == pytest.approx(expected["u_best"], rel=rtol)
        assert known.interval(0.95) == pytest.approx(expected["interval95"], rel=rtol)


def decimals(number: float) -> int:
    """Return how many decimals a number was printed with."""
    return len(str(number).partition(".")[2].rstrip("0"))


@pytest.mark.parametrize("case", cases("uncertainty/cases/ea402_gum.json"))
def test_ea_4_02_cases_as_recomputed(case: dict[str, Any], tmp_path: Path) -> None:
    """Theirs by numerical differences."""
    again = case["recomputed"]
    got = result(tables(case), tmp_path)
    assert got["value"] == pytest.approx(again["y"], rel=1e-12)
    assert got["standard_uncertainty"] == pytest.approx(again["u"], rel=1e-7)
    dof = math.inf if again["nu_eff"] is None else again["nu_eff"]
    assert float(got["dof"]) == pytest.approx(dof, rel=1e-6)
    rows = {row["name"]: row for row in got["budget"]}
    for row in again["rows"]:
        at = rows[row["name"]]
        assert at["contribution"] == pytest.approx(abs(row["contribution"]), rel=1e-5, abs=1e-6 * again["u"])
        assert at["sensitivity"] == pytest.approx(row["c"], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("case", cases("uncertainty/cases/ea402_gum.json"))
def test_ea_4_02_cases_as_printed(case: dict[str, Any], tmp_path: Path) -> None:
    """U of S2 is printed from rounded contributions; 2022 prints that of the mean as 14.4 mg."""
    printed, whole = case["published"], tables(case)
    p = 0.9545 if printed.get("k") == 2 else 0.95
    got = result(whole, tmp_path, probability=p)
    assert got["value"] == pytest.approx(printed["y"], abs=0.51 * 10.0 ** -decimals(printed["y"]))
    for key in ("u", "u_printed"):
        if key in printed:
            assert got["standard_uncertainty"] == pytest.approx(
                printed[key], abs=0.51 * 10.0 ** -decimals(printed[key])
            )
    if "U" in printed:
        assert got["expanded_uncertainty"] == pytest.approx(printed["U"], abs=10.0 ** -decimals(printed["U"]))
    if "u_2022" in printed:
        whole["inputs"]["dm"]["u"] = 0.0144
        new = result(whole, tmp_path, probability=p)
        assert new["standard_uncertainty"] == pytest.approx(printed["u_2022"], abs=0.5e-4)
        assert new["expanded_uncertainty"] == pytest.approx(printed["U_2022"], abs=0.5e-3)


@pytest.mark.parametrize(
    ("name", "coverage", "within"), [("EA-4/02 S9", "ea-4/02", 0.0051), ("EA-4/02 S11", "convolution", 0.025)]
)
def test_coverage_factors_of_dominant_rectangles(name: str, coverage: str, within: float, tmp_path: Path) -> None:
    """S11 prints 1.81 of unknown origin: all inputs convolved have 1.83, the trapezoid of the two largest 1.80."""
    (case,) = (c.values[0] for c in cases("uncertainty/cases/ea402_gum.json") if c.id == name)
    got = result(tables(case), tmp_path, coverage=coverage)
    assert got["coverage"] == coverage
    assert got["coverage_factor"] == pytest.approx(case["published"]["k"], abs=within)


def test_normal_budgets_of_ea_4_02_have_k_2_and_h_1_has_the_factor_of_16_degrees(tmp_path: Path) -> None:
    """JCGM 100:2008, H.1.6 cuts the degrees of freedom: t_99(16) = 2.92, U = 93 nm."""
    for case in (c.values[0] for c in cases("uncertainty/cases/ea402_gum.json")):
        printed = case["published"]
        if printed.get("k") == 2:
            k = result(tables(case), tmp_path, probability=0.9545)["coverage_factor"]
            assert k == pytest.approx(printed["k"], abs=0.02)
        if "k99" in printed:
            got = result(tables(case), tmp_path, probability=0.99)
            assert got["dof"] == pytest.approx(printed["nu_eff"], abs=0.1)
            k = coverage_factor(0.99, math.floor(got["dof"]))
            assert k == pytest.approx(printed["k99"], abs=0.005)
            assert math.ceil(k * got["standard_uncertainty"]) == pytest.approx(printed["U99"], abs=0)


@pytest.mark.parametrize("case", cases("uncertainty/cases/coverage_factors.json"))
def test_coverage_factors_of_table_g2(case: dict[str, Any], tmp_path: Path) -> None:
    stated = {i["name"]: i["value"] for i in case["inputs"]}
    x = {"value": 0, "u": 1} | ({"dof": stated["nu"]} if stated["nu"] else {})
    whole = {"format": "calib-budget/1", "model": "x", "probability": stated["p"], "inputs": {"x": x}}
    expected = case["expected"]
    assert result(whole, tmp_path)["coverage_factor"] == pytest.approx(expected["k"], abs=expected["atol"])


@pytest.mark.parametrize(
    "case", [c for c in cases("uncertainty/cases/distributions.json") if "std" in c.values[0]["expected"]]
)
def test_distributions(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    got = result(tables(case), tmp_path)
    assert got["value"] == pytest.approx(expected["mean"], abs=0)
    assert got["standard_uncertainty"] == pytest.approx(expected["std"], rel=expected["rtol"])


@pytest.mark.parametrize("case", [c for c in cases("uncertainty/cases/arrays.json") if c.id.startswith("chain")])
def test_chain_product(case: dict[str, Any], tmp_path: Path) -> None:
    (x,) = case["inputs"]
    values = 1 + 1e-4 * np.cos(np.arange(200))
    assert eval(x["data"], {"np": np}) == pytest.approx(values, abs=0)
    inputs = {f"x{i}": {"value": value, "u": x["u"]} for i, value in enumerate(values.tolist())}
    whole = {"format": "calib-budget/1", "model": "*".join(inputs), "inputs": inputs}
    got, expected = result(whole, tmp_path), case["expected"]
    assert got["value"] == pytest.approx(expected["y"], rel=expected["rtol"])
    assert got["standard_uncertainty"] == pytest.approx(expected["u"], rel=expected["rtol"])


ALL_MASS = json.loads((TESTS / "data" / "mass.json").read_text(encoding="utf-8"))
MASS = ALL_MASS["buoyancy"]


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


AIR = ALL_MASS["air_density"]


@pytest.mark.parametrize("case", AIR["cases"], ids=str)
def test_air_density_of_the_example_is_that_of_cipm_2007(case: dict[str, float], tmp_path: Path) -> None:
    whole = tomllib.loads((EXAMPLES / "air_density.toml").read_text(encoding="utf-8"))
    for name, fact in (("t", "t"), ("p", "p"), ("h", "h"), ("x_CO2", "xCO2")):
        whole["inputs"][name]["value"] = case[fact]
    got = result(whole, tmp_path)
    assert got["value"] == pytest.approx(case["rho"], rel=1e-9)
    (formula,) = (row for row in got["budget"] if row["name"] == "formula")
    assert formula["contribution"] / got["value"] == pytest.approx(AIR["rel_standard_u_of_formula"], rel=1e-9)


def test_air_density_has_the_sensitivities_of_the_paper() -> None:
    """Relative, near 20 °C, 101 325 Pa, 50 %: p 1e-5 /Pa, t −4e-3 /K, h −9e-3, x_CO2 0.4 (general knowledge)."""
    read = read_budget(EXAMPLES / "air_density.toml")
    got = json.loads(results_json(read, evaluate(read)))
    relative = {row["name"]: row["sensitivity"] / got["value"] for row in got["budget"]}
    for name, printed in {"p": 1e-5, "t": -4e-3, "h": -9e-3, "x_CO2": 0.4}.items():
        assert float(f"{relative[name]:.0e}") == pytest.approx(printed, rel=1e-12)


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
    assert {path.stem for path in EXAMPLES.glob("*.*")} == {
        "gauge_block",
        "weight",
        "multimeter",
        "air_density",
        "impedance",
    }


def test_the_example_with_two_measurands_gives_what_annex_h2_prints(tmp_path: Path) -> None:
    """JCGM 100:2008, table H.4: R = 127.732(71) Ω, X = 219.847(295) Ω, r = −0.588; five readings, so k is t_95(4)."""
    read = read_budget(EXAMPLES / "impedance.toml")
    got = json.loads(results_json(read, evaluate(read)))
    R, X = got["outputs"]
    assert (R["value"], R["standard_uncertainty"]) == pytest.approx((127.732, 0.071), abs=5e-4)
    assert X["value"] == pytest.approx(219.847, abs=5e-4)
    assert X["standard_uncertainty"] == pytest.approx(0.295, abs=1e-3)
    assert got["correlation"][0][1] == pytest.approx(-0.588, abs=5e-4)
    assert R["coverage_factor"] == pytest.approx(2.776, abs=5e-4)
    assert R["unit"] == "ohm"
    joint = got["joint"]  # F_95(2, 4) = 6.944 and t_97.5(4) for each of two at 97.5 %, from tables: 3.495
    assert joint["ellipse"]["factor"] == pytest.approx(math.sqrt(2 * 6.944), abs=5e-4)
    assert joint["rectangle"]["factor"] == pytest.approx(3.495, abs=1e-3)
