"""The end of a run, however it came: first the terminals, then all that can be kept; every step is tried."""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calib.errors import CalibError, RunError
from calib.guard import Guardian
from calib.ports import Answer, Prompt
from calib.procedure import Result
from calib.record import Checkpoints, Journal, SigningKey, build_in_child, seal
from calib.record.model import Readings
from calib.run.bench import Bench
from calib.run.faces import Watcher
from calib.run.guarding import SAFE_WITHIN_S
from calib.run.interlock import Interlock
from calib.run.output import Files
from calib.run.plan import Plan
from calib.text import both

Status = Literal["complete", "aborted", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How a run ended and what it left."""

    status: Status
    results: tuple[Result, ...]
    safe: dict[str, str]
    """`safe`, or the failure, of each source at the end."""
    journal: Path | None = None
    record: Path | None = None
    error: CalibError | None = None
    """Why it did not complete."""
    readings: Readings | None = None
    """All that was recorded, of a run that is in memory only."""


@dataclass
class Ending:
    """The end of one run."""

    plan: Plan
    bench: Bench
    journal: Journal
    watcher: Watcher
    key: SigningKey | None
    status: Status
    error: CalibError | None
    guard: Guardian
    files: Files | None = None
    checkpoints: Checkpoints | None = None

    def carry_out(self) -> Outcome:
        """Make safe, evaluate, close the journal, build and seal the record, and return the outcome."""
        with self.guard.leases.limit(SAFE_WITHIN_S, "making the sources safe"):
            safe = self.bench.make_safe()
        if not_safe(safe) is None:
            self.guard.leases.sources_are_safe()
        self._judge(safe)
        with self._tried():
            self.journal.event("made safe", dict(safe))
        with self._tried():
            self._warn(safe)
        with self._tried():
            self._lower_limits(safe)
        with self._tried():
            self.bench.close()
        with self._tried():
            self._release_guard(safe)
        results: tuple[Result, ...] = ()
        readings: Readings | None = None
        with self._tried():
            readings = self.journal.readings()
            results = self.plan.procedure.evaluate(readings) if readings.environment else ()
        with self._tried():
            self._close_journal(results)
        record: Path | None = None
        if self.files is not None:
            with self._tried():
                record = self._build(self.files)
        with self._tried():
            self.watcher.end()
        journal = None if self.files is None else self.files.journal
        in_memory = readings if self.files is None else None
        return Outcome(self.status, results, safe, journal, record, self.error, in_memory)

    @contextmanager
    def _tried(self) -> Iterator[None]:
        """Go on after a failure; the first one is the error of a run that had none, later ones are told with it."""
        try:
            yield
        except Exception as failure:  # noqa: BLE001 - the next step must be tried whatever happened to this one
            error = as_calib_error(failure, self.plan.procedure.id)
            if self.error is None:
                self.status, self.error = "failed", error
            else:
                self.error.add_note(f"also: {error}")

    def _judge(self, safe: Mapping[str, str]) -> None:
        """Let a source that is not safe be the error of the run, louder than whatever stopped it before."""
        unsafe = not_safe(safe)
        if unsafe is not None:
            before = "" if self.error is None else f"\nbefore that the run was stopped: {self.error}"
            self.status, self.error = "failed", RunError(f"{unsafe}{before}")

    def _warn(self, safe: Mapping[str, str]) -> None:
        for role, state in safe.items():
            if state != "safe":
                self.watcher.message(both("{role}: {state} — take it off the line by hand.", role=role, state=state))

    def _lower_limits(self, safe: Mapping[str, str]) -> None:
        """Leave no source with a limit that somebody agreed to for this run only."""
        if all(state == "safe" for state in safe.values()):
            Interlock.of(self.plan, self.bench, _nobody).close()

    def _release_guard(self, safe: Mapping[str, str]) -> None:
        if not_safe(safe) is None:
            self.guard.end()
        else:
            self.guard.take_over()

    def _close_journal(self, results: tuple[Result, ...]) -> None:
        try:
            if self.error is not None:
                self.journal.event("stopped", {"status": self.status, "why": str(self.error), **_trace(self.error)})
            if self.files is not None:  # in memory nobody can ask for them but through the outcome
                self.journal.results([r.as_json() for r in results], {"procedure": self.plan.procedure.version})
            self.journal.finish(self.status, self.key)
        finally:
            self.journal.close()

    def _build(self, files: Files) -> Path:
        if self.checkpoints is not None:
            self.checkpoints.stop()
        return build_and_seal(files, self.key)


def build_and_seal(files: Files, key: SigningKey | None) -> Path:
    """Build the record of a finished journal, seal it with `key`, and return its path."""
    build_in_child(files.journal, files.record)
    if key is not None:
        seal(files.record, key)
    return files.record


def _nobody(prompt: Prompt) -> Answer:
    msg = f"a run that ends asks nothing: '{prompt.id}'"
    raise RunError(msg)


def require_safe(safe: Mapping[str, str]) -> None:
    """Raise the `RunError` for what could not be made safe, if anything."""
    error = not_safe(safe)
    if error is not None:
        raise error


def not_safe(safe: Mapping[str, str]) -> RunError | None:
    """Return the error for what `Bench.make_safe` could not make safe, if anything."""
    failed = [f"{role}: {state}" for role, state in safe.items() if state != "safe"]
    if not failed:
        return None
    return RunError("\n".join([*failed, "take it off the line by hand before touching any terminal"]))


def as_calib_error(failure: BaseException, who: str) -> CalibError:
    """Return the failure itself, or for a mistake in a program (`who`) one that names its place."""
    if isinstance(failure, CalibError):
        return failure
    frames = traceback.extract_tb(failure.__traceback__)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    error = RunError(f"{who}: {type(failure).__name__}: {failure}{place}")
    error.__cause__ = failure
    return error


def _trace(error: CalibError) -> dict[str, str]:
    """Return the traceback of a program's mistake, for the record: a technician never sees it."""
    cause = error.__cause__
    if cause is None or isinstance(cause, CalibError):
        return {}
    return {"trace": "".join(traceback.format_exception(cause))}
