"""A result survives its form as strict JSON, infinities and nan included."""

import json
import math
from dataclasses import asdict

import pytest

from calib.record import BudgetRow, Result, Together
from calib.text import Text


def test_a_result_comes_back_from_strict_json() -> None:
    row = BudgetRow("a", Text(vi="nhiễu", en="noise"), 1 / 3, 1e-9, math.inf, "normal", "V", -1.0, 1e-9, -0.1)
    numbers: dict[str, float] = {
        "measuring_range": 10.0, "nominal": 0.1, "reference": 0.2, "indicated": 0.3, "resolution": 1e-5, "error": 0.1,
        "u": 1 / 7, "k": 2.0, "probability": 0.9545, "U": 2 / 7, "reported_error": 0.1, "reported_U": 0.29,
    }  # fmt: skip
    result = Result(
        point="p", phase="as-left", attempt=3, group=Text(vi="a", en="b"), quantity="dc_voltage", unit="V",
        shown_unit="mV", error_unit="µV", n=1, s=math.nan, dof=math.inf, lower_limit=-math.inf, upper_limit=math.inf,
        lower_acceptance=-1.0, upper_acceptance=5e-324, verdict="conditionalPass", verdict_unguarded="pass",
        conformance_probability=math.nan, tur=1e300, route="certificate", coverage_method="convolution",
        budget=(row, row), remarks=(Text(vi="x", en="y"),),
        together=Together("set", "A", (1.0, -1 / 3), r"\kelvin", 3, "y = A x", (-10.0, 1e3), "°C"), **numbers,  # type: ignore[arg-type]
    )  # fmt: skip
    text = json.dumps(result.as_json(), allow_nan=False)
    back = Result.from_json(json.loads(text))
    ours, theirs = asdict(result), asdict(back)
    for name in ("s", "conformance_probability"):
        assert math.isnan(theirs.pop(name))
        assert math.isnan(ours.pop(name))
    assert ours == theirs
    assert isinstance(back.budget[0].label, Text)
    assert pytest.approx(1 / 3, abs=0) == back.budget[0].value
