"""A thermometer without an interface, which a person puts where it shall measure; its nameplate is read."""

import math

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.operated.person import MODEL, NAME
from calib.errors import OutOfRange


class OperatorProbe(Instrument):
    """A platinum thermometer or a thermocouple. What it gives is read by a readout or a voltmeter."""

    models = (MODEL,)
    dialect = SCPI

    def immerse(self, where: str, depth_m: float, *, well: str = "") -> None:
        """Have it put into `where`, by its name, at a depth in metres; return once that is confirmed."""
        if not where.isidentifier() or not (math.isfinite(depth_m) and 0 <= depth_m <= 2):
            msg = f"{self.who}: cannot be immersed in {where!r} by {depth_m!r} m; allowed: a name, 0 to 2 m"
            raise OutOfRange(msg)
        if well and not NAME.fullmatch(well):
            msg = f"{self.who}: a well cannot be called {well!r}: letters, digits, and . _ - within; no spaces"
            raise OutOfRange(msg)
        self.write(f"PUT {where}@{depth_m:g}{' ' + well if well else ''}")
