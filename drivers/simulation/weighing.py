"""What a simulated balance makes of the load on its pan: with the errors that its file states, in no maker's name."""

import math
import threading
from collections.abc import Sequence
from typing import Literal

import numpy as np

from calib.clock import Clock
from calib.drivers.simulation.balance_errors import BalanceFile, Errors
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.pan import CENTRE, POSITIONS, Body
from calib.physics.air import air_density
from calib.physics.mass import CONVENTIONAL_DENSITY_KG_M3

LOOK_S = 0.25
"""How often a balance looks whether it has become stable."""
SPARE_DIGITS = 9
"""What may lie beyond the capacity before a balance shows no number (OIML R 76-1, 4.2.3)."""
UNDERLOAD = 0.02
ZERO_RANGE = 0.02
"""Parts of the capacity: how far below zero there is a number; how far zero may be set (R 76-1, 4.5.1: 4 % in all)."""
TOO_MUCH = 10.0


class Weighing:
    """A balance without its interface."""

    def __init__(
        self, file: BalanceFile, clock: Clock, environment: Environment, truth: np.random.Generator,
        noise: np.random.Generator,
    ) -> None:  # fmt: skip
        self.file = file
        self.clock = clock
        self._air = environment
        self._rng = noise
        self.errors = Errors.draw(file, truth)
        self._truth = truth
        self._centres: dict[frozenset[str], tuple[float, float]] = {}
        """Where the centre of gravity of each load lies that was ever put on."""
        self._lock = threading.RLock()
        self._lag_s = file.settle_s / math.log(file.capacity_kg / file.digit_kg)
        self._bodies: tuple[Body, ...] = ()
        self._at = POSITIONS[CENTRE]
        self._placed_kg = self._highest_kg = 0.0
        self._changed_s, self._before_kg = -math.inf, 0.0
        self._crept_kg, self._crept_s = 0.0, clock.elapsed()
        self._gust_kg, self._gust_s = 0.0, clock.elapsed()
        self._overloaded_until_s = -math.inf
        self._zero_kg = self._tare_kg = 0.0
        self._note_adjustment()

    def put(self, bodies: Sequence[Body], position: str = CENTRE) -> None:
        """Have these bodies on the pan and no others."""
        with self._lock:
            now_s = self.clock.elapsed()
            self._before_kg, self._crept_kg = self._shown_kg(now_s), self._creep_kg(now_s)
            self._changed_s = self._crept_s = now_s
            self._bodies, self._at = tuple(bodies), self._placed(bodies, position)
            self._placed_kg = self.file.repeatability_kg * float(self._rng.standard_normal()) if bodies else 0.0
            load_kg = self._load_kg()
            self._highest_kg = max(self._highest_kg, load_kg) if bodies else 0.0

    def overload_until(self, until_s: float) -> None:
        """Press on the pan with far too much until a time on the bench's clock."""
        self._overloaded_until_s = until_s

    def adjust(self) -> None:
        """Adjust by the internal weight; its own error stays."""
        with self._lock:
            self._note_adjustment()

    def is_stable(self) -> bool:
        """Return whether the indication has come to rest."""
        with self._lock:
            now_s = self.clock.elapsed()
            settled = abs(self._shown_kg(now_s) - self._target_kg(now_s)) <= self.file.digit_kg / 2
            return settled and abs(self._draught_kg(now_s)) <= self.file.stable_digits * self.file.digit_kg

    def wait_stable(self) -> bool:
        """Wait until the indication has come to rest; return whether it has within the balance's own time."""
        begun_s = self.clock.elapsed()
        while not self.is_stable():
            if self.clock.elapsed() - begun_s >= self.file.stable_timeout_s:
                return False
            self.clock.sleep(LOOK_S)
        return True

    def beyond(self) -> Literal["+", "-", ""]:
        """Return whether there is too much on the pan, or too little, to be shown."""
        with self._lock:
            gross_kg = self._gross_kg()
        if gross_kg > self.file.capacity_kg + SPARE_DIGITS * self.file.digit_kg:
            return "+"
        return "-" if gross_kg < -UNDERLOAD * self.file.capacity_kg else ""

    def digits(self) -> int:
        """Take one indication, net, in digits."""
        with self._lock:
            return round((self._gross_kg() - self._tare_kg) / self.file.digit_kg)

    @property
    def tare_digits(self) -> int:
        """The tare, in digits."""
        return round(self._tare_kg / self.file.digit_kg)

    def zero(self) -> Literal["+", "-", ""]:
        """Set zero, and no tare; return how it lies outside the range in which that is done."""
        with self._lock:
            signal_kg = self._gross_kg() + self._zero_kg
            if abs(signal_kg) > ZERO_RANGE * self.file.capacity_kg:
                return "+" if signal_kg > 0 else "-"
            self._zero_kg, self._tare_kg = signal_kg, 0.0
            return ""

    def tare(self) -> Literal["+", "-", ""]:
        """Take the present load as tare; return how it lies outside the range."""
        with self._lock:
            beyond = self.beyond()
            if not beyond:
                self._tare_kg = self._gross_kg()
            return beyond

    def clear_tare(self) -> None:
        """Show the gross load again."""
        self._tare_kg = 0.0

    def error_kg(self, load_kg: float, position: str = CENTRE, before_kg: float = 0.0) -> float:
        """Return the true error for a load of 8000 kg/m³ in the air at adjustment: no noise, creep, drift of zero.

        `before_kg` is the greatest load since the pan was empty.
        """
        return self._static_kg(load_kg, POSITIONS[position]) + self._lost_kg(load_kg, before_kg) - load_kg

    def _placed(self, bodies: Sequence[Body], position: str) -> tuple[float, float]:
        right, back = (meant + own for meant, own in zip(POSITIONS[position], self._centre(bodies), strict=True))
        width = self.file.placing
        if not width:
            return right, back
        return right + float(self._rng.uniform(-width, width)), back + float(self._rng.uniform(-width, width))

    def _centre(self, bodies: Sequence[Body]) -> tuple[float, float]:
        """Return where the centre of gravity of a load lies, from where it should."""
        load = frozenset(body.name for body in bodies)
        width = self.file.off_centre if len(load) > 1 else self.file.off_centre_alone
        if not width or not load:
            return 0.0, 0.0
        if load not in self._centres:
            right, back = self._truth.uniform(-width, width, 2)
            self._centres[load] = float(right), float(back)
        return self._centres[load]

    def _note_adjustment(self) -> None:
        """Take the air as that in which the internal weight of 8000 kg/m³ was weighed."""
        self._adjusted_C = self._air.temperature_C()
        self._scale = 1 / (1 - self._density() / CONVENTIONAL_DENSITY_KG_M3)

    def _density(self) -> float:
        air = self._air
        return float(air_density(air.temperature_C(), air.pressure_Pa(), air.humidity_percent()))

    def _load_kg(self) -> float:
        density = self._density()
        return self._scale * sum(body.apparent_kg(density) for body in self._bodies)

    def _static_kg(self, load_kg: float, at: tuple[float, float]) -> float:
        """Return what a load shows, by sensitivity, linearity and eccentricity."""
        errors, part = self.errors, load_kg / self.file.capacity_kg
        right, back = at
        warmer_K = self._air.temperature_C() - self._adjusted_C
        shown_kg = load_kg * (1 + errors.sensitivity + errors.sensitivity_per_K * warmer_K)
        if 0 < part < 1:
            shown_kg += errors.linearity[0] * math.sin(math.pi * part)
            shown_kg += errors.linearity[1] * math.sin(2 * math.pi * part)
        return shown_kg + 3 * part * (errors.eccentricity[0] * right + errors.eccentricity[1] * back)

    def _target_kg(self, now_s: float) -> float:
        """Return what is shown once the load has settled."""
        load_kg = self._load_kg()
        shown_kg = self._static_kg(load_kg, self._at) + self._lost_kg(load_kg, self._highest_kg)
        return shown_kg + self._placed_kg + self.errors.drift * now_s + self._creep_kg(now_s)

    def _lost_kg(self, load_kg: float, before_kg: float) -> float:
        """Return the hysteresis at a load after a greater one."""
        back_kg = max(before_kg - load_kg, 0.0)
        return self.errors.hysteresis * 4 * load_kg * back_kg / self.file.capacity_kg**2

    def _creep_kg(self, now_s: float) -> float:
        whole_kg = self.errors.creep * self._load_kg()
        return whole_kg + (self._crept_kg - whole_kg) * math.exp(-(now_s - self._crept_s) / self.file.creep_s)

    def _shown_kg(self, now_s: float) -> float:
        target_kg = self._target_kg(now_s)
        return target_kg + (self._before_kg - target_kg) * math.exp(-(now_s - self._changed_s) / self._lag_s)

    def _draught_kg(self, now_s: float) -> float:
        """Return the force of the moving air: an Ornstein-Uhlenbeck process."""
        if self.file.draught_kg and now_s > self._gust_s:
            kept = math.exp(-(now_s - self._gust_s) / self.file.draught_s)
            fresh_kg = self.file.draught_kg * math.sqrt(1 - kept * kept) * float(self._rng.standard_normal())
            self._gust_kg, self._gust_s = kept * self._gust_kg + fresh_kg, now_s
        return self._gust_kg

    def _gross_kg(self) -> float:
        now_s = self.clock.elapsed()
        if now_s < self._overloaded_until_s:
            return TOO_MUCH * self.file.capacity_kg
        noise_kg = self.file.noise_kg * float(self._rng.standard_normal())
        return self._shown_kg(now_s) + self._draught_kg(now_s) + noise_kg - self._zero_kg
