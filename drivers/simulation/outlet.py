"""Between a simulated instrument and its wires: who is connected, who holds its lock, what goes wrong on the way."""

import threading
from collections.abc import Callable
from typing import Protocol

from calib.clock import Clock
from calib.drivers.simulation.abortable import Work
from calib.drivers.simulation.client_locks import ClientLocks
from calib.drivers.simulation.device import Device
from calib.drivers.simulation.fault_effects import ask_with_faults
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.reply import SILENT, Piece, Reply

TURN_S = 0.05


class Physics(Protocol):
    """What faults can do to the physics of one instrument; each returns what undoes it."""

    def drift(self, function: str, *, relative: float, offset: float) -> Callable[[], None]:
        """Let the instrument err by more than its specification."""
        ...

    def overload(self, seconds: float | None) -> Callable[[], None]:
        """Overload the input, for a time on the bench's clock or until undone."""
        ...


class Outlet:
    """One simulated instrument with all its wires."""

    def __init__(self, name: str, device: Device, clock: Clock, faults: Faults, physics: Physics | None = None) -> None:
        self.name = name
        self.device = device
        self.clock = clock
        self.faults = faults
        self.physics = physics
        self.locks = ClientLocks()
        self._drops: dict[int, Callable[[], None]] = {}
        self._next = 0
        self._guard = threading.Lock()
        self._up_at_s = 0.0

    def port(self, wire: str) -> "Port":
        """Return the instrument as the wire of this name sees it."""
        return Port(self, wire)

    def attach(self, drop: Callable[[], None]) -> Callable[[], None]:
        """Let a reboot call `drop` to end a connection; return the way to take that back."""
        with self._guard:
            self._next += 1
            number = self._next
            self._drops[number] = drop
        return lambda: self._forget(number)

    @property
    def down(self) -> bool:
        """Whether the instrument is starting up and takes no connection."""
        return self._up_at_s > 0 and self.clock.elapsed() < self._up_at_s

    def reboot(self, seconds: float) -> None:
        """Switch the instrument off and on: all connections go, and none is taken for `seconds` of the bench."""
        self._up_at_s = self.clock.elapsed() + seconds
        self.device.power_on()
        self.locks.clear()
        with self._guard:
            drops = list(self._drops.values())
        for drop in drops:
            drop()

    def _forget(self, number: int) -> None:
        with self._guard:
            self._drops.pop(number, None)


class Port:
    """An instrument as one wire sees it, with what goes wrong on this wire."""

    def __init__(self, outlet: Outlet, wire: str) -> None:
        self.outlet = outlet
        self.wire = wire
        self.device = outlet.device
        self.clock = outlet.clock
        self.late: bytes | None = None
        """An answer that a fault keeps back until the next one."""

    def ask(self, message: bytes) -> Reply:
        """Carry out a message; return what comes back."""
        if self.outlet.down:
            return SILENT
        if self.outlet.faults.idle:
            answer = self.device.handle(message)
            return SILENT if answer is None else Reply((Piece(answer),))
        return ask_with_faults(self, message)

    def talk(self) -> Reply:
        """Address the instrument to talk with no answer waiting; return what it says."""
        said = self.device.talk()
        return SILENT if said is None else Reply((Piece(said),))

    def wait_for_turn(self, owner: object, work: Work) -> None:
        """Wait while another client holds the instrument.

        Raises
        ------
        Cleared
            The work was ended.
        """
        while not self.outlet.locks.wait_for_turn(owner, TURN_S):
            work.wait(0)
