"""A laboratory's own twins and worlds: found by file path, joined to ours, and told in words where they are wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import calib
from calib.clock import VirtualClock
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.process import start_server
from calib.errors import FileError, InputError

PAGE = Path(calib.__file__).parent.parent / "docs" / "simulation.md"

BENCH = """
format = "calib-simulation/1"

[instruments.source]
kind = "fluke-5522a"
specification = "fluke-5522a"
interval = "90 days"
serial_number = "SIM1"

[instruments.dvm]
kind = "dvm7.py:DVM7"
specification = "generic-multimeter-6-digits"
serial_number = "SIM2"

[lead]
source = "source"
meter = "dvm"
connected = "calibrator"
"""

BATH = '''
"""A stirred bath, and a thermometer whose probe hangs in it or in ice: another world than electricity."""

from calib.drivers.simulation.command_set import CommandSet, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.kinds import InstrumentKind, Twin, UnitFile, WorldFile, WorldKind
from calib.errors import InputError


class BathFile(WorldFile):
    temperature_C: float = 30.0


class Bath:
    def __init__(self, file, setup):
        self.places = {"bath": file.temperature_C, "ice": 0.0}
        self.at = "bath"
        self.units = ()

    def join(self, units):
        self.units = tuple(units)

    @property
    def joints(self):
        return {"probe": self.at}

    def connect(self, joint, node):
        if node not in self.places:
            raise InputError(f"a probe hangs in one of {', '.join(self.places)}, not in {node!r}")
        self.at = node

    def state(self):
        return {"probe": self.at, "units": list(self.units)}


class Thermometer(CommandSet):
    identity = "LAB,T1,SIM3,1"
    world = None
    commands = table({**COMMON, "READ?": lambda unit, _: f"{unit.world.places[unit.world.at]:.3f}"})


def thermometer(file, setup):
    unit = Thermometer()
    unit.world = setup.worlds["heat"]
    return Twin(unit)


BATH = WorldKind(Bath, BathFile)
T1 = InstrumentKind(thermometer, UnitFile)
NOT_A_KIND = 3
'''
HEAT = """
format = "calib-simulation/1"
[worlds.heat]
kind = "bath.py:BATH"
temperature_C = 37.5
[instruments.thermometer]
kind = "bath.py:T1"
serial_number = "SIM3"
"""


def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def bench_file(tmp_path: Path) -> Path:
    """The bench with the twin of the documentation's page beside it."""
    (example,) = re.findall(r'```python\n("""Twin.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) < 60
    (tmp_path / "dvm7.py").write_text(example, encoding="utf-8")
    path = tmp_path / "bench.toml"
    path.write_text(BENCH, encoding="utf-8")
    return path


def test_the_documented_twin_reads_what_our_calibrator_puts_out(bench_file: Path) -> None:
    bench = SimulatedBench.from_file(bench_file, clock=clock(), seed=2)
    bench.open("MEMORY::source").query("OUT 7 V, 0 HZ;OPER;*OPC?")
    meter = bench.open("MEMORY::dvm")
    assert meter.query("*IDN?").startswith("MY LAB,DVM7,SIM2")
    output_V = bench.truth.source_output(7.0)
    expected_V = output_V + bench.truth.error("dvm", "dc_voltage", 10.0, output_V)
    assert float(meter.query("READ?")) == pytest.approx(expected_V, abs=1e-5)
    assert float(meter.query("READ?")) != pytest.approx(7.0, abs=1e-7)
    meter.write("VOLT:RANG 1")
    assert float(meter.query("READ?")) == 9.9e37


def test_it_is_served_to_other_processes_too(bench_file: Path) -> None:
    with start_server(bench_file, seed=2, time_factor=100.0) as server:
        assert set(server.resources) == {"source", "dvm"}


def heat(tmp_path: Path, text: str = HEAT) -> SimulatedBench:
    (tmp_path / "bath.py").write_text(BATH, encoding="utf-8")
    path = tmp_path / "heat.toml"
    path.write_text(text, encoding="utf-8")
    return SimulatedBench.from_file(path, clock=clock(), seed=1)


def test_a_world_of_ones_own_joins_its_instruments_and_hands_move_in_it(tmp_path: Path) -> None:
    bench = heat(tmp_path)
    line = bench.open("MEMORY::thermometer")
    assert line.query("READ?") == "37.500"
    bench.connect("ice", "probe")
    assert line.query("READ?") == "0.000"
    assert bench.state()["worlds"] == {"heat": {"probe": "ice", "units": ["thermometer"]}}
    with pytest.raises(InputError, match="a probe hangs in one of bath, ice, not in 'air'"):
        bench.connect("air", "probe")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("bath.py:T1", "bath.py:T2"), r"instruments\.thermometer: .*T2 cannot be loaded: AttributeError"),
        (("bath.py:T1", "bath.py:NOT_A_KIND"), "is neither an InstrumentKind nor a WorldKind"),
        (("bath.py:T1", "bath.py:BATH"), r"BATH' is a kind of world, not of instrument"),
        (("bath.py:T1", "bad.py:T1"), r"bad\.py: no such Python file"),
        (
            ("bath.py:T1", "fluke-5522b"),
            "no kind 'fluke-5522b' of simulated instrument or world: did you mean 'fluke-5522a'",
        ),
        (('kind = "bath.py:T1"\n', ""), r"instruments\.thermometer\.kind: missing"),
        (("temperature_C = 37.5", 'temperature_C = "warm"'), r"worlds\.heat\.temperature_C: must be a number"),
        (("37.5", "37.5\nhumidity = 1"), r"worlds\.heat\.humidity: unknown field"),
    ],
)
def test_a_kind_that_is_wrong_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    text = HEAT.replace(*change)
    assert text != HEAT
    with pytest.raises(FileError, match=message):
        heat(tmp_path, text)


