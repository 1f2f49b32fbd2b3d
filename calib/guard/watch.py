"""The guard's side: listen to the run; where it dies or stalls, kill it first, then make every source safe."""

import datetime as dt
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from calib.clock import SystemClock
from calib.drivers import Instrument, find_driver, open_line
from calib.drivers.roles import Source
from calib.drivers.transport.opening import load_line
from calib.errors import InputError, ResourceHeld
from calib.guard.endings import ToldToEnd
from calib.guard.orders import (
    ARM,
    BEAT,
    END,
    READY,
    STANDS_STILL,
    TAKE_OVER,
    TOLD_TO_END,
    GuardedSource,
    Orders,
)
from calib.guard.patience import BEAT_S, TICK_S, Patience
from calib.guard.watched import WatchedRun

LINE_TIMEOUT_S = 2.0
RETRY_S = 1.0
LONGEST_RETRY_S = 10.0

How = Literal["ended", "not armed", "handed over", "died", "stalled"]
"""How a run left its guard."""
_TOLD = {"died": "has died", "stalled": "stood still and was ended", "handed over": "could not make all sources safe"}


class End(NamedTuple):
    """The end of a run, as its guard saw it."""

    how: How
    why: str = ""
    """Where it stood still, as far as it could say so."""


SAFE = "safe"
HANDED_ON = "handed on"
"""Another process has the instrument now, and with it the duty."""

Opener = Callable[[GuardedSource], Instrument]


def listen(beats: "queue.SimpleQueue[bytes]", say: Callable[[bytes], None], told: ToldToEnd) -> End:
    """Take what the run says until it needs no guard any more, dies, or stalls; an empty message is its end of file."""
    armed = False
    patience = Patience()
    said_s = time.monotonic()
    while True:
        begun_s = time.monotonic()
        if told.now():
            say(TOLD_TO_END)
        if begun_s - said_s >= BEAT_S:
            say(BEAT)
            said_s = begun_s
        try:
            words = beats.get(timeout=TICK_S)
        except queue.Empty:
            if armed and patience.tick(time.monotonic() - begun_s):
                return End("stalled", "no sign of life for half a second")
            continue
        words, standstill, why = words.partition(STANDS_STILL)
        if END in words:
            return End("ended")
        if TAKE_OVER in words:
            return End("handed over")
        if standstill and armed:
            return End("stalled", why.decode(errors="replace").partition("\n")[0])
        armed = armed or ARM in words
        if not (words or standstill):
            return End("died" if armed else "not armed")
        patience.heard()


def make_safe(source: GuardedSource, opened: Opener) -> str:
    """Make one source safe and read back that it is; return `safe`, or what went wrong."""
    try:
        instrument = opened(source)
        try:
            if not isinstance(instrument, Source):
                msg = f"driver {source.driver!r} has no safe()"
                raise InputError(msg)
            instrument.safe()
        finally:
            instrument.close()
    except ResourceHeld:
        return HANDED_ON
    except Exception as error:  # noqa: BLE001 - whatever it is, the other sources come next, and then this one again
        return f"NOT SAFE: {error}"
    return SAFE


def keep_trying(
    orders: Orders, opened: Opener, tell: Callable[[Mapping[str, str]], None], told: ToldToEnd
) -> dict[str, str]:
    """Try every source, and those that failed again until none is left; tell each time something is new.

    Whoever tells it to end hears once what is not safe, while it goes on trying; told a second time, it ends.
    """
    outcome: dict[str, str] = {}
    pause_s, end_s, warned = RETRY_S, time.monotonic() + orders.give_up_s, False
    while True:
        before = dict(outcome)
        for source in orders.sources:
            if outcome.get(source.role) not in {SAFE, HANDED_ON}:
                outcome[source.role] = make_safe(source, opened)
        done = all(state in {SAFE, HANDED_ON} for state in outcome.values()) or time.monotonic() > end_s
        asked = told.now()
        if outcome != before or (asked and not done):
            tell(outcome)
        if done or (asked and warned):
            return outcome
        warned = warned or asked
        told.wait(pause_s)
        pause_s = min(2 * pause_s, LONGEST_RETRY_S)


def guard(orders: Orders, told: ToldToEnd) -> None:
    """Be the guard of the run whose orders these are: stdin is its voice, stdout ours."""
    run = WatchedRun(orders.run_pid)
    opened = _opener(orders)
    _say(READY)
    end = listen(_words_of_stdin(), _say, told)
    if end.how in {"ended", "not armed"}:
        return
    tell = _Report(orders, end)
    if end.how != "handed over":
        tell.killed = run.kill()
    keep_trying(orders, opened, tell, told)


class _Report:
    """Says what the guard did: to the file that a resumed run reads, and on the terminal, if there still is one."""

    def __init__(self, orders: Orders, end: End) -> None:
        self._orders = orders
        self._end = end
        self.killed: bool | None = None

    def __call__(self, outcome: Mapping[str, str]) -> None:
        now = dt.datetime.now().astimezone().isoformat()
        how, why = self._end
        entry = {"time": now, "run": how, "why": why, "gone": self.killed, "outcome": dict(outcome)}
        with suppress(OSError), Path(self._orders.report).open("ab") as file:
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        states = "; ".join(f"{role}: {state}" for role, state in outcome.items())
        with suppress(OSError), Path(self._orders.terminal).open("a", encoding="utf-8") as terminal:
            terminal.write(f"\r\ncalib guard: the run {_TOLD[how]}{why and f' ({why})'}; {states}\r\n")


def _opener(orders: Orders) -> Opener:
    """Load all that making safe needs, so that nothing but the wire is left to wait for."""
    drivers = {source.driver: find_driver(source.driver) for source in orders.sources}
    for source in orders.sources:
        with suppress(ValueError, OSError):  # a VISA library that does not load is told when it is needed
            load_line(source.resource, source.visa)
    clock = SystemClock()

    def opened(source: GuardedSource) -> Instrument:
        wanted = replace(source.line, probe=None, timeout_s=min(source.line.timeout_s, LINE_TIMEOUT_S))
        line = open_line(source.resource, wanted, visa=source.visa, instead_of=orders.run_pid)
        return drivers[source.driver](line, clock)

    return opened


def _words_of_stdin() -> "queue.SimpleQueue[bytes]":
    words: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        while data := os.read(0, 4096):
            words.put(data)
        words.put(b"")

    threading.Thread(target=read, daemon=True, name="the run's voice").start()
    return words


def _say(word: bytes) -> None:
    with suppress(OSError):  # a dead run hears nothing
        os.write(1, word)
