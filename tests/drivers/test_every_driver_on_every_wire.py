"""Every driver that is shipped, on every wire that the real instrument has: against its twin, and against a replay.

`ROWS` says for each driver which wires those are and what a short session with it is. A driver without a row fails.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from calib.clock import Clock
from calib.drivers import Instrument, Source, find_driver, open_line
from calib.drivers.dialect import SCPI
from calib.drivers.setting import Setting
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.kinds import find_kind
from calib.drivers.simulation.serve import BenchServer
from calib.drivers.simulation.wires.memory import MemoryWire
from calib.drivers.transport import MemoryTransport, Transport, wired
from calib.drivers.transport.trafficfile import Recorder
from calib.errors import DeviceError, IdentityError, InstrumentError, LinkError, NoReply, ReplayError
from calib.files import as_model
from calib.ports import TrafficSink

TIME_FACTOR = 500.0
CELL_V, SINE_V, SINE_HZ, LOAD_KG = 1.0, 1.0, 1000.0, 0.1

Told = list[Any]
Session = Callable[[Any], Told]


def sourced(source: Any) -> Told:
    """Set a limit, put out, ask what is programmed, be refused, go to standby."""
    source.limit_dc_voltage(12.0)
    source.source_dc_voltage(-10.0)
    told: Told = [source.dc_voltage_limits(), source.dc_voltage_setpoint(), source.is_operating()]
    with pytest.raises(DeviceError):
        source.source_dc_voltage(13.0)
    assert told == [(12.0, -12.0), -10.0, True]
    source.source_ac_voltage(1.0, 1000.0)
    source.standby()
    assert not source.is_operating()
    told.append(source.source_resistance(1e4, wires=4))
    assert told[-1] == pytest.approx(1e4, rel=1e-3)
    return told


def metered(range_V: float) -> Session:
    """Return the session of a multimeter: one reading, several, another function."""

    def session(meter: Any) -> Told:
        meter.configure_dc_voltage(range_V, 1.0)
        told = [meter.read_dc_voltage(), *meter.take(3)]
        assert told == pytest.approx([CELL_V] * 4, abs=1e-3)
        if hasattr(meter, "configure_resistance"):
            meter.configure_ac_voltage(range_V, 1000.0)
            told.append(meter.read_ac_voltage())
            assert told[-1] == pytest.approx(0.0, abs=0.1)
        return told

    return session


def counted(counter: Any) -> Told:
    """Configure a gate and read; choose the time base."""
    counter.use_internal_time_base()
    counter.configure_frequency(0.1)
    told = [counter.read_frequency(), counter.read_frequency()]
    assert told == pytest.approx([SINE_HZ] * 2, rel=1e-4)
    return told


def aired(weather: Any) -> Told:
    """Read what the air is like."""
    told = [weather.read_temperature_C(), weather.read_humidity_percent(), weather.read_pressure_Pa()]
    assert told == [pytest.approx(23.0, abs=1), pytest.approx(45.0, abs=10), pytest.approx(101_325, rel=0.01)]
    return told


def read_out(readout: Any) -> Told:
    """Read a resistor of 100 Ω in the place of a thermometer: as ohms, and as a temperature where it shows one."""
    told = [readout.read_thermometer_ohm(), readout.read_thermometer_ohm()]
    assert told == pytest.approx([100.0] * 2, abs=1e-3)
    if hasattr(readout, "read_temperature_C"):
        told.append(readout.read_temperature_C())
        assert told[-1] == pytest.approx(0.0, abs=5e-3)
    return told


def bathed(bath: Any) -> Told:
    """Set a temperature; be told of one that is out of reach."""
    bath.set_bath_temperature(20.5)
    told = [bath.bath_setpoint_C(), bath.read_bath_C()]
    assert told == [20.5, pytest.approx(20.0, abs=1.0)]
    with pytest.raises(DeviceError, match=r"it has 20\.5"):
        bath.set_bath_temperature(900.0)
    return told


def weighed(balance: Any) -> Told:
    """Weigh what lies on the pan, be refused to call it zero."""
    told = [balance.read_mass_kg(), balance.read_mass_kg()]
    assert told == [pytest.approx(LOAD_KG, abs=2e-6)] * 2
    with pytest.raises(InstrumentError, match=r"(on|off) the pan"):
        balance.zero()
    return told


@dataclass(frozen=True)
class Row:
    """One driver."""

    session: Session
    wires: tuple[str, ...]
    """Those of the real instrument. GPIB stands as `prologix`; RS-232 as `serial` and `pty`, for one driver of each
    sort behind a terminal server too (`rfc2217`)."""
    reads: str | None = "cell"
    """Node of the bench at its input."""
    has_queue: bool | None = True
    """Whether it keeps its errors, to be asked for; else it answers them at once; None where nothing tells of them."""


GPIB = ("prologix",)
RS232 = ("serial", "pty")
SERVED = (*RS232, "rfc2217")
LAN = ("socket", "hislip", "vxi11")
ROWS: Mapping[str, Row] = {
    "fluke-5520a": Row(sourced, (*GPIB, *RS232), None),
    "fluke-5522a": Row(sourced, (*GPIB, *SERVED), None),
    "fluke-5720a": Row(sourced, (*GPIB, *RS232), None),
    "fluke-5730a": Row(sourced, (*GPIB, *RS232, "socket"), None),
    "hp-34401a": Row(metered(10.0), (*GPIB, *SERVED)),
    "fluke-8845a": Row(metered(10.0), (*GPIB, *RS232, "socket")),
    "fluke-8846a": Row(metered(10.0), (*GPIB, *RS232, "socket")),
    "keysight-34461a": Row(metered(10.0), (*GPIB, *LAN)),
    "keysight-34465a": Row(metered(10.0), (*GPIB, *LAN)),
    "keysight-34470a": Row(metered(10.0), (*GPIB, *LAN)),
    "keysight-3458a": Row(metered(10.0), GPIB),
    "fluke-8508a": Row(metered(20.0), GPIB),
    "fluke-8588a": Row(metered(10.0), (*GPIB, "socket")),
    "keithley-2182a": Row(metered(10.0), (*GPIB, *RS232)),
    "hp-53131a": Row(counted, GPIB, "generator"),
    "keysight-53230a": Row(counted, (*GPIB, *LAN), "generator"),
    "vaisala-ptu300": Row(aired, SERVED, None, has_queue=False),
    "fluke-1502a": Row(read_out, RS232, None, has_queue=None),
    "fluke-1504": Row(read_out, RS232, None, has_queue=None),
    "fluke-1529": Row(read_out, (*GPIB, *RS232), None),
    "fluke-1594a": Row(read_out, (*GPIB, *RS232, "socket"), None),
    "fluke-1595a": Row(read_out, (*GPIB, *RS232, "socket"), None),
    "generic-calibrator": Row(sourced, ("socket",), None),
    "generic-multimeter": Row(metered(10.0), ("socket",)),
    "hart-bath": Row(bathed, SERVED, None, has_queue=None),
    "mettler-mt-sics": Row(weighed, (*SERVED, "socket"), None, has_queue=False),
    "sartorius-sbi": Row(weighed, SERVED, None, has_queue=None),
}
PAIRS = [(name, wire) for name, row in ROWS.items() for wire in ("memory", *row.wires)]
EVERYWHERE = pytest.mark.parametrize(("name", "wire"), PAIRS)
SOURCES = pytest.mark.parametrize(("name", "wire"), [p for p in PAIRS if ROWS[p[0]].session is sourced])
OPERATED = {"operator-probe",
    "artefact", "operator-read-meter", "operator-weight-handler", "process-calibrator", "temperature-indicator",
}  # fmt: skip
"""A person, or nobody: no wire."""
WITHOUT_IDN = {
    "keysight-3458a", "vaisala-ptu300", "fluke-1502a", "fluke-1504", "hart-bath", "mettler-mt-sics", "sartorius-sbi",
}  # fmt: skip


def shipped() -> set[str]:
    """Return the drivers of this distribution; the laboratory's own are checked by `calib driver check`."""
    return {e.name for e in entry_points(group="calib.drivers") if e.dist is None or e.dist.name == "calib-lab"}


