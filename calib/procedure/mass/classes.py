"""Classes of weights: their limits, and where none may be stated (OIML R 111-1:2004, 5.2)."""

import math
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from calib.files import Strict
from calib.physics.weights import WeightClass, maximum_permissible_error_kg
from calib.procedure.mass.standards import Name, Positive
from calib.record.result import Result
from calib.text import Text

PART_OF_LIMIT = 1 / 3
"""Of the maximum permissible error of a class, that U must not exceed (R 111-1, 5.2)."""


class CalibratedWeight(Strict):
    """A weight under calibration."""

    name: Name
    nominal_kg: Positive
    weight_class: WeightClass | None = None
    """Class of OIML R 111-1 that was agreed; without it there is no verdict."""
    density_kg_m3: Positive = 8000.0
    density_U_kg_m3: Annotated[float, Field(ge=0)] = 0.0
    """Expanded, k = 2."""

    @property
    def limit_kg(self) -> float | None:
        """The maximum permissible error of its class, None without one; raise `InputError` where R 111-1 has none."""
        if self.weight_class is None:
            return None
        return maximum_permissible_error_kg(self.nominal_kg, self.weight_class)

    @property
    def title(self) -> Text:
        """The heading of its row."""
        found = Text(vi="Khối lượng quy ước", en="Conventional mass")
        if self.weight_class is None:
            return found
        name = self.weight_class
        return Text(vi=f"{found.vi}, cấp chính xác {name}", en=f"{found.en}, class {name}")


def of_class(row: Result, weight: CalibratedWeight) -> Result:
    """Return the row of a weight; no class is stated where U is too large for it."""
    limit_kg = weight.limit_kg
    if limit_kg is None or row.reported_U <= limit_kg * PART_OF_LIMIT * (1 + 1e-9):
        return row
    name = weight.weight_class
    remark = Text(
        vi=f"U lớn hơn một phần ba sai số cho phép của cấp {name}: không kết luận về cấp (R 111-1, 5.2)",
        en=f"U exceeds a third of the maximum permissible error of class {name}: no statement of class (R 111-1, 5.2)",
    )
    return replace(
        row, verdict="none", verdict_unguarded="none", lower_limit=-math.inf, upper_limit=math.inf,
        lower_acceptance=-math.inf, upper_acceptance=math.inf, conformance_probability=math.nan, tur=math.nan,
        rule_risk=0.0, remarks=(*row.remarks, remark),
    )  # fmt: skip
