"""The station at work: gives instruments by role, and puts all that a procedure records into the journal."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar, cast

from calib.clock import Clock
from calib.drivers import Instrument
from calib.errors import Aborted, RunError
from calib.guard import RunLeases
from calib.guard.leases import OWN_S
from calib.ports import Answer, Operator, Prompt
from calib.record import Journal
from calib.record.model import Attempt
from calib.run.asking import question
from calib.run.bench import Bench
from calib.run.benchfile import ENVIRONMENT
from calib.run.control import Control, Paused
from calib.run.faces import Watcher
from calib.run.guarding import SHOWING_S
from calib.run.interrupts import Interrupts
from calib.run.waiting import EVENT, Reports, Waiting, Window
from calib.text import Text

Role = TypeVar("Role")
_WRITING = "writing to the journal"
_SLICE_S = 0.2
"""How often a wait looks whether it shall be aborted, in seconds of the machine."""


class JournalStation:
    """The bench of a run, as a procedure sees it."""

    def __init__(
        self,
        bench: Bench,
        journal: Journal,
        clock: Clock,
        operator: Operator,
        control: Control,
        interrupts: Interrupts,
        leases: RunLeases,
        watcher: Watcher,
    ) -> None:
        self._bench = bench
        self._watcher = watcher
        self._reports = Reports(self._show, lambda waiting: self.note(EVENT, **waiting))
        self._journal = journal
        self._interrupts = interrupts
        self._leases = leases
        self._clock = clock
        self._operator = operator
        self._control = control
        self._attempt: Attempt | None = None
        self._playing: dict[tuple[str, type], object] = {}

    @property
    def operator(self) -> str:
        """Name of the person at the bench."""
        return self._operator.name

    def attend(self, attempt: Attempt | None) -> None:
        """Say to which attempt the readings from now on belong; None between attempts."""
        self._attempt = attempt

    @property
    def point(self) -> str | None:
        """Id of the point that is measured at present."""
        return None if self._attempt is None else self._attempt.point

    def role(self, name: str, kind: type[Role]) -> Role:
        """Return the instrument that plays the role `name`."""
        if (name, kind) not in self._playing:  # a Protocol of many methods takes long to check, and is asked often
            instrument = self._bench.instruments[name]
            assert isinstance(instrument, kind)
            self._playing[name, kind] = instrument
        return cast("Role", self._playing[name, kind])

    @property
    def environment(self) -> Instrument | None:
        """What reads temperature and humidity at the bench; None where a person does."""
        return self._bench.instruments.get(ENVIRONMENT)

    def record(self, channel: str, value: float, unit: str) -> None:
        """Keep one reading; when this returns, it is on disk."""
        if self._attempt is None:
            msg = "a reading belongs to an attempt at a test point: record in measure(), use note() in prepare()"
            raise RunError(msg)
        with self._interrupts.held_back(), self._leases.lease(OWN_S, _WRITING):
            self._journal.reading(self._attempt, channel, value, unit)
        self._hear()

    def note(self, what: str, /, **details: object) -> None:
        """Keep an event."""
        with self._interrupts.held_back(), self._leases.lease(OWN_S, _WRITING):
            self._journal.event(what, dict(details))

    def condition(self, quantity: str, value: float, unit: str) -> None:
        """Keep a value of the environment."""
        with self._interrupts.held_back(), self._leases.lease(OWN_S, _WRITING):
            self._journal.condition(quantity, value, unit)

    def wait(self, seconds: float, why: Text) -> None:
        """Wait on the bench's clock, in slices between which the operator can abort and sees how far it is."""
        begun = self._clock.elapsed()

        def seen() -> Waiting:
            waited_s = self._clock.elapsed() - begun
            return Waiting(why, waited_s, max(0.0, seconds - waited_s))

        with self._reports.during(seen):
            while (left := begun + seconds - self._clock.elapsed()) > 1e-9:
                self._hear()
                self._reports.look()
                self._clock.sleep(min(left, _SLICE_S * self._clock.factor))

    def wait_until_stable(
        self,
        read: Callable[[], float],
        *,
        unit: str,
        limit_per_s: float,
        window_s: float,
        at_most_s: float,
        why: Text,
        interval_s: float = 1.0,
        target: float | None = None,
    ) -> None:
        """Wait until what `read` returns changes by no more than ± `limit_per_s`; raise `RunError` where it does not.

        What was found is kept as an event; of the readings only those that a long wait shows.
        """
        begun = self._clock.elapsed()
        watched = Window(window_s, unit, limit_per_s, target)
        with self._reports.during(lambda: watched.waiting(why, self._clock.elapsed() - begun)):
            while True:
                now = self._clock.elapsed()
                found = watched.add(now, read())
                if watched.is_full and found.is_below(limit_per_s):
                    self.note(
                        "stable", why=why.en, slope_per_s=found.value, u_per_s=found.u, unit=unit, after_s=now - begun
                    )
                    return
                if now - begun >= at_most_s:
                    msg = (
                        f"{why.en}: not stable after {now - begun:.0f} s: it still changes by {found.value:.3g} "
                        f"{unit}/s (u = {found.u:.2g} {unit}/s); {limit_per_s:.3g} {unit}/s is allowed"
                    )
                    raise RunError(msg)
                self.wait(interval_s, why)

    def _show(self, waiting: Waiting | None) -> None:
        with self._leases.lease(SHOWING_S, "showing a wait"):
            self._watcher.waiting(waiting)

    def busy(self, seconds: float, why: Text) -> AbstractContextManager[object]:
        """Let the guard take no silence of so long for a standstill."""
        return self._leases.lease(seconds, why.en)

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question to the operator; question and answer are kept."""
        self._hear()
        answer = self._operator.ask(prompt)
        with self._interrupts.held_back(), self._leases.lease(OWN_S, _WRITING):
            self._journal.answer(prompt.id, question(prompt, answer), answer.value, answer.by)
        return answer

    def _hear(self) -> None:
        """Break off where the operator wants it: an abort at any time, a pause amid a point."""
        self._interrupts.check()
        attempt = self._attempt
        if attempt is None or attempt.phase == "adjustment":
            request = self._control.requested("aside", "")
        else:
            request = self._control.requested("during", attempt.point)
        if request is None:
            return
        if request.what == "pause":
            raise Paused
        msg = "aborted by the operator"
        raise Aborted(msg)
