"""Speed of calib.uncertainty beside hand-written numpy, in one run: `python benchmarks/uncertainty.py`."""

import math
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
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


TRIALS = 10**6


def gauge(ls: Any, d0: Any, d1: Any, d2: Any, als: Any, thb: Any, swing: Any, dal: Any, dth: Any) -> Any:
    return ls + (d0 + d1 + d2) - ls * (dal * (thb + swing) + als * dth)


def weighed(mR: Any, dm: Any, ra: Any, rW: Any, rR: Any) -> Any:
    return (mR + dm) * (1 + (ra - 1.2) * (1 / rW - 1 / rR)) - 1e5


def gauge_inputs(clause: str, with_dof: bool = True) -> dict[str, Any]:
    """GUM H.1, or JCGM 101:2008, 9.5."""
    u, dof = ((5.8, 3.9, 6.7) if clause == "H.1" else (6, 4, 7)), (18, 24, 5, 8)
    ls, *readings = ((50_000_623.0, 25, dof[0]), *zip((215.0, 0.0, 0.0), u, dof[1:], strict=True))
    known = [quantity(x, u=s, dof=v if with_dof else math.inf) for x, s, v in (ls, *readings)]
    als, thb = quantity(11.5e-6, half_width=2e-6), quantity(-0.1, u=0.2)
    swing = quantity(0.0, half_width=0.5, distribution="arcsine")
    if clause == "H.1":
        dal, dth = quantity(0.0, half_width=1e-6), quantity(0.0, half_width=0.05)
    else:
        curved = "curvilinear-trapezoid"
        dal = quantity(0.0, half_width=1e-6, half_width_u=1e-7, distribution=curved)
        dth = quantity(0.0, half_width=0.05, half_width_u=0.025, distribution=curved)
    names = ("ls", "d0", "d1", "d2", "als", "thb", "swing", "dal", "dth")
    return dict(zip(names, (*known, als, thb, swing, dal, dth), strict=True))


def gauge_by_hand(clause: str, with_dof: bool = True) -> Any:
    """All draws at once by numpy's default generator."""
    rng, n = np.random.default_rng(1), TRIALS
    u, dof = ((5.8, 3.9, 6.7) if clause == "H.1" else (6, 4, 7)), (18, 24, 5, 8)

    def known(x: float, s: float, v: int) -> Any:
        return x + s * rng.standard_t(v, n) if with_dof else rng.normal(x, s, n)

    def even(a: float, d: float) -> Any:
        return rng.uniform(-a, a, n) if clause == "H.1" else rng.uniform(a - d, a + d, n) * rng.uniform(-1, 1, n)

    d0, d1, d2 = (known(x, s, v) for x, s, v in zip((215.0, 0.0, 0.0), u, dof[1:], strict=True))
    swing = 0.5 * np.sin(rng.uniform(-math.pi, math.pi, n))
    als, thb = rng.uniform(9.5e-6, 13.5e-6, n), rng.normal(-0.1, 0.2, n)
    return gauge(known(50_000_623.0, 25, 18), d0, d1, d2, als, thb, swing, even(1e-6, 1e-7), even(0.05, 0.025))


def weighed_inputs() -> dict[str, Any]:
    """JCGM 101:2008, 9.3."""
    return {
        "mR": quantity(1e5, u=0.05), "dm": quantity(1.234, u=0.02), "ra": quantity(1.2, half_width=0.1),
        "rW": quantity(8000.0, half_width=1000), "rR": quantity(8000.0, half_width=50),
    }  # fmt: skip


def weighed_by_hand() -> Any:
    rng, n = np.random.default_rng(1), TRIALS
    masses = rng.normal(1e5, 0.05, n), rng.normal(1.234, 0.02, n)
    return weighed(*masses, rng.uniform(1.1, 1.3, n), rng.uniform(7000, 9000, n), rng.uniform(7950, 8050, n))


def summed(y: Any) -> Any:
    return y.mean(), y.std(ddof=1), np.quantile(y, [0.025, 0.975])


