"""Results that belong together: coefficients of one equation, weights of one set. Whoever uses several needs all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Together:
    """The place of a result in its set, and how its error correlates with those of the others."""

    name: str
    """Of the set, such as `callendar-van-dusen`; in each phase there is one of that name."""
    symbol: str
    """Of the result in it: `R0`, `T500`."""
    correlation: tuple[float, ...]
    """Correlation coefficients with every result of the set, this one too, in the order of the rows."""
    unit: str = ""
    r"""D-SI name of the coherent unit of the quantity, such as `\kelvin\tothe{-2}`, where the row's own says less."""
    power: int = 0
    """The row gives the quantity times 10^power."""
    equation: str = ""
    """Of whose coefficients it is one, as a formula; empty where there is none."""
    within: tuple[float, float] | None = None
    """Lowest and highest value of the equation's variable for which the set holds, in `within_unit`."""
    within_unit: str = ""

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Together":
        """Return what its fields say as plain JSON values."""
        within = plain.get("within")
        return cls(
            name=plain["name"],
            symbol=plain["symbol"],
            correlation=tuple(float(r) for r in plain["correlation"]),
            unit=plain.get("unit", ""),
            power=plain.get("power", 0),
            equation=plain.get("equation", ""),
            within=None if within is None else (float(within[0]), float(within[1])),
            within_unit=plain.get("within_unit", ""),
        )
