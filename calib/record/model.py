"""What a run leaves behind, as data: preparations, attempts, readings; and the view of them that `evaluate` needs.

The journal and the finished record both give a `Readings`; nothing in it can reach an instrument.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from calib.errors import RecordError

Phase = Literal["as-found", "adjustment", "as-left"]
Outcome = Literal["complete", "repeated", "skipped", "failed", "unfinished"]


@dataclass(frozen=True)
class Preparation:
    """What was done before a group of points: connection, zero, warm-up. Attempts rest on preparations."""

    id: int
    group: str
    begun: float
    """Seconds since 1970-01-01T00:00:00Z."""


@dataclass(frozen=True)
class Attempt:
    """One try at a test point. All tries are kept; without an invalidating cause the first one stands."""

    id: int
    point: str
    number: int
    """1 for the first attempt at this point in this phase."""
    phase: Phase
    preparations: tuple[int, ...]
    begun: float
    ended: float | None
    outcome: Outcome
    reason: str | None = None
    """Technical reason of a repeat, a skip or a failure."""


@dataclass(frozen=True)
class Reading:
    """One reading, in coherent SI units."""

    attempt: int
    channel: str
    """What was read, such as `meter`."""
    value: float
    unit: str
    time: float
    """Seconds since 1970-01-01T00:00:00Z, on the bench's clock."""


@dataclass(frozen=True)
class Condition:
    """One noted value of the environment."""

    quantity: str
    """`temperature`, `humidity` or `pressure`."""
    value: float
    unit: str
    time: float


@dataclass(frozen=True, eq=False)
class Block:
    """Samples that an instrument took by itself and gave as one block, in coherent SI units."""

    attempt: int
    channel: str
    samples: NDArray[np.float64]
    """Shape (n,)."""
    unit: str
    time: float
    """When the block was received."""
    interval_s: float | None = None
    """Time between samples, where it is known."""


@dataclass(frozen=True)
class Readings:
    """Read-only view of what a run recorded: all that an evaluation may know."""

    snapshot: Mapping[str, Any]
    """Job, equipment, specifications, procedure, parameters: as they were when the run began."""
    preparations: tuple[Preparation, ...]
    attempts: tuple[Attempt, ...]
    readings: tuple[Reading, ...]
    environment: tuple[Condition, ...]
    blocks: tuple[Block, ...] = ()

    def standing(self, point: str, phase: Phase = "as-found") -> Attempt | None:
        """Return the attempt that counts for a point: the first complete one, or None while there is none.

        An earlier attempt is set aside only where its outcome is `repeated`, that is with a recorded cause.
        """
        return self._standing.get((point, phase))

    @cached_property
    def _standing(self) -> Mapping[tuple[str, Phase], Attempt]:
        """The attempts that count, by point and phase."""
        return {(a.point, a.phase): a for a in reversed(self.attempts) if a.outcome == "complete"}

    def values(self, attempt: Attempt, channel: str) -> NDArray[np.float64]:
        """Return the readings of one channel in an attempt, shape (n,), in coherent SI units."""
        return np.array(self._values.get((attempt.id, channel), []), dtype=np.float64)

    @cached_property
    def _values(self) -> Mapping[tuple[int, str], list[float]]:
        """Values by attempt and channel, so that an evaluation of many points goes through the readings once."""
        values: dict[tuple[int, str], list[float]] = {}
        for reading in self.readings:
            values.setdefault((reading.attempt, reading.channel), []).append(reading.value)
        return values

    def condition(self, quantity: str) -> tuple[float, float]:
        """Return (lowest, highest) noted value of `temperature` (°C), `humidity` (%) or `pressure` (Pa).

        Raises
        ------
        RecordError
            The quantity was not noted.
        """
        values = [c.value for c in self.environment if c.quantity == quantity]
        if not values:
            msg = f"the record holds no {quantity}: it is needed for the evaluation"
            raise RecordError(msg)
        return min(values), max(values)


def phases(attempts: Sequence[Attempt]) -> tuple[Phase, ...]:
    """Return the phases that occur, in their order."""
    order: tuple[Phase, ...] = ("as-found", "adjustment", "as-left")
    present = {a.phase for a in attempts}
    return tuple(p for p in order if p in present)
