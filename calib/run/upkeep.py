"""What a run does for its files between points: room on the disk before each, and a record from time to time."""

from calib.errors import FileError
from calib.ports import Prompt
from calib.record import Checkpoints, Journal
from calib.run.interrupts import Interrupts
from calib.run.station import JournalStation
from calib.text import both

ROOM_BYTES = 16 << 20
"""More than a point writes: the write-ahead log goes round within 4 MB, and the record at the end needs some."""
_ASKED_AT_MOST = 20


class Upkeep:
    """Looks after the files of one run."""

    def __init__(
        self, journal: Journal, station: JournalStation, interrupts: Interrupts, checkpoints: Checkpoints | None
    ) -> None:
        self._journal = journal
        self._station = station
        self._interrupts = interrupts
        self._checkpoints = checkpoints

    def lacks_room(self) -> FileError | None:
        """Hold the room that the next point may need; return what is wrong where the disk has not so much."""
        try:
            with self._interrupts.held_back():
                self._journal.reserve(ROOM_BYTES)
        except FileError as error:
            return error
        return None

    def wait_for_room(self) -> None:
        """Have the operator free room on the disk until there is enough; the sources are safe meanwhile.

        Raises
        ------
        FileError
            A script answered, which frees nothing, or nothing was freed however often it was asked.
        """
        asked = 0
        while (error := self.lacks_room()) is not None:
            if asked == _ASKED_AT_MOST:
                raise error
            answer = self._station.ask(Prompt("disk.room", both("{why} Confirm when it is done.", why=f"{error}.")))
            asked = _ASKED_AT_MOST if answer.scripted else asked + 1

    def checkpoint(self) -> None:
        """Start a record of what there is where one is due; a build that failed is noted, and the run goes on."""
        if self._checkpoints is None:
            return
        with self._interrupts.held_back():
            failed = self._checkpoints.tick()
        if failed is not None:
            self._station.note("checkpoint failed", why=str(failed))
