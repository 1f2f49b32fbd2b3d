"""How a wait reads on a screen: value and target, slope and limit, window, expected rest, and the last readings."""

import math
from decimal import Decimal

from calib.numbers import Style
from calib.run.lines import duration
from calib.run.waiting import Waiting
from calib.text import Language, tr

_BARS = "▁▂▃▄▅▆▇█"
_PARTS = 10
"""Of the bar that shows how far the window is filled."""


def lines(waiting: Waiting, language: Language) -> list[str]:
    """Return a wait for a person, in lines of less than 80 columns."""
    so_far = tr("{time} so far", language).format(time=duration(waiting.waited_s))
    left = (
        tr("about {time} left", language).format(time=duration(waiting.left_s)) if math.isfinite(waiting.left_s) else ""
    )
    times = f"{so_far}, {left}" if left else so_far
    seen = waiting.stability
    if seen is None:
        return [f"{waiting.why.in_(language)}: {times}"]
    numbers = _Numbers(seen.limit_per_s * 60, seen.unit, language)
    target = "" if seen.target is None else f" → {numbers.plain(seen.target)}"
    slope = tr("slope {slope} ± {U}, limit ± {limit} {unit}/min", language).format(
        slope=numbers.signed(seen.slope_per_s * 60),
        U=numbers(2 * seen.u_per_s * 60),
        limit=numbers(seen.limit_per_s * 60),
        unit=seen.unit,
    )
    filled = min(_PARTS, int(_PARTS * seen.window + 1e-9))
    window = f"{'█' * filled}{'░' * (_PARTS - filled)} {min(seen.window, 1.0):.0%}"
    low, high = min(seen.last), max(seen.last)
    return [
        f"{waiting.why.in_(language)}: {numbers(seen.value)} {seen.unit}{target}; {times}",
        f"{slope}; {tr('window', language)} {window}",
        f"{sparkline(seen.last)}  {numbers(low)} … {numbers(high)} {seen.unit}",
    ]


def sparkline(values: tuple[float, ...]) -> str:
    """Return values as bars between their lowest and their highest."""
    low, span = min(values), max(values) - min(values)
    return "".join(_BARS[round((len(_BARS) - 1) * (v - low) / span) if span > 0 else 0] for v in values)


class _Numbers:
    """Numbers to a tenth of what the limit lets happen in a minute."""

    def __init__(self, limit_per_min: float, unit: str, language: Language) -> None:
        self._places = max(0, 1 - math.floor(math.log10(limit_per_min))) if limit_per_min > 0 else 6
        self._unit, self._style = unit, Style((language,))

    def __call__(self, value: float) -> str:
        return self._style.number(Decimal(f"{value:.{self._places}f}")) if math.isfinite(value) else "?"

    def signed(self, value: float) -> str:
        return f"+{self(value)}" if value >= 0 else self(value)

    def plain(self, value: float) -> str:
        return f"{self._style.number_of(value)} {self._unit}"
