"""HP/Agilent/Keysight 34401A, 6½-digit multimeter (34401A User's Guide)."""

from calib.clock import Clock
from calib.drivers.meters.dmm_34401 import Dmm34401
from calib.drivers.transport import Line, Transport, is_serial


class HP34401A(Dmm34401):
    """Voltage, current, resistance, frequency; its `*IDN?` has 0 in place of the serial number."""

    models = ("34401A",)
    line = Line(stop_bits=2)  # as PyMeasure's hp34401A opens it

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        if is_serial(transport.resource):
            transport.write("SYST:REM")  # the serial interface takes no setting in local (User's Guide, chapter 4)
