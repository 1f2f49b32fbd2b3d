"""Keithley 2182A nanovoltmeter, two channels of DC voltage.

Commands and ranges as PyMeasure's keithley2182.py and InstrumentKit's have them; `SYST:LSYN` is not in them: unverified
against the manual, and not used.
"""

from dataclasses import replace
from typing import ClassVar, Literal

from calib.drivers.dialect import SCPI
from calib.drivers.identity import Identity
from calib.drivers.meters.multimeter import Measuring, Multimeter, integration_s
from calib.drivers.setting import Setting, number, switch

RANGES_V: dict[int, tuple[float, ...]] = {1: (0.01, 0.1, 1.0, 10.0, 100.0), 2: (0.1, 1.0, 10.0)}


class Keithley2182A(Multimeter):
    """Nanovoltmeter; channel 2 is referred to the LO of channel 1."""

    models = ("2182A", "2182")
    dialect = SCPI
    overload = 9.9e37
    most_readings = 1024
    channels: ClassVar[tuple[int, ...]] = tuple(RANGES_V)

    nplc: Setting[float] = number(
        "SENS:VOLT:NPLC", unit="PLC", lower=0.01, upper=50, doc="Integration time of voltage in power-line cycles."
    )
    range_V = number("SENS:VOLT:CHAN1:RANG", unit="V", allowed=RANGES_V[1], doc="Range of channel 1, fixed, in volts.")
    channel_2_range_V = number(
        "SENS:VOLT:CHAN2:RANG", unit="V", allowed=RANGES_V[2], doc="Range of channel 2, fixed, in volts."
    )
    autozero = switch("SYST:AZER:STAT", doc="True: the amplifier's zero is measured with every reading.")

    def ask_identity(self) -> Identity:
        """Return who it says it is; it puts the word MODEL before the number."""
        identity = super().ask_identity()
        return replace(identity, model=identity.model.upper().removeprefix("MODEL").strip())

    def configure_dc_voltage(self, range_V: float, nplc: float, *, channel: Literal[1, 2] = 1) -> None:
        """Select a channel, its range in volts, the integration time in power-line cycles; autozero on, one message.

        Filters and relative readings of the channel are off afterwards, so that a reading is a reading.
        """
        self._one_of("channel", channel, self.channels, "")
        own = type(self)
        ranged = own.range_V if channel == 1 else own.channel_2_range_V
        chosen = f"SENS:VOLT:CHAN{channel}"
        self.write(
            "SENS:FUNC 'VOLT'",
            f"SENS:CHAN {channel}",
            ranged.to(self, range_V),
            own.nplc.to(self, nplc),
            own.autozero.to(self, value=True),
            f"{chosen}:REF:STAT OFF",
            f"{chosen}:DFIL:STAT OFF",
            f"{chosen}:LPAS:STAT OFF",
            "TRIG:SOUR IMM",
            "TRIG:COUN 1",
            "SAMP:COUN 1",
        )
        self.known.update(range_V=range_V, nplc=nplc, autozero=True)
        self._set("dc_voltage", range_V, "V", integration_s(nplc))

    def told_setting(self) -> Measuring | None:
        """Return function and channel 1's or 2's range: `SENS:FUNC?`, `SENS:CHAN?`."""
        word = self.query("SENS:FUNC?").strip().strip("'\"")
        if not word.startswith("VOLT"):
            return Measuring(word, None, "", 0.0)
        channel = self.query_int("SENS:CHAN?")
        range_V = self.query_float(f"SENS:VOLT:CHAN{channel}:RANG?") if channel in self.channels else None
        return Measuring("dc_voltage", range_V, "V", 0.0)

    def read_dc_voltage(self) -> float:
        """Take one reading in volts of the channel that is configured.

        Raises
        ------
        Overload
            The input exceeds the range.
        """
        return self._read("dc_voltage")
