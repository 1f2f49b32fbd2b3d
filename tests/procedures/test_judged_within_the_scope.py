"""U against the CMC, conformity after it, and risks with the real distribution."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.procedure import Decision, judge
from calib.specification import Covered
from calib.uncertainty import quantity


def _normal(value: float = 0.0, u: float = 1.0) -> Any:
    return quantity(value, u=u, name="e")


def test_a_rounded_u_below_the_cmc_is_raised_to_it_and_above_it_is_left() -> None:
    low = judge(_normal(u=1e-6), 1e-5, Decision(), Covered(inside=True, cmc=3.14e-6))
    assert [low.reported_U, low.cmc] == pytest.approx([3.2e-6, 3.14e-6])
    assert low.scope == "in"
    assert float(low.U) == pytest.approx(2e-6, rel=1e-3)
    assert low.tur == pytest.approx(1e-5 / 3.2e-6)
    high = judge(_normal(u=1e-6), 1e-5, Decision(), Covered(inside=True, cmc=1.9e-6))
    assert high.reported_U == pytest.approx(2.0e-6)


def test_the_comparison_is_made_after_rounding() -> None:
    """U = 2.04 µV is above a CMC of 2.02 µV, but its two digits, 2.0 µV, are not."""
    found = judge(_normal(u=1.02e-6), 1e-4, Decision(), Covered(inside=True, cmc=2.02e-6))
    assert found.U > 2.02e-6
    assert found.reported_U == pytest.approx(2.1e-6)


def test_conformity_is_decided_with_the_raised_u() -> None:
    rule = Decision(rule="guarded", guard_band=1.0)
    assert judge(_normal(7.0), 10.0, rule).verdict == "pass"  # 7 + 2 ≤ 10
    raised = judge(_normal(7.0), 10.0, rule, Covered(inside=True, cmc=3.5))
    assert (raised.verdict, raised.verdict_unguarded) == ("fail", "pass")
    assert raised.upper_acceptance == pytest.approx(6.5)


def test_outside_the_scope_nothing_is_raised_and_without_one_nothing_is_said() -> None:
    outside = judge(_normal(), 10.0, Decision(), Covered(inside=False))
    assert (outside.scope, outside.cmc, outside.reported_U) == ("out", 0.0, 2.0)
    assert judge(_normal(), 10.0, Decision()).scope == "none"


def test_the_probability_of_conformity_belongs_to_the_u_that_is_reported() -> None:
    """Of a normal error raised from U = 2 to U = 4 the standard uncertainty is 2."""
    found = judge(_normal(7.0), 10.0, Decision(), Covered(inside=True, cmc=4.0))
    expected = stats.norm.cdf(10, 7, 2) - stats.norm.cdf(-10, 7, 2)
    assert found.conformance_probability == pytest.approx(expected, abs=2e-4)


def test_083_U_leaves_48_percent_of_a_normal_error_and_105_where_a_rectangle_dominates() -> None:
    """ISO 14253-1:2017; 10.5 % as computed for one dominant rectangular input in the reference on decision rules."""
    rule = Decision(rule="iso-14253-1")
    assert judge(_normal(), 10.0, rule).rule_risk == pytest.approx(stats.norm.sf(1.66), abs=1e-3)
    rectangle = quantity(0.0, half_width=1.0, name="r") + quantity(0.0, u=0.01, name="n")
    found = judge(rectangle, 10.0, rule)
    draws = np.random.default_rng(1).uniform(-1, 1, 400_000) + np.random.default_rng(2).normal(0, 0.01, 400_000)
    assert found.rule_risk == pytest.approx(np.mean(draws > 0.83 * found.reported_U), abs=2e-3)
    assert found.rule_risk == pytest.approx(0.105, abs=0.005)


@pytest.mark.parametrize(("rule", "part"), [("simple", 0.0), ("ilac-g8", 1.0), ("iso-14253-1", 0.83)])
def test_rules_by_name_have_their_guard_bands(rule: Any, part: float) -> None:
    found = judge(_normal(), 10.0, Decision(rule=rule))
    assert found.upper_acceptance == pytest.approx(10 - part * 2.0)
    assert found.rule_risk == pytest.approx(stats.norm.sf(2 * part), abs=1e-3)


def test_the_rss_rule_takes_its_band_from_the_ratio() -> None:
    """Method 5 of the handbook of Z540.3: A = L √(1 − 1/TUR²)."""
    found = judge(_normal(), 10.0, Decision(rule="rss"))
    assert found.upper_acceptance == pytest.approx(10 * math.sqrt(1 - (2 / 10) ** 2))


def test_where_no_value_can_be_accepted_there_is_no_risk_of_accepting() -> None:
    found = judge(_normal(), 1.0, Decision(rule="ilac-g8"))
    assert (found.verdict, found.rule_risk) == ("fail", 0.0)
