"""What the interfaces of simulated balances share: indications in the unit of the display, saying things unasked."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

from calib.clock import VirtualClock
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.pan import CENTRE
from calib.drivers.simulation.weighing import Weighing

KILOGRAMS = {"kg": Decimal(1), "g": Decimal("1e-3"), "mg": Decimal("1e-6"), "ct": Decimal("2e-4")}


class WeighingDevice(CommandSet):
    """A balance with an interface."""

    ends = b"\n"
    commands: ClassVar = {}

    def __init__(self, weighing: Weighing, unit: str) -> None:
        super().__init__()
        self.weighing = weighing
        self.unit = unit
        self._talking = threading.Event()
        self.repeating: Callable[[], str] | None = None
        """What is said without being asked, again and again."""
        self.every_s = 1.0

    def number(self, digits: int) -> str:
        """Return an indication in the unit of the display, with all its places."""
        digit = Decimal(repr(self.weighing.file.digit_kg)) / KILOGRAMS[self.unit]
        return f"{digits * digit:f}"

    def true_error(self, quantity: str, value: float) -> float:
        """Return the error of indication for a load in kilograms.

        `mass@front-left` names a position, `mass after 1.0` the greatest load in kilograms since the pan was empty.
        """
        _, _, position = quantity.partition("@")
        _, _, before = quantity.partition(" after ")
        return self.weighing.error_kg(value, position or CENTRE, float(before or 0.0))

    def talk(self) -> bytes | None:
        """Return what is said without being asked."""
        if self.repeating is None:
            return None
        self.weighing.clock.sleep(self.every_s)
        return self.repeating().encode("ascii")

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        """Let a wire have what is said without being asked; on a virtual clock nobody waits for it."""
        leave = super().unasked(say)
        self.talk_on()
        return leave

    def talk_on(self) -> None:
        """Begin to talk where there is something to say and somebody to hear it."""
        virtual = isinstance(self.weighing.clock, VirtualClock)
        if self.repeating is not None and self._listeners and not virtual and not self._talking.is_set():
            self._talking.set()
            threading.Thread(target=self._talk, daemon=True, name="a balance that repeats").start()

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return 0: a serial line has no serial poll."""
        return 0

    def interrupted(self) -> None:
        """Take no note."""

    def clear(self) -> None:
        """Do nothing: a serial line has no device clear."""

    def power_on(self) -> None:
        """Be as after switching on: without tare, silent."""
        self.repeating = None
        self.errors.clear()
        self.weighing.clear_tare()

    def _talk(self) -> None:
        while self._listeners and self.repeating is not None:
            self.weighing.clock.sleep(self.every_s)
            say = self.repeating
            if say is not None:
                with self._lock:  # not amid an answer
                    self.speak(say().encode("ascii"))
        self._talking.clear()
