"""The run's side of the line to its guard: beats while the run gets on, and hears whether the guard lives."""

import queue
import threading
import time
from collections.abc import Callable
from typing import IO

from calib.guard.leases import GuardedLeases, StandstillWatch
from calib.guard.orders import BEAT, READY, STANDS_STILL, TOLD_TO_END
from calib.guard.patience import BEAT_S, Patience
from calib.guard.sleep import SleepWatch

GUARD_SILENT_TICKS = 20
"""Two seconds: while the guard is away nothing is wrong yet, and a run shall not end for a hiccup."""


class Pulse:
    """Beats; calls `alarm` with the reason, once, where the run must end.

    That is where the guard is gone, the computer slept, or a lease has run out; where the run stands still after that,
    the guard is told to kill it.
    """

    def __init__(
        self, voice: "IO[bytes]", ear: "IO[bytes]", alarm: Callable[[str], None], leases: GuardedLeases
    ) -> None:
        self._voice = voice
        self._ear = ear
        self._alarm = alarm
        self._standstill = StandstillWatch(leases)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.ready = threading.Event()
        for name, work in (("guard's voice", self._listen), ("pulse", self._beat)):
            threading.Thread(target=work, daemon=True, name=name).start()

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
        patience, sleep, alarmed = Patience(GUARD_SILENT_TICKS), SleepWatch(), False
        begun_s = time.monotonic()
        while not self._stopped.wait(BEAT_S):
            before_s, begun_s = begun_s, time.monotonic()
            took_s = begun_s - before_s
            self.say(BEAT)
            wrong = _slept(sleep) or self._lost(patience, took_s) or self._stands_still(took_s)
            if wrong and not alarmed:
                alarmed = True
                self._alarm(wrong)

    def _stands_still(self, took_s: float) -> str:
        """Return where the run stands still, once; where it still does after that, have it killed."""
        act = self._standstill.tick(took_s)
        if act == "kill":
            self.say(STANDS_STILL + self._standstill.why.encode() + b"\n")
        return f"the run stood still: {self._standstill.why}" if act == "interrupt" else ""

    def _lost(self, patience: Patience, took_s: float) -> str:
        """Return what is wrong with the guard, or nothing."""
        words = self._words()
        if b"" in words:
            return "the guard of this run has died"
        if TOLD_TO_END in words:
            return "the guard of this run was told to end (SIGTERM)"
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