@dataclass(frozen=True)
class Site:
    """The bench with all instruments, served on all their wires."""

    bench: SimulatedBench
    server: BenchServer
    clock: Clock

    def line(self, name: str, wire: str, driver: type[Instrument], sink: TrafficSink | None = None) -> Transport:
        """Open an instrument on a wire as a driver wants it."""
        if wire == "memory":
            port = self.bench.outlets[name].port("memory")
            return MemoryTransport(f"MEMORY::{name}", MemoryWire(port), sink=sink, line=driver.line)
        line = driver.line
        if wire == "pty":
            line = replace(line, bits=8, parity="none")  # a pseudo-terminal has neither 7 bits nor parity
        return open_line(self.server.wires[name][wire], line, sink=sink)

    def open(self, name: str, wire: str, sink: TrafficSink | None = None) -> Any:
        """Open an instrument with its own driver."""
        driver = find_driver(name)
        return driver(self.line(name, wire, driver, sink), self.clock)

    def is_operating(self, name: str) -> bool:
        """Return whether an output is on its terminals, whatever the instrument says."""
        return bool(self.bench.state()["outputs"][name]["operating"])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wired, "QUIET_S", 0.1)  # on one machine nothing is as late as a network may make it
        yield from served()


def served() -> Iterator[Site]:
    """Serve all instruments on all their wires; the meters at a cell, the counters at a sine."""
    clock = AbortableClock(TIME_FACTOR)
    instruments: dict[str, Any] = {
        name: {"kind": name, "serial_number": f"SIM{number}", "wires": row.wires}
        for number, (name, row) in enumerate(ROWS.items())
    }
    instruments["generator"] = {"kind": "fluke-5730a", "serial_number": "SIM99", "wires": ["socket"]}
    leads = {name: {"meter": name, "connected": row.reads} for name, row in ROWS.items() if row.reads is not None}
    components = {"cell": {"kind": "cell", "nominal_V": CELL_V}}
    weights = {name: {"nominal_kg": LOAD_KG, "class": "F1"} for name, row in ROWS.items() if row.session is weighed}
    tables = {"format": "calib-simulation/1", "instruments": instruments, "leads": leads, "components": components}
    tables["worlds"] = {"mass": {"kind": "mass", "weights": weights}}
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=5)
    generator: Any = find_driver("fluke-5730a")(bench.open("MEMORY::generator"), clock)
    generator.source_ac_voltage(SINE_V, SINE_HZ)
    for name in weights:
        bench.connect(name, name)
    with BenchServer(bench) as server:
        yield Site(bench, server, clock)


