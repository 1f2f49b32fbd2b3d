"""Risks and guard bands against NCSLI RP-19, JCGM 106, Deaver, the bivariate normal integral, and simulated items."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import Limits, acceptance_limits, conformance_probability, quantity, verdict
from calib.uncertainty.guardbands import guard_band, guard_band_for_risk, guard_band_multiplier
from calib.uncertainty.prior import Prior
from calib.uncertainty.risk import global_risk, posterior, specific_risk
from calib.uncertainty.scores import (
    en_score,
    measurement_capability,
    process_capability,
    tar,
    z_score,
    zeta_score,
)

BAND = Limits(-1.0, 1.0)


@pytest.mark.parametrize(
    ("conforming", "pfa", "conditional"),
    [
        (0.60, 4.838603208493638, 8.26008199),
        (0.70, 3.9223410709924265, 5.72322042),
        (0.80, 2.8558306210056696, 3.63227145),
        (0.90, 1.5999535304644696, 1.79880430),
        (0.95, 0.8710101881389511, 0.92389664),
        (0.99, 0.19991696291884828, 0.20243866),
    ],
)
def test_false_acceptance_has_the_figures_of_rp_19(conforming: float, pfa: float, conditional: float) -> None:
    """Draft NCSLI RP-19 tables (per cent), measurement σ a quarter of the items'."""
    u0 = 1 / stats.norm.ppf(0.5 + 0.5 * conforming)
    risk = global_risk(BAND, Prior.of(0.0, u0), u0 / 4)
    assert risk.conforming == pytest.approx(conforming, rel=1e-12)
    assert 100 * risk.consumer == pytest.approx(pfa, rel=1e-9)
    assert 100 * risk.consumer_if_accepted == pytest.approx(conditional, abs=1e-5)


def test_resistors_of_jcgm_106_have_the_printed_risks() -> None:
    """JCGM 106:2012, 9.5: 1500 Ω ± 0.2 Ω, u0 = 0.12 Ω, u = 0.04 Ω, simple acceptance."""
    risk = global_risk(Limits(1499.8, 1500.2), Prior.of(1500.0, 0.12), 0.04)
    assert risk.consumer == pytest.approx(0.01894220671702914, rel=1e-9)
    assert risk.producer == pytest.approx(0.03720780017805778, rel=1e-9)


@pytest.mark.parametrize(("limit", "pfa", "pfr"), [(2.0, 0.008, 0.015), (2.5, 0.0025, None)])
def test_deaver_has_the_same_risks(limit: float, pfa: float, pfr: float | None) -> None:
    """D. Deaver (1994): limits in σ of the items, TUR 4, no guard band, read from his figures."""
    risk = global_risk(Limits(-limit, limit), Prior.of(0.0, 1.0), limit / 8)
    assert risk.consumer == pytest.approx(pfa, abs=6e-4)
    assert pfr is None or risk.producer == pytest.approx(pfr, abs=1e-3)


@pytest.mark.parametrize(
    ("mean", "u0", "u", "w"),
    [(0.3, 0.5, 0.2, 0.1), (0.0, 2.0, 0.01, 0.02), (1.4, 0.1, 0.3, -0.2), (0.0, 0.05, 1e-4, 0.0)],
)
def test_global_risks_are_the_bivariate_normal_integral(mean: float, u0: float, u: float, w: float) -> None:
    risk = global_risk(BAND, Prior.of(mean, u0), u, guard_band=w)
    low, high = acceptance_limits(BAND, w)
    joint: Any = stats.multivariate_normal([mean, mean], [[u0**2, u0**2], [u0**2, u0**2 + u**2]])
    both = joint.cdf([1.0, high], lower_limit=[-1.0, low])
    accepted = np.diff(stats.norm(mean, math.hypot(u0, u)).cdf([low, high]))[0]
    conforming = np.diff(stats.norm(mean, u0).cdf([-1.0, 1.0]))[0]
    expected = (accepted - both, conforming - both, accepted, conforming)
    assert (risk.consumer, risk.producer, risk.accepted, risk.conforming) == pytest.approx(expected, abs=1e-5)


def test_one_sided_limits_and_rectangular_items_agree_with_a_simulation() -> None:
    rng = np.random.default_rng(1)
    items = rng.uniform(-1.5, 1.5, 400_000)
    shown = items + rng.normal(0, 0.1, items.size)
    prior = Prior.of_quantity(quantity(0.0, half_width=1.5))
    risk = global_risk(Limits(-math.inf, 1.0), prior, 0.1, guard_band=0.05)
    assert risk == global_risk(Limits(-math.inf, 1.0), quantity(0.0, half_width=1.5), 0.1, guard_band=0.05)
    wrong, lost = (items > 1) & (shown <= 0.95), (items <= 1) & (shown > 0.95)
    assert risk.consumer == pytest.approx(wrong.mean(), abs=4 * math.sqrt(wrong.mean() / items.size))
    assert risk.producer == pytest.approx(lost.mean(), abs=4 * math.sqrt(lost.mean() / items.size))


