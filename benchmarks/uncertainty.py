"""Speed and memory of calib.uncertainty beside hand-written numpy and its peers, in one run.

python benchmarks/uncertainty.py; the peers (GTC, uncertainties, metrolopy) come with the extra `bench`. Works that are
compared run in turn, so that whatever else the machine does hits all of them; ratios are of medians, by the clock and
by the processor time of this process.
"""

import math
import os
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

from calib.uncertainty import budget, covariance, propagate, quantity, type_a

Work = Callable[[], Any]


class Times(NamedTuple):
    """Medians of one call, in seconds."""

    wall: float
    cpu: float


def in_turn(*works: Work, repeats: int, calls: int = 1) -> list[Times]:
    """Return the times of works that run one after the other, again and again, after one call each to warm up."""
    found: list[list[Times]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(repeats):
        for work, times in zip(works, found, strict=True):
            wall, cpu = perf_counter(), process_time()
            for _ in range(calls):
                work()
            times.append(Times((perf_counter() - wall) / calls, (process_time() - cpu) / calls))
    return [Times(*(statistics.median(column) for column in zip(*times, strict=True))) for times in found]


def show(name: str, ours: Times, other: Times | None = None, than: str = "numpy by hand", target: str = "") -> None:
    """Print our time, and the ratio to another by the clock and by the processor."""
    line = f"{name:46s} {ours.wall * 1e6:11.1f} µs"
    if other is not None:
        line += (
            f" {ours.wall / other.wall:6.2f} × {than} ({other.wall * 1e6:.1f} µs), CPU {ours.cpu / other.cpu:5.2f} ×"
        )
    print(line + (f"   target {target}" if target else ""), flush=True)


def show_peer(name: str, peer: str, theirs: Times, ours: Times) -> None:
    print(
        f"{'    ' + name + ': ' + peer:46s} {theirs.wall * 1e6:11.1f} µs {theirs.wall / ours.wall:6.1f} × ours",
        flush=True,
    )


PEERS = {"uncertainties": ("ufloat", "s"), "GTC": ("ureal", "u"), "metrolopy": ("gummy", "u")}
"""What makes an input of a value and u, and the attribute of u."""


def peer(module: str) -> Any:
    """Return a peer, None where it is not installed."""
    if find_spec(module) is None:
        print(f"    {module} is not installed (extra bench)")
        return None
    return import_module(module)


def peak_MB(work: Work) -> float:
    """Return the most memory that `work` has at once, in MB."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


# (a)


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


def mixed_budget() -> Any:
    """A meter's point: type A, resolution, certificate, drift, thermal emf, mismatch."""
    indicated = type_a([10.00001, 10.00002, 10.0, 10.00001, 10.00003]) + quantity(0, resolution=1e-5)
    applied = quantity(10, U=2e-5, k=2) + quantity(0, half_width=1e-5)
    emf = quantity(0, half_width=5e-6, distribution="triangular")
    return indicated - applied + emf + quantity(0, half_width=4e-6, distribution="arcsine")


def gauge_block_of(made: Callable[..., Any], ended: Callable[[Any, list[Any]], Any]) -> Work:
    """GUM H.1 by a peer: `made` makes an input of (x, u, dof), `ended` asks for u, dof and contributions."""
    third, half = 1 / math.sqrt(3), 1 / math.sqrt(2)
    inf = math.inf
    stated = (
        (50_000_623, 25, 18), (215, 5.8, 24), (0, 3.9, 5), (0, 6.7, 8), (11.5e-6, 2e-6 * third, inf), (-0.1, 0.2, inf),
        (0, 0.5 * half, inf), (0, 1e-6 * third, 50), (0, 0.05 * third, 2),
    )  # fmt: skip

    def work() -> Any:
        inputs = [made(*facts) for facts in stated]
        return ended(gauge(*inputs), inputs)

    return work


def case_a() -> None:
    print("(a) GUM H.1: inputs, u, dof, contributions")
    works: list[tuple[str, Work]] = []
    if GTC := peer("GTC"):
        contributions = GTC.reporting.budget
        works.append(("GTC", gauge_block_of(GTC.ureal, lambda y, _: (y.u, y.df, contributions(y)))))
    if uncertainties := peer("uncertainties"):
        no_dof = gauge_block_of(lambda x, u, _: uncertainties.ufloat(x, u), lambda y, _: (y.s, y.error_components()))
        works.append(("uncertainties, no dof", no_dof))
    if metrolopy := peer("metrolopy"):
        made = gauge_block_of(
            lambda x, u, dof: metrolopy.gummy(x, u, dof=dof), lambda y, x: (y.u, y.dof, [y.ufrom(i) for i in x])
        )
        works.append(("metrolopy", made))
    hand, ours, *others = in_turn(gauge_block_by_hand, gauge_block, *(w for _, w in works), repeats=60, calls=20)
    show("calib", ours, hand)
    for (name, _), times in zip(works, others, strict=True):
        show_peer("H.1", name, times, ours)
        if name == "GTC":
            show("calib", ours, times, "GTC", "≤ 0.5")
    y = mixed_budget()
    expanded, between, whole = in_turn(
        lambda: y.expanded(0.9545), lambda: y.probability_between(-1e-5, 3e-5),
        lambda: (mixed_budget().expanded(0.9545), budget(y)), repeats=40, calls=10,
    )  # fmt: skip
    show("budget of 6 mixed inputs: expanded(0.9545)", expanded)
    show("  probability_between", between)
    show("  inputs, model, expanded, budget", whole)


# (b)


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


def readings_of(known: Any, module: str, n: int) -> Work:
    """The same by a peer, element by element."""
    volts = (10 + 0.01 * np.sin(np.arange(n) * 0.7)).tolist()
    made, u = getattr(known, PEERS[module][0]), PEERS[module][1]

    def work() -> Any:
        x, g, o = [made(v, 1e-3) for v in volts], made(1.0002, 2e-5), made(1e-4, 5e-5)
        k = 1 + made(1e-5, 2e-6) * 3.0
        y = [(v * g + o) * k for v in x]
        total = y[0]
        for v in y[1:]:
            total = total + v
        return [getattr(v, u) for v in y], getattr(total / n, u)

    return work


def difference_of_mean(n: int) -> tuple[float, float]:
    """u(mean(y) − y[0]): ours, and from its sensitivities by hand."""
    volts = 10 + 0.01 * np.sin(np.arange(n) * 0.7)
    x, g = quantity(volts, u=1e-3), quantity(1.0002, u=2e-5)
    o, a = quantity(1e-4, u=5e-5), quantity(1e-5, u=2e-6)
    y = (x * g + o) * (1 + a * 3.0)
    k, z = 1 + 1e-5 * 3.0, volts * 1.0002 + 1e-4
    noise = (1.0002 * k * 1e-3) ** 2 * ((1 - 1 / n) ** 2 + (n - 1) / n**2)
    shared = ((volts.mean() - volts[0]) * k * 2e-5) ** 2 + ((z.mean() - z[0]) * 3.0 * 2e-6) ** 2
    return (y.mean() - y[0]).u, math.sqrt(noise + shared)


def case_b() -> None:
    print("(b) readings with shared gain, offset, coefficient: u of each and of the mean")
    ours_at = {}
    for n, repeats, calls in ((100, 60, 20), (1000, 60, 20), (10_000, 100, 10), (100_000, 100, 1)):
        ours, by_hand = readings(n)
        hand, times = in_turn(by_hand, ours, repeats=repeats, calls=calls)
        ours_at[n] = times
        show(f"N = {n}", times, hand, target="≤ 1.5" if n >= 10_000 else "")
    for module, sizes in (("uncertainties", (1000, 10_000)), ("GTC", (1000,)), ("metrolopy", (1000,))):
        if known := peer(module):
            for n in sizes:
                theirs = in_turn(readings_of(known, module, n), repeats=1)[0]
                show_peer(f"N = {n}", module, theirs, ours_at[n])
    for n in (10_000, 100_000, 1_000_000):
        ours, by_hand = readings(n)
        print(f"    N = {n}: {peak_MB(ours):.1f} MB at most, by hand {peak_MB(by_hand):.1f} MB")
    for n in (10_000, 100_000):
        found, expected = difference_of_mean(n)
        print(f"    N = {n}: u(mean(y) − y[0]) = {found:.9g}, by hand {expected:.9g}, {found / expected - 1:+.1e}")
        assert math.isclose(found, expected, rel_tol=1e-9)


# (c)


def outputs() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Full covariance of 1000 outputs of 50 shared inputs."""
    matrix = np.random.default_rng(1).normal(size=(1000, 50))
    inputs = [quantity(1.0, u=0.1) for _ in range(50)]
    total = inputs[0] * matrix[:, 0]
    for i in range(1, 50):
        total = total + inputs[i] * matrix[:, i]
    return lambda: covariance(total), lambda: (matrix * 0.01) @ matrix.T


def case_c() -> None:
    print("(c) covariance of 1000 outputs of 50 inputs")
    ours, by_hand = outputs()
    hand, times = in_turn(by_hand, ours, repeats=60)
    show("calib", times, hand, target="≤ 1.5")
    if uncertainties := peer("uncertainties"):
        matrix = np.random.default_rng(1).normal(size=(100, 50)).tolist()
        inputs = [uncertainties.ufloat(1.0, 0.1) for _ in range(50)]
        made = [sum(c * x for c, x in zip(row, inputs, strict=True)) for row in matrix]
        theirs = in_turn(lambda: uncertainties.covariance_matrix(made), repeats=3)[0]
        show_peer("100 outputs only", "uncertainties", theirs, times)


# (d)

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


def sampled_of(metrolopy: Any) -> Work:
    """D1 without degrees of freedom by metrolopy: mean, standard deviation, interval."""
    gummy, even = metrolopy.gummy, metrolopy.UniformDist

    def work() -> Any:
        known = [gummy(x, u) for x, u in ((50_000_623, 25), (215, 5.8), (0, 3.9), (0, 6.7))]
        als, thb = gummy(even(center=11.5e-6, half_width=2e-6)), gummy(-0.1, 0.2)
        swing = gummy(metrolopy.ArcSinDist(center=0, half_width=0.5))
        dal, dth = gummy(even(center=0, half_width=1e-6)), gummy(even(center=0, half_width=0.05))
        y = gauge(known[0], known[1], known[2], known[3], als, thb, swing, dal, dth)
        gummy.simulate([y], n=TRIALS)
        return y.xsim, y.usim, y.cisim

    return work


def case_d() -> None:
    print("(d) Monte Carlo, 10⁶ trials, inputs built each time: mean, standard deviation, 95 % interval")
    cases: tuple[tuple[str, Any, Work, Work, str], ...] = (
        ("D1, H.1 with dof", gauge, lambda: gauge_inputs("H.1"), lambda: gauge_by_hand("H.1"), "0.8"),
        ("D1, all normal", gauge, lambda: gauge_inputs("H.1", False), lambda: gauge_by_hand("H.1", False), "0.8"),
        ("D2, mass, JCGM 101 9.3", weighed, weighed_inputs, weighed_by_hand, "0.8"),
        ("D3, JCGM 101 9.5", gauge, lambda: gauge_inputs("9.5"), lambda: gauge_by_hand("9.5"), "0.85"),
    )
    for name, model, inputs, by_hand, target in cases:

        def ours(workers: int, model: Any = model, inputs: Any = inputs) -> Any:
            out = propagate(model, inputs(), "monte-carlo", trials=TRIALS, seed=1, workers=workers)
            return out.value, out.u, out.interval(0.95)

        works = (lambda by_hand=by_hand: summed(by_hand()), lambda ours=ours: ours(1), lambda ours=ours: ours(2))
        hand, one, two = in_turn(*works, repeats=7)
        show(f"{name}, 1 thread", one, hand, target=f"≤ {target}")
        show(f"{name}, 2 threads", two, hand, target="≤ 0.5 (by the clock)")
        print(f"    {peak_MB(works[1]):.1f} MB at most, 2 threads {peak_MB(works[2]):.1f} MB   target 32 MB")
    if metrolopy := peer("metrolopy"):
        work = sampled_of(metrolopy)
        show_peer("D1, all normal", "metrolopy", in_turn(work, repeats=3)[0], in_turn(works[1], repeats=3)[0])


# (e)


def product_of(made: Callable[[float, float], Any], u: Callable[[Any], float], n: int = 10_000) -> Work:
    values = (1 + 1e-4 * np.cos(np.arange(n))).tolist()

    def work() -> float:
        total = made(values[0], 1e-4)
        for value in values[1:]:
            total = total * made(value, 1e-4)
        return u(total)

    return work


def case_e() -> None:
    print("(e) product of 10⁴ scalars in a Python loop, with its u")
    ours = product_of(lambda x, u: quantity(x, u=u), lambda y: y.u)
    if uncertainties := peer("uncertainties"):
        theirs, times = in_turn(product_of(uncertainties.ufloat, lambda y: y.s), ours, repeats=15)
        show("calib", times, theirs, "uncertainties", "≤ 0.5")
    else:
        show("calib", in_turn(ours, repeats=15)[0])
    if GTC := peer("GTC"):
        short = product_of(lambda x, u: quantity(x, u=u), lambda y: y.u, 1000)
        theirs, times = in_turn(product_of(GTC.ureal, lambda y: y.u, 1000), short, repeats=3)
        show_peer("10³ scalars", "GTC", theirs, times)


# import

_IMPORT = """
from time import perf_counter, process_time
wall, cpu = perf_counter(), process_time()
import numpy
wall_numpy, cpu_numpy = perf_counter(), process_time()
import calib.uncertainty
print(wall_numpy - wall, cpu_numpy - cpu, perf_counter() - wall_numpy, process_time() - cpu_numpy)
"""


def imported(**environment: str) -> list[float]:
    """Return ms of numpy's import, its CPU, of calib.uncertainty beyond it, and its CPU: medians of 11 processes."""
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    variables |= {"OPENBLAS_NUM_THREADS": "1"} | environment  # its waiting threads would count as CPU
    runs = []
    for _ in range(12):
        out = subprocess.run([sys.executable, "-c", _IMPORT], env=variables, capture_output=True, text=True, check=True)
        runs.append([1e3 * float(x) for x in out.stdout.split()])
    return [statistics.median(column) for column in zip(*runs[1:], strict=True)]


def case_import() -> None:
    print("import, medians of 11 processes")
    with tempfile.TemporaryDirectory() as cache:
        for name, environment in (
            ("compiled before, as installed", {"PYTHONPYCACHEPREFIX": cache}),
            ("compiled each time", {"PYTHONDONTWRITEBYTECODE": "1"}),
        ):
            numpys, numpys_cpu, ours, ours_cpu = imported(**environment)
            print(
                f"    {name:32s} numpy {numpys:6.1f} ms (CPU {numpys_cpu:.1f}), calib.uncertainty {ours:6.1f} ms more "
                f"(CPU {ours_cpu:.1f})   target ≤ 60 ms"
            )


def main() -> None:
    case_a()
    case_b()
    case_c()
    case_d()
    case_e()
    case_import()


if __name__ == "__main__":
    main()
