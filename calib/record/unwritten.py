"""The ledger of a run in memory, for studies: nothing is written and nothing chained.

What lies only in this process is lost with it, and nobody else can reach it: there is nothing to make durable, and
nothing to prove. What is refused on a disk is refused here too.
"""

from typing import TYPE_CHECKING

from calib.record.ledger import Ledger, Row, Traffic

if TYPE_CHECKING:
    from calib.record.keys import SigningKey

MEMORY = ":memory:"


class UnwrittenLedger(Ledger):
    """Takes what a ledger takes."""

    def __init__(self) -> None:
        self.where = MEMORY
        self._refusal = None

    def take(self, message: Traffic) -> None:
        """Do nothing."""

    def append(self, table: str, values: Row) -> None:
        """Do nothing, unless it is over."""
        del table, values
        self._allowed()

    def flush(self) -> None:
        """Do nothing."""

    def flush_if_open(self) -> None:
        """Do nothing."""

    def sign_head(self) -> None:
        """Do nothing."""

    def hold_room(self, size: int) -> None:
        """Do nothing."""

    def finish(self, time: float, status: str, key: "SigningKey | None") -> None:
        """Take nothing more."""
        self.append("finish", (time, status, None if key is None else key.id))
        self._refusal = "it is finished"

    def close(self) -> None:
        """Take nothing more."""
        self._refusal = self._refusal or "it is closed"