JOINED = """
format = "calib-simulation/1"
[instruments.meter]
kind = "hp-34401a"
specification = "hp-34401a"
serial_number = "SIM2"
[components.a]
kind = "resistor"
nominal_ohm = 1.0
[switches.s]
channels = { 1 = "a" }
[leads.one]
meter = "meter"
connected = "s"
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("nominal_ohm = 1.0", 'nominal_ohm = 1.0\nfed_by = "s"'), "[as] is fed by itself"),
        (('1 = "a"', '1 = "b"'), r"switches\.s\.channels\.1: 'b' is not among the fitting ones \(a, s, short, open\)"),
        (('connected = "s"', 'connected = "t"'), r"leads\.one\.connected: 't' is not among"),
        (('meter = "meter"', 'meter = "m"'), r"leads\.one\.meter: 'm' is not among the fitting ones \(meter"),
        (('connected = "s"', 'connected = "s"\nsource = "a"'), r"leads\.one\.source: 'a' is not among"),
    ],
)
def test_what_cannot_be_joined_is_told(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "joined.toml"
    path.write_text(JOINED, encoding="utf-8")
    SimulatedBench.from_file(path, clock=clock(), seed=1)
    path.write_text(JOINED.replace(*change), encoding="utf-8")
    with pytest.raises(FileError, match=message):
        SimulatedBench.from_file(path, clock=clock(), seed=1)


def test_a_bench_with_several_leads_wants_to_know_which(tmp_path: Path) -> None:
    path = tmp_path / "joined.toml"
    path.write_text(JOINED + '[leads.two]\nmeter = "meter"\n', encoding="utf-8")
    bench = SimulatedBench.from_file(path, clock=clock(), seed=1)
    with pytest.raises(InputError, match="say which lead: one, two"):
        bench.connect("short")
    bench.connect("short", "two")
    bench.connect("1", "s")
    assert bench.state()["joints"] == {"one": "s", "two": "short", "s": "1"}
