"""A bench whose temperature and humidity a PTU300 reads: nobody is asked, and the record tells what read them."""

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from calib.demo import in_memory
from calib.errors import CalibrationStatusError, InputError
from calib.record import Record
from calib.run import SimulatedHands, SimulatedOperator, make_plan, run
from calib.study import Sample

STATION = """
format = "calib-equipment/1"
id = "ENV-01"
description = {{ vi = "Trạm đo môi trường (mô phỏng)", en = "Weather station (simulated)" }}
manufacturer = "Vaisala"
model = "PTU300"
serial_number = "SIMPTU01"
state = "in service"

[[calibrations]]
date = {date}
due = {due}
certificate = "SIM-ENV-1"
laboratory = "Simulated laboratory"
temperature_C = [22.0, 24.0]
complies = true
"""


class Asked(SimulatedOperator):
    """Keeps the questions."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ids: list[str] = []

    def ask(self, prompt: Any) -> Any:
        self.ids.append(prompt.id)
        return super().ask(prompt)


@pytest.fixture
def lab(starter: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    shutil.copytree(starter, folder)
    today = dt.datetime.now().astimezone().date()
    calibrated = {"date": today - dt.timedelta(days=30), "due": today + dt.timedelta(days=300)}
    (folder / "equipment" / "ENV-01.toml").write_text(STATION.format(**calibrated), encoding="utf-8")
    add(folder / "benches" / "simulated.toml", environment("vaisala-ptu300"))
    unit = '[instruments.environment]\nkind = "vaisala-ptu300"\nserial_number = "SIMPTU01"\nnoise_K = 0.0\n'
    add(folder / "benches" / "simulated-laboratory.toml", unit)
    return folder


def environment(driver: str) -> str:
    return f'[roles.environment]\nequipment = "ENV-01"\ndriver = "{driver}"\nresource = "MEMORY::environment"\n'


def add(file: Path, table: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "\n" + table, encoding="utf-8")


def plan_of(laboratory: Sample) -> Any:
    today = dt.datetime.now().astimezone().date()
    return make_plan(
        laboratory.procedure, laboratory.laboratory, laboratory.bench, laboratory.job, operator="somebody", today=today
    )


def calibrated(lab: Path, folder: Path) -> tuple[Record, Asked, Any]:
    laboratory = in_memory(lab)
    bench = laboratory.simulated_bench(5)
    operator = Asked(bench.environment)
    outcome = run(
        plan_of(laboratory),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(operator, bench.connect),
        folder=folder,
    )
    assert outcome.status == "complete", outcome.error
    assert outcome.record is not None
    return Record.open(outcome.record), operator, bench


def test_nobody_is_asked_and_the_record_tells_what_read_the_air(lab: Path, tmp_path: Path) -> None:
    record, operator, _ = calibrated(lab, tmp_path / "run")
    assert not [asked for asked in operator.ids if asked.startswith("environment")]
    noted = record.readings().environment
    assert [c.quantity for c in (*noted[:3], *noted[-3:])] == ["temperature", "humidity", "pressure"] * 2
    by = {q: [c.value for c in noted if c.quantity == q] for q in ("temperature", "humidity", "pressure")}
    assert all(t == pytest.approx(23.1, abs=0.25) for t in by["temperature"])
    assert all(h == pytest.approx(46, abs=2) for h in by["humidity"])
    assert all(p == pytest.approx(101_325, abs=20) for p in by["pressure"])
    snapshot = record.snapshot
    assert snapshot["equipment"]["ENV-01"]["serial_number"] == "SIMPTU01"
    assert snapshot["identities"]["environment"]["model"] == "PTU300"


def test_without_that_role_the_operator_is_asked_as_ever(starter: Path, tmp_path: Path) -> None:
    record, operator, _ = calibrated(starter, tmp_path / "run")
    assert operator.ids.count("environment.temperature") == 2
    assert [c.quantity for c in record.readings().environment] == ["temperature", "humidity"] * 2


def test_an_instrument_that_is_no_thermometer_cannot_play_it(lab: Path) -> None:
    bench = lab / "benches" / "simulated.toml"
    bench.write_text(bench.read_text(encoding="utf-8").replace("vaisala-ptu300", "fluke-8588a"), encoding="utf-8")
    with pytest.raises(InputError, match=r"roles.environment.driver: 'fluke-8588a' cannot play.*a Thermohygrometer"):
        plan_of(in_memory(lab))


def test_an_overdue_weather_station_is_refused(lab: Path) -> None:
    file = lab / "equipment" / "ENV-01.toml"
    yesterday = dt.datetime.now().astimezone().date() - dt.timedelta(days=1)
    text = re.sub(r"due = \S+", f"due = {yesterday}", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationStatusError, match=r"ENV-01.*was due"):
        plan_of(in_memory(lab))
