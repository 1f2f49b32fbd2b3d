"""The faults of a simulated bench at work: which rule meets which message. The same seed, the same faults."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calib.drivers.simulation.fault_rules import AnyRule, FaultPlan
from calib.drivers.simulation.seeds import stream


@dataclass
class _Counted:
    """A rule and what it has met."""

    rule: AnyRule
    random: np.random.Generator
    met: int = 0
    done: int = 0
    pattern: re.Pattern[bytes] | None = field(init=False)

    def __post_init__(self) -> None:
        wanted = self.rule.message
        self.pattern = None if wanted is None else re.compile(wanted.encode("latin-1", "replace"))

    def meets(self, instrument: str, wire: str, message: bytes) -> bool:
        """Count a message; return whether the fault happens to it."""
        rule = self.rule
        if rule.instrument not in {None, instrument} or rule.wire not in {None, wire}:
            return False
        if self.pattern is not None and self.pattern.search(message) is None:
            return False
        self.met += 1
        if self.met < rule.nth or (self.met - rule.nth) % rule.every or (rule.times and self.done >= rule.times):
            return False
        if rule.probability < 1 and self.random.random() >= rule.probability:
            return False
        self.done += 1
        return True


@dataclass(frozen=True)
class Met:
    """A fault that happens now."""

    rule: AnyRule
    random: np.random.Generator


class Faults:
    """The rules in force. Also used from other threads than the wires'."""

    def __init__(self, *, seed: int = 0) -> None:
        self.idle = True
        """Whether there is no rule at all: the wires' quick way."""
        self.seed = seed
        """Of the rules that are added from now on."""
        self._last = 0
        self._rules: dict[int, _Counted] = {}
        self._guard = threading.Lock()
        self._undo: list[Callable[[], None]] = []

    def follow(self, plan: FaultPlan) -> None:
        """Put the rules of a plan in force."""
        self.seed = plan.seed
        for each in plan.fault:
            self.add(each)

    def add(self, rule: AnyRule) -> int:
        """Put a rule in force; return its number."""
        with self._guard:
            self._last += 1
            self._rules[self._last] = _Counted(rule, stream(self.seed, "fault", str(self._last)))
            self.idle = False
            return self._last

    def remove(self, number: int) -> bool:
        """Take a rule out of force; return whether there was one of that number."""
        with self._guard:
            found = self._rules.pop(number, None) is not None
            self.idle = not self._rules
            return found

    def clear(self) -> None:
        """Take all rules out of force, and heal what they did to the instruments."""
        with self._guard:
            self._rules.clear()
            self.idle = True
            undo, self._undo = self._undo, []
        for each in undo:
            each()

    def active(self) -> list[dict[str, Any]]:
        """Return the rules in force with their numbers, what they met and how often they happened."""
        with self._guard:
            return [
                {"number": number, "met": c.met, "done": c.done, **c.rule.model_dump(exclude_none=True)}
                for number, c in self._rules.items()
            ]

    def meet(self, instrument: str, wire: str, message: bytes) -> list[Met]:
        """Return the faults that happen to a message."""
        with self._guard:
            return [Met(c.rule, c.random) for c in self._rules.values() if c.meets(instrument, wire, message)]

    def on_clear(self, undo: Callable[[], None]) -> None:
        """Let `undo` be called when the faults are cleared."""
        with self._guard:
            self._undo.append(undo)
