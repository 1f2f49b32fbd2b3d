"""Speed of calib.uncertainty beside hand-written numpy, in one run: `python benchmarks/uncertainty.py`."""

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from calib.uncertainty import budget, covariance, propagate, quantity, type_a


def median_s(work: Callable[[], Any], repeats: int) -> float:
    """Median time of `work` in seconds, after one call to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return sorted(times)[repeats // 2]


def show(name: str, ours_s: float, floor_s: float | None = None) -> None:
    ratio = f"{ours_s / floor_s:8.2f} × numpy by hand ({floor_s * 1e6:.1f} µs)" if floor_s else ""
    print(f"{name:58s} {ours_s * 1e6:12.1f} µs {ratio}")


def gauge_block() -> Any:
    """GUM H.1 with inputs, u, dof and all contributions."""
    ls = quantity(50_000_623, u=25, dof=18, name="ls")
    d0 = quantity(215, u=5.8, dof=24, name="d0")
    d1 = quantity(0, u=3.9, dof=5, name="d1")
    d2 = quantity(0, u=6.7, dof=8, name="d2")
    als = quantity(11.5e-6, half_width=2e-6, name="als")
    thb = quantity(-0.1, u=0.2, name="thb")
    swing = quantity(0, half_width=0.5, distribution="arcsine", name="swing")
    dal = quantity(0, half_width=1e-6, dof=50, name="dal")
    dth = quantity(0, half_width=0.05, dof=2, name="dth")
    length = ls + (d0 + d1 + d2) - ls * (dal * (thb + swing) + als * dth)
    return length.u, length.dof, budget(length)


def gauge_block_by_hand() -> Any:
    ls, als, thb = 50_000_623.0, 11.5e-6, -0.1
    c = np.array([1.0, 1, 1, 1, 0, 0, 0, -ls * thb, -ls * als])
    u = np.array([25, 5.8, 3.9, 6.7, 2e-6 / 3**0.5, 0.2, 0.5 / 2**0.5, 1e-6 / 3**0.5, 0.05 / 3**0.5])
    dof = np.array([18, 24, 5, 8, np.inf, np.inf, np.inf, 50, 2])
    part = np.abs(c * u)
    total = math.sqrt(part @ part)
    return total, total**4 / (part**4 / dof).sum(), part


def readings(n: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """n readings with shared gain, offset and coefficient: u of each and of the mean."""
    volts = 10 + 0.01 * np.sin(np.arange(n) * 0.7)

    def ours() -> Any:
        x, g = quantity(volts, u=1e-3), quantity(1.0002, u=2e-5)
        o, a = quantity(1e-4, u=5e-5), quantity(1e-5, u=2e-6)
        y = (x * g + o) * (1 + a * 3.0)
        return y.u, y.mean().u

    def by_hand() -> Any:
        g, o, a = 1.0002, 1e-4, 1e-5
        k = 1 + a * 3.0
        z = volts * g + o
        jx, jg, ja = g * k, volts * k, z * 3.0
        u = np.sqrt((jx * 1e-3) ** 2 + (jg * 2e-5) ** 2 + (k * 5e-5) ** 2 + (ja * 2e-6) ** 2)
        mean = math.sqrt((jx * 1e-3) ** 2 / n + (jg.mean() * 2e-5) ** 2 + (k * 5e-5) ** 2 + (ja.mean() * 2e-6) ** 2)
        return z * k, u, mean

    return ours, by_hand


def mixed_budget() -> Any:
    """A meter's point: type A, resolution, certificate, drift, thermal emf, mismatch."""
    indicated = type_a([10.00001, 10.00002, 10.0, 10.00001, 10.00003]) + quantity(0, resolution=1e-5)
    applied = quantity(10, U=2e-5, k=2) + quantity(0, half_width=1e-5)
    emf = quantity(0, half_width=5e-6, distribution="triangular")
    return indicated - applied + emf + quantity(0, half_width=4e-6, distribution="arcsine")


def outputs() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Full covariance of 1000 outputs of 50 shared inputs."""
    matrix = np.random.default_rng(1).normal(size=(1000, 50))
    inputs = [quantity(1.0, u=0.1) for _ in range(50)]
    total = inputs[0] * matrix[:, 0]
    for i in range(1, 50):
        total = total + inputs[i] * matrix[:, i]
    return lambda: covariance(total), lambda: (matrix * 0.01) @ matrix.T


def main() -> None:
    show("GUM H.1: inputs, u, dof, contributions", median_s(gauge_block, 2000), median_s(gauge_block_by_hand, 2000))
    y = mixed_budget()
    show("budget of 6 mixed inputs: expanded(0.9545)", median_s(lambda: y.expanded(0.9545), 1000))
    show("the same: probability_between", median_s(lambda: y.probability_between(-1e-5, 3e-5), 1000))
    show(
        "the same: inputs, model, expanded, budget",
        median_s(lambda: (mixed_budget().expanded(0.9545), budget(y)), 1000),
    )
    for n in (100, 10_000, 100_000):
        ours, by_hand = readings(n)
        show(f"{n} readings: u of each and of the mean", median_s(ours, 50), median_s(by_hand, 50))
    ours, by_hand = outputs()
    show("covariance of 1000 outputs of 50 inputs", median_s(ours, 10), median_s(by_hand, 10))
    x = {"x": quantity(1.0, u=0.1), "r": quantity(2.0, half_width=0.1)}
    rng = np.random.default_rng(1)
    show(
        "Monte Carlo, 10⁶ trials of x·r",
        median_s(lambda: propagate(lambda x, r: x * r, x, method="monte-carlo", trials=10**6, seed=1), 3),
        median_s(lambda: np.sort(rng.normal(1.0, 0.1, 10**6) * rng.uniform(1.9, 2.1, 10**6)).std(), 3),
    )


if __name__ == "__main__":
    main()
