"""Leases: how long a run may go on without a sign. Who may block says for how long; what runs out is a standstill.

A lease's beginning and its end are signs that the run gets on; within it nothing else is expected for so many seconds.
Leases nest, as calls do: within a procedure's own computing there is a wait, within the wait a message on a wire. They
only count while an output may be on: terminals that are safe need nobody who watches.
"""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import inf
from types import TracebackType
from typing import Literal, Protocol

from calib.drivers.transport import NoLeases
from calib.guard.patience import BEAT_S
from calib.ports import Leases

OWN_S = 15.0
"""The run's own work between two steps of a procedure: a disk may have to spin up."""
COMPUTING_S = 2.0
"""A procedure's own computing between two things that it has done at the bench, where it declares no other."""
GRACE_S = 0.4
"""What an interrupted run may take until it gets on; longer, and it is killed."""
LIMIT_GRACE_S = 5.0
"""The same where it gets on but should have come to an end."""
_IDLE = 0.05
"""Part of a beat below which a run that has not got on does not compute: it waits for something."""
_LEAST = 0.25
"""Part of a beat that counts in any case, however little the process got of the processor."""


class RunLeases(Leases, Protocol):
    """What a run declares."""

    def limit(self, seconds: float, what: str) -> AbstractContextManager[object]:
        """Take this block for a standstill after `seconds`, however it gets on; a person's time does not count."""
        ...

    def of_source(self) -> Leases:
        """Return these leases for the line of a source: once it is used, an output may be on."""
        ...

    def sources_are_safe(self) -> None:
        """Say that every output is known to be off, until the line of a source is used again."""
        ...


class Unguarded(NoLeases):
    """For a run that nobody guards."""

    limit = NoLeases.lease

    def of_source(self) -> Leases:
        """Return these."""
        return self

    def sources_are_safe(self) -> None:
        """Do nothing."""


class GuardedLeases:
    """The leases of the run in the thread that made this; its pulse looks at them from another."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.signs = 0
        self.may_be_on = False
        self.current = _Lease(self, OWN_S, "the run's own work")
        self.limits: list[_Limit] = []

    def lease(self, seconds: float, what: str) -> "_Lease":
        """Expect no sign for so many seconds of machine time."""
        return _Lease(self, seconds, what)

    def limit(self, seconds: float, what: str) -> "_Limit":
        """Take this block for a standstill after `seconds`, however it gets on; a person's time does not count."""
        return _Limit(self, seconds, what)

    def heard(self) -> None:
        """Take a sign within a lease: a part of an answer."""
        self.signs += 1

    def of_source(self) -> Leases:
        """Return these leases for the line of a source: once it is used, an output may be on."""
        return _OfSource(self)

    def begin(self) -> None:
        """Count from now on: nobody knows in what state the sources are."""
        self.signs += 1
        self.may_be_on = True

    def sources_are_safe(self) -> None:
        """Say that every output is known to be off, until the line of a source is used again."""
        self.signs += 1
        self.may_be_on = False


class _Lease:
    """One lease, while its block is not left."""

    __slots__ = ("_all", "_outer", "seconds", "what")

    def __init__(self, all_: GuardedLeases, seconds: float, what: str) -> None:
        self._all = all_
        self.seconds = seconds
        self.what = what

    def __enter__(self) -> None:
        self._outer = self._all.current
        self._all.signs += 1  # before the change: who sees the new lease has also seen the sign
        self._all.current = self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.signs += 1
        self._all.current = self._outer


class _Limit:
    """A stretch with an end, counted by the pulse."""

    __slots__ = ("_all", "left_s", "seconds", "what")

    def __init__(self, all_: GuardedLeases, seconds: float, what: str) -> None:
        self._all = all_
        self.seconds = seconds
        self.left_s = seconds
        self.what = what

    def __enter__(self) -> None:
        self._all.limits.append(self)
        self._all.signs += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.limits.remove(self)
        self._all.signs += 1


class _OfSource:
    """The leases as the line of a source takes them."""

    def __init__(self, all_: GuardedLeases) -> None:
        self._all = all_

    def lease(self, seconds: float, what: str) -> AbstractContextManager[object]:
        """Expect no sign for so long; an output may be on from now on."""
        self._all.may_be_on = True
        return self._all.lease(seconds, what)

    def heard(self) -> None:
        """Take a sign."""
        self._all.heard()


Act = Literal["", "interrupt", "kill"]


class StandstillWatch:
    """Looks at the leases once in a beat; a run that stands still is interrupted, and killed where that moves nothing.

    Time counts as far as the run could have used it: of a beat in which it computed, what it got of the
    processor, a quarter at least; else a beat that came late counts as one. So a busy machine kills no run.
    """

    def __init__(self, leases: GuardedLeases, processor_s: Callable[[], float] | None = None) -> None:
        """Look at `leases`; `processor_s` tells what the run has got of the processor so far, in seconds."""
        self._leases = leases
        self._processor_s = processor_s or _processor_time_of(leases.thread)
        self._signs = -1
        self._silent_s = 0.0
        self._computed_s = self._processor_s()
        self._interrupted = False
        self.why = ""
        """What ran out, and where the run stood then."""

    def tick(self, took_s: float) -> Act:
        """Take a beat and how long it took; return what is to be done."""
        self._count(self._counted(took_s))
        lease, limit = self._leases.current, min(self._leases.limits[:], key=lambda each: each.left_s, default=None)
        over_s, limit_over_s = self._silent_s - lease.seconds, -inf if limit is None else -limit.left_s
        if self._leases.signs != self._signs:  # it got on while we looked
            over_s = -inf
        if not self._leases.may_be_on or max(over_s, limit_over_s) <= 0:
            return ""
        if over_s <= 0 and limit is not None:
            ran_out = f"{limit.what} took longer than {limit.seconds:g} s"
        else:
            ran_out = f"{lease.what}: no sign of getting on for {lease.seconds:g} s"
        self.why = f"{ran_out}, {_place(self._leases.thread)}"
        if not self._interrupted:
            self._interrupted = True
            return "interrupt"
        return "kill" if over_s >= GRACE_S or limit_over_s >= LIMIT_GRACE_S else ""

    def _count(self, counted_s: float) -> None:
        """Count the silence, and what is left of the limits; a person who is asked takes no time from them."""
        signs, leases = self._signs, self._leases
        self._signs = leases.signs
        waits_for_a_person = leases.current.seconds == inf
        if signs != self._signs or waits_for_a_person or not leases.may_be_on:
            self._silent_s = 0.0
        else:
            self._silent_s += counted_s
        if leases.may_be_on and not waits_for_a_person:
            for limit in leases.limits[:]:
                limit.left_s -= counted_s

    def _counted(self, took_s: float) -> float:
        before_s, self._computed_s = self._computed_s, self._processor_s()
        used_s = self._computed_s - before_s
        if used_s < _IDLE * took_s or self._interrupted:
            return min(took_s, BEAT_S)
        return min(took_s, max(used_s, _LEAST * took_s))


def _processor_time_of(thread: int) -> Callable[[], float]:
    """Return what tells the processor time of a thread; of the whole process where the system tells no more."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    clock = time.pthread_getcpuclockid(thread)

    def used_s() -> float:
        try:
            return time.clock_gettime(clock)
        except OSError:  # it has ended
            return 0.0

    return used_s


def _place(thread: int) -> str:
    """Return at which line a thread is."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001  the documented way to another thread's frame
    if frame is None:
        return "in a thread that has ended"
    last = traceback.extract_stack(frame)[-1]
    return f"in {last.filename}, line {last.lineno}, {last.name}()"
