"""Allan deviations against the test suites of NIST SP 1065, another library's intervals, and simulated noise."""

import math
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty.allan import KINDS, NOISES, allan_deviation
from calib.uncertainty.noise import degrees_of_freedom, power_law

NBS14_PHASE = [0, 103.11111, 123.22222, 157.33333, 166.44444, 48.55555, -96.33333, -2.22222, 111.88889, 0]
NBS14_FREQUENCY = [892, 809, 823, 798, 671, 644, 883, 903, 677]


def thousand_points() -> Any:
    """Return the 1000-point set of SP 1065, 12.4: x' = 16807·x mod 2147483647 from 1234567890, over the modulus."""
    numbers = [1234567890]
    for _ in range(999):
        numbers.append(16807 * numbers[-1] % 2147483647)
    return np.array(numbers) / 2147483647


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("adev", 91.22945, 115.8082),
        ("oadev", 91.22945, 85.95287),
        ("mdev", 91.22945, 74.78849),
        ("tdev", 52.67135, 86.35831),
    ],
)
def test_nbs14_has_the_printed_deviations(kind: Any, one: float, two: float) -> None:
    """NIST SP 1065, 12.4, table 30 (p. 107), from phase and from frequency."""
    for data, of in ((NBS14_PHASE, "phase"), (NBS14_FREQUENCY, "frequency")):
        found = allan_deviation(data, 1.0, kind=kind, of=of, factors=[1, 2])  # type: ignore[arg-type]
        assert found.deviation == pytest.approx([one, two], rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("adev", [2.922319e-01, 9.965736e-02, 3.897804e-02]),
        ("oadev", [2.922319e-01, 9.159953e-02, 3.241343e-02]),
        ("mdev", [2.922319e-01, 6.172376e-02, 2.170921e-02]),
        ("tdev", [1.687202e-01, 3.563623e-01, 1.253382e00]),
    ],
)
def test_thousand_points_have_the_printed_deviations(kind: Any, expected: list[float]) -> None:
    """NIST SP 1065, 12.4, table 31: averaging factors 1, 10, 100 (from general knowledge, not checked against it)."""
    found = allan_deviation(thousand_points(), 1.0, kind=kind, of="frequency", factors=[1, 10, 100])
    assert found.deviation == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("alpha", "n", "m", "adev", "oadev", "mdev"),
    [
        (2, 200, 10, 9.529, 95.29, 22.50),
        (1, 1001, 10, 54.40, 247.3, 98.12),
        (0, 1001, 1, 782.0, 782.0, 782.0),
        (0, 1001, 10, 66.99, 135.1, 94.63),
        (0, 20001, 5000, 2.250, 3.998, 1.798),
        (-1, 1001, 10, 87.78, 114.7, 93.27),
        (-2, 20001, 64, 276.5, 288.1, 238.1),
    ],
)
def test_degrees_of_freedom_are_those_of_allantools(
    alpha: int, n: int, m: int, adev: float, oadev: float, mdev: float
) -> None:
    """`edf_greenhall` of allantools 2024.6; it approximates the sums that are done in full here, to 1 %."""
    got = [degrees_of_freedom(alpha, n, m, kind) for kind in ("adev", "oadev", "mdev")]
    assert got == pytest.approx([adev, oadev, mdev], rel=0.011)


def noise(alpha: int, n: int, rng: Any) -> Any:
    """Return phase of power-law noise, shape (n,): white numbers summed (2 − α)/2 times, by the binomial series."""
    order = (2 - alpha) / 2
    k = np.arange(1, 2 * n)
    weights = np.concatenate(([1.0], np.cumprod((k - 1 + order) / k)))
    white = rng.normal(size=2 * n)
    spectrum = np.fft.rfft(white, 4 * n) * np.fft.rfft(weights, 4 * n)
    return np.fft.irfft(spectrum, 4 * n)[n : 2 * n]


@pytest.mark.parametrize("alpha", sorted(NOISES.values()))
def test_noise_is_named_by_its_power_law(alpha: int) -> None:
    rng = np.random.default_rng(alpha + 10)
    found = [power_law(noise(alpha, 2000, rng)) for _ in range(40)]
    assert sum(a == alpha for a in found) >= 36


@pytest.mark.parametrize(("alpha", "kind", "m"), [(0, "oadev", 8), (2, "oadev", 8), (0, "mdev", 8), (-2, "adev", 4)])
def test_spread_of_the_variance_is_that_of_its_degrees_of_freedom(alpha: int, kind: Any, m: int) -> None:
    rng = np.random.default_rng(5)
    name = next(k for k, v in NOISES.items() if v == alpha)
    found = [allan_deviation(noise(alpha, 129, rng), 1.0, kind=kind, factors=[m], noise=name) for _ in range(1500)]
    variances = np.array([f.deviation[0] ** 2 for f in found])
    assert 2 * variances.mean() ** 2 / variances.var() == pytest.approx(found[0].edf[0], rel=0.2)


def test_interval_holds_the_true_deviation_of_white_frequency_noise() -> None:
    """σ_y(τ) = 1/√m."""
    rng = np.random.default_rng(6)
    held = np.zeros(4)
    for _ in range(600):
        found = allan_deviation(
            rng.normal(size=256), 1.0, of="frequency", factors=[1, 4, 16, 64], noise="white-frequency"
        )
        true = 1 / np.sqrt(found.tau_s)
        held += (found.lower <= true) & (true <= found.upper)
    assert held / 600 == pytest.approx(np.full(4, 0.95), abs=0.035)


def test_time_deviation_is_the_modified_one_times_tau() -> None:
    mdev, tdev = (allan_deviation(NBS14_PHASE, 10.0, kind=k) for k in ("mdev", "tdev"))
    assert tdev.deviation == pytest.approx(mdev.deviation * mdev.tau_s / math.sqrt(3))
    assert tdev.upper == pytest.approx(mdev.upper * mdev.tau_s / math.sqrt(3))
    assert mdev.tau_s == pytest.approx([10, 20])


@pytest.mark.parametrize("kind", KINDS)
def test_an_offset_and_a_steady_rate_change_nothing(kind: Any) -> None:
    x = np.cumsum(np.random.default_rng(7).normal(size=300)) * 1e-12
    plain = allan_deviation(x, 1.0, kind=kind)
    moved = allan_deviation(x + 5e-6 + 1e-8 * np.arange(300), 1.0, kind=kind)
    assert moved.deviation == pytest.approx(plain.deviation, rel=1e-5)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"data": ["a", "b", "c"]}, "numbers are needed"),
        ({"data": [1.0, 2.0]}, "at least 3 finite numbers"),
        ({"data": [1.0, math.nan, 2.0, 3.0]}, "at least 3 finite numbers"),
        ({"tau0_s": 0.0}, "must be finite and above 0"),
        ({"kind": "hdev"}, "choose one of adev, oadev, mdev, tdev"),
        ({"of": "time"}, "choose phase or frequency"),
        ({"noise": "pink"}, "choose one of white-phase"),
        ({"factors": [0]}, "whole numbers from 1 to 4"),
        ({"factors": [5]}, "whole numbers from 1 to 4"),
        ({"factors": [1.5]}, "whole numbers from 1 to 4"),
        ({"probability": 1.0}, "between 0 and 1"),
    ],
)
def test_series_without_a_deviation_are_refused(keywords: dict[str, Any], message: str) -> None:
    asked = {"data": NBS14_PHASE, "tau0_s": 1.0, **keywords}
    with pytest.raises(UncertaintyError, match=message):
        allan_deviation(asked.pop("data"), asked.pop("tau0_s"), **asked)
