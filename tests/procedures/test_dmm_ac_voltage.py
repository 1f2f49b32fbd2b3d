"""Evaluation of `dmm-ac-voltage` against numbers computed here by hand, its coverage, and what is noticed.

The calibrator in the sample laboratory, 33 V range: at 9 V and 100 kHz −1.5 mV (U = 2.4 mV), at 9 V and 50 Hz +0.76 mV
(U = 0.61 mV), k = 2; drift 300 and 60 ppm a year, 10 and 2 ppm/K from 23.0 °C. Calibrated 30 days ago; the room was at
23.4 °C. The meter shows 10 µV in its 10 V range.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import InputError
from calib.procedures.dmm_ac_voltage import AcVoltageParameters, DmmAcVoltage
from calib.study import Sample

ID = "dmm-ac-voltage"
HIGH, LOW = "calibrator/10 V/9 V/100 kHz", "calibrator/10 V/9 V/50 Hz"
READ_V = (9.00200, 9.00206, 9.00194, 9.00200, 9.00200)
"""Mean 9.002 V, s = 42.42641 µV."""
ROOT3 = math.sqrt(3)
FEW = ({"range": 10, "nominal": 9, "frequency_Hz": 1000}, {"range": 1, "nominal": 0.9, "frequency_Hz": 20000})
ByHand = Callable[..., Any]


def test_the_correction_is_that_of_the_frequency_with_its_sign(by_hand: ByHand) -> None:
    """E = 9.002 V − (9 V − 1.5 mV) = 3.5 mV at 100 kHz; 9.002 V − (9 V + 0.76 mV) = 1.24 mV at 50 Hz."""
    results = by_hand(ID, {HIGH: {"meter": READ_V}, LOW: {"meter": READ_V}}).results()
    assert results[HIGH].error == pytest.approx(3.5e-3, abs=1e-9)
    assert results[LOW].error == pytest.approx(1.24e-3, abs=1e-9)
    assert (results[HIGH].frequency_Hz, results[HIGH].resolution, results[HIGH].unit) == (1e5, 1e-5, "V")


def test_every_contribution_is_in_volts_as_computed_here(by_hand: ByHand) -> None:
    """Loading at 100 kHz: |1 + jω·0 + 0.2 Ω·(1 µS + j157.08 µS)|: 9 V · 2.0049e-7 = 1.8044 µV."""
    result = by_hand(ID, {HIGH: {"meter": READ_V}}).only()
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(42.42641e-6 / math.sqrt(5), rel=1e-6),
        "source.certificate": pytest.approx(1.2e-3, rel=1e-9),
        "source.drift": pytest.approx(9 * 300e-6 * 30 / 365.25 / ROOT3, rel=1e-9),
        "source.temperature": pytest.approx(9 * 10e-6 * 0.4 / ROOT3, rel=1e-6),
        "load": pytest.approx(1.8044e-6 / ROOT3, rel=1e-3),
    }
    assert sum(r.sensitivity * r.value for r in result.budget) == pytest.approx(result.error, abs=1e-12)
    assert {r.name: r.sensitivity for r in result.budget}["load"] == 1.0
    assert all(r.label.en.split(":")[0] in DmmAcVoltage.equation for r in result.budget)


def test_a_lead_of_a_microhenry_raises_a_hundred_kilohertz_by_omega_squared_LC() -> None:
    """ω²·1 µH·250 pF = 98.7 ppm at 100 kHz, a hundredth of it at 10 kHz; r/R = 0.2 ppm at 50 Hz."""
    parameters = AcVoltageParameters()
    assert parameters.loading(1e5) == pytest.approx(98.7e-6 - 0.2e-6, abs=0.2e-6)
    assert parameters.loading(1e4) == pytest.approx(0.987e-6 - 0.2e-6, abs=1e-8)
    assert parameters.loading(50) == pytest.approx(0.2e-6, rel=1e-3)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {HIGH: {"meter": READ_V}})
    assert pytest.approx(monte_carlo_half_width(made.estimates(), DmmAcVoltage.model), rel=6e-3) == made.only().U


def test_by_specification_the_band_of_the_frequency_counts(by_hand: ByHand) -> None:
    """1 year, 33 V: 1000 ppm of 9 V + 20 ppm of 33 V = 9.66 mV at 100 kHz; 200 ppm, 2.46 mV, at 50 Hz."""
    readings = {HIGH: {"meter": READ_V}, LOW: {"meter": READ_V}}
    results = by_hand(ID, readings, parameters={"reference": "specification"}).results()
    for point, limit_V in ((HIGH, 9.66e-3), (LOW, 2.46e-3)):
        row = next(r for r in results[point].budget if r.name == "source.specification")
        assert row.contribution == pytest.approx(limit_V / ROOT3, rel=1e-9)
        assert results[point].error == pytest.approx(2e-3, abs=1e-9)


def test_frequencies_that_the_item_lacks_fall_away_and_those_of_the_guide_stay() -> None:
    sample = Sample.load(ID)
    ids = [p.id for p in sample.plan(_today()).points]
    assert [i for i in ids if i.startswith("calibrator/10 V/")] == [
        "calibrator/10 V/9 V/50 Hz",
        *(f"calibrator/10 V/{v} V/1 kHz" for v in (1, 3, 5, 7, 9)),
        *(f"calibrator/10 V/9 V/{f} kHz" for f in (20, 50, 100)),
    ]
    assert [i for i in ids if i.startswith("calibrator/1000 V/")] == [
        f"calibrator/1000 V/{v} V/{f}" for f in ("50 Hz", "1 kHz") for v in (100, 900)
    ]


@pytest.mark.parametrize(
    ("point", "told"),
    [
        ({"range": 10, "nominal": 9}, "no frequency was given"),
        ({"range": 10, "nominal": -9, "frequency_Hz": 1000}, "rms value above 0"),
        ({"range": 10, "nominal": 9, "frequency_Hz": 2e5}, "200000 Hz is in no band"),
    ],
)
def test_a_point_that_cannot_be_is_refused_before_it_is_measured(point: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Sample.load(ID, points=(point,)).plan(_today())


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 100, *FEW)
    assert found.lower > 0.88
    assert found.upper > 0.9545
    assert all(abs(p.mean_normalised) < 0.2 for p in found.per_point)


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert "dmm-ac-voltage" in dcc
    assert "SIMMUL6001" in dcc


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
