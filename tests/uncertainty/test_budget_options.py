"""What may be asked of a budget file: its options against laws, closed forms and published figures."""

import json
import math
import threading
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty.budgetfile import budget_of, evaluate, results_json

ADDITIVE = {
    "format": "calib-budget/1",
    "model": "a + b",
    "inputs": {"a": {"value": 1, "u": 3}, "b": {"value": 2, "u": 4}},
}
TWO = {
    "format": "calib-budget/1",
    "inputs": {"a": {"value": 1, "u": 0.3}, "b": {"value": 2, "u": 0.4}, "c": {"value": 0, "u": 0.5}},
    "outputs": {"p": {"model": "a + c"}, "q": {"model": "b + c"}},
}


def told(tables: dict[str, Any], **asked: Any) -> dict[str, Any]:
    read = budget_of(tables)
    found: dict[str, Any] = json.loads(results_json(read, evaluate(read, **asked)))
    return found


@pytest.mark.parametrize("method", ["first-order", "second-order", "monte-carlo"])
def test_a_one_sided_interval_ends_where_the_distribution_says(method: str) -> None:
    """3, 4, 5: y is normal about 3 with u = 5; 95 % of it lie below 3 + 1.645·5."""
    end = 3 + stats.norm.ppf(0.95) * 5
    got = told(ADDITIVE, method=method, side="upper", trials=400_000, seed=1)
    assert got["interval"][0] == "-inf"
    assert got["interval"][1] == pytest.approx(end, abs=0.05 if method == "monte-carlo" else 1e-9)
    assert got["side"] == "upper"
    other = told(ADDITIVE | {"side": "lower"}, method=method, trials=400_000, seed=1)
    assert other["interval"] == [pytest.approx(6 - end, abs=0.05 if method == "monte-carlo" else 1e-9), "inf"]
    if method == "monte-carlo":
        assert got["gum_validated"]
    else:
        assert got["coverage_factor"] == pytest.approx(1.6449, abs=1e-4)


def test_a_one_sided_verdict_looks_at_its_one_end() -> None:
    """exp of a wide normal: its upper end is far above, its lower one far above too, of the linear ones."""
    tables = {"format": "calib-budget/1", "model": "exp(a)", "inputs": {"a": {"value": 0, "u": 0.5}}}
    assert not told(tables, method="monte-carlo", side="upper", seed=2)["gum_validated"]
    linear = tables | {"model": "2 * a"}
    assert told(linear, method="monte-carlo", side="lower", seed=2, trials=1_000_000)["gum_validated"]


def test_ea_4_02_is_a_rule_that_is_named() -> None:
    """EA-4/02, S9: one dominant rectangle, k = 0.95·√3."""
    dominant = {
        "format": "calib-budget/1",
        "model": "r + n",
        "inputs": {"r": {"value": 0, "half_width": 1}, "n": {"value": 0, "u": 0.05}},
    }
    got = told(dominant | {"coverage": "ea-4/02"})
    assert got["coverage_factor"] == pytest.approx(0.95 * math.sqrt(3))
    assert got["coverage"] == "ea-4/02"
    exact = told(dominant, coverage="convolution")["coverage_factor"]
    assert got["coverage_factor"] < exact < told(dominant, coverage="t")["coverage_factor"]
    with pytest.raises(UncertaintyError, match="ea-4/02"):
        told(ADDITIVE, coverage="ea-4/02")
    with pytest.raises(UncertaintyError, match="two-sided"):
        told(dominant, coverage="ea-4/02", side="upper")


def test_trials_go_on_until_the_tolerance_is_reached() -> None:
    """JCGM 101:2008, 7.9: twice the standard deviation of every figure's average is within the tolerance."""
    wide, narrow = (told(ADDITIVE | {"tolerance": t}, method="monte-carlo", seed=3) for t in (0.5, 0.05))
    assert wide["trials"] < 100_000 < narrow["trials"] < 1_000_000  # (2 · 2.67 u / δ)² = 285 000 for the ends
    exact = 3 - stats.norm.ppf(0.975) * 5
    assert narrow["interval"][0] == pytest.approx(exact, abs=2 * 0.05)
    with pytest.raises(UncertaintyError, match="not reached in 30000 trials"):
        told(ADDITIVE, method="monte-carlo", tolerance=1e-3, trials=30_000, seed=3)


