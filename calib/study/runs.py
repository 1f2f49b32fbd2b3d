"""Many calibrations, each with other standards and another item: what was found, and what is true."""

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.drivers.simulation import SimulatedBench, Truths
from calib.drivers.simulation.truth_file import Function, LinearTruth
from calib.errors import InputError, RunError
from calib.inputs import all_inputs
from calib.procedure import Context, Decision, Procedure, Result
from calib.record.model import Readings
from calib.run import Outcome, Plan
from calib.study.breaks import Break
from calib.study.chance import Chance, Prior
from calib.study.drawing import disturbances, draw, draw_history
from calib.study.sample import Sample, with_job
from calib.study.world import BenchWorld

Progress = Callable[[int], None]
_CHUNK = 10


@dataclass(frozen=True)
class Task:
    """What is studied; it goes to other processes, and each reads the laboratory by itself."""

    procedure: str
    folder: Path | None = None
    files: tuple[tuple[str, Path], ...] = ()
    """Bench, simulation and job, where they are not those of the procedure's name."""
    variant: str = ""
    """Of bench, simulation and job: those of the name `PROCEDURE-VARIANT`."""
    parameters: tuple[tuple[str, Any], ...] = ()
    points: tuple[tuple[tuple[str, Any], ...], ...] | None = None
    prior: Prior = "declared"
    broken: Break | None = None
    item_share: float | None = None
    """Gain and offset of the item are drawn within so many limits of its specification; None: as the bench says."""
    rule: tuple[tuple[str, Any], ...] = ()
    """Changes of the job's decision rule: fields of `Decision` by name."""
    later_days: int = 0
    """By how much later than today the run is, so that the standards' calibrations are older."""

    def __hash__(self) -> int:
        """Return a hash of what it says: parameters of a job may be lists and tables."""
        return hash(repr(self))

    def sample(self) -> Sample:
        """Return the laboratory, read once in this process."""
        return _sample(self)


@cache
def _sample(task: Task) -> Sample:
    points = None if task.points is None else tuple(dict(p) for p in task.points)
    sample = Sample.load(
        task.procedure,
        task.folder,
        **dict(task.files),
        variant=task.variant,
        parameters=dict(task.parameters),
        points=points,
    )
    decision = Decision(**{**sample.job.decision.model_dump(), **dict(task.rule)})
    return with_job(sample, decision=decision)


@lru_cache(maxsize=16)
def _first_plan(task: Task, today: dt.date) -> Plan:
    """Return the plan with the register's own certificates: its points and routes are those of every run."""
    return _sample(task).plan(today)


@dataclass(frozen=True, eq=False)
class Runs:
    """Results of many calibrations; arrays have the shape (runs, points), in each point's SI unit."""

    points: tuple[str, ...]
    units: tuple[str, ...]
    error: NDArray[np.float64]
    truth: NDArray[np.float64]
    u: NDArray[np.float64]
    U: NDArray[np.float64]
    limit: NDArray[np.float64]
    """Half-width of the tolerance; inf where there is none."""
    passed: NDArray[np.bool_]
    conforming: NDArray[np.float64]
    """Probability to conform that the certificate gives; nan where there is no tolerance."""
    share: NDArray[np.float64]
    """Share of u² of the inputs that an error was put into; 0 where none was."""
    shift: NDArray[np.float64]
    """By how many U the error that was put in shifted the result; 0 where none was, or it is in the truth."""
    narrowed: NDArray[np.float64]
    """What part of U it left; 1 where none was."""
    duration_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """On the bench's clock, shape (runs,)."""

    @property
    def held(self) -> NDArray[np.bool_]:
        """Whether the stated interval holds the truth."""
        return np.abs(self.error - self.truth) <= self.U

    @property
    def normalised(self) -> NDArray[np.float64]:
        """(result − truth) / U, the normalised error."""
        return np.asarray((self.error - self.truth) / self.U)


def calibrate_many(
    task: Task, runs: int, *, seed: int = 0, executor: Executor | None = None, progress: Progress | None = None
) -> Runs:
    """Calibrate `runs` times; the same seed gives the same digits, whatever carries it out.

    `executor` is any of `concurrent.futures`, or dask's (`Client.get_executor()`); None works in this process.
    """
    chunks = [range(at, min(at + _CHUNK, runs)) for at in range(0, runs, _CHUNK)]
    done: list[Runs | None] = [None] * len(chunks)
    if executor is None:
        for number, chunk in enumerate(chunks):
            done[number] = _chunk(task, seed, chunk)
            if progress is not None:
                progress(len(chunk))
    else:
        waiting = {executor.submit(_chunk, task, seed, chunk): number for number, chunk in enumerate(chunks)}
        for future in as_completed(waiting):
            done[waiting[future]] = future.result()
            if progress is not None:
                progress(len(chunks[waiting[future]]))
    return joined([one for one in done if one is not None])


