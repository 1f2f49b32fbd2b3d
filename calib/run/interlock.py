"""The interlock: no dangerous voltage leaves a source before the operator has agreed to it, connection by connection.

Until then the source's own limit stands at the harmless level: the instrument itself refuses more, whoever asks.
Harmless are 60 V DC, 30 V rms, and 42.4 V peak where both come together.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from calib.drivers.roles import AcVoltageSource, DcVoltageSource
from calib.errors import InputError
from calib.ports import Answer, Prompt
from calib.procedure import Point
from calib.run.bench import Bench
from calib.run.plan import Plan
from calib.text import Text, both, joined

HARMLESS_DC_V = 60.0
"""Highest DC voltage without a confirmation; a bench may set it lower, never higher."""
HARMLESS_AC_V = 30.0
"""The same of AC voltage, rms."""
HARMLESS_PEAK_V = 42.4
"""The same of a peak, where AC comes on top of DC; compared to a tenth of a volt, as 30 V rms have a peak of 42.4 V."""


@dataclass(frozen=True)
class Hazard:
    """Highest voltages on the terminals."""

    dc_V: float = 0.0
    ac_V: float = 0.0
    """Rms."""

    @classmethod
    def of(cls, points: Iterable[Point]) -> Self:
        """Return the highest voltages of several points."""
        found = [(p.hazard_V, p.hazard_ac_V) for p in points]
        return cls(max((dc for dc, _ in found), default=0.0), max((ac for _, ac in found), default=0.0))

    def is_within(self, allowed: "Hazard") -> bool:
        """Return whether neither is higher than what is allowed."""
        return self.dc_V <= allowed.dc_V and self.ac_V <= allowed.ac_V

    @property
    def peak_V(self) -> float:
        """Peak of a sine on top of the DC voltage."""
        return self.dc_V + math.sqrt(2) * self.ac_V

    @property
    def text(self) -> Text:
        """What is told of it."""
        parts = [both("{voltage:g} V DC", voltage=self.dc_V)] if self.dc_V or not self.ac_V else []
        parts += [both("{voltage:g} V AC (rms)", voltage=self.ac_V)] if self.ac_V else []
        return joined(parts, " + ")


class Interlock:
    """Holds the limit of every source on a bench."""

    def __init__(
        self,
        bench: Bench,
        ask: Callable[[Prompt], Answer],
        *,
        harmless_V: float = HARMLESS_DC_V,
        harmless_ac_V: float | None = None,
        ac_roles: frozenset[str] = frozenset(),
    ) -> None:
        """Take the sources of a bench; those in `ac_roles` can put out AC, and most have one limit for AC and DC."""
        harmless_rms_V = min(HARMLESS_AC_V, harmless_V) if harmless_ac_V is None else harmless_ac_V
        for given, highest in ((harmless_V, HARMLESS_DC_V), (harmless_rms_V, HARMLESS_AC_V)):
            if not 0 < given <= highest:
                msg = f"the interlock's voltage may only be lowered: 0 V to {highest:g} V, not {given:g} V"
                raise InputError(msg)
        found = bench.instruments
        self._ac = [i for r, i in found.items() if r in ac_roles and isinstance(i, AcVoltageSource)]
        self._dc = [i for r, i in found.items() if r not in ac_roles and isinstance(i, DcVoltageSource)]
        self._ask = ask
        lowest_V = min(harmless_V, harmless_rms_V) if self._ac else harmless_V
        self._harmless = Hazard(lowest_V, harmless_rms_V)
        """A source of both is held to the level of AC, since its one limit does not tell them apart."""
        self._allowed = Hazard()
        self._agreed = False

    @classmethod
    def of(cls, plan: Plan, bench: Bench, ask: Callable[[Prompt], Answer]) -> Self:
        """Return the interlock of a planned run: a role is one of AC where its Protocol says so."""
        roles = plan.procedure.roles
        return cls(
            bench,
            ask,
            harmless_V=plan.bench.harmless_V,
            harmless_ac_V=plan.bench.harmless_ac_V,
            ac_roles=frozenset(r for r, kind in roles.items() if hasattr(kind, "source_ac_voltage")),
        )

    def close(self) -> None:
        """Put every source's own limit down to the harmless level: before anything else, and at each reconnection."""
        self._limit(self._harmless)
        self._allowed = self._harmless
        self._agreed = False

    def require(self, hazard: Hazard, highest: Hazard) -> bool:
        """Have `hazard` allowed; ask the operator once for all up to `highest`. Return whether it was asked."""
        if hazard.is_within(self._allowed) and not self._peaks(hazard):
            return False
        text = both(
            "DANGEROUS VOLTAGE: up to {voltages} will be on the leads and terminals. "
            "Check the insulation of the leads, keep hands off, and confirm.",
            voltages=highest.text,
        )
        self._ask(Prompt("hazard.voltage", text, hazard=True))
        allowed = Hazard(max(highest.dc_V, self._allowed.dc_V), max(highest.ac_V, self._allowed.ac_V))
        self._limit(allowed)
        self._allowed, self._agreed = allowed, True
        return True

    def _peaks(self, hazard: Hazard) -> bool:
        """Return whether AC on top of DC is dangerous together, and nobody has agreed to any danger yet."""
        both_together = hazard.dc_V > 0 and hazard.ac_V > 0
        return both_together and not self._agreed and round(hazard.peak_V, 1) > HARMLESS_PEAK_V

    def _limit(self, hazard: Hazard) -> None:
        for source in self._dc:
            source.limit_dc_voltage(hazard.dc_V)
        for of_both in self._ac:
            # one limit may serve both: the higher one is set last
            limits: list[tuple[float, Callable[[float], None]]] = [(hazard.ac_V, of_both.limit_ac_voltage)]
            if isinstance(of_both, DcVoltageSource):
                limits.append((hazard.dc_V, of_both.limit_dc_voltage))
            for voltage_V, limit in sorted(limits, key=lambda pair: pair[0]):
                limit(voltage_V)
