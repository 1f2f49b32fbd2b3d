"""The uncertainty of a balance in use, of what its calibration found (after EURAMET cg-18, version 4.0)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from calib.files import Strict
from calib.procedure.mass.dispersion import Dispersion
from calib.record.result import Result
from calib.text import Text
from calib.units import show

NotNegative = Annotated[float, Field(ge=0)]
COVERAGE_FACTOR = 2.0
"""Of the uncertainty in use."""


class InUse(Strict):
    """How the balance is used, for the uncertainty of its weighings."""

    temperature_K: NotNegative = 0.0
    """Width of the range of temperature, with `temperature_per_K`."""
    temperature_per_K: NotNegative = 0.0
    """Relative temperature coefficient of the sensitivity."""
    buoyancy_relative: NotNegative = 0.0
    """Half-width of the relative effect of the buoyancy, the balance being adjusted in use."""
    required: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Relative uncertainty that is asked for, such as 0.001, for the smallest weight."""
    safety_factor: Annotated[float, Field(ge=1)] = 1.0


@dataclass(frozen=True)
class UseLine:
    """The uncertainty of a weighing in use, without corrections: U(W) = a + b·W."""

    a_kg: float
    b: float

    def smallest_kg(self, required: float, safety_factor: float) -> float | None:
        """Return the smallest weight with the required relative uncertainty; None where none has it."""
        left = required / safety_factor - self.b
        return self.a_kg / left if left > 0 else None


def use_line(tests: Dispersion, rows: Sequence[Result], use: InUse, digit_kg: float, capacity_kg: float) -> UseLine:
    """Return the line of the uncertainty in use; errors are not corrected, and are added."""
    alpha2 = 2 * digit_kg**2 / 12 + tests.s_kg**2
    slope, u_slope = _slope(rows)
    beta2 = tests.w_eccentricity**2 + u_slope**2
    beta2 += (use.temperature_K * use.temperature_per_K) ** 2 / 12 + use.buoyancy_relative**2 / 3
    at_zero = COVERAGE_FACTOR * math.sqrt(alpha2)
    at_full = COVERAGE_FACTOR * math.sqrt(alpha2 + beta2 * capacity_kg**2) + abs(slope) * capacity_kg
    return UseLine(at_zero, (at_full - at_zero) / capacity_kg)


def _slope(rows: Sequence[Result]) -> tuple[float, float]:
    """Return the slope of a line through zero and the errors, and its standard uncertainty (after cg-18)."""
    loads = np.array([row.indicated for row in rows])
    errors, u = np.array([row.error for row in rows]), np.array([row.u for row in rows])
    weight = float(np.sum(loads**2 / u**2))
    return float(np.sum(loads * errors / u**2) / weight), 1 / math.sqrt(weight)


def remarks(line: UseLine, use: InUse) -> list[Text]:
    """Return what the certificate says of the balance in use."""
    a, b = show(line.a_kg, "kg", 3), f"{line.b:.2e}"
    found = [
        Text(
            vi=f"Khi sử dụng không hiệu chính: U(W) = {a} + {b}·W, k = 2",
            en=f"In use, without corrections: U(W) = {a} + {b}·W, k = 2",
        )
    ]
    if use.required is not None:
        found.append(_smallest(line.smallest_kg(use.required, use.safety_factor), use))
    return found


def _smallest(smallest_kg: float | None, use: InUse) -> Text:
    required = f"{100 * (use.required or 0.0):g} %"
    if smallest_kg is None:
        return Text(
            vi=f"Không có khối lượng nào đạt độ không đảm bảo tương đối {required}",
            en=f"No weight can be weighed with a relative uncertainty of {required}",
        )
    found, safe = show(smallest_kg, "kg", 3), f"{use.safety_factor:g}"
    return Text(
        vi=f"Khối lượng nhỏ nhất với độ không đảm bảo tương đối {required}, hệ số an toàn {safe}: {found}",
        en=f"Smallest weight for a relative uncertainty of {required}, safety factor {safe}: {found}",
    )


def reversal(up: Sequence[Result], down: Sequence[Result]) -> list[Text]:
    """Return by how much errors on the way down differ from those on the way up, where there are such."""
    before = {row.nominal: row.error for row in up}
    lost = [abs(row.error - before[row.nominal]) for row in down if row.nominal in before]
    if not lost:
        return []
    most = show(max(lost), "kg", 3)
    return [
        Text(
            vi=f"Tải giảm so với tải tăng: sai số khác nhau nhiều nhất {most}",
            en=f"Descending against ascending loads: errors differ by {most} at most",
        )
    ]
