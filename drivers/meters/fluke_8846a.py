"""Fluke 8845A and 8846A, 6½-digit multimeters (8845A/8846A Programmers Manual); on a LAN they listen on port 3490."""

from calib.clock import Clock
from calib.drivers.meters.dmm_34401 import Dmm34401
from calib.drivers.transport.base import Transport


class Fluke8846A(Dmm34401):
    """DC voltmeter with the 34401A's commands."""

    models = ("8846A", "8845A")

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        if transport.resource.upper().startswith("ASRL"):
            transport.write("SYST:REM")
