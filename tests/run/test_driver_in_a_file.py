"""A source whose driver is a file of the laboratory's: measured with, guarded, and its source kept as evidence."""

import datetime as dt
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calib.clock import ScaledClock
from calib.demo import in_memory
from calib.drivers.roles import DcVoltageSource
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.serve import BenchServer
from calib.guard import Orders
from calib.guard.watch import _opener
from calib.run import BenchFile, Plan, SimulatedHands, SimulatedOperator, make_plan, run
from calib.run.guarding import orders_for
from calib.study import Sample

DRIVER = """
from calib.drivers.calibrators.fluke_5522a import Fluke5522A


class Ours(Fluke5522A):
    models = ("5522A",)
"""


@pytest.fixture
def lab(starter: Path, tmp_path: Path) -> Path:
    """The example's laboratory, whose source is driven by `benches/drivers/ours.py`."""
    folder = tmp_path / "lab"
    shutil.copytree(starter, folder)
    file = folder / "benches" / "drivers" / "ours.py"
    file.parent.mkdir()
    file.write_text(DRIVER, encoding="utf-8")
    bench = folder / "benches" / "simulated.toml"
    changed = bench.read_text(encoding="utf-8").replace('"fluke-5522a"', '"drivers/ours.py"')
    bench.write_text(changed, encoding="utf-8")
    return folder


def plan_of(laboratory: Sample) -> Plan:
    today = dt.datetime.now().astimezone().date()
    job = type(laboratory.job).model_validate(
        laboratory.job.model_dump(exclude_none=True) | {"points": [{"range": 10.0, "nominal": 5.0}]}
    )
    return make_plan(
        laboratory.procedure, laboratory.laboratory, laboratory.bench, job, operator="somebody", today=today
    )


def test_it_runs_and_its_source_is_in_the_snapshot(lab: Path) -> None:
    laboratory = in_memory(lab)
    plan = plan_of(laboratory)
    bench = laboratory.simulated_bench(5)
    outcome = run(
        plan,
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(SimulatedOperator(bench.environment), bench.connect),
    )
    assert outcome.status == "complete", outcome.error
    evidence = plan.snapshot["drivers"]
    assert list(evidence) == ["source"]
    assert evidence["source"]["source"] == DRIVER


def test_the_path_in_a_bench_file_starts_from_its_folder(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab.parent)
    bench = BenchFile.read(Path("lab") / "benches" / "simulated.toml")
    assert bench.roles["source"].driver == str(lab / "benches" / "drivers" / "ours.py")
    assert bench.roles["meter"].driver == "hp-34401a"


def test_a_guard_reaches_the_source_with_that_driver(
    lab: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What goes over the guard's pipe is a path that holds in another folder; the driver makes safe."""
    laboratory = in_memory(lab)
    served = lab / "benches" / "simulated-laboratory.toml"
    served.write_text(re.sub(r"port = \d+", "port = 0", served.read_text(encoding="utf-8")), encoding="utf-8")
    simulated: Any = SimulatedBench.from_file(served, clock=ScaledClock(50.0), seed=1)
    with BenchServer(simulated) as server:
        roles = {
            name: role.model_copy(update={"resource": server.resources[name]})
            for name, role in laboratory.bench.roles.items()
        }
        laboratory = replace(laboratory, bench=laboratory.bench.model_copy(update={"roles": roles}), simulation=served)
        orders = Orders.from_line(orders_for(plan_of(laboratory), None).as_line())
        monkeypatch.chdir(tmp_path)
        (guarded,) = orders.sources
        with _opener(orders)(guarded) as source:
            assert type(source).__name__ == "Ours"
            assert isinstance(source, DcVoltageSource)
            source.source_dc_voltage(5.0)
            assert simulated.state()["outputs"]["source"]["operating"]
            source.safe()
        assert not simulated.state()["outputs"]["source"]["operating"]
