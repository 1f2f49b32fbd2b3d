"""What a run waits for is declared to its leases: the bench's clock, and the lines of its instruments."""

from datetime import datetime

from calib.clock import Clock
from calib.drivers import Transport
from calib.drivers.transport import WireTransport
from calib.guard import RunLeases
from calib.guard.leases import Unguarded
from calib.ports import Leases

SPARE_S = 1.0
"""How much later a sleeper may wake up."""


class LeasedClock:
    """The bench's clock; who sleeps through it is known to wait, and for how long."""

    def __init__(self, clock: Clock, leases: Leases) -> None:
        self._clock = clock
        self._leases = leases
        self.simulated, self.factor = clock.simulated, clock.factor

    def now(self) -> datetime:
        """Return the time of day with its offset from UTC."""
        return self._clock.now()

    def elapsed(self) -> float:
        """Return seconds since some fixed instant."""
        return self._clock.elapsed()

    def sleep(self, seconds: float) -> None:
        """Wait, within a lease: of machine time, which a scaled clock outruns."""
        with self._leases.lease(seconds / self.factor + SPARE_S, "a wait"):
            self._clock.sleep(seconds)


def leased_clock(clock: Clock, leases: Leases) -> Clock:
    """Return the clock through which the instruments and the procedure wait."""
    return clock if isinstance(leases, Unguarded) else LeasedClock(clock, leases)


def leased_line(transport: Transport, leases: RunLeases, *, of_source: bool) -> Transport:
    """Return the line of an instrument, its waiting declared; one in memory never waits."""
    if isinstance(transport, WireTransport):
        transport.lease_from(leases.of_source() if of_source else leases)
    return transport