def joined(parts: Sequence[Runs]) -> Runs:
    """Return the runs of several parts as one."""
    arrays = ("error", "truth", "u", "U", "limit", "passed", "conforming", "share", "shift", "narrowed", "duration_s")
    arrays_of_all = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
    return Runs(parts[0].points, parts[0].units, **arrays_of_all)


def _chunk(task: Task, seed: int, numbers: range) -> Runs:
    return joined([one_run(task, seed, number) for number in numbers])


def one_run(task: Task, seed: int, number: int) -> Runs:
    """Return run `number` of a study: its standards, its item, its noise come from (seed, number) alone.

    Raises
    ------
    RunError
        The run did not come to its end.
    """
    return calibrate_once(task, seed, number).found(task.broken)


@dataclass(frozen=True)
class Once:
    """One calibration, and the bench on which it was made."""

    sample: Sample
    bench: SimulatedBench
    outcome: Outcome
    duration_s: float

    def found(self, broken: Break | None = None) -> Runs:
        """Return its results, evaluated again with the error in them where one is put in."""
        results = self.outcome.results
        if broken is not None and broken.what != "drift":
            assert self.outcome.readings is not None
            procedure = self.sample.procedure(Context(self.outcome.readings.snapshot))
            results = tuple(broken_results(procedure, self.outcome.readings, broken))
        return _as_arrays(self, results, broken)


def calibrate_once(task: Task, seed: int, number: int) -> Once:
    """Return the calibration of run `number` of a study; raise `RunError` where it does not come to its end."""
    sample = task.sample()
    sequence = np.random.SeedSequence((seed, number))
    chance = Chance(np.random.default_rng(sequence), task.prior, 2.0 if task.broken == Break("drift") else 1.0)
    today = _today() + dt.timedelta(days=task.later_days)
    first = _first_plan(task, today)
    drawn = draw(first, sample.simulated.components, chance)
    job = sample.job.model_copy(update={"parameters": draw_history(first, sample.job.parameters, chance)})
    truths = {**drawn.truths, **_item(first, task.item_share)}
    bench = sample.simulated_bench(int(sequence.generate_state(1)[0]), truths)
    for part, effects in disturbances(first, chance).items():
        bench.impose(part, effects)
    begun = bench.clock.elapsed()
    outcome = sample.calibrate(bench, sample.plan(today, drawn.equipment, job))
    if outcome.status != "complete":
        msg = f"run {number} of the study ended as {outcome.status}: {outcome.error}"
        raise RunError(msg)
    return Once(sample, bench, outcome, bench.clock.elapsed() - begun)


def broken_results(procedure: Procedure, readings: Readings, broken: Break) -> Sequence[Result]:
    """Return the results of an evaluation with an error in it, those of sums and fits over the rows too.

    Raises
    ------
    InputError
        No budget has such an input.
    """
    estimated = procedure.estimated(readings)
    known = dict.fromkeys(one.name for _, _, e in estimated for one in all_inputs(e.arguments))
    if broken.input not in known:
        msg = f"{procedure.id}: no input '{broken.input}' in its budgets; there are: {', '.join(known)}"
        raise InputError(msg)
    return procedure.results(readings, [(p, a, broken.altered(e)) for p, a, e in estimated])


def _as_arrays(once: Once, results: Sequence[Result], broken: Break | None) -> Runs:
    """Return the results of one run; those without the error that was put in tell what it does."""
    world, procedure = BenchWorld(once.bench), once.sample.procedure
    all_right = {(r.phase, r.point): r for r in once.outcome.results}
    right = [all_right.get((r.phase, r.point), r) for r in results]  # rows that follow from others have no estimates

    def share(result: Result) -> float:
        return 0.0 if broken is None else sum(row.share for row in result.budget if broken.concerns(row.name))

    def row(values: list[float]) -> NDArray[np.float64]:
        return np.array([values])

    return Runs(
        points=tuple(r.point for r in results),
        units=tuple(r.unit for r in results),
        error=row([r.error for r in results]),
        truth=row([procedure.truth(r, world) for r in results]),
        u=row([r.u for r in results]),
        U=row([r.U for r in results]),
        limit=row([r.upper_limit for r in results]),
        passed=np.array([[r.verdict in {"pass", "conditionalPass"} for r in results]]),
        conforming=row([r.conformance_probability for r in results]),
        share=row([share(r) for r in right]),
        shift=row([(r.error - s.error) / s.U for r, s in zip(results, right, strict=True)]),
        narrowed=row([r.U / s.U for r, s in zip(results, right, strict=True)]),
        duration_s=np.array([once.duration_s]),
    )


def _item(plan: Plan, share: float | None) -> Truths:
    """Return the item's law, where the task says how far it errs."""
    if share is None:
        return {}
    law = LinearTruth(model="linear", share=share)
    functions: set[Function] = {point.quantity for point in plan.points}  # type: ignore[misc]
    return {plan.procedure.under_calibration: dict.fromkeys(functions, law)}


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
