"""The journal: the truth of a run while it lives. One SQLite file, one writer, one durable commit for each thing noted.

What a method returned from is on the disk (WAL, `synchronous=FULL`), with the messages on the wires up to then.
After a full disk the journal goes on once there is room; after a failed flush it refuses everything.
"""

import math
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from calib.clock import Clock, SystemClock
from calib.errors import IntegrityError, RecordError
from calib.ports import Direction, TrafficSink
from calib.record import store
from calib.record.encoding import to_json
from calib.record.journal_reader import JournalReader
from calib.record.ledger import Ledger
from calib.record.model import Attempt, Block, Outcome, Phase, Preparation, Readings
from calib.record.place import unknown_place
from calib.record.schema import FORMAT
from calib.record.state import RunState
from calib.record.story import FinalStatus
from calib.record.unwritten import MEMORY, UnwrittenLedger

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from calib.record.chain import Value
    from calib.record.contents import Contents
    from calib.record.keys import SigningKey


def _no_traffic(resource: str, direction: Direction, message: bytes) -> None:
    """Take a message that nobody will read: of a run in memory."""
    del resource, direction, message


class Journal:
    """Writer of a journal. Made by `create` or `resume`; ends with `finish`, or with `close` where the run is not over.

    While it lives its head file beside it tells how far it has come (`calib.record.headfile`).
    """

    def __init__(self, ledger: Ledger, clock: Clock, state: RunState) -> None:
        self._ledger = ledger
        self._now = time.time if type(clock) is SystemClock else lambda: clock.now().timestamp()
        """Seconds since 1970-01-01T00:00:00Z on the bench's clock; the system's without the detour over a calendar."""
        self._where = ledger.where
        self._lock = threading.RLock()
        self._state = state
        self._open_attempt = 0
        self.idle_since_s = state.last_s
        """When something was noted last before this writer, in seconds since 1970 (UTC); 0 in a new journal."""

    @classmethod
    def create(
        cls, path: Path | str, snapshot: Mapping[str, Any], clock: Clock, key: "SigningKey | None" = None
    ) -> Self:
        """Begin a journal at `path`, or in memory where it is `:memory:` (for studies; lost with the process).

        With `key` the head file is signed at the end of each attempt.

        Raises
        ------
        FileError
            The file exists, or the folder cannot be written or lies on a network.
        RecordError
            The snapshot does not say whether its instruments are simulated, or holds what JSON cannot.
        """
        if not isinstance(snapshot.get("simulated"), bool):
            msg = f"{path}: the snapshot must say whether the instruments are simulated: `simulated` true or false"
            raise RecordError(msg)
        text = to_json(snapshot)
        now = clock.now()
        offset = now.utcoffset()
        offset_s = 0.0 if offset is None else offset.total_seconds()
        start = (now.timestamp(), FORMAT, offset_s, text, None if key is None else key.public.pem)
        if str(path) == MEMORY:
            journal = cls(UnwrittenLedger(), clock, RunState())
            journal._append("start", start)
            return journal
        file = Path(path)
        connection = store.create(file)
        try:
            journal = cls(Ledger(connection, file, key), clock, RunState())
            journal._append("start", start)
            journal._name_the_writer()
        except BaseException:
            connection.close()
            store.discard(file)
            raise
        return journal

    @classmethod
    def resume(cls, path: Path, clock: Clock, key: "SigningKey | None" = None, *, accept_loss: bool = False) -> Self:
        """Go on with a journal whose run was cut off or stopped; its chain and its end are verified first.

        Raises
        ------
        IntegrityError
            It was touched, or rows are missing at its end; the latter is taken where `accept_loss`.
        RecordError
            It is complete, another process writes it, or it was begun with another key or by an older calib.
        """
        connection = store.reopen(path)
        try:
            with JournalReader.open(path) as reader:
                contents = reader.contents()
            _check_resumable(path, contents, key, accept_loss=accept_loss)
            ledger = Ledger(connection, path, key, contents.rows, contents.head)
            journal = cls(ledger, clock, contents.state)
            journal._name_the_writer()
            ledger.sign_head()
        except BaseException:
            connection.close()
            raise
        return journal

    @staticmethod
    def open(path: Path) -> JournalReader:
        """Open a journal for reading, whether it is still written or not."""
        return JournalReader.open(path)

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """Return the snapshot as it was written."""
        return self._state.snapshot

    @property
    def traffic(self) -> TrafficSink:
        """Return the sink of messages on the wires: it never fails nor waits; the next row makes them durable."""
        return _no_traffic if isinstance(self._ledger, UnwrittenLedger) else self._take

    def early_traffic(self, messages: Sequence[tuple[float, str, Direction, bytes]]) -> None:
        """Keep messages from before the journal was begun; each with its own time, in seconds since 1970 (UTC)."""
        for when, resource, way, message in messages:
            self._ledger.take((when, resource, way, message, 0))
        self.flush()

    def readings(self) -> Readings:
        """Return what was recorded so far; nothing is read again for it."""
        with self._lock:
            return self._state.view()

    def begin_preparation(self, group: str) -> Preparation:
        """Begin what is done before a group of points."""
        with self._lock:
            number = len(self._state.preparations) + 1
            self._append("preparation", (self._now(), number, group))
            return self._state.preparations[number]

    def end_preparation(self, preparation: Preparation) -> None:
        """End a preparation."""
        self._append("preparation_end", (self._now(), preparation.id))

    def is_ended(self, preparation: Preparation) -> bool:
        """Return whether a preparation came to its end."""
        return preparation.id in self._state.preparations_ended

    def begin_attempt(
        self, point: str, phase: Phase, preparations: Sequence[Preparation] = (), reason: str | None = None
    ) -> Attempt:
        """Begin an attempt at a point; after a complete one a repeat needs its technical `reason`."""
        with self._lock:
            earlier = [a for a in self._state.attempts.values() if (a.point, a.phase) == (point, phase)]
            if reason is None and any(a.outcome in {"complete", "repeated"} for a in earlier):
                msg = f"{self._where}: point {point} is complete ({phase}); a repeat needs a technical reason"
                raise RecordError(msg)
            number = len(self._state.attempts) + 1
            rests_on = to_json([p.id for p in preparations])
            self._append("attempt", (self._now(), number, point, len(earlier) + 1, phase, rests_on, reason))
            self._open_attempt = number
            return self._state.attempts[number]

    def end_attempt(self, attempt: Attempt, outcome: Outcome, reason: str | None = None) -> Attempt:
        """End an attempt and return it ended; a complete one may later be set aside as `repeated`, with its cause."""
        with self._lock:
            now = self._state.attempts[attempt.id].outcome
            which = f"{self._where}: attempt {attempt.id} at {attempt.point}"
            if now != "unfinished" and (now, outcome) != ("complete", "repeated"):
                msg = f"{which} ended as {now} and cannot become {outcome}"
                raise RecordError(msg)
            if outcome in {"repeated", "skipped", "failed"} and not reason:
                msg = f"{which} cannot become {outcome} without a reason"
                raise RecordError(msg)
            self._append("attempt_end", (self._now(), attempt.id, outcome, reason))
            self._ledger.sign_head()
            if self._open_attempt == attempt.id:
                self._open_attempt = 0
            return self._state.attempts[attempt.id]

    def reading(self, attempt: Attempt, channel: str, value: float, unit: str) -> None:
        """Record one reading in a coherent SI unit; it is durable once this returns."""
        with self._lock:
            self._must_be_open(attempt)
            self._append("reading", (self._now(), attempt.id, channel, self._finite(channel, value), unit))

    def block(
        self, attempt: Attempt, channel: str, samples: "ArrayLike", unit: str, interval_s: float | None = None
    ) -> Block:
        """Record samples that the instrument took by itself, shape (n,), as one durable row."""
        import numpy as np

        array = np.ascontiguousarray(samples, dtype="<f8")
        if array.ndim != 1:
            msg = f"{self._where}: a block of {channel} is one row of samples, not an array of shape {array.shape}"
            raise RecordError(msg)
        with self._lock:
            self._must_be_open(attempt)
            interval = None if interval_s is None else self._finite("interval_s", interval_s)
            self._append("block", (self._now(), attempt.id, channel, unit, interval, array.tobytes()))
            return self._state.blocks[-1]

    def condition(self, quantity: str, value: float, unit: str) -> None:
        """Note a value of the environment; the unit of a quantity stays the same within a journal."""
        with self._lock:
            known = {c.unit for c in self._state.environment if c.quantity == quantity}
            if known - {unit}:
                msg = f"{self._where}: {quantity} was noted in {known.pop()} and cannot go on in {unit}"
                raise RecordError(msg)
            self._append("condition", (self._now(), quantity, self._finite(quantity, value), unit))

    def event(self, kind: str, details: Mapping[str, Any]) -> None:
        """Note what happened: a safe state, a hold, a decision."""
        self._append("event", (self._now(), kind, to_json(details)))

    def answer(self, prompt_id: str, question: Mapping[str, Any], value: bool | float | str, by: str) -> None:  # noqa: FBT001
        """Note a question to the operator and what was answered."""
        self._append("answer", (self._now(), prompt_id, to_json(question), to_json(value), by))

    def results(self, rows: Sequence[Mapping[str, Any]], engine: Mapping[str, Any]) -> None:
        """Note an evaluation (`Result.as_json` for each row) and what computed it; the last one goes to the record."""
        self._append("results", (self._now(), to_json(engine), to_json(rows)))

    def flush(self) -> None:
        """Make the messages so far durable; for long stretches without a reading."""
        with self._lock:
            self._ledger.flush()

    def reserve(self, size: int) -> None:
        """Hold `size` bytes of the disk for what comes next, before an instrument is asked; they serve when it is full.

        Raises
        ------
        FileError
            There is not so much room; the journal takes rows as before.
        """
        with self._lock:
            self._ledger.hold_room(size)

    def finish(self, status: FinalStatus, key: "SigningKey | None" = None) -> None:
        """End the journal with a row that counts the rows, signed with `key`; everything then lies in the one file.

        Make the instruments safe before: messages after the end are in no journal.
        """
        with self._lock:
            self._ledger.finish(self._now(), status, key)

    def close(self) -> None:
        """Stop writing; without `finish` the journal stays unfinished and holds all that was acknowledged."""
        with self._lock:
            try:
                self._ledger.flush_if_open()
            finally:
                self._ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, resource: str, direction: Direction, message: bytes) -> None:
        self._ledger.take((self._now(), resource, direction, message, self._open_attempt))

    def _finite(self, name: str, value: float) -> float:
        """Return the value as it is stored; SQLite has neither nan nor a negative zero."""
        number = float(value)
        if not math.isfinite(number):
            msg = f"{self._where}: {name} gave {number}, which is no reading; an overload is an error of the instrument"
            raise RecordError(msg)
        return number + 0.0

    def _must_be_open(self, attempt: Attempt) -> None:
        known = self._state.attempts.get(attempt.id)
        if known is None or known.outcome != "unfinished":
            state = "unknown here" if known is None else f"over ({known.outcome})"
            msg = f"{self._where}: attempt {attempt.id} at {attempt.point} is {state}; begin a new attempt first"
            raise RecordError(msg)

    def _name_the_writer(self) -> None:
        self._append("writer", (self._now(), os.getpid(), socket.gethostname()))
        unknown = unknown_place(self._where)
        if unknown:
            self.event("unknown file system", {"folder": unknown})

    def _append(self, table: str, values: "tuple[Value, ...]") -> None:
        with self._lock:
            self._ledger.append(table, values)
            self._state.apply(table, values)


def _check_resumable(path: Path, contents: "Contents", key: "SigningKey | None", *, accept_loss: bool) -> None:
    if contents.doubt and not accept_loss:
        raise IntegrityError(contents.doubt)
    if contents.status == "complete":
        msg = f"{path}: its run is complete; there is nothing to go on with"
        raise RecordError(msg)
    if contents.format != FORMAT:
        msg = f"{path}: written by an older calib ({contents.format}); finish its run with that one, or measure again"
        raise RecordError(msg)
    if contents.head_key != (None if key is None else key.public):
        who = "no key" if contents.head_key is None else f"the key {contents.head_key.id[:16]}"
        msg = f"{path}: was begun with {who}, and is resumed with the same"
        raise RecordError(msg)
