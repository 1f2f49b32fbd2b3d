"""Fluke 1594A and 1595A Super-Thermometers (user's manual, 8.7.1 and 8.7.3, pages 70 to 101).

One command a message, on all ports. `STAT:OPER?` is 16 once a measurement has come since it was last asked,
`SENSn:DATA?` the latest resistance of a channel in ohms, a ratio where CALCn:TYPE says so. Where there is no
measurement, nothing is answered and −230 is in the error queue. Which channel is measured, and with what current, is
set at its panel: the commands for it are not known from a source. 9600 Bd, and LF as the end of an answer, are
unverified.
"""

from calib.drivers.thermometers.onecommand import POLL_S, OneCommandReadout
from calib.drivers.transport.base import Line

NEW = 16
LEAST_OHM, MOST_OHM = 0.0, 1e6


class Fluke1594A(OneCommandReadout):
    """Readout of 4 thermometers, of 24 with scanners. Have it measure one channel only to get its next reading."""

    models = ("1594A", "1595A")
    line = Line(write_end="\r", read_end="\n", baud=9600)
    channels = tuple(range(1, 25))

    def read_thermometer_ohm(self, channel: int = 1) -> float:
        """Wait for a new measurement and return the latest resistance of a channel in ohms."""
        self.require_channel(channel)
        if self.query(f"CALC{channel}:TYPE?").strip().upper().startswith("RAT"):
            self.write(f"CALC{channel}:TYPE RES")
        self.query_int("STAT:OPER?")  # what came before is forgotten
        end_s = self.clock.elapsed() + self.patience_s
        while not self.query_int("STAT:OPER?") & NEW:
            if self.clock.elapsed() >= end_s:
                raise self.overdue("STAT:OPER?", "0")
            self.clock.sleep(POLL_S)
        command = f"SENS{channel}:DATA?"
        ohm = self.query_float(command)
        if not LEAST_OHM <= ohm <= MOST_OHM:
            raise self.unreadable(command, f"{ohm:g}", "a resistance in ohms")
        return ohm
