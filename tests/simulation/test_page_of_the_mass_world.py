"""The page on simulation: its laboratory for mass can be served as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers.balances.mt_sics import MtSicsBalance
from calib.drivers.operated.weights import OperatorWeightHandler
from calib.drivers.simulation import SimulatedBench

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


def test_its_laboratory_weighs_the_two_weights(tmp_path: Path) -> None:
    (example,) = (
        e for e in re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if "worlds.mass" in e
    )
    file = tmp_path / "bench.toml"
    file.write_text('format = "calib-simulation/1"\n' + example, encoding="utf-8")
    bench = SimulatedBench.from_file(file, clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=1)
    hands = OperatorWeightHandler(bench.open("MEMORY::weights"), bench.clock)
    balance = MtSicsBalance(bench.open("MEMORY::comparator"), bench.clock)
    shown = {}
    for name in ("R1kg", "T1kg"):
        hands.load([name])
        shown[name] = balance.read_mass_kg()
    weights: Any = bench.worlds["mass"]
    truth = {name: weight.conventional_kg for name, weight in weights.weights.items()}
    assert shown["T1kg"] - shown["R1kg"] == pytest.approx(truth["T1kg"] - truth["R1kg"], abs=5e-7)