def settings(driver: type[Instrument]) -> list[str]:
    """Return the names of a driver's declared settings."""
    return [name for name in dir(driver) if isinstance(getattr(driver, name), Setting)]


def conversation(instrument: Any, row: Row) -> Told:
    """Identify, ask for every setting, be told of an error, do the driver's own session. Returns what was answered."""
    told: Told = [str(instrument.identify())]
    told += [getattr(instrument, name) for name in settings(type(instrument))]
    if row.has_queue:
        instrument.transport.write("NONSENSE")
    if row.has_queue is not None:
        with pytest.raises(DeviceError):
            instrument.check() if row.has_queue else instrument.query("NONSENSE")
    instrument.check()  # it is told once
    told += row.session(instrument)
    instrument.check()
    if isinstance(instrument, Source):
        instrument.safe()
    return told


def test_every_driver_has_a_row_and_a_twin_of_its_name() -> None:
    assert shipped() - OPERATED == set(ROWS)
    for name in ROWS:
        assert find_kind(name)


def test_whatever_can_put_out_energy_can_be_made_safe() -> None:
    for name, row in ROWS.items():
        driver = find_driver(name)
        sources = any(attribute.startswith("source_") for attribute in dir(driver))
        assert hasattr(driver, "safe") == sources == (row.session is sourced), name


