"""The 2182A, the 53131A and 53230A, and the PTU300: drivers against twins in a known world, in memory and on wires."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from calib.clock import ScaledClock, VirtualClock
from calib.drivers import find_driver, open_line
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.counters.counter import Counter
from calib.drivers.counters.keysight_53230a import Keysight53230A
from calib.drivers.environment.vaisala_ptu300 import PTU300
from calib.drivers.meters.keithley_2182a import Keithley2182A
from calib.drivers.roles import Barometer, DcVoltmeter, FrequencyCounter, Thermohygrometer
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.environment import Disturbance
from calib.drivers.simulation.serve import BenchServer
from calib.drivers.transport import ScriptedTransport
from calib.errors import DeviceError, IdentityError, InputError, InstrumentError, OutOfRange, Overload
from calib.files import as_model, read_toml

FILE = Path(__file__).parent.parent / "data" / "rest_bench.toml"
KINDS = {
    "nanovoltmeter": "keithley-2182a",
    "counter": "hp-53131a",
    "lan_counter": "keysight-53230a",
    "weather": "vaisala-ptu300",
}
COUNTERS = pytest.mark.parametrize("name", ["counter", "lan_counter"])


@pytest.fixture
def tables() -> dict[str, Any]:
    return read_toml(FILE)


@pytest.fixture
def bench(tables: dict[str, Any]) -> SimulatedBench:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=3)


@pytest.fixture
def source(bench: SimulatedBench) -> Fluke5522A:
    return Fluke5522A(bench.open("MEMORY::source"), bench.clock)


@pytest.fixture
def opened(bench: SimulatedBench) -> Callable[[str], Any]:
    return lambda name: find_driver(KINDS[name])(bench.open(f"MEMORY::{name}"), bench.clock)


def test_each_fills_its_role_and_knows_its_twin(opened: Callable[[str], Any]) -> None:
    found = {name: opened(name).identify() for name in KINDS}
    assert [(i.model, i.serial_number) for i in found.values()] == [
        ("2182A", "SIM2"),
        ("53131A", None),
        ("53230A", "SIM4"),
        ("PTU300", "SIM5"),
    ]
    assert isinstance(opened("nanovoltmeter"), DcVoltmeter)
    assert isinstance(opened("counter"), FrequencyCounter)
    assert isinstance(opened("lan_counter"), FrequencyCounter)
    assert isinstance(opened("weather"), Thermohygrometer)
    assert isinstance(opened("weather"), Barometer)


@pytest.mark.parametrize("name", KINDS)
def test_each_refuses_what_is_another_model(bench: SimulatedBench, name: str) -> None:
    other = "lan_counter" if name != "lan_counter" else "nanovoltmeter"
    with pytest.raises((IdentityError, InstrumentError)):
        find_driver(KINDS[name])(bench.open(f"MEMORY::{other}"), bench.clock).identify()


@pytest.mark.parametrize(("channel", "range_V"), [(1, 0.01), (1, 1.0), (2, 0.1), (2, 1.0)])
def test_the_nanovoltmeter_reads_the_output_at_either_channel(
    opened: Callable[[str], Any], bench: SimulatedBench, source: Fluke5522A, channel: Any, range_V: float
) -> None:
    """True output plus true error; what is left is noise, a digit, and the emf of a contact (below 1 µV here)."""
    meter: Keithley2182A = opened("nanovoltmeter")
    source.source_dc_voltage(0.6 * range_V)
    meter.configure_dc_voltage(range_V, 5.0, channel=channel)
    output_V = bench.truth.source_output(0.6 * range_V)
    error_V = bench.truth.error("nanovoltmeter", "dc_voltage", max(range_V, 0.01), output_V)
    assert meter.read_dc_voltage() == pytest.approx(output_V + error_V, abs=1.5e-6)
    source.source_dc_voltage(1.3 * range_V)
    with pytest.raises(Overload, match="2182A"):
        meter.read_dc_voltage()


def test_the_nanovoltmeters_reading_takes_two_integrations_with_autozero(
    opened: Callable[[str], Any], bench: SimulatedBench
) -> None:
    meter: Keithley2182A = opened("nanovoltmeter")
    meter.configure_dc_voltage(10.0, 5.0)
    begun_s = bench.clock.elapsed()
    meter.read_dc_voltage()
    assert bench.clock.elapsed() - begun_s == pytest.approx(0.2)
    assert meter.take(5).shape == (5,)
    with pytest.raises(OutOfRange, match="channel"):
        meter.configure_dc_voltage(10.0, 5.0, channel=3)  # type: ignore[arg-type]
    with pytest.raises(OutOfRange, match=r"allowed: 0\.1, 1, 10"):
        meter.configure_dc_voltage(100.0, 5.0, channel=2)


@COUNTERS
def test_a_counter_reads_the_calibrators_frequency_with_the_error_of_its_time_base(
    opened: Callable[[str], Any], bench: SimulatedBench, source: Fluke5522A, name: str
) -> None:
    counter: Counter = opened(name)
    source.source_ac_voltage(1.0, 10e3)
    counter.configure_frequency(1.0)
    begun_s = bench.clock.elapsed()
    reading_Hz = counter.read_frequency()
    assert bench.clock.elapsed() - begun_s == pytest.approx(1.0)
    source_Hz = 10e3 + bench.truth.error("source", "frequency", 10e3, 10e3)
    wanted_Hz = source_Hz + bench.truth.error(name, "frequency", source_Hz, source_Hz)
    assert reading_Hz == pytest.approx(wanted_Hz, abs=5e-5)


@COUNTERS
def test_no_signal_is_an_error_and_the_counter_counts_again_afterwards(
    opened: Callable[[str], Any], source: Fluke5522A, name: str
) -> None:
    counter: Counter = opened(name)
    with pytest.raises(InputError, match="configure_frequency first"):
        counter.read_frequency()
    counter.configure_frequency(0.1)
    with pytest.raises(InstrumentError, match="check signal, level and connection"):
        counter.read_frequency()
    source.source_ac_voltage(0.005, 1e3)  # smaller than what it counts
    with pytest.raises(InstrumentError, match="no reading"):
        counter.read_frequency()
    source.source_ac_voltage(1.0, 1e3)
    assert counter.read_frequency() == pytest.approx(1e3, rel=1e-4)


@COUNTERS
def test_an_external_time_base_is_checked_before_it_is_used(
    opened: Callable[[str], Any], source: Fluke5522A, name: str
) -> None:
    counter: Counter = opened(name)
    with pytest.raises(InstrumentError, match="reference input"):
        counter.use_external_time_base()
    assert counter.time_base == "INT"  # type: ignore[attr-defined]
    source.source_ac_voltage(1.0, 1e3)
    counter.configure_frequency(0.1)
    assert counter.read_frequency() == pytest.approx(1e3, rel=1e-4)


@COUNTERS
def test_by_an_external_time_base_the_counter_errs_as_that_does(tables: dict[str, Any], name: str) -> None:
    """A reference that is too fast by 1e-4 lets a frequency look too small by as much."""
    tables["instruments"][name] |= {"reference_Hz": 10e6, "reference_error": 1e-4}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=3)
    source = Fluke5522A(bench.open("MEMORY::source"), clock)
    counter: Any = find_driver(KINDS[name])(bench.open(f"MEMORY::{name}"), clock)
    counter.use_external_time_base()
    assert counter.time_base == "EXT"
    source.source_ac_voltage(1.0, 10e3)
    counter.configure_frequency(1.0)
    true_Hz = 10e3 + bench.truth.error("source", "frequency", 10e3, 10e3)
    assert counter.read_frequency() == pytest.approx(true_Hz / (1 + 1e-4), abs=1e-4)


def test_a_bad_time_base_is_told_apart_from_a_missing_signal() -> None:
    script = [
        ("CONF:FREQ DEF,DEF,(@1);:SENS:FREQ:GATE:TIME 1;:SYST:TIM 2;:SYST:ERR?", '+0,"No error"'),
        ("READ?", "+9.91000000000000E+037"),
        ("STAT:QUES:EVEN?", "+1024"),
    ]
    with ScriptedTransport(script) as line:
        counter = Keysight53230A(line, VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)))
        counter.configure_frequency(1.0)
        with pytest.raises(InstrumentError, match="time base is bad"):
            counter.read_frequency()
        assert line.timeouts_s[1] == pytest.approx(5.0)  # the gate, and what it may take on top


def test_the_weather_station_tells_the_air(opened: Callable[[str], Any], bench: SimulatedBench) -> None:
    weather: PTU300 = opened("weather")
    bench.disturb(Disturbance(quantity="temperature_C", shape="step", size=-27.5, time_s=1e-3))
    bench.clock.sleep(1.0)
    air = bench.environment()
    assert weather.read_temperature_C() == pytest.approx(air["temperature_C"], abs=0.006)
    assert weather.read_temperature_C() < -4
    assert weather.read_humidity_percent() == pytest.approx(air["humidity_percent"], abs=0.06)
    assert weather.read_pressure_Pa() == pytest.approx(air["pressure_Pa"], abs=1.0)


def test_what_the_weather_station_does_not_know_is_an_error(
    opened: Callable[[str], Any], bench: SimulatedBench
) -> None:
    weather: PTU300 = opened("weather")
    with pytest.raises(DeviceError, match="Unknown command: COLOUR"):
        weather.write("COLOUR")
    bench.instruments["weather"].push(7, "Humidity sensor failure")
    with pytest.raises(DeviceError, match="Humidity sensor failure"):
        weather.check()
    weather.check()


def test_a_missing_probe_is_an_error_not_a_number() -> None:
    form = 'FORM 6.2 "P=" P " " U6 "T=" T " " U6 "RH=" RH " " U6 #r #n'
    script: list[tuple[str, str | bytes | None]] = [(c, "OK") for c in ("UNIT M", "UNIT P hPa", form)]
    script += [("ERRS", "PASS"), ("SEND", "P= 1013.20 hPa T= **** 'C RH=  38.30 %RH")]
    with ScriptedTransport(script) as line:
        weather = PTU300(line, VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)))
        with pytest.raises(InstrumentError, match="no valid T"):
            weather.read_temperature_C()


@pytest.fixture
def served(tables: dict[str, Any]) -> Iterator[BenchServer]:
    tables["instruments"]["weather"]["smode"] = "RUN"
    clock = ScaledClock(50.0)
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=3)
    bench.connect("short", "nanovoltmeter")
    with BenchServer(bench) as server:
        yield server


def opened_by_pyserial(resource: str) -> str:
    """The same line without PyVISA: a name that pyserial opens."""
    return re.sub(r"^ASRL(?=socket|/dev)|::INSTR$", "", resource)


@pytest.mark.parametrize("wire", ["serial", "rfc2217", "pty"])
def test_a_weather_station_that_talks_by_itself_is_silenced_and_read(served: BenchServer, wire: str) -> None:
    """In RUN mode a line comes every second (20 ms here), before and while the driver opens it."""
    resource = opened_by_pyserial(served.wires["weather"][wire])
    line = PTU300.line if wire != "pty" else replace(PTU300.line, bits=8, parity="none")  # a pty has no parity
    with PTU300(open_line(resource, line), ScaledClock(50.0)) as weather:
        assert weather.identify().serial_number == "SIM5"
        assert weather.read_pressure_Pa() == pytest.approx(101_325, abs=1)
        weather.transport.write("R")
        with pytest.raises(InstrumentError):
            weather.transport.query("?", timeout_s=0.2)  # it answers nothing while it talks
        assert weather.read_temperature_C() == pytest.approx(23.0, abs=0.01)


WIRED = [("nanovoltmeter", "serial"), ("lan_counter", "hislip"), ("lan_counter", "vxi11"), ("counter", "prologix")]


@pytest.mark.parametrize(("name", "wire"), WIRED)
def test_they_are_read_on_the_wires_that_they_have(served: BenchServer, name: str, wire: str) -> None:
    resource = served.wires[name][wire]
    driver = find_driver(KINDS[name])
    line = open_line(opened_by_pyserial(resource) if wire == "serial" else resource, driver.line)
    with driver(line, ScaledClock(50.0)) as instrument:
        instrument.identify()
        if isinstance(instrument, Keithley2182A):
            instrument.configure_dc_voltage(0.01, 1.0)
            assert instrument.read_dc_voltage() == pytest.approx(0.0, abs=5e-6)
        else:
            assert isinstance(instrument, Counter)
            instrument.configure_frequency(0.01)
            with pytest.raises(InstrumentError, match="check signal"):
                instrument.read_frequency()
