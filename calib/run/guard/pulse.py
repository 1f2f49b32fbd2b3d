"""The run's side of the line to its guard: beats while the run gets on, and hears whether the guard lives."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import IO

from calib.run.guard.orders import BEAT, READY
from calib.run.guard.patience import BEAT_S, Patience
from calib.run.guard.sleep import SleepWatch

GUARD_SILENT_TICKS = 20
"""Two seconds: while the guard is away nothing is wrong yet, and a run shall not end for a hiccup."""


class Pulse:
    """Beats; calls `alarm` with the reason, once, where the guard is gone or the computer slept."""

    def __init__(self, voice: "IO[bytes]", ear: "IO[bytes]", alarm: Callable[[str], None]) -> None:
        self._voice = voice
        self._ear = ear
        self._alarm = alarm
        self._until_s = inf
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.ready = threading.Event()
        for name, work in (("guard's voice", self._listen), ("pulse", self._beat)):
            threading.Thread(target=work, daemon=True, name=name).start()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Let the guard act where this block is not left within `seconds` of machine time."""
        outer_s = self._until_s
        self._until_s = min(outer_s, time.monotonic() + seconds)
        try:
            yield
        finally:
            self._until_s = outer_s

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """Take no length of this block for a stall: a person thinks."""
        outer_s, begun_s = self._until_s, time.monotonic()
        self._until_s = inf
        try:
            yield
        finally:
            self._until_s = outer_s + (time.monotonic() - begun_s)

    def say(self, word: bytes) -> None:
        """Tell the guard a word; what cannot be told is heard as its end."""
        with self._lock:
            try:
                self._voice.write(word)
                self._voice.flush()
            except (OSError, ValueError):
                self._heard.put(b"")

    def stop(self) -> None:
        """Beat no more."""
        self._stopped.set()

    def _listen(self) -> None:
        while word := self._ear.read(1):
            if word == READY:
                self.ready.set()
            self._heard.put(word)
        self._heard.put(b"")

    def _beat(self) -> None:
        patience, sleep = Patience(GUARD_SILENT_TICKS), SleepWatch()
        while True:
            begun_s = time.monotonic()
            if self._stopped.wait(BEAT_S):
                break
            took_s = time.monotonic() - begun_s
            if begun_s < self._until_s:
                self.say(BEAT)
            wrong = _slept(sleep) or self._lost(patience, took_s)
            if wrong:
                self._alarm(wrong)
                break

    def _lost(self, patience: Patience, took_s: float) -> str:
        """Return what is wrong with the guard, or nothing."""
        words = self._words()
        if b"" in words:
            return "the guard of this run has died"
        if words or not self.ready.is_set():
            patience.heard()
        elif patience.tick(took_s - BEAT_S):
            return "the guard of this run does not answer"
        return ""

    def _words(self) -> list[bytes]:
        words = []
        while not self._heard.empty():
            words.append(self._heard.get())
        return words


def _slept(sleep: SleepWatch) -> str:
    slept_s = sleep.slept_s()
    return f"the computer slept for {slept_s:.0f} s, and nobody looked after the terminals" if slept_s else ""
