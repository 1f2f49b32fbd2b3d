"""The digits of Monte Carlo do not depend on who evaluates them; errors come through; memory stays small."""

import multiprocessing
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import MonteCarlo, correlated, propagate, quantity

TRIALS = 600_000
P, Q = correlated([1.0, 2.0], u=[0.1, 0.2], r=[[1, 0.5], [0.5, 1]])
INPUTS = {"p": P, "q": Q, "x": quantity([1.0, 2.0, 3.0], u=0.1, dof=5), "k": 3.0}


def product(p: Any, q: Any, x: Any, k: float) -> Any:
    return (x * p).sum() * k / q


def run(workers: Any, model: Any = product, trials: int = TRIALS, **options: Any) -> MonteCarlo:
    out: MonteCarlo = propagate(model, INPUTS, "monte-carlo", trials=trials, seed=11, workers=workers, **options)
    return out


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def reference() -> MonteCarlo:
    return run(1)


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_any_number_of_threads_gives_the_same_digits(reference: MonteCarlo, workers: int) -> None:
    assert np.array_equal(run(workers).draws, reference.draws)


def test_pools_of_threads_and_of_processes_give_the_same_digits(reference: MonteCarlo) -> None:
    with ThreadPoolExecutor(2) as threads:
        assert np.array_equal(run(threads).draws, reference.draws)
        assert threads.submit(int, "7").result() == 7  # left open for its owner
    with processes() as pool:
        found = run(pool)
    assert np.array_equal(found.draws, reference.draws)
    assert (found.value, found.u) == (reference.value, reference.u)


def test_trials_do_not_depend_on_how_many_follow(reference: MonteCarlo) -> None:
    """Fewer trials are the first of more, but for the last block."""
    assert np.array_equal(run(2, trials=100_000).draws[:65_536], reference.draws[:65_536])


def test_adaptive_stopping_gives_the_same_digits_with_any_workers() -> None:
    one = propagate(product, INPUTS, "monte-carlo", tolerance=0.05, seed=2)
    two = propagate(product, INPUTS, "monte-carlo", tolerance=0.05, seed=2, workers=2)
    assert one.trials == two.trials
    assert np.array_equal(one.draws, two.draws)


def test_blocks_differ_from_each_other(reference: MonteCarlo) -> None:
    assert not np.intersect1d(reference.draws[:65_536], reference.draws[65_536:131_072]).size


def test_a_model_that_does_not_pickle_is_refused_before_a_process_starts() -> None:
    with processes() as pool, pytest.raises(UncertaintyError, match=r"the model does not pickle .* top of a module"):
        run(pool, lambda p, q, x, k: p)


@pytest.mark.parametrize("workers", [0, -1, True, "two", 1.5])
def test_workers_that_are_none_are_refused(workers: Any) -> None:
    with pytest.raises(UncertaintyError, match="a number of threads from 1, or an executor"):
        run(workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_late_block_comes_through(workers: int) -> None:
    """log fails for one trial in a hundred thousand."""

    def rare(p: Any, q: Any, x: Any, k: float) -> Any:
        return np.log(q - 2.0 + 4.3 * 0.2)

    with pytest.raises(UncertaintyError, match=r"the model gave \d+ values that are not finite numbers"):
        run(workers, rare, trials=2_000_000)


def test_a_million_trials_of_a_scalar_need_less_than_32_MB() -> None:
    def peak(workers: int) -> float:
        tracemalloc.start()
        try:
            out = run(workers, trials=10**6)
            out.interval(0.95)
            out.shortest(0.95)
            return tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()

    run(1, trials=1000)
    assert peak(1) < 32
    assert peak(2) < 32


def test_more_numbers_than_memory_holds_are_refused() -> None:
    with pytest.raises(UncertaintyError, match=r"1000 outputs in 1000000 trials .* give at most trials=134217"):
        run(1, lambda p, q, x, k: p * np.ones(1000), trials=10**6)


def test_a_cluster_gives_the_same_digits(reference: MonteCarlo) -> None:
    """Two workers of dask.distributed, each a process of its own (extra `cluster`)."""
    distributed = pytest.importorskip("distributed", reason="extra `cluster` is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=40
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor(pure=False)
        found = run(executor)
        busy = client.run(lambda dask_worker: dask_worker.state.transition_counter)
        with pytest.raises(UncertaintyError, match="not finite numbers"):
            run(executor, lambda p, q, x, k: np.log(p - 100))
    assert np.array_equal(found.draws, reference.draws)
    assert len(busy) == 2
    assert all(count > 0 for count in busy.values())
