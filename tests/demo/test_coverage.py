"""Over many simulated calibrations the stated interval holds the truth as often as it says; a planted error is seen.

Each seed is another calibrator and another multimeter. The truth of a result is the meter's noise-free, unquantised
error at the calibrator's true output. All points of one run share the standard, so bounds come from resampling runs.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from calib.demo import in_memory
from calib.procedure import Result
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.uncertainty import Quantity

P = 0.9545
EMF_AS_DECLARED = ("thermal_emf_V = 0.2e-6", "thermal_emf_V = 0.5e-6")
DOMINATED = 0.75
"""Share of u² that the standard has in the rows where nothing but its statement is tested."""


def _simulation(starter: Path, folder: Path, truth: str) -> Path:
    """Write the simulated bench with emf as wide as the method declares, and truth as the route states it."""
    text = (starter / "benches" / "simulated-laboratory.toml").read_text(encoding="utf-8").replace(*EMF_AS_DECLARED)
    if truth == "specification":
        head, _, rest = text.partition("# What the certificate")
        _, _, tail = rest.partition("[instruments.meter]")
        text = f'{head}[instruments.source.truth]\nmodel = "specification"\n\n[instruments.meter]{tail}'
    path = folder / "simulation.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _calibrations(starter: Path, folder: Path, route: str, seeds: range) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (held, dominated), each of shape (runs, points): U holds the truth; the standard makes most of u²."""
    simulation = _simulation(starter, folder, route)
    laboratory = in_memory(starter, parameters={"reference": route}, simulation=simulation)
    held, dominated = [], []
    for seed in seeds:
        bench = laboratory.simulated_bench(seed)
        outcome = laboratory.calibrate(bench)
        assert outcome.status == "complete", outcome.error

        def true_error(result: Result, truth=bench.truth) -> float:  # type: ignore[no-untyped-def]
            output_V = 0.0 if result.route == "none" else truth.source_output(result.nominal)
            return float(truth.meter_error(result.measuring_range, output_V))

        held.append([abs(r.error - true_error(r)) <= r.U for r in outcome.results])
        dominated.append([_standards_share(r) > DOMINATED for r in outcome.results])
    return np.array(held), np.array(dominated)


def _standards_share(result: Result) -> float:
    return sum(row.share for row in result.budget if row.name.startswith("source."))


def _bounds(held: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the 0.1 % and 99.9 % points of the coverage over the chosen rows, by resampling whole runs."""
    rng = np.random.default_rng(20261123)
    runs = rng.integers(len(held), size=(4000, len(held)))
    hits, trials = (held & chosen).sum(axis=1)[runs].sum(axis=1), chosen.sum(axis=1)[runs].sum(axis=1)
    low, high = np.quantile(hits / trials, [0.001, 0.999])
    return float(low), float(high)


@pytest.mark.parametrize("route", ["certificate", "specification"])
def test_the_stated_interval_holds_the_truth_as_often_as_it_says(route: str, starter: Path, tmp_path: Path) -> None:
    held, dominated = _calibrations(starter, tmp_path, route, range(120))
    low, high = _bounds(held, dominated)
    assert low <= P <= high, f"where the standard dominates: {low:.4f} to {high:.4f}"
    _, high_of_all = _bounds(held, np.ones_like(held))
    assert high_of_all >= P, f"over all points at most {high_of_all:.4f}: the intervals are too short"


def _sign_swapped(indication: Quantity, reference: Quantity | float, emf: Quantity, load: Quantity | float) -> Quantity:
    """Apply the certificate's correction with the wrong sign."""
    if isinstance(reference, float):
        return indication - reference - emf + load
    nominal = round(float(reference.value), 3 if abs(float(reference.value)) >= 0.9 else 2)
    return indication + (reference - nominal) - nominal - emf + load


def _component_halved(
    indication: Quantity, reference: Quantity | float, emf: Quantity, load: Quantity | float
) -> Quantity:
    """Count only half of the standard's uncertainty."""
    if isinstance(reference, float):
        return indication - reference - emf + load
    value = float(reference.value)
    return indication - (reference - value) * 0.5 - value - emf + load


def _millivolts_for_volts(
    indication: Quantity, reference: Quantity | float, emf: Quantity, load: Quantity | float
) -> Quantity:
    """Take the emf's bound for millivolts: its part in the budget is a thousand times too large."""
    return indication - reference - emf * 1000.0 + load


@pytest.mark.parametrize("planted", [_sign_swapped, _component_halved])
def test_a_planted_error_is_seen_as_too_little_coverage(
    planted: Callable[..., Quantity], starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DmmDcVoltage, "model", staticmethod(planted))
    held, dominated = _calibrations(starter, tmp_path, "certificate", range(25))
    _, high = _bounds(held, dominated)
    assert high < P


def test_a_unit_taken_for_another_is_seen_as_too_much_coverage(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, dominated = _calibrations(starter, tmp_path, "certificate", range(25))
    monkeypatch.setattr(DmmDcVoltage, "model", staticmethod(_millivolts_for_volts))
    planted, still_dominated = _calibrations(starter, tmp_path, "certificate", range(25))
    assert dominated.sum() > 0
    assert still_dominated.sum() < dominated.sum()
    assert planted.mean() > honest.mean()
