"""Triggering and memory of the SCPI multimeters: INITiate, READ?, FETCh?, *TRG (34401A User's Guide, chapter 4)."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet
from calib.drivers.simulation.dmm_acquisition import Acquisition
from calib.drivers.simulation.meter import Meter
from calib.drivers.simulation.scpi_values import is_on, within, word_of

LONGEST_DELAY_S = 3600.0


class Triggered(CommandSet, ABC):
    """What waits for triggers and takes readings by itself; a subclass takes one."""

    memory: ClassVar[int] = 512
    most_readings: ClassVar[int] = 50_000
    sources: ClassVar[tuple[str, ...]] = ("IMMediate", "BUS", "EXTernal")

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self.meter = meter
        self.fed = True
        """Whether INITiate puts readings into the memory (DATA:FEED)."""
        self.armed, self.awaited = False, 0.0
        self.acquisition: Acquisition | None = None
        self.kept: list[str] = []
        self.preset_trigger()

    @abstractmethod
    def take(self, begin_s: float) -> tuple[str, float]:
        """Take the reading that begins at a time; return it as text, and when it ends."""

    def initiate(self, _: str = "") -> None:
        """`INIT`: take the readings into the memory, or wait for the trigger."""
        if self.pending_s() is not None or self.armed:
            raise CommandError(-213, "Init ignored")
        if self.fed and self.samples * self.triggers > self.memory:
            raise CommandError(531, "Insufficient memory")
        self.acquisition = None
        self.kept = []
        if self.source in {"BUS", "EXT"}:
            self.armed, self.awaited = True, self.triggers
        else:
            self.begin(self.samples * self.triggers)

    def bus_trigger(self, _: str = "") -> None:
        """`*TRG`."""
        self.pending_s()
        if not (self.armed and self.source == "BUS") or self.pending_s() is not None:
            raise CommandError(-211, "Trigger ignored")
        self.awaited -= 1
        self.armed = self.awaited > 0
        self.begin(self.samples)

    def fetch(self, _: str = "") -> str | None:
        """`FETC?`: waits until the readings are taken."""
        self.finish()
        if not (readings := self.readings()):
            raise CommandError(-230, "Data stale")
        return ",".join(readings)

    def read(self, _: str = "") -> str | None:
        """`READ?`: INIT and FETC? without the memory's limit; with the external trigger it waits in vain."""
        if self.source == "BUS":
            raise CommandError(-214, "Trigger deadlock")
        self.abort()
        if self.source == "EXT" or math.isinf(self.triggers):
            return None
        self.begin(self.samples * self.triggers)
        return self.fetch()

    def abort(self, _: str = "") -> None:
        """Be idle, readings and all."""
        self.armed, self.awaited = False, 0.0
        self.acquisition = None
        self.kept = []

    def clear(self) -> None:
        """Device clear: no reading goes on."""
        super().clear()
        self.pending_s()
        self.kept = self.readings()
        self.acquisition, self.armed = None, False

    def pending_s(self) -> float | None:
        """Take the readings that are due; return when the next one ends, None when none goes on."""
        return None if self.acquisition is None else self.acquisition.advance(self.meter.clock.elapsed())

    def finish(self, _: str = "") -> None:
        """Wait until all readings are taken: `*WAI`, and before `*OPC?` answers."""
        while (end_s := self.pending_s()) is not None:
            self.meter.clock.sleep(end_s - self.meter.clock.elapsed())

    def readings(self) -> list[str]:
        """Return the readings in the memory."""
        self.pending_s()
        return self.kept + (self.acquisition.readings if self.acquisition and self.fed else [])

    def count_readings(self, _: str) -> str:
        """`DATA:POIN?`: readings in the memory."""
        return f"{len(self.readings()):+d}"

    def set_source(self, arguments: str) -> None:
        """`TRIG:SOUR`."""
        source = word_of(arguments, self.sources)
        self.abort()
        self.source = source

    def set_delay(self, arguments: str) -> None:
        """`TRIG:DEL`: a delay in seconds before each reading; the automatic one is off then."""
        self.delay_s = within(arguments, 0.0, LONGEST_DELAY_S, unit="S")
        self.auto_delay = False

    def set_auto_delay(self, arguments: str) -> None:
        """`TRIG:DEL:AUTO`."""
        self.auto_delay = is_on(arguments)
        self.delay_s = 0.0

    def complete(self, _: str = "") -> None:
        """`*OPC`: sets its bit once the readings are taken."""
        self.completing = True

    def read_event_status(self, _: str = "") -> str:
        """`*ESR?`."""
        self._settle_completion()
        return super().read_event_status()

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the status byte, after what is complete has been noted."""
        self._settle_completion()
        return super().status_byte(message_available=message_available)

    def period_s(self) -> float:
        """Return the least time from one reading to the next."""
        return 0.0

    def begin(self, count: float) -> None:
        """Take readings from now on, one after the other; those that are in the memory stay."""
        self.pending_s()
        self.kept = self.readings()
        self.acquisition = Acquisition(self.take, count, self.meter.clock.elapsed(), self.period_s())

    def _settle_completion(self) -> None:
        if self.completing and self.pending_s() is None:
            self.completing = False
            self.event_status |= 1

    def preset_trigger(self) -> None:
        """Be as after `*RST`: one reading, at once."""
        self.source, self.samples, self.triggers = "IMM", 1, 1.0
        self.delay_s, self.auto_delay = 0.0, True
        self.completing = False
        self.abort()
