"""Vaisala PTU300: pressure, temperature, relative humidity (PTU300 User's Guide, M210796EN, serial line operation).

4800 Bd, 7 data bits, even parity; a line ends with CR, is echoed, and is followed by `>`. In RUN mode it talks without
being asked: `S` stops that before anything else. ECHO must be ON, as it is by default.
"""

import re

from calib.clock import Clock
from calib.drivers.dialect import VAISALA
from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.transport.base import Line, Transport
from calib.errors import DeviceError, InstrumentError

FORMAT = '6.2 "P=" P " " U6 "T=" T " " U6 "RH=" RH " " U6 #r #n'
"""One decimal more than by default, so that rounding is no part of the budget."""
PA = {"hPa": 100.0, "mbar": 100.0, "Pa": 1.0, "kPa": 1e3, "bara": 1e5, "bar": 1e5}
"""Pascals in the units of pressure that are exact multiples."""
_VALUE = re.compile(r"\b(P|T|RH)=\s*([-+]?[\d.]+|\*+)\s*([A-Za-z%']+)")
_REFUSALS = ("unknown", "invalid", "syntax", "illegal", "error")


class PTU300(Instrument):
    """Barometer, thermometer and hygrometer of a laboratory."""

    models = ("PTU300", "PTU301", "PTU303", "PTU307", "PTU30T")
    dialect = VAISALA
    line = Line(
        write_end="\r", read_end="\r\n", baud=4800, bits=7, parity="even", echo=True, prompt=">", hush="S",
        probe="*9900SN",
    )  # fmt: skip

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        self._formatted = False

    def ask_identity(self) -> Identity:
        """Return who it says it is, of its answer to `?`."""
        about = self.query("?")
        model, _, version = about.strip().partition("\n")[0].partition("/")
        serial = re.search(r"Serial number\s*:\s*(\S+)", about)
        if not version or serial is None:
            expected = "model / version, and a line with the serial number"
            raise self.unreadable("?", about[:200], expected)
        return Identity("Vaisala", model.strip(), serial[1], version.strip())

    def query(self, command: str, *, timeout_s: float | None = None) -> str:
        """Return the answer to a command, without its echo and without the prompt.

        Raises
        ------
        DeviceError
            It does not take the command.
        """
        reply = self.dialect.body(command, self.transport.query(command, timeout_s=timeout_s))
        if reply.lower().startswith(_REFUSALS):
            msg = f"{self.who}: {command!r} was answered with {reply!r}"
            raise DeviceError(msg)
        return reply

    def write(self, *commands: str) -> None:
        """Send commands, one message each, and ask afterwards whether the instrument reports an error."""
        for command in commands:
            self.query(command)
        self.check()

    def check(self) -> None:
        """Raise `DeviceError` where it reports errors."""
        reply = self.query(self.dialect.error_query)
        fault = self.dialect.fault(reply)
        if fault is None:
            raise self.unreadable(self.dialect.error_query, reply, "PASS, FAIL or 'No errors'")
        if fault[0] != 0:
            msg = f"{self.who}: reports {fault[1]}"
            raise DeviceError(msg)

    def read_temperature_C(self) -> float:
        """Take one reading in degrees Celsius."""
        return self._measured("T", {"'C": 1.0})

    def read_humidity_percent(self) -> float:
        """Take one reading of relative humidity in per cent."""
        return self._measured("RH", {"%RH": 1.0})

    def read_pressure_Pa(self) -> float:
        """Take one reading in pascals."""
        return self._measured("P", PA)

    def _measured(self, quantity: str, units: dict[str, float]) -> float:
        """Return one value, in the unit that its own unit is multiplied into."""
        if not self._formatted:
            self.write("UNIT M", "UNIT P hPa", f"FORM {FORMAT}")
            self._formatted = True
        reply = self.query("SEND")
        found = {name: (value, unit) for name, value, unit in _VALUE.findall(reply)}
        value, unit = found.get(quantity, ("", ""))
        if value.startswith("*"):
            msg = f"{self.who}: has no valid {quantity} (answered {reply!r}); look at its probe, and ask ERRS"
            raise InstrumentError(msg)
        try:
            return float(value) * units[unit]
        except (ValueError, KeyError):
            self._formatted = False
            raise self.unreadable("SEND", reply, f"'{quantity}=', a number and one of {', '.join(units)}") from None