def test_a_density_given_as_a_function_is_as_good_as_a_named_one() -> None:
    given = Prior(lambda x: 7.0 * stats.norm.pdf(x, 0.2, 0.6), -8.0, 8.0)
    named = Prior.of(0.2, 0.6)
    assert global_risk(BAND, given, 0.1).consumer == pytest.approx(global_risk(BAND, named, 0.1).consumer, rel=1e-9)
    by_sum, closed = (specific_risk(0.95, 0.1, BAND, prior=p).conformance for p in (given, named))
    assert by_sum == pytest.approx(closed, rel=1e-9)


def test_t_distributed_items_are_integrated_with_their_tails() -> None:
    for item in (
        quantity(0.0, u=0.4, dof=4, distribution="t"),
        quantity(0.0, u=0.4, dof=4),
        quantity(0.0, u=0.1, dof=4) * -4,
    ):
        risk = global_risk(BAND, Prior.of_quantity(item), 1e-3)
        assert risk.conforming == pytest.approx(1 - 2 * stats.t.sf(2.5, 4), abs=1e-7)
    life = quantity(0.4, distribution="exponential")
    assert global_risk(BAND, Prior.of_quantity(life), 1e-3).conforming == pytest.approx(1 - math.exp(-2.5), abs=1e-6)
    assert global_risk(BAND, Prior.of_quantity(-life), 1e-3).conforming == pytest.approx(1 - math.exp(-2.5), abs=1e-6)


def test_a_reading_on_the_limit_is_accepted_in_spite_of_binary_fractions() -> None:
    assert specific_risk(0.1 + 0.2, 0.01, Limits(-0.3, 0.3)).accepted
    assert specific_risk(0.3, 0.01, Limits(-1, 1), guard_band=0.7).accepted


def test_posterior_lies_between_item_and_reading() -> None:
    """JCGM 106:2012, clause 6: weights 1/u² and 1/u0²."""
    assert posterior(1.0, 0.1, Prior.of(0.0, 0.2)) == pytest.approx((0.8, math.sqrt(1 / 125)))
    rng = np.random.default_rng(2)
    items = rng.normal(0.0, 0.5, 2_000_000)
    shown = items + rng.normal(0, 0.2, items.size)
    near = items[np.abs(shown - 1.05) < 0.01]
    risk = specific_risk(1.05, 0.2, BAND, prior=Prior.of(0.0, 0.5))
    assert risk.producer == pytest.approx(np.mean(near < 1.0), abs=0.015)
    assert not risk.accepted
    assert risk.producer > specific_risk(1.05, 0.2, BAND).producer


@pytest.mark.parametrize(
    ("y", "cpk", "p"), [(10, 0.833333, 0.01242), (10.5, 0.416667, 0.10574), (12, -0.833333, 0.99379)]
)
def test_specific_risk_and_capability_are_the_published_ones(y: float, cpk: float, p: float) -> None:
    risk = specific_risk(y, 0.4, Limits(9, 11))
    assert 1 - risk.conformance == pytest.approx(p, abs=1e-4)
    assert risk.consumer + risk.producer == pytest.approx(p if y < 11 else 1 - p, abs=1e-4)
    assert process_capability(y, 0.4, Limits(9, 11)) == pytest.approx(cpk, abs=1e-6)


@pytest.mark.parametrize(
    ("ratio", "rss", "dobbert", "test95", "rp10"),
    [
        (1.5, 0.7453559924999299, 0.7598817960047097, 0.33333333333333337, 0.5833333333333334),
        (2.5, 0.916515138991168, 0.9141856345435068, 0.6, 0.85),
        (4.0, 0.9682458365518543, 0.9867196754925653, 0.75, 1.0),
        (5.0, 0.9797958971132712, 1.0, 1.0, 1.0),
    ],
)
def test_multipliers_by_tur_are_the_published_ones(
    ratio: float, rss: float, dobbert: float, test95: float, rp10: float
) -> None:
    got = [guard_band_multiplier(rule, ratio) for rule in ("rss", "dobbert", "test-95", "rp-10")]
    assert got == pytest.approx([rss, dobbert, test95, rp10], rel=1e-12)


