"""Decision rules against published probabilities and risks (JCGM 106, ILAC-G8)."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import (
    TUR_RULES,
    DecisionRule,
    Limits,
    acceptance_limits,
    conformance_probability,
    guard_band,
    guard_band_for_risk,
    quantity,
    tur,
    verdict,
)

BAND = Limits(-1.0, 1.0)


@pytest.mark.parametrize(
    ("y", "w", "binary", "expected"),
    [
        (0.5, 0.0, True, "pass"),
        (1.0, 0.0, True, "pass"),
        (1.0001, 0.0, True, "fail"),
        (-1.0001, 0.0, False, "fail"),
        (0.8, 0.2, True, "pass"),
        (0.81, 0.2, True, "fail"),
        (0.81, 0.2, False, "conditionalPass"),
        (1.0, 0.2, False, "conditionalPass"),
        (-1.1, 0.2, False, "conditionalFail"),
        (-1.2, 0.2, False, "conditionalFail"),
        (-1.21, 0.2, False, "fail"),
        (1.1, -0.2, True, "pass"),
        (0.0, 1.5, True, "fail"),
    ],
)
def test_verdicts_by_place_and_guard_band(y: float, w: float, binary: bool, expected: str) -> None:
    assert verdict(y, BAND, w, binary=binary) == expected


def test_binary_noise_on_a_limit_does_not_fail_an_item() -> None:
    assert verdict(0.1 + 0.2, Limits(-0.3, 0.3)) == "pass"
    assert verdict(0.3 - 0.1, Limits(-0.3, 0.3), 0.1) == "pass"


def test_one_sided_limits_and_none() -> None:
    assert verdict(-5.47, Limits(-math.inf, -5.4)) == "pass"
    assert verdict(7.0, Limits(-math.inf, math.inf)) == "none"
    assert acceptance_limits(Limits(-math.inf, 2.0), 0.5) == (-math.inf, 1.5)
    assert math.isnan(tur(Limits(-math.inf, 2.0), 0.1))


def test_rules_by_name_have_their_guard_band() -> None:
    assert DecisionRule.named("simple").guard_band(0.1) == 0.0
    assert DecisionRule.named("ilac-g8").guard_band(0.1) == pytest.approx(0.1)
    assert DecisionRule.named("iso-14253-1").guard_band(0.1) == pytest.approx(0.083)
    assert DecisionRule.named("ilac-g8", binary=False).verdict(0.95, 0.1, BAND) == "conditionalPass"
    with pytest.raises(UncertaintyError, match="choose one of simple, ilac-g8, iso-14253-1"):
        DecisionRule.named("strict")


def test_zener_voltage_conforms_with_the_published_probability() -> None:
    """JCGM 106:2012, 7.4: 0.92."""
    limit = Limits(-math.inf, -5.4)
    assert conformance_probability(-5.47, 0.05, limit) == pytest.approx(0.9192433407662273, rel=1e-12)
    y = quantity(-5.47, u=0.05)
    assert y.probability_between(limit.lower, limit.upper) == pytest.approx(0.9192433407662273, rel=1e-9)


@pytest.mark.parametrize(("y", "risk"), [(10, 0.01242), (10.5, 0.10574), (12, 0.99379)])
def test_specific_risk_is_the_published_one(y: float, risk: float) -> None:
    assert 1 - conformance_probability(y, 0.4, Limits(9, 11)) == pytest.approx(risk, abs=1e-5)


@pytest.mark.parametrize(
    ("r", "risk"), [(0.83, 0.04845722626672282), (1.5, 0.0013498980316300933), (-1.0, 0.9772498680518208), (0.0, 0.5)]
)
def test_risk_at_the_acceptance_limit_is_that_of_the_rule(r: float, risk: float) -> None:
    """ILAC-G8:09/2019, table 1, one-sided; U = 2u."""
    limit = Limits(-math.inf, 1.0)
    _, edge = acceptance_limits(limit, DecisionRule(r).guard_band(0.2))
    assert 1 - conformance_probability(edge, 0.1, limit) == pytest.approx(risk, rel=1e-9)


def test_iso_14253_risk_is_twice_as_high_where_one_rectangle_dominates() -> None:
    """10.5 % instead of 4.8 % (reference table of decision rules)."""
    u = 0.1
    error = quantity(1.0 - 0.83 * 2 * u, half_width=u * math.sqrt(3))
    nearly = quantity(1.0 - 0.83 * error.expanded(0.95).U, half_width=u * math.sqrt(3))
    assert 1 - nearly.probability_between(-math.inf, 1.0) == pytest.approx((1 - 0.83 * 0.95) / 2, rel=1e-6)
    assert pytest.approx(0.105, abs=1e-3) == (1 - 0.83 * 0.95) / 2


@given(st.floats(-5, 5), st.floats(0.01, 3))
def test_conformance_probability_is_that_of_the_normal_distribution(y: float, u: float) -> None:
    exact = stats.norm.cdf(1, y, u) - stats.norm.cdf(-1, y, u)
    assert conformance_probability(y, u, BAND) == pytest.approx(exact, rel=1e-6, abs=1e-15)


def test_far_outside_the_probability_keeps_its_digits() -> None:
    assert conformance_probability(3.0, 0.2, BAND) == pytest.approx(stats.norm.sf(10), rel=1e-9)
    assert conformance_probability(-3.0, 0.2, BAND) == pytest.approx(stats.norm.sf(10), rel=1e-9)


@given(st.floats(-2, 2), st.floats(0, 0.8))
def test_the_two_kinds_of_verdict_never_contradict(y: float, w: float) -> None:
    two, four = verdict(y, BAND, w), verdict(y, BAND, w, binary=False)
    assert (two == "pass") == (four == "pass")
    if verdict(y, BAND) == "fail":
        assert four in {"fail", "conditionalFail"}


def test_tur_is_span_over_twice_u() -> None:
    assert tur(Limits(-2e-3, 2e-3), 0.5e-3) == pytest.approx(4.0)


@pytest.mark.parametrize(("lower", "upper"), [(1, 1), (2, 1), (math.nan, 1)])
def test_impossible_limits_are_refused(lower: float, upper: float) -> None:
    with pytest.raises(UncertaintyError, match="lower must be below the upper"):
        Limits(lower, upper)
    with pytest.raises(UncertaintyError, match="nothing to decide"):
        verdict(math.nan, BAND)
    with pytest.raises(UncertaintyError, match="finite expanded uncertainty"):
        DecisionRule(1.0).guard_band(math.nan)


@pytest.mark.parametrize("name", ["simple", "iso-14253-1", *TUR_RULES])
@given(st.floats(-1.6, 1.6), st.floats(0.02, 2.0))
def test_a_rule_of_any_guard_band_decides_by_it(name: str, y: float, U: float) -> None:
    rule = DecisionRule.named(name, binary=False)
    w = guard_band(name, BAND, U)
    assert rule.guard_band(U, BAND) == w
    assert rule.verdict(y, U, BAND) == verdict(y, BAND, w, binary=False)
    assert pickle.loads(pickle.dumps(rule)).verdict(y, U, BAND) == rule.verdict(y, U, BAND)


@pytest.mark.parametrize(("ratio", "test95", "rp10"), [(2.5, 0.6, 0.85), (4.0, 0.75, 1.0), (4.001, 1, 1), (5.0, 1, 1)])
def test_rules_by_the_tur_leave_the_tolerance_as_it_is_above_four(ratio: float, test95: float, rp10: float) -> None:
    """Guard-band factors as in the shared cases (suncal's guardband_tur.py): 1 above TUR 4."""
    for name, factor in (("test-95", test95), ("rp-10", rp10)):
        rule = DecisionRule.named(name)
        assert rule.verdict(factor - 1e-6, 1 / ratio, BAND) == "pass"
        assert rule.verdict(factor + 1e-6, 1 / ratio, BAND) == "fail"


def test_a_rule_for_a_target_risk_is_a_function_too() -> None:
    rule = DecisionRule.of(lambda tolerance, U: guard_band_for_risk(tolerance, U / 2, 0.02))
    edge = 1.0 - rule.guard_band(0.2, BAND)
    assert 1 - conformance_probability(edge, 0.1, BAND) == pytest.approx(0.02, rel=1e-6)
    assert rule.verdict(edge - 1e-9, 0.2, BAND) == "pass"
    assert rule.verdict(edge + 1e-6, 0.2, BAND) == "fail"
    assert rule.verdict(5.0, 0.2, Limits(-math.inf, math.inf)) == "none"


def test_a_guard_band_that_cannot_be_is_refused() -> None:
    with pytest.raises(UncertaintyError, match=r"guard_band\(U, tolerance\)"):
        DecisionRule.named("rss").guard_band(0.1)
    with pytest.raises(UncertaintyError, match="two finite limits"):
        DecisionRule.named("rss").verdict(0.0, 0.1, Limits(-math.inf, 1.0))
    with pytest.raises(UncertaintyError, match="came out as nan"):
        DecisionRule.of(lambda tolerance, U: math.nan).verdict(0.0, 0.1, BAND)
    with pytest.raises(UncertaintyError, match=r"choose one of simple, .*rp-10"):
        DecisionRule.named("hopeful")