@EVERYWHERE
def test_a_short_session_works_and_its_recording_replays_to_the_same(
    site: Site, tmp_path: Path, name: str, wire: str
) -> None:
    file = tmp_path / "session.jsonl"
    with Recorder(file) as recorder, closing(site.open(name, wire, recorder)) as instrument:
        told = conversation(instrument, ROWS[name])
    driver = find_driver(name)
    line = driver.line if wire != "memory" else replace(driver.line, probe=None, hush=None, echo=False, prompt="")
    with closing(driver(open_line(f"REPLAY::{file}", line), site.clock)) as again:
        assert conversation(again, ROWS[name]) == told
    with closing(driver(open_line(f"REPLAY::{file}", line), site.clock)) as other:
        other.identify()
        with pytest.raises(ReplayError, match="is sent, and the recording has"):
            other.write("ANOTHER")
    with pytest.raises(ReplayError, match="in the recording and was not sent"):
        open_line(f"REPLAY::{file}", line).close()


@EVERYWHERE
def test_another_instrument_at_the_address_is_refused(site: Site, name: str, wire: str) -> None:
    """By its identity; where the two have no question in common, it counts as one that does not answer."""
    other = next(o for o, r in ROWS.items() if wire in ("memory", *r.wires) and not same_models(o, name) and askable(o))
    driver = find_driver(name)
    if name in WITHOUT_IDN and wire != "memory":
        driver = type(driver.__name__, (driver,), {"line": replace(driver.line, timeout_s=0.2)})
    expected = (IdentityError, LinkError, NoReply) if name in WITHOUT_IDN else IdentityError
    with pytest.raises(expected) as refused, closing(site.line(other, wire, driver)) as line:
        driver(line, site.clock).identify()
    assert str(refused.value).startswith(line_name(site, other, wire))


def same_models(one: str, other: str) -> bool:
    return bool(set(find_driver(one).models) & set(find_driver(other).models))


def askable(name: str) -> bool:
    return name not in WITHOUT_IDN


def line_name(site: Site, name: str, wire: str) -> str:
    return f"MEMORY::{name}" if wire == "memory" else site.server.wires[name][wire]


STATES: Mapping[str, Callable[[Any], object]] = {
    "as it is": lambda source: None,
    "at a high voltage": lambda source: source.source_dc_voltage(500.0),
    "at an alternating voltage": lambda source: source.source_ac_voltage(10.0, 50.0),
    "at a current": lambda source: source.source_dc_current(0.1),
    "at a resistance": lambda source: source.source_resistance(100.0, wires=2),
    "with errors in its queue": lambda source: [source.transport.write("NONSENSE") for _ in range(20)],
    "with an answer that nobody has read": lambda source: source.transport.write("*IDN?"),
    "within its settling": lambda source: source.transport.write("OUT 1 V, 10 HZ;OPER"),
    "in standby": lambda source: source.standby(),
}


@SOURCES
def test_a_source_is_made_safe_from_any_state_and_once_more(site: Site, name: str, wire: str) -> None:
    with closing(site.open(name, wire)) as source:
        source.safe()  # also of what others have left in its queue
        source.limit_dc_voltage(source.largest_V)
        for state, reach in STATES.items():
            source.source_dc_voltage(5.0)
            assert site.is_operating(name)
            reach(source)
            for _ in range(2):
                source.safe()
                assert not site.is_operating(name), state
                source.check()  # it leaves no error behind


def test_the_sessions_are_told_apart_by_dialect() -> None:
    """NONSENSE is an error in every dialect here, not in SCPI alone."""
    assert len({find_driver(name).dialect for name in ROWS}) >= 5
    assert sum(find_driver(name).dialect is SCPI for name in ROWS) < len(ROWS)
