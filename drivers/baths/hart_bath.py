"""Fluke and Hart Scientific baths, micro-baths and dry wells (user's guides 7037, 7102, 7381, 9105, 9141).

`s` is the set point, `t` the temperature of its own sensor, `u` their unit. 2400 Bd, 8N1. What it can reach is known to
itself: a set point that it does not take is not answered, so that it is read back. Of the 9150 furnace only `s` and `u`
are known from (an excerpt of) its guide; `t` and `*VER` are taken to be those of the others, which is unverified.
"""

from calib.clock import Clock
from calib.drivers.hart import HartInstrument
from calib.drivers.transport.base import Transport

READ_BACK_K = 0.006
"""Set points are shown to 0.01 K, by the coarsest to 0.1 K; those of the latter are to be set in such steps."""


class HartBath(HartInstrument):
    """A bath or dry well. It goes on holding its set point whoever leaves: its own cutout guards it."""

    models = ("7341", "7037", "7380", "7381", "7102", "7103", "6102", "9105", "9107", "9141", "9150")

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        self._celsius = False

    def set_bath_temperature(self, t_C: float) -> None:
        """Set the temperature to hold, in degrees Celsius of its own sensor; return once it has taken it.

        Raises
        ------
        DeviceError
            It holds another one: it cannot reach this.
        """
        self._require_celsius()
        self.set_number("s", t_C, within=READ_BACK_K)

    def bath_setpoint_C(self) -> float:
        """Return the temperature that it is set to hold, in degrees Celsius."""
        return self._celsius_of("s")

    def read_bath_C(self) -> float:
        """Take one reading of its own sensor, in degrees Celsius."""
        return self._celsius_of("t")

    def _celsius_of(self, name: str) -> float:
        self._require_celsius()
        value, unit = self.ask_number(name)
        if unit != "C":
            self._celsius = False
            raise self.unreadable(name, f"{value:g} {unit}", "degrees Celsius; set its unit to C")
        return value

    def _require_celsius(self) -> None:
        if self._celsius:
            return
        if self.ask("u")[0].upper() != "C":
            self.write("u=c")
            unit = self.ask("u")[0]
            if unit.upper() != "C":
                raise self.unreadable("u", unit, "C")
        self._celsius = True
