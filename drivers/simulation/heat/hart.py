"""Hart Scientific's serial commands: names cut short, an echo in full duplex, readings that nobody asked for.

7037, 7102, 7341, 7381, 9141 and 1502A user's guides. That a command which it does not know is answered by nothing, and
that duplex, line feed and sample period are as its panel has them after switching on, is assumed.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.clock import Clock, VirtualClock
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.kinds import UnitFile
from calib.files import Strict


class HartPanel(Strict):
    """What is set at the panel for the serial line."""

    duplex: Literal["full", "half"] = "full"
    linefeed: bool = True
    sample_s: Annotated[int, Field(ge=0)] = 0
    """How often it sends a reading unasked; 0 for never."""


class HartUnitFile(UnitFile):
    """An instrument with a serial line of Hart Scientific's."""

    panel: HartPanel = HartPanel()


class HartTwin(CommandSet, ABC):
    """A line of letters, perhaps with `=` and a value."""

    ends = b"\r"
    verbs: ClassVar[Mapping[str, "Verb"]]
    """Commands; the part in brackets may be left out, as in `s[etpoint]`."""

    def __init__(self, panel: HartPanel, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self._panel = panel
        self._talking = threading.Event()
        self._names = {name: (*_bounds(name), verb) for name, verb in {**self.verbs, **_LINE}.items()}
        self.duplex, self.linefeed, self.sample_s = panel.duplex, panel.linefeed, panel.sample_s

    @abstractmethod
    def reading(self) -> str:
        """Return what is sent at every sample period."""

    def handle(self, message: bytes) -> bytes | None:
        """Carry out one line: its echo, its answer."""
        with self._lock:
            line = message.decode("latin-1").strip("\r\n")
            if not line.strip():
                return None
            echoes = self.duplex == "full"
            answer = self._answer(line)
            lines = ([line] if echoes else []) + ([answer] if answer else [])
            return "".join(text + self._end for text in lines).encode("latin-1") or None

    def talk(self) -> bytes | None:
        """Return a reading, where it sends them."""
        if not self.sample_s:
            return None
        self.clock.sleep(self.sample_s)
        return (self.reading() + self._end).encode("latin-1")

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        """Let a wire have the readings that nobody asked for; on a virtual clock nobody waits for them."""
        leave = super().unasked(say)
        if self.sample_s and not self._talking.is_set() and not isinstance(self.clock, VirtualClock):
            self._talking.set()
            threading.Thread(target=self._talk_on, daemon=True, name="Hart instrument that talks").start()
        return leave

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return 0: a serial line has no serial poll."""
        return 0

    def interrupted(self) -> None:
        """Take no note."""

    def clear(self) -> None:
        """Do nothing: a serial line has no device clear."""

    def trigger(self) -> None:
        """Do nothing: a serial line has no trigger."""

    def power_on(self) -> None:
        """Be as the panel is set."""
        self.duplex, self.linefeed, self.sample_s = self._panel.duplex, self._panel.linefeed, self._panel.sample_s

    @property
    def _end(self) -> str:
        return "\r\n" if self.linefeed else "\r"

    def _talk_on(self) -> None:
        while self._listeners and self.sample_s:
            self.clock.sleep(self.sample_s)
            if self.sample_s:
                self.speak((self.reading() + self._end).encode("latin-1"))
        self._talking.clear()

    def _answer(self, line: str) -> str | None:
        name, equals, value = line.replace(" ", "").lower().partition("=")
        for least, whole, verb in self._names.values():
            if name and whole.startswith(name) and name.startswith(least):
                return verb(self, value if equals else None)
        return None

    def set_duplex(self, value: str | None) -> str | None:
        """`du`."""
        if value and value[0] in "fh":
            self.duplex = "full" if value[0] == "f" else "half"
        return None

    def set_linefeed(self, value: str | None) -> str | None:
        """`lf`."""
        if value in {"on", "of", "off"}:
            self.linefeed = value == "on"
        return None

    def set_sample(self, value: str | None) -> str | None:
        """`sa`, in seconds or [[hh:]mm:]ss."""
        if value is None:
            return f"sa: {self.sample_s}"
        parts = value.split(":")
        if all(part.isdigit() for part in parts) and len(parts) <= 3:
            self.sample_s = sum(int(part) * 60**n for n, part in enumerate(reversed(parts)))
        return None


Verb = Callable[..., str | None]
"""Takes the instrument and what stands behind `=`, None where nothing does."""
_LINE: Mapping[str, Verb] = {
    "du[plex]": HartTwin.set_duplex,
    "lf[eed]": HartTwin.set_linefeed,
    "sa[mple]": HartTwin.set_sample,
}


def _bounds(name: str) -> tuple[str, str]:
    """Return the shortest and the whole spelling of `s[etpoint]`."""
    least, _, rest = name.partition("[")
    return least, least + rest.rstrip("]")