def monte_carlo() -> None:
    """10⁶ trials: mean, standard deviation and interval, inputs built each time; peak memory beside it."""
    cases: tuple[tuple[str, Any, Callable[[], Any], Callable[[], Any]], ...] = (
        ("D1, H.1 with dof", gauge, lambda: gauge_inputs("H.1"), lambda: gauge_by_hand("H.1")),
        ("D1, H.1, all normal", gauge, lambda: gauge_inputs("H.1", False), lambda: gauge_by_hand("H.1", False)),
        ("D2, mass, JCGM 101 9.3", weighed, weighed_inputs, weighed_by_hand),
        ("D3, gauge block, JCGM 101 9.5", gauge, lambda: gauge_inputs("9.5"), lambda: gauge_by_hand("9.5")),
    )
    for name, model, inputs, by_hand in cases:
        floor_s = median_s(lambda by_hand=by_hand: summed(by_hand()), 7)  # type: ignore[misc]
        for workers in (1, 2):

            def ours(model: Any = model, inputs: Any = inputs, workers: int = workers) -> Any:
                out = propagate(model, inputs(), "monte-carlo", trials=TRIALS, seed=1, workers=workers)
                return out.value, out.u, out.interval(0.95)

            show(f"Monte Carlo {name}, {workers} thread{'s' * (workers > 1)}", median_s(ours, 7), floor_s)
        tracemalloc.start()
        ours()
        print(f"{'':58s} {tracemalloc.get_traced_memory()[1] / 1e6:12.1f} MB at most, 2 threads")
        tracemalloc.stop()


def product() -> Any:
    """Product of 10⁴ scalars in a Python loop, with its u."""
    values = (1 + 1e-4 * np.cos(np.arange(10_000))).tolist()
    total = quantity(values[0], u=1e-4)
    for value in values[1:]:
        total = total * quantity(value, u=1e-4)
    return total.u


def peers() -> None:
    """The same by other libraries, where they are installed (extra `bench`)."""
    if find_spec("uncertainties") is None:
        return
    ufloat: Any = import_module("uncertainties").ufloat

    def theirs() -> Any:
        values = (1 + 1e-4 * np.cos(np.arange(10_000))).tolist()
        total = ufloat(values[0], 1e-4)
        for value in values[1:]:
            total = total * ufloat(value, 1e-4)
        return total.s

    print(f"{'product of 10⁴ scalars: uncertainties':58s} {median_s(theirs, 10) * 1e6:12.1f} µs")


def gtc() -> None:
    """GUM H.1 by GTC, where it is installed."""
    if find_spec("GTC") is None:
        return
    GTC: Any = import_module("GTC")

    def theirs() -> Any:
        ls, d0 = GTC.ureal(50_000_623, 25, 18, label="ls"), GTC.ureal(215, 5.8, 24, label="d0")
        d1, d2 = GTC.ureal(0, 3.9, 5, label="d1"), GTC.ureal(0, 6.7, 8, label="d2")
        als = GTC.ureal(11.5e-6, GTC.type_b.uniform(2e-6), label="als")
        thb = GTC.ureal(-0.1, 0.2, label="thb")
        swing = GTC.ureal(0, GTC.type_b.arcsine(0.5), label="swing")
        dal = GTC.ureal(0, GTC.type_b.uniform(1e-6), 50, label="dal")
        dth = GTC.ureal(0, GTC.type_b.uniform(0.05), 2, label="dth")
        length = ls + (d0 + d1 + d2) - ls * (dal * (thb + swing) + als * dth)
        return length.u, length.df, GTC.reporting.budget(length)

    print(f"{'GUM H.1: GTC':58s} {median_s(theirs, 500) * 1e6:12.1f} µs")


def main() -> None:
    show("GUM H.1: inputs, u, dof, contributions", median_s(gauge_block, 2000), median_s(gauge_block_by_hand, 2000))
    gtc()
    show("product of 10⁴ scalars in a loop", median_s(product, 10))
    peers()
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
    monte_carlo()


if __name__ == "__main__":
    main()
