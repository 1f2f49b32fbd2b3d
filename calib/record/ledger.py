"""Rows linked in a chain and committed: what `append` returned from is on the disk, with the messages up to then."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import RecordError
from calib.ports import Direction
from calib.record import store
from calib.record.chain import GENESIS, Value, link
from calib.record.headfile import HeadFile
from calib.record.reserve import Reserve
from calib.record.schema import INSERT, SIGN
from calib.record.signature import sign_journal

if TYPE_CHECKING:
    from calib.record.keys import SigningKey

Row = tuple[Value, ...]
Traffic = tuple[float, str, Direction, bytes, int]
"""Time, resource, direction, message, attempt."""
_TRAFFIC = INSERT["traffic"]


class Ledger:
    """Appends rows to the file of a journal. Not for several threads at once, but for `take`."""

    def __init__(
        self,
        connection: store.Writing,
        where: Path,
        key: "SigningKey | None",
        rows: int = 0,
        head: bytes = GENESIS,
    ) -> None:
        """Go on after `rows` rows with the hash `head`."""
        self.where = str(where)
        self.rows = rows
        self.head = head
        self._store = connection
        self._waiting: list[Traffic] = []
        self._refusal: str | None = None
        self._key = key
        self._head_file: HeadFile | None = HeadFile(where, key)
        self._reserve = Reserve(where)

    def take(self, message: Traffic) -> None:
        """Keep a message on a wire until the next row; from any thread, and it never fails nor waits."""
        self._waiting.append(message)

    def append(self, table: str, values: Row) -> None:
        """Write the waiting messages and a row in one transaction; nothing changes here where it fails."""
        self._allowed()
        statements, rows, head = self._linked()
        rows += 1
        head = link(head, rows, table, values)
        statements.append((INSERT[table], (rows, *values, head)))
        self._commit(statements, rows, head)

    def flush(self) -> None:
        """Write the waiting messages."""
        self._allowed()
        statements, rows, head = self._linked()
        if statements:
            self._commit(statements, rows, head)

    def flush_if_open(self) -> None:
        """Write the waiting messages, unless the journal takes nothing more."""
        if self._refusal is None:
            self.flush()

    def sign_head(self) -> None:
        """Note in the head file how far the journal has come, signed."""
        if self._head_file is not None:
            self._head_file.sign(self.rows, self.head)

    def hold_room(self, size: int) -> None:
        """Hold `size` bytes of the disk until they are needed."""
        self._reserve.hold(size)

    def finish(self, time: float, status: str, key: "SigningKey | None") -> None:
        """Write the last row, which counts the rows, and the signature over it; then leave one file."""
        self.flush()
        count = self.rows + 1
        end: Row = (time, status, count, None if key is None else key.id)
        head = link(self.head, count, "finish", end)
        last: list[store.Statement] = [(INSERT["finish"], (count, *end, head))]
        if key is not None:
            last.append((SIGN, sign_journal(count, head, status, key)))
        self._commit(last, count, head)
        self._refusal = "it is finished"
        self._reserve.release()
        self._store.settle()

    def close(self) -> None:
        """Stop writing and let another writer have the file."""
        finished = self._refusal == "it is finished"
        self._reserve.release()
        if self._head_file is not None:
            self._head_file.close(remove=finished)
            self._head_file = None
        self._refusal = self._refusal or "it is closed"
        self._store.close()

    def _allowed(self) -> None:
        if self._refusal is not None:
            msg = f"{self.where}: the journal takes nothing more: {self._refusal}"
            raise RecordError(msg)

    def _linked(self) -> tuple[list[store.Statement], int, bytes]:
        """Return the waiting messages as statements, and the end of the chain behind them."""
        rows, head = self.rows, self.head
        statements: list[store.Statement] = []
        for message in self._waiting[:]:
            rows += 1
            head = link(head, rows, "traffic", message)
            statements.append((_TRAFFIC, (rows, *message, head)))
        return statements, rows, head

    def _commit(self, statements: list[store.Statement], rows: int, head: bytes) -> None:
        """Write; other threads may send and receive meanwhile: what they add waits for the next commit."""
        taken = sum(statement is _TRAFFIC for statement, _ in statements)
        try:
            self._store.write(statements)
        except sqlite3.Error as error:
            if not (store.is_full(error) and self._reserve.release()):
                raise self._failed(error) from error
            self._write_with_the_reserve(statements)
        self.rows, self.head = rows, head
        if taken:
            del self._waiting[:taken]
        if self._head_file is not None:
            self._head_file.note(rows, head)

    def _write_with_the_reserve(self, statements: list[store.Statement]) -> None:
        try:
            self._store.write(statements)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> RecordError:
        if store.is_lost(error):
            self._refusal = f"the disk did not keep what was written ({error})"
        why = "the disk is full: free some room, then go on" if store.is_full(error) else str(error)
        return RecordError(
            f"{self.where}: cannot be written ({why}); nothing of it was acknowledged, and everything before is kept"
        )
