"""Fluke 8845A and 8846A, 6½-digit multimeters (8845A/8846A Programmers Manual); on a LAN they listen on port 3490."""

from typing import ClassVar

from calib.clock import Clock
from calib.drivers.meters.dmm_34401 import Dmm34401
from calib.drivers.transport import Transport, is_serial

CURRENT_RANGES_A = (1e-4, 1e-3, 1e-2, 0.1, 0.4, 1.0, 3.0, 10.0)


class Fluke8846A(Dmm34401):
    """Voltage, current, resistance, frequency with the 34401A's commands."""

    models: ClassVar[tuple[str, ...]] = ("8846A", "8845A")
    ac_ranges_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
    dc_ranges_A = CURRENT_RANGES_A
    ac_ranges_A = CURRENT_RANGES_A
    ranges_ohm: ClassVar[tuple[float, ...]] = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        if is_serial(transport.resource):
            transport.write("SYST:REM")


class Fluke8845A(Fluke8846A):
    """The 8845A has no resistance below 100 Ω and above 100 MΩ."""

    models = ("8845A",)
    ranges_ohm = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