def test_tolerance_by_digits_follows_the_digits_of_u() -> None:
    """u = 5.0: δ is 0.05 for two digits, 0.5 for one."""
    for digits, delta in ((1, 0.5), (2, 0.05)):
        tables = ADDITIVE | {"digits": digits}
        by_digits = told(tables, method="monte-carlo", tolerance="digits", seed=4)
        assert by_digits["trials"] == told(tables, method="monte-carlo", tolerance=delta, seed=4)["trials"]


def test_the_digits_do_not_depend_on_the_workers() -> None:
    for more in ({"trials": 300_000}, {"tolerance": 0.1}):
        one, three = (told(ADDITIVE, method="monte-carlo", workers=n, seed=5, **more) for n in (1, 3))
        assert one == three


def test_what_is_asked_goes_before_the_file_and_the_file_before_the_default() -> None:
    tables = ADDITIVE | {"probability": 0.9, "method": "monte-carlo", "trials": 5000, "seed": 6}
    got = told(tables)
    assert (got["coverage_probability"], got["trials"], got["seed"]) == (0.9, 5000, 6)
    assert told(tables, trials=7000)["trials"] == 7000
    assert told(tables, method="first-order", probability=0.99)["coverage_factor"] == pytest.approx(2.5758, abs=1e-4)
    assert told(ADDITIVE, method="monte-carlo", trials=None, seed=1)["trials"] == 200_000


def test_second_order_refuses_what_it_has_no_rule_for() -> None:
    tables = ADDITIVE | {
        "inputs": {"a": {"value": 0, "u": 1, "dof": 3}, "b": {"value": 0, "u": 1, "dof": 9}},
        "correlation": [{"inputs": ["a", "b"], "r": 0.5}],
    }
    with pytest.raises(UncertaintyError, match="second order has no rule"):
        told(tables, method="second-order")
    smallest = told(tables, dof_policy="smallest")
    assert (smallest["dof"], smallest["coverage_factor"]) == (3, pytest.approx(3.182, abs=5e-4))
    assert told(tables, dof_policy="willink")["dof"] == pytest.approx(9 / (2.25 / 3 + 2.25 / 9))  # by hand


def test_several_measurands_have_their_covariance_and_regions() -> None:
    """Variances 0.34 and 0.41, covariance 0.25 by hand; χ²_95(2) = 5.991; Bonferroni: 2.241."""
    got = told(TWO)
    assert np.array(got["covariance"]) == pytest.approx(np.array([[0.34, 0.25], [0.25, 0.41]]))
    assert got["correlation"][0][1] == pytest.approx(0.25 / math.sqrt(0.34 * 0.41))
    joint = got["joint"]
    assert joint["ellipse"]["factor"] == pytest.approx(math.sqrt(5.991), abs=1e-3)
    area = math.pi * 5.9915 * math.sqrt(0.34 * 0.41 - 0.0625)
    assert joint["ellipse"]["volume"] == pytest.approx(area, rel=1e-4)
    assert joint["rectangle"]["factor"] == pytest.approx(2.241, abs=1e-3)
    assert joint["rectangle"]["intervals"][0] == pytest.approx(
        [1 - 2.2414 * 0.34**0.5, 1 + 2.2414 * 0.34**0.5], rel=1e-4
    )
    assert joint["gum_validated"] is None


def test_trials_of_several_measurands_agree_with_the_joint_normal_distribution() -> None:
    """The rectangle of trials has k_q of the joint distribution, below Bonferroni's."""
    got = told(TWO, method="monte-carlo", trials=400_000, seed=7)
    assert np.array(got["covariance"]) == pytest.approx(np.array([[0.34, 0.25], [0.25, 0.41]]), rel=0.02)
    joint = got["joint"]
    assert joint["ellipse"]["factor"] == pytest.approx(math.sqrt(5.991), rel=0.01)
    r = 0.25 / math.sqrt(0.34 * 0.41)
    normal: Any = stats.multivariate_normal([0, 0], [[1, r], [r, 1]])
    kq = joint["rectangle"]["factor"]
    assert normal.cdf([kq, kq], lower_limit=[-kq, -kq]) == pytest.approx(0.95, abs=0.003)
    assert kq < told(TWO)["joint"]["rectangle"]["factor"]
    assert joint["gum_validated"] is True
    assert [o["gum_validated"] for o in got["outputs"]] == [True, True]


