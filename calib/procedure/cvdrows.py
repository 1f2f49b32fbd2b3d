"""Callendar-Van Dusen coefficients as rows of a certificate, which belong together, with budgets of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calib.physics import platinum
from calib.physics.platinum import TOLERANCES, VALID_C, tolerance_K
from calib.procedure.cvdfit import Fitted, fit_callendar_van_dusen
from calib.procedure.evaluation import judge
from calib.procedure.job import Decision
from calib.procedure.montecarlo import Validated
from calib.procedure.together import belonging_together, fitted_budget, labels_of
from calib.procedure.truth import Truth
from calib.record.result import Result
from calib.text import Text
from calib.uncertainty import Quantity, quantity

_POINT = "coefficients/"


def coefficient_rows(fitted: Fitted, rows: Sequence[Result], R0_ohm: float, decision: Decision) -> list[Result]:
    """Return a row for R₀ and each coefficient fitted to `rows`; fit and classes in the first one's remarks."""
    within_C = min(r.nominal for r in rows), max(r.nominal for r in rows)
    labels = labels_of(rows)
    found = [_row(name, value, R0_ohm, rows[0], labels, decision) for name, value in fitted.coefficients.items()]
    law = {"equation": _law(fitted, within_C[0]), "within": within_C, "within_unit": "°C"}
    places = [
        {"symbol": name, "unit": kind.unit, "power": kind.power, **law}
        for name, kind in ((name, _COEFFICIENTS[name]) for name in fitted.coefficients)
    ]
    return belonging_together(
        "callendar-van-dusen",
        [replace(found[0], remarks=(_fit(fitted), _classes(rows))), *found[1:]],
        list(fitted.coefficients.values()),
        places,
    )


def is_coefficient(row: Result) -> bool:
    """Return whether a row is that of a coefficient."""
    return row.point.startswith(_POINT)


def true_coefficient(row: Result, world: Truth) -> float:
    """Return the deviation of a coefficient that is fitted to departures without any error."""
    name = row.point.removeprefix(_POINT)
    exact = [(t, quantity(world.error("item", "temperature", abs(t), t), u=1e-9)) for t in _EXACT_C[name == "C"]]
    fitted = fit_callendar_van_dusen(exact, row.nominal if name == "R0" else 100.0)
    assert fitted is not None
    return float(fitted.coefficients[name].value) * 10.0 ** _COEFFICIENTS[name].power - row.nominal


@dataclass(frozen=True)
class _Coefficient:
    """How a coefficient is printed."""

    unit: str
    """D-SI name."""
    power: int
    """Of ten, by which a row is multiplied."""
    standard: float
    """Value of IEC 60751."""
    heading: Text


def _row(
    name: str, value: Quantity, R0_ohm: float, like: Result, labels: Mapping[str, Text], decision: Decision
) -> Result:
    kind = _COEFFICIENTS[name]
    unit = "Ω" if name == "R0" else "1"
    standard = R0_ohm if name == "R0" else kind.standard * 10.0**kind.power
    shown = value * 10.0**kind.power
    return replace(
        like,
        point=f"{_POINT}{name}",
        group=kind.heading,
        quantity=f"callendar_van_dusen_{name}",
        unit=unit,
        shown_unit=unit,
        error_unit="mΩ" if unit == "Ω" else unit,
        measuring_range=abs(standard),
        nominal=standard,
        reference=standard,
        indicated=float(shown.value),
        resolution=0.0,
        s=float("nan"),
        budget=fitted_budget(shown, labels, unit),
        remarks=(),
        **vars(judge(shown - standard, None, decision)),
        **vars(Validated()),
    )


def _law(fitted: Fitted, lowest_C: float) -> str:
    """Return the equation of the coefficients, from a lowest temperature on."""
    law = "R = R₀ (1 + A t + B t²)"
    if lowest_C >= 0:
        return law
    fixed = "" if "C" in fitted.coefficients else f", C = {platinum.C * 1e12:g} × 10⁻¹² °C⁻⁴ (IEC 60751)"
    return f"{law}, t ≥ 0 °C; R = R₀ (1 + A t + B t² + C (t − 100 °C) t³), t < 0 °C{fixed}"


def _fit(fitted: Fitted) -> Text:
    mK = 1e3 * float(np.max(np.abs(fitted.residuals_K)))
    return Text(
        vi=f"Bình phương tối thiểu qua {fitted.n} nhiệt độ; độ lệch còn lại lớn nhất {mK:.1f} mK",
        en=f"Least squares through {fitted.n} temperatures; greatest residual {mK:.1f} mK",
    )


def _classes(rows: Sequence[Result]) -> Text:
    """Return the classes within which all departures lie with their U (IEC 60751)."""
    within = [
        name
        for name in TOLERANCES
        if all(
            VALID_C[name][0] <= r.nominal <= VALID_C[name][1]
            and abs(r.reported_error) + r.reported_U <= tolerance_K(name, r.nominal)
            for r in rows
        )
    ]
    told = ", ".join(within)
    if not within:
        return Text(vi="Không nằm trong cấp dung sai nào của IEC 60751", en="Within no tolerance class of IEC 60751")
    return Text(
        vi=f"Cùng với U nằm trong các cấp dung sai {told} của IEC 60751, tại các nhiệt độ đã đo",
        en=f"With U within the tolerance classes {told} of IEC 60751, at the temperatures measured",
    )


_COEFFICIENTS = {
    "R0": _Coefficient(
        r"\ohm", 0, 100.0, Text(vi="Hệ số Callendar-Van Dusen R₀", en="Callendar-Van Dusen coefficient R₀")
    ),
    "A": _Coefficient(
        r"\kelvin\tothe{-1}",
        3,
        platinum.A,
        Text(vi="Hệ số Callendar-Van Dusen A / (10⁻³ °C⁻¹)", en="Callendar-Van Dusen coefficient A / (10⁻³ °C⁻¹)"),
    ),
    "B": _Coefficient(
        r"\kelvin\tothe{-2}",
        7,
        platinum.B,
        Text(vi="Hệ số Callendar-Van Dusen B / (10⁻⁷ °C⁻²)", en="Callendar-Van Dusen coefficient B / (10⁻⁷ °C⁻²)"),
    ),
    "C": _Coefficient(
        r"\kelvin\tothe{-4}",
        12,
        platinum.C,
        Text(vi="Hệ số Callendar-Van Dusen C / (10⁻¹² °C⁻⁴)", en="Callendar-Van Dusen coefficient C / (10⁻¹² °C⁻⁴)"),
    ),
}
_EXACT_C = {False: (0.0, 50.0, 100.0, 150.0), True: (-80.0, -40.0, 0.0, 50.0, 100.0, 150.0)}
"""Temperatures at which a true law is looked at, without and with C."""
