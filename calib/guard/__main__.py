"""`python -m calib.guard`: the guard of a run, started by it; its orders are the first line of stdin."""

import os

from calib.guard.endings import ToldToEnd
from calib.guard.orders import Orders
from calib.guard.watch import guard


def main() -> None:
    """Deaf to what ends the run, so that it outlives it."""
    told = ToldToEnd()
    guard(Orders.from_line(_first_line()), told)


def _first_line() -> bytes:
    """Read byte by byte, so that what follows is still in the pipe."""
    line = b""
    while (byte := os.read(0, 1)) not in {b"", b"\n"}:
        line += byte
    return line


main()
