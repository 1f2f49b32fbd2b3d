"""Published figures and figures on which independent engines agree; numbers and sources are in `cases/`."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.uncertainty import Quantity, budget, correlated, correlation, coverage_factor, propagate, quantity, type_a
from calib.uncertainty.distributions import distribution

CASES = Path(__file__).parent / "cases"
NAMES = {"ctrap": "curvilinear-trapezoid"}


def load(name: str, *kinds: str) -> list[Any]:
    cases = json.loads((CASES / f"{name}.json").read_text())
    return [pytest.param(c, id=c["id"]) for c in cases if not kinds or c["kind"] in kinds]


def made(item: dict[str, Any]) -> Quantity:
    """Return one input as its case states it."""
    dof = item.get("dof") or math.inf
    if "a" in item:
        width = {"half_width_u": item["d"]} if "d" in item else {}
        shape = NAMES.get(item["dist"], item["dist"])
        return quantity(item["value"], half_width=item["a"], distribution=shape, dof=dof, name=item["name"], **width)
    return quantity(item["value"], u=item["u"], dof=dof, name=item["name"])


def inputs(case: dict[str, Any]) -> dict[str, Quantity]:
    items = case["inputs"]
    names = [i["name"] for i in items]
    if "data" in items[0]:
        if len(items) == 1:
            return {names[0]: type_a(items[0]["data"], name=names[0])}
        return dict(zip(names, type_a([i["data"] for i in items], together=True, names=names), strict=True))
    if not case["correlations"]:
        return {i["name"]: made(i) for i in items}
    r = np.eye(len(items))
    for a, b, value in case["correlations"]:
        i, j = names.index(a), names.index(b)
        r[i, j] = r[j, i] = value
    dof = items[0]["dof"] or math.inf
    values = [i["value"] for i in items]
    return dict(zip(names, correlated(values, u=[i["u"] for i in items], r=r, dof=dof, names=names), strict=True))


def evaluated(model: str, names: dict[str, Any]) -> Any:
    return eval(model, {"np": np}, dict(names))


@pytest.mark.parametrize("case", load("gum"))
def test_value_u_and_dof_are_the_published_ones(case: dict[str, Any]) -> None:
    expected = case["expected"]
    given = inputs(case)
    if "corr" in expected:
        outputs = [evaluated(m, given) for m in case["model"]]
        assert correlation(outputs) == pytest.approx(np.array(expected["corr"]), rel=expected["rtol"])
        return
    y = evaluated(case["model"], given)
    rtol = expected.get("rtol", 0.0)
    for fact in ("y", "u", "dof"):
        if fact in expected:
            wanted = math.inf if expected[fact] is None else expected[fact]
            atol = expected.get(f"{fact}_atol", expected.get("atol", 0.0))
            got = {"y": y.value, "u": y.u, "dof": y.dof}[fact]
            assert got == pytest.approx(wanted, rel=rtol or 1e-12, abs=atol), fact
    if "interval95" in expected:  # as the framework with a normal output gives it
        shown = y.expanded(0.95, method="t")
        assert (shown.lower, shown.upper) == pytest.approx(expected["interval95"], abs=expected["atol"])
    if "hi95" in expected:
        assert y.expanded(0.95, method="t").upper == pytest.approx(expected["hi95"], abs=expected["atol"])


@pytest.mark.parametrize("case", [p for p in load("gum") if "mc" in p.values[0]["expected"]])
def test_the_same_model_gives_the_published_monte_carlo_figures(case: dict[str, Any]) -> None:
    out = propagate(
        lambda **names: evaluated(case["model"], names), inputs(case), method="monte-carlo", trials=400_000, seed=3
    )
    expected = case["expected"]["mc"]
    assert out.value == pytest.approx(expected["mean"], abs=expected["atol"] + 3 * out.u / math.sqrt(400_000))
    assert out.u == pytest.approx(expected["u"], abs=expected["atol"])


@pytest.mark.parametrize("case", load("montecarlo"))
def test_monte_carlo_gives_the_figures_of_supplement_1(case: dict[str, Any]) -> None:
    expected = case["expected"]
    out = propagate(
        lambda **names: evaluated(case["model"], names), inputs(case), method="monte-carlo", trials=1_000_000, seed=11
    )
    assert out.value == pytest.approx(expected["mean"], abs=expected.get("mean_atol", expected["atol"]))
    assert out.u == pytest.approx(expected["u"], abs=expected.get("u_atol", expected["atol"]))
    noise = 3 * 2.7e-3 * out.u  # three standard deviations of a 2.5 % quantile of 10⁶ trials
    assert out.interval(0.95) == pytest.approx(expected["interval95"], abs=expected["atol"] + noise)
    low, high = out.shortest(0.95)
    ends = out.interval(0.95)
    assert high - low <= ends[1] - ends[0]


def ea402_inputs(case: dict[str, Any]) -> Any:
    class Inputs:
        pass

    given = Inputs()
    for item in case["inputs"]:
        shape = item["distribution"] if item["distribution"] in {"normal", "rectangular", "triangular"} else "normal"
        dof = item.get("nu") or math.inf
        setattr(
            given, item["name"], quantity(item["value"], u=item["u"], distribution=shape, dof=dof, name=item["name"])
        )
    return given


@pytest.mark.parametrize("case", load("ea402_gum"))
def test_example_budgets_give_the_printed_u_and_every_contribution(case: dict[str, Any]) -> None:
    y = eval(case["python_model"], {}, {"d": ea402_inputs(case)})
    again = case["recomputed"]
    assert y.value == pytest.approx(again["y"], rel=1e-9)
    assert y.u == pytest.approx(again["u"], rel=1e-6)  # theirs by differences
    rows = budget(y)
    for row in again["rows"]:
        got = rows[row["name"]]
        size = abs(row["contribution"])
        assert got.contribution == pytest.approx(size, rel=1e-4, abs=1e-6 * again["u"])
        assert got.sensitivity == pytest.approx(row["c"], rel=1e-4, abs=1e-6)
    assert sum(row.share for row in rows) == pytest.approx(1.0)
    printed = case["published"]
    if case["status"] == "source-verified":
        u = printed["u"]
        digits = len(f"{u:g}".replace(".", "").lstrip("0")) if u < 1e3 else 3
        assert float(f"{y.u:.{min(digits, 3)}g}") == pytest.approx(float(f"{u:.{min(digits, 3)}g}"))


def test_gauge_block_of_annex_h1_has_the_printed_99_percent_uncertainty() -> None:
    """GUM H.1.6: ν_eff = 16 (truncated from 16.75), t_99(16) = 2.92, U_99 = 93 nm."""
    case = next(p.values[0] for p in load("gum") if p.id == "gum-h1-five-engines")
    y = evaluated(case["model"], inputs(case))
    k = coverage_factor(0.99, math.floor(y.dof))
    assert round(k, 2) == 2.92
    assert math.ceil(k * y.u) == 93
    expanded = y.expanded(0.99)
    assert expanded.method == "t"
    assert 2.898 < expanded.k < 2.921  # between 17 and 16 degrees of freedom


@pytest.mark.parametrize("case", load("coverage_factors"))
def test_coverage_factors_are_those_of_table_g2(case: dict[str, Any]) -> None:
    given = {i["name"]: i["value"] for i in case["inputs"]}
    k = coverage_factor(given["p"], given["nu"] or math.inf)
    assert k == pytest.approx(case["expected"]["k"], abs=case["expected"]["atol"])


def test_t_factors_agree_to_all_digits() -> None:
    table = json.loads((CASES / "stats_rounding.json").read_text())["t_factors"]
    for dof, row in table.items():
        got = [coverage_factor(p, int(dof)) for p in (0.95, 0.9545, 0.99)]
        assert got == pytest.approx([row["k95"], row["k9545"], row["k99"]], rel=1e-9)


@pytest.mark.parametrize("case", load("distributions"))
def test_distributions_have_the_published_deviation_and_density(case: dict[str, Any]) -> None:
    (item,) = case["inputs"]
    expected = case["expected"]
    x = made(item)
    if "std" in expected:
        assert x.u == pytest.approx(expected["std"], rel=expected["rtol"])
        assert x.value == expected["mean"]
    else:
        shape = distribution("curvilinear-trapezoid", item["d"] / item["a"])
        assert float(shape.pdf(expected["x"] / x.u)) / x.u == pytest.approx(expected["pdf"], rel=expected["rtol"])


@pytest.mark.parametrize("case", load("arrays"))
def test_arrays_give_what_the_other_engines_give(case: dict[str, Any]) -> None:
    given = {
        i["name"]: quantity(eval(i["data"], {"np": np}), u=i["u"], name=i["name"]) if "data" in i else made(i)
        for i in case["inputs"]
    }
    y = evaluated(case["model"], given)
    expected = case["expected"]
    assert y.value == pytest.approx(expected["y"], rel=expected["rtol"])
    assert y.u == pytest.approx(expected["u"], rel=expected["rtol"])
