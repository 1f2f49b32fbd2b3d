"""State of a run, kept up row by row: the same for who writes a journal and for who reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from calib.record.encoding import from_json
from calib.record.model import Attempt, Block, Condition, Preparation, Reading, Readings


class RunState:
    """Preparations, attempts, readings, blocks and environment, from the rows of a journal in their order."""

    def __init__(self) -> None:
        self.snapshot: Mapping[str, Any] = {}
        self.preparations: dict[int, Preparation] = {}
        self.preparations_ended: dict[int, float] = {}
        self.attempts: dict[int, Attempt] = {}
        self.reading_rows: list[Sequence[Any]] = []
        """Time, attempt, channel, value, unit."""
        self._readings: list[Reading] = []
        self.blocks: list[Block] = []
        self.environment: list[Condition] = []

    @property
    def readings(self) -> list[Reading]:
        """Readings in their order; made when they are asked for, because a record of a million needs none."""
        new = self.reading_rows[len(self._readings) :]
        self._readings += [Reading(attempt, channel, value, unit, time) for time, attempt, channel, value, unit in new]
        return self._readings

    @property
    def last_s(self) -> float:
        """When something was noted last, in seconds since 1970-01-01T00:00:00Z; 0 where nothing was."""
        times = [row[0] for row in self.reading_rows[-1:]] + [c.time for c in self.environment[-1:]]
        times += [p.begun for p in self.preparations.values()] + list(self.preparations_ended.values())
        times += [a.ended or a.begun for a in self.attempts.values()]
        return max(times, default=0.0)

    def view(self) -> Readings:
        """Return what an evaluation may know, as it is now."""
        return Readings(
            snapshot=self.snapshot,
            preparations=tuple(self.preparations.values()),
            attempts=tuple(self.attempts.values()),
            readings=tuple(self.readings),
            environment=tuple(self.environment),
            blocks=tuple(self.blocks),
        )

    def number(self, point: str, phase: str) -> int:
        """Return the number of attempts at a point in a phase."""
        return sum(a.point == point and a.phase == phase for a in self.attempts.values())

    def apply(self, table: str, row: Sequence[Any]) -> None:
        """Take one row: the columns of `table` in the order of the schema. Rows of other tables change nothing here."""
        match table:
            case "reading":
                self.reading_rows.append(row)
            case "block":
                time, attempt, channel, unit, interval_s, samples = row
                array = np.frombuffer(samples, dtype="<f8").astype(np.float64, copy=False)
                self.blocks.append(Block(attempt, channel, array, unit, time, interval_s))
            case "condition":
                time, quantity, value, unit = row
                self.environment.append(Condition(quantity, value, unit, time))
            case "preparation":
                time, preparation, group = row
                self.preparations[preparation] = Preparation(preparation, group, time)
            case "preparation_end":
                time, preparation = row
                self.preparations_ended[preparation] = time
            case "attempt":
                time, attempt, point, number, phase, preparations, reason = row
                rests_on = tuple(from_json(preparations))
                begun = Attempt(attempt, point, number, phase, rests_on, time, None, "unfinished", reason)
                self.attempts[attempt] = begun
            case "attempt_end":
                time, attempt, outcome, reason = row
                self._end(attempt, time, outcome, reason)
            case "start":
                self.snapshot = from_json(row[3])

    def _end(self, attempt: int, time: float, outcome: Any, reason: str | None) -> None:
        """End an attempt; one that was complete and is set aside later keeps the time at which it ended."""
        old = self.attempts[attempt]
        ended = time if old.ended is None else old.ended
        self.attempts[attempt] = replace(old, ended=ended, outcome=outcome, reason=reason or old.reason)
