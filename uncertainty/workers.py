"""Who evaluates the blocks: this thread, several threads, or any executor of `concurrent.futures`."""

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.trials import Span, Trials

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Array = NDArray[np.float64]
Place = Callable[[Span, Array], None]

_GROUP = 4
"""Blocks in one task, so that handing it over costs little beside it."""
_PENDING = 16
"""Tasks handed over at most, so that waiting results stay small."""


def fill(out: Array, trials: Trials, spans: Sequence[Span], workers: "int | Executor") -> None:
    """Write the values of all spans into `out`, shape of the output and the trials of these spans last."""

    def place(span: Span, values: Array) -> None:
        if values.shape[:-1] != out.shape[:-1]:
            msg = f"the model returned shape {values.shape[:-1]} in trial {span.start}, {out.shape[:-1]} in others"
            raise UncertaintyError(msg)
        first = span.start - spans[0].start
        out[..., first : first + values.shape[-1]] = values

    def work(group: Sequence[Span]) -> None:
        for span in group:
            place(span, trials.evaluate(span))

    from concurrent.futures import Executor, ThreadPoolExecutor

    if isinstance(workers, int) and not isinstance(workers, bool) and workers > 0:
        if workers == 1 or len(spans) == 1:
            work(spans)
            return
        with ThreadPoolExecutor(workers) as pool:
            _each(pool, work, _groups(spans, max(1, min(_GROUP, len(spans) // (8 * workers)))))
    elif isinstance(workers, ThreadPoolExecutor):
        _each(workers, work, _groups(spans, _GROUP))
    elif isinstance(workers, Executor):
        from concurrent.futures import ProcessPoolExecutor  # with it comes multiprocessing, 30 ms

        if isinstance(workers, ProcessPoolExecutor):
            _check_pickles(trials)
        groups = _groups(spans, _GROUP)
        _each(workers, trials.evaluate_all, groups, lambda group, values: place(group[0], values))
    else:
        msg = f"workers = {workers!r}: a number of threads from 1, or an executor of concurrent.futures"
        raise UncertaintyError(msg)


def _groups(spans: Sequence[Span], size: int) -> list[Sequence[Span]]:
    return [spans[i : i + size] for i in range(0, len(spans), size)]


def _each(
    executor: "Executor",
    work: Callable[[Sequence[Span]], Any],
    groups: list[Sequence[Span]],
    done: Callable[[Sequence[Span], Any], None] | None = None,
) -> None:
    """Have every group worked on; after a failure what waits is cancelled, and the first error raised."""
    pending: "deque[tuple[Sequence[Span], Future[Any]]]" = deque()
    waiting = deque(groups)
    try:
        while waiting or pending:
            while waiting and len(pending) < _PENDING:
                group = waiting.popleft()
                pending.append((group, executor.submit(work, group)))
            group, future = pending.popleft()
            result = future.result()
            if done is not None:
                done(group, result)
    finally:
        for _, future in pending:
            future.cancel()


def _check_pickles(trials: Trials) -> None:
    """Refuse a model that cannot be sent to another process, before anything is sent."""
    for name, part in (("the model", trials.model), *((f"input {n!r}", x) for n, x in trials.fixed.items())):
        try:
            pickle.dumps(part)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            msg = (
                f"{name} does not pickle ({error}), which a pool of processes needs: "
                "define it at the top of a module, or give a number of threads"
            )
            raise UncertaintyError(msg) from error
