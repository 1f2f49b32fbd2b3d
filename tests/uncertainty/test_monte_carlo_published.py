"""Published Monte Carlo results: JCGM 101:2008, clause 9, and JCGM 102:2011, tables 6 and 7, as quoted in `cases/`."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.uncertainty import MonteCarlo, Quantity, correlated, propagate, quantity

CASES = Path(__file__).parent / "cases"
TRIALS = 1_000_000


def load(name: str, which: str) -> list[Any]:
    cases = json.loads((CASES / f"{name}.json").read_text())
    return [pytest.param(c, id=c["id"]) for c in cases if which in c["expected"]]


def inputs(case: dict[str, Any]) -> dict[str, Quantity]:
    items = case["inputs"]
    if case["correlations"]:
        r = np.eye(len(items))
        names = [i["name"] for i in items]
        for a, b, value in case["correlations"]:
            i, j = names.index(a), names.index(b)
            r[i, j] = r[j, i] = value
        return dict(zip(names, correlated([i["value"] for i in items], u=[i["u"] for i in items], r=r), strict=True))
    return {
        i["name"]: quantity(i["value"], half_width=i["a"], distribution=i["dist"])
        if "a" in i
        else quantity(i["value"], u=i["u"])
        for i in items
    }


def sampled(model: Any, given: dict[str, Any]) -> MonteCarlo:
    return propagate(model, given, "monte-carlo", trials=TRIALS, seed=101, workers=2)


def logarithm(x: Any) -> Any:
    return np.log(x)


def as_model(text: str) -> Any:
    return lambda **names: eval(text, {"np": np}, names)


@pytest.mark.parametrize("case", load("montecarlo", "interval95"))
def test_mean_u_and_interval_are_the_published_ones(case: dict[str, Any]) -> None:
    expected = case["expected"]
    out = sampled(as_model(case["model"]), inputs(case))
    atol = expected["atol"]
    assert out.value == pytest.approx(expected["mean"], abs=expected.get("mean_atol", atol))
    assert out.u == pytest.approx(expected["u"], abs=expected.get("u_atol", atol))
    assert out.interval(0.95) == pytest.approx(tuple(expected["interval95"]), abs=atol)


@pytest.mark.parametrize("case", load("gum", "mc"))
def test_magnitude_and_phase_are_those_of_tables_6_and_7(case: dict[str, Any]) -> None:
    expected = case["expected"]["mc"]
    out = sampled(as_model(case["model"]), inputs(case))
    assert out.value == pytest.approx(expected["mean"], abs=expected["atol"])
    assert out.u == pytest.approx(expected["u"], abs=expected["atol"])


def test_magnitude_and_phase_come_from_one_run_with_their_covariance() -> None:
    """Table 6: x1 = 0.001, u = 0.01, r = 0; of a Rayleigh-like magnitude and an all but even phase."""
    re, im = correlated([0.001, 0.0], u=[0.01, 0.01], r=np.eye(2))
    out = sampled(lambda re, im: (np.hypot(re, im), np.arctan2(im, re)), {"re": re, "im": im})
    assert out.value == pytest.approx([0.013, 0.0], abs=0.006)
    assert out.u == pytest.approx([0.007, 1.744], abs=0.005)
    assert out.correlation[0, 1] == pytest.approx(0.0, abs=5 / math.sqrt(TRIALS))
    assert out.covariance == pytest.approx(np.cov(out.draws), rel=1e-9, abs=1e-15)


def test_gauge_block_of_clause_9_5() -> None:
    """JCGM 101:2008, 9.5: 838 nm, u = 36 nm; another engine 35.8 and [767.6, 908.2] (reference figures).

    The inputs are from general knowledge, not checked against the document.
    """
    given = {
        "ls": quantity(50_000_623.0, u=25, dof=18), "d": quantity(215.0, u=6, dof=24), "d1": quantity(0.0, u=4, dof=5),
        "d2": quantity(0.0, u=7, dof=8), "als": quantity(11.5e-6, half_width=2e-6), "th0": quantity(-0.1, u=0.2),
        "swing": quantity(0.0, half_width=0.5, distribution="arcsine"),
        "dal": quantity(0.0, half_width=1e-6, half_width_u=0.1e-6, distribution="curvilinear-trapezoid"),
        "dth": quantity(0.0, half_width=0.05, half_width_u=0.025, distribution="curvilinear-trapezoid"),
    }  # fmt: skip

    def deviation(ls: Any, d: Any, d1: Any, d2: Any, als: Any, th0: Any, swing: Any, dal: Any, dth: Any) -> Any:
        return ls + (d + d1 + d2) - ls * (dal * (th0 + swing) + als * dth) - 50_000_000

    out = sampled(deviation, given)
    assert out.value == pytest.approx(838, abs=0.5)
    assert out.u == pytest.approx(35.8, abs=0.2)
    assert out.interval(0.95) == pytest.approx((767.6, 908.2), abs=0.7)
    assert np.ptp(out.shortest(0.95)) <= np.ptp(out.interval(0.95))


def test_logarithm_of_a_rectangle_has_its_closed_form() -> None:
    """NPL DEM-ES-011, table 9.2: X rectangular on [0.1, 1.1]; the ends of ln X are ln of the ends of X."""
    out = sampled(logarithm, {"x": quantity(0.6, half_width=0.5)})
    a, b = 0.1, 1.1
    mean = (b * math.log(b) - a * math.log(a)) - 1.0
    second = sum(s * e * (math.log(e) ** 2 - 2 * math.log(e) + 2) for s, e in ((1, b), (-1, a)))
    std = math.sqrt(second - mean**2)
    assert out.value == pytest.approx(mean, abs=5 * std / math.sqrt(TRIALS))
    assert out.u == pytest.approx(std, rel=0.005)
    assert out.interval(0.95) == pytest.approx((math.log(0.125), math.log(1.075)), abs=0.01)
    assert out.shortest(0.95) == pytest.approx((math.log(0.15), math.log(1.1)), abs=0.01)
