"""The guard: makes the sources of a run safe where the run is killed, stalls, or loses its way."""

from calib.guard.guard import Guard, Guardian, NoGuard
from calib.guard.leases import RunLeases
from calib.guard.orders import GuardedSource, Orders

__all__ = ["Guard", "GuardedSource", "Guardian", "NoGuard", "Orders", "RunLeases"]
