"""The interlock: no dangerous voltage leaves a source before the operator has agreed to it, connection by connection.

Until then the source's own limit stands at the harmless level: the instrument itself refuses more, whoever asks.
"""

from collections.abc import Callable

from calib.drivers.roles import DcVoltageSource
from calib.errors import InputError
from calib.ports import Answer, Prompt
from calib.run.bench import Bench
from calib.text import both

HARMLESS_DC_V = 60.0
"""Highest DC voltage without a confirmation; a bench may set it lower, never higher."""


class Interlock:
    """Holds the limit of every source on a bench."""

    def __init__(self, bench: Bench, ask: Callable[[Prompt], Answer], *, harmless_V: float = HARMLESS_DC_V) -> None:
        if not 0 < harmless_V <= HARMLESS_DC_V:
            msg = f"the interlock's voltage may only be lowered: 0 V to {HARMLESS_DC_V:g} V, not {harmless_V:g} V"
            raise InputError(msg)
        self._sources = [i for i in bench.instruments.values() if isinstance(i, DcVoltageSource)]
        self._ask = ask
        self._harmless_V = harmless_V
        self._allowed_V = 0.0

    def close(self) -> None:
        """Put every source's own limit down to the harmless level: before anything else, and at each reconnection."""
        for source in self._sources:
            source.limit_dc_voltage(self._harmless_V)
        self._allowed_V = self._harmless_V

    def require(self, hazard_V: float, highest_V: float) -> bool:
        """Have `hazard_V` allowed; ask the operator once for all up to `highest_V`. Return whether it was asked."""
        if hazard_V <= self._allowed_V:
            return False
        text = both(
            "DANGEROUS VOLTAGE: up to {highest:g} V DC will be on the leads and terminals. "
            "Check the insulation of the leads, keep hands off, and confirm.",
            highest=highest_V,
        )
        self._ask(Prompt("hazard.voltage", text, hazard=True))
        for source in self._sources:
            source.limit_dc_voltage(highest_V)
        self._allowed_V = highest_V
        return True