def test_the_joint_verdict_is_no_where_the_measurands_are_not_linear() -> None:
    tables = TWO | {"outputs": {"p": {"model": "exp(3 * a)"}, "q": {"model": "b + c"}}}
    assert told(tables, method="monte-carlo", seed=8)["joint"]["gum_validated"] is False


def test_measurands_that_depend_on_one_another_have_no_ellipse() -> None:
    tables = TWO | {"outputs": {"p": {"model": "a"}, "q": {"model": "2 * a"}}}
    for method in ("first-order", "monte-carlo"):
        joint = told(tables, method=method, seed=9)["joint"]
        assert joint["ellipse"] is None
        assert joint["rectangle"]["factor"] > 1.9
    still = TWO | {"outputs": {"p": {"model": "a"}, "q": {"model": "0 * b"}}}
    for method in ("first-order", "monte-carlo"):
        joint = told(still, method=method, seed=9)["joint"]
        assert (joint["ellipse"], joint["rectangle"]) == (None, None)


def test_measurands_of_different_units_come_each_in_its_own() -> None:
    """One Ohm's law twice: P in mW, R in kΩ, from V in mV and I in µA; Monte Carlo as first order."""
    tables = {
        "format": "calib-budget/1",
        "inputs": {"V": {"value": 2000, "u": 1, "unit": "mV"}, "I": {"value": 500, "u": 0.2, "unit": "µA"}},
        "constants": {"lead": {"value": 0.5, "unit": "ohm"}},
        "outputs": {"P": {"model": "V * I", "unit": "mW"}, "R": {"model": "V / I - lead", "unit": "kohm"}},
    }
    P, R = told(tables)["outputs"]
    assert (P["value"], R["value"]) == pytest.approx((1.0, 3.9995))
    assert (P["unit"], R["unit"]) == ("mW", "kohm")
    drawn = told(tables, method="monte-carlo", seed=10)["outputs"]
    for first, sampled in zip((P, R), drawn, strict=True):
        assert sampled["mean"] == pytest.approx(first["value"], rel=1e-5)
        assert sampled["standard_uncertainty"] == pytest.approx(first["standard_uncertainty"], rel=0.01)
        assert sampled["unit"] == first["unit"]


@pytest.mark.parametrize("method", ["first-order", "second-order", "monte-carlo"])
def test_a_temperature_in_celsius_can_be_wanted_in_kelvin(method: str) -> None:
    inputs = {"t": {"value": 20, "u": 0.1, "unit": "degC"}, "d": {"value": 1, "u": 0.1, "unit": "delta_degC"}}
    tables = {"format": "calib-budget/1", "model": "t + d", "unit": "K", "inputs": inputs}
    got = told(tables, method=method, seed=11)
    assert got["mean" if method == "monte-carlo" else "value"] == pytest.approx(294.15, abs=0.01)
    assert got["standard_uncertainty"] == pytest.approx(math.hypot(0.1, 0.1), rel=0.02)


def test_progress_counts_the_trials() -> None:
    counted: list[int] = []
    evaluate(budget_of(ADDITIVE), counted.append, method="monte-carlo", trials=150_000, workers=2)
    assert 150_000 <= sum(counted) < 150_010  # a few more to find the shape of the output
    assert len(counted) > 2


@pytest.mark.parametrize(("workers", "alone"), [(1, True), (2, False)])
def test_workers_are_threads_that_evaluate_the_model(workers: int, alone: bool) -> None:
    seen: set[int] = set()

    def note(trials: int) -> None:
        if trials > 2:  # two trials find the shape of the output, in the thread that asks
            seen.add(threading.get_ident())

    evaluate(budget_of(ADDITIVE | {"workers": workers}), note, method="monte-carlo", trials=400_000)
    assert (seen == {threading.get_ident()}) is alone
