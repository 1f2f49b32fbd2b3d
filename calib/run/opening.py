"""The opening of a run: instruments proven over the wire, sources safe, limits down; only then is a person asked."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from calib.clock import Clock
from calib.drivers.transport.traffic import abridged
from calib.guard import Guardian
from calib.ports import Answer, Direction, Operator, Prompt, TrafficSink
from calib.record import Journal
from calib.run.asking import question
from calib.run.bench import Bench, Connect, read_nameplates
from calib.run.ending import require_safe
from calib.run.guarding import SAFE_WITHIN_S
from calib.run.interlock import Interlock
from calib.run.interrupts import Interrupts
from calib.run.pace import leased_clock
from calib.run.plan import Plan


@dataclass(frozen=True)
class _Early:
    """A message on a wire before there was a journal."""

    time: float
    resource: str
    direction: Direction
    message: bytes


class Opening:
    """Opens a bench and its journal; what was said before there was a journal goes into it with its own time."""

    def __init__(self, clock: Clock, *, keeps_traffic: bool = True) -> None:
        """Take the bench's clock; a journal in memory keeps no traffic."""
        self._clock = clock
        self._sink: TrafficSink | None = self._message if keeps_traffic else None
        self._journal_traffic: TrafficSink | None = None
        self._messages: list[_Early] = []
        self._answers: list[tuple[str, Prompt, Answer]] = []

    def begin(
        self,
        plan: Plan,
        connect: Connect,
        operator: Operator,
        interrupts: Interrupts,
        guard: Guardian,
        journal_for: Callable[[Mapping[str, Any]], Journal],
    ) -> tuple[Bench, Journal]:
        """Return the bench, proven and safe, its limits down, and the journal that is made with what was found.

        An instrument is not written to before it has proven to be the one that the files name, and nobody is sent to
        the terminals before the sources are safe.
        """
        with ExitStack() as undo:
            with interrupts.raising():
                bench = Bench.open(plan, connect, leased_clock(self._clock, guard.leases), self._sink)
                undo.callback(bench.close)
                found = bench.identify(plan)
                undo.callback(bench.make_safe)
                guard.arm()
                with guard.leases.limit(SAFE_WITHIN_S, "making the sources safe"):
                    require_safe(bench.make_safe())
                    Interlock.of(plan, bench, operator.ask).close()
                guard.leases.sources_are_safe()
                identities = read_nameplates(plan, found, lambda prompt: self._ask(operator, prompt))
            journal = journal_for(self._facts(identities))
            self._hand_over(journal)
            undo.pop_all()
        return bench, journal

    def _facts(self, identities: dict[str, dict[str, Any]]) -> dict[str, Any]:
        clock = {"simulated": self._clock.simulated, "factor": self._clock.factor}
        return {"identities": identities, "clock": clock}

    def _ask(self, operator: Operator, prompt: Prompt) -> Answer:
        answer = operator.ask(prompt)
        self._answers.append((self._clock.now().isoformat(), prompt, answer))
        return answer

    def _message(self, resource: str, direction: Direction, message: bytes) -> None:
        message = abridged(message)
        if self._journal_traffic is None:
            self._messages.append(_Early(self._clock.now().timestamp(), resource, direction, message))
        else:
            self._journal_traffic(resource, direction, message)

    def _hand_over(self, journal: Journal) -> None:
        journal.early_traffic([(m.time, m.resource, m.direction, m.message) for m in self._messages])
        for asked, prompt, answer in self._answers:
            journal.answer(prompt.id, question(prompt, answer) | {"answered": asked}, answer.value, answer.by)
        self._messages.clear()
        self._journal_traffic = journal.traffic