def test_guard_bands_by_name_and_number() -> None:
    U = 0.4  # TUR 2.5
    bands = {"simple": 0.0, "ilac-g8": 0.4, "iso-14253-1": 0.332, "rss": 1 - 0.916515138991168, "test-95": 0.4}
    assert {rule: guard_band(rule, BAND, U) for rule in bands} == pytest.approx(bands)
    assert guard_band(0.5, BAND, U) == pytest.approx(0.2)
    assert guard_band("dobbert", BAND, 0.0) == 0.0
    assert verdict(0.95, BAND, guard_band("rss", BAND, U), binary=False) == "conditionalPass"


@pytest.mark.parametrize("ratio", [1.2, 1.5, 2.0, 3.0, 4.0])
def test_dobbert_holds_two_per_cent_for_every_prior(ratio: float) -> None:
    u = 0.5 / ratio
    w = guard_band("dobbert", BAND, 1 / ratio)
    worst = max(global_risk(BAND, Prior.of(0.0, u0), u, guard_band=w).consumer for u0 in np.geomspace(0.1, 10, 60))
    assert 0.015 < worst < 0.0205


def test_guard_band_for_a_target_risk_reaches_it() -> None:
    prior = Prior.of(0.0, 0.6)
    w = guard_band_for_risk(BAND, 0.25, 0.02, prior=prior)
    assert w > 0
    assert global_risk(BAND, prior, 0.25, guard_band=w).consumer == pytest.approx(0.02, rel=1e-8)
    assert guard_band_for_risk(BAND, 0.01, 0.02, prior=prior) == 0.0
    alone = guard_band_for_risk(Limits(-math.inf, 1.0), 0.1, 0.05)
    assert alone == pytest.approx(1.6448536269514722 * 0.1)
    _, edge = acceptance_limits(BAND, guard_band_for_risk(BAND, 0.3, 0.05))
    assert conformance_probability(edge, 0.3, BAND) == pytest.approx(0.95)


def test_scores_by_hand() -> None:
    assert en_score(10.3, 10.0, 0.3, 0.4) == pytest.approx(0.6)
    assert en_score([10.3, 9.0], 10.0, 0.3, 0.4) == pytest.approx([0.6, -2.0])
    assert z_score(12.0, 10.0, 0.8) == pytest.approx(2.5)
    assert zeta_score(quantity(10.3, u=0.15), quantity(10.0, u=0.2)) == pytest.approx(1.2)
    common = quantity(0.0, u=5.0)
    shared = zeta_score(quantity(10.3, u=0.15) + common, quantity(10.0, u=0.2) + common)
    assert shared == pytest.approx(1.2)
    assert measurement_capability(BAND, 0.125) == pytest.approx(4.0)
    assert tar(BAND, 0.25) == pytest.approx(4.0)
    assert math.isnan(tar(Limits(-math.inf, 1.0), 0.25))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda: Prior.of(0.0, 0.0), "u above 0"),
        (lambda: Prior(np.ones_like, -math.inf, 1.0), "both finite"),
        (lambda: Prior.of_quantity(quantity(0, u=1.0) + quantity(0, u=1.0)), "not one scalar input"),
        (lambda: global_risk(BAND, Prior(lambda x: -np.ones_like(x), -1, 1), 0.1), "not negative"),
        (lambda: global_risk(BAND, "normal", 0.1), "give a Prior"),  # type: ignore[arg-type]
        (lambda: en_score("a", 1.0, 1.0, 1.0), "score: numbers are needed"),
        (lambda: global_risk(BAND, Prior.of(0, 1), 0.0), "standard uncertainty above 0"),
        (lambda: specific_risk(math.nan, 0.1, BAND), "not a finite number"),
        (lambda: specific_risk(9.0, 0.01, BAND, prior=Prior(np.ones_like, -1, 1)), "impossible for items"),
        (lambda: posterior(0.0, 0.1, Prior(np.ones_like, -1, 1)), "only a normal prior"),
        (lambda: guard_band("method 7", BAND, 0.1), "choose one of simple, ilac-g8"),
        (lambda: guard_band("rss", Limits(-math.inf, 1), 0.1), "needs two finite limits"),
        (lambda: guard_band("rss", BAND, -0.1), "not negative"),
        (lambda: guard_band_multiplier("method 7", 2.0), "choose one of rss"),
        (lambda: guard_band_for_risk(BAND, 5.0, 0.02), "no guard band reaches"),
        (lambda: guard_band_for_risk(BAND, 0.1, 2.0), "between 0 and 1"),
        (lambda: en_score(1.0, 1.0, 0.0, 0.0), "above 0 for every result"),
        (lambda: en_score(1.0, 1.0, -1.0, 0.0), "not negative"),
        (lambda: tar(BAND, 0.0), "accuracy = 0.0 must be"),
    ],
)
def test_risks_that_cannot_be_told_are_refused(asked: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        asked()
