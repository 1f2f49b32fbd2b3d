"""The guard: makes the sources of a run safe where the run is killed, stalls, or loses its way."""

from calib.run.guard.guard import Guard, Guardian, NoGuard
from calib.run.guard.leases import RunLeases
from calib.run.guard.orders import GuardedSource, Orders

__all__ = ["Guard", "GuardedSource", "Guardian", "NoGuard", "Orders", "RunLeases"]
