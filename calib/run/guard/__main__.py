"""`python -m calib.run.guard`: the guard of a run, started by it; its orders are the first line of stdin."""

import os
import signal

from calib.run.guard.orders import Orders
from calib.run.guard.watch import guard


def main() -> None:
    """Deaf to what ends the run, so that it outlives it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGPIPE", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
    guard(Orders.from_line(_first_line()))


def _first_line() -> bytes:
    """Read byte by byte, so that what follows is still in the pipe."""
    line = b""
    while (byte := os.read(0, 1)) not in {b"", b"\n"}:
        line += byte
    return line


main()
