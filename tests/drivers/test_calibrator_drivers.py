"""The calibrators' drivers against their twins, function by function; what the terminals carry is the proof."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers import DcVoltageSource, find_driver
from calib.drivers.calibrators.fluke import FlukeCalibrator
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.calibrators.fluke_5730a import INPUT_BUFFER, Fluke5730A
from calib.drivers.roles import AcCurrentSource, AcVoltageSource, DcCurrentSource, ResistanceSource
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.drive import Drive
from calib.drivers.transport.scripted import ScriptedTransport
from calib.errors import DeviceError, IdentityError, InstrumentError, OutOfRange
from calib.files import as_model
from calib.ports import Direction

KINDS = ["fluke-5520a", "fluke-5522a", "fluke-5720a", "fluke-5730a"]
Driven = tuple[Any, SimulatedBench]


def bench_of(kind: str) -> SimulatedBench:
    file = {"format": "calib-simulation/1", "instruments": {"source": {"kind": kind, "serial_number": "SIM42"}}}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(file, BenchFile, "test"), clock=clock, seed=11)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sent() -> list[bytes]:
    return []


@pytest.fixture
def driven(kind: str, sent: list[bytes]) -> Iterator[Driven]:
    bench = bench_of(kind)

    def sink(resource: str, direction: Direction, message: bytes) -> None:
        if direction == ">":
            sent.append(message)

    source = find_driver(kind)(bench.open("MEMORY::source", sink=sink), bench.clock)
    assert isinstance(source, FlukeCalibrator)
    yield source, bench
    source.safe()


def terminals(bench: SimulatedBench, name: str = "source") -> Drive:
    return bench.electrical.nodes[name].drive(bench.clock.elapsed())


def test_it_is_who_its_kind_says_and_fills_every_role_of_a_source(driven: Driven, kind: str) -> None:
    source, _ = driven
    assert source.identify().model == kind.removeprefix("fluke-").upper()
    assert source.identify().serial_number == "SIM42"
    for role in (DcVoltageSource, AcVoltageSource, DcCurrentSource, AcCurrentSource, ResistanceSource):
        assert isinstance(source, role)


@pytest.mark.parametrize(("other", "driver"), [("fluke-5522a", Fluke5730A), ("fluke-5730a", Fluke5522A)])
def test_one_family_is_refused_by_the_driver_of_the_other(other: str, driver: type[FlukeCalibrator]) -> None:
    bench = bench_of(other)
    with pytest.raises(IdentityError):
        driver(bench.open("MEMORY::source"), bench.clock).identify()


def test_each_function_puts_out_what_it_is_told_once_it_returns(driven: Driven) -> None:
    source, bench = driven
    source.source_dc_voltage(-1.5)
    assert terminals(bench).dc_V == pytest.approx(-1.5, rel=1e-4)
    source.source_ac_voltage(2.0, 1234.5)
    seen = terminals(bench)
    assert seen.rms_V == pytest.approx(2.0, rel=1e-3)
    assert seen.dc_V == 0.0
    assert seen.frequency_Hz == pytest.approx(1234.5, rel=2e-4)
    source.source_dc_current(-0.02)
    assert terminals(bench).is_open
    assert terminals(bench, "source.aux").dc_A == pytest.approx(-0.02, rel=1e-3)
    source.source_ac_current(0.1, 60.0)
    assert terminals(bench, "source.aux").rms_A == pytest.approx(0.1, rel=1e-2)
    assert terminals(bench, "source.aux").frequency_Hz == pytest.approx(60.0, rel=2e-4)
    source.source_dc_voltage(1.0)
    assert terminals(bench).dc_V == pytest.approx(1.0, rel=1e-4)
    assert terminals(bench).rms_V == 0.0


@pytest.mark.parametrize("wires", [2, 4])
def test_a_resistance_is_told_by_its_value_not_by_what_was_asked(driven: Driven, wires: Any) -> None:
    source, bench = driven
    told_ohm = source.source_resistance(10_200.0, wires=wires)
    assert terminals(bench).ohm == pytest.approx(told_ohm, rel=2e-4)
    if isinstance(source, Fluke5730A):
        assert told_ohm == pytest.approx(1e4, rel=1e-4)
        assert source.external_sense is (wires == 4)
    else:
        assert told_ohm == 10_200.0
        assert source.lead_compensation == ("WIRE4" if wires == 4 else "NONE")


def test_limits_of_voltage_and_current_are_the_calibrators_own(driven: Driven) -> None:
    source, bench = driven
    source.limit_ac_voltage(12.0)
    source.limit_dc_current(0.05)
    assert source.dc_voltage_limits() == (12.0, -12.0)
    assert source.dc_current_limits() == (0.05, -0.05)
    source.source_ac_voltage(11.9, 50.0)
    attempts: list[Callable[[], None]] = [
        lambda: source.source_ac_voltage(12.1, 50.0),
        lambda: source.source_dc_voltage(-12.1),
        lambda: source.source_dc_current(0.051),
        lambda: source.source_ac_current(0.051, 50.0),
    ]
    for attempt in attempts:
        with pytest.raises(DeviceError, match="521 Entry exceeds limits"):
            attempt()
    source.transport.write("*RST")
    assert source.dc_voltage_limits() == (12.0, -12.0)
    bench.instruments["source"].power_on()
    assert (source.is_operating(), source.dc_current_limits()) == (False, (0.05, -0.05))


SET: dict[str, Callable[[Any], object]] = {
    "dc voltage": lambda s: s.source_dc_voltage(10.0),
    "high voltage": lambda s: s.source_dc_voltage(500.0),
    "ac voltage": lambda s: s.source_ac_voltage(1.0, 50.0),
    "dc current": lambda s: s.source_dc_current(0.1),
    "ac current": lambda s: s.source_ac_current(0.1, 50.0),
    "resistance": lambda s: s.source_resistance(100.0, wires=4),
    "errors": lambda s: [s.transport.write("OUT NONSENSE;OPER;FOO") for _ in range(30)],
    "not settled": lambda s: s.transport.write("OUT 30 V, 0 HZ;OPER"),
    "reset": lambda s: s.transport.write("*RST"),
    "locked": lambda s: s.transport.write("OUT 10 V, 0 HZ;OPER;LOCKOUT"),
}


@pytest.mark.parametrize("state", list(SET))
def test_safe_opens_the_terminals_from_any_state_and_again(driven: Driven, state: str, sent: list[bytes]) -> None:
    """`STBY` is the first thing sent, alone; what others left in the error queue is cleared, not raised."""
    source, bench = driven
    SET[state](source)
    for _ in range(2):
        sent.clear()
        source.safe()
        assert sent[:2] == [b"STBY\n", b"*CLS\n"]
        assert terminals(bench).is_open
        assert terminals(bench, "source.aux").is_open
        source.check()


def test_no_message_exceeds_the_input_buffer(driven: Driven, sent: list[bytes]) -> None:
    source, _ = driven
    for act in SET.values():
        act(source)
        source.safe()
    source.limit_dc_voltage(123.456789)
    source.safe()
    assert max(len(message) for message in sent) <= INPUT_BUFFER


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: s.source_dc_voltage(float("nan")), "the output cannot be nan V"),
        (lambda s: s.source_ac_voltage(-1.0, 50.0), "the output cannot be -1 V; allowed: 0 to"),
        (lambda s: s.source_ac_voltage(1.0, 0.0), "the frequency cannot be 0 Hz; it must be above 0, 0 Hz is DC"),
        (lambda s: s.source_dc_current(float("inf")), "the output cannot be inf A"),
        (lambda s: s.source_resistance(-1.0, wires=2), "the resistance cannot be -1 ohm"),
        (lambda s: s.limit_dc_current(0.0), "the limit cannot be 0 A; allowed: above 0 to"),
    ],
)
def test_what_no_calibrator_can_do_is_refused_before_anything_is_sent(
    driven: Driven, sent: list[bytes], act: Callable[[Any], None], message: str
) -> None:
    with pytest.raises(OutOfRange, match=message):
        act(driven[0])
    assert sent == []


def test_the_switches_of_a_5730a_are_read_from_its_status() -> None:
    bench = bench_of("fluke-5730a")
    source = Fluke5730A(bench.open("MEMORY::source"), bench.clock)
    source.source_resistance(1000.0, wires=2)
    for name in ("external_guard", "external_sense", "lead_compensation", "range_locked"):
        assert getattr(source, name) is False
        setattr(source, name, True)
        assert getattr(source, name) is True
    assert source.current_terminals == "AUX"
    with pytest.raises(OutOfRange, match="current_terminals cannot be 'FRONT'; allowed: NORMAL, AUX, IB5725"):
        source.current_terminals = "FRONT"
    with pytest.raises(OutOfRange, match="has no sense terminals"):
        source.source_resistance(1e8, wires=4)


def test_the_settings_of_a_5522a_are_written_and_read_back() -> None:
    bench = bench_of("fluke-5522a")
    source = Fluke5522A(bench.open("MEMORY::source"), bench.clock)
    source.earth, source.lows, source.inductive_compensation = "OPEN", "OPEN", True
    assert (source.earth, source.lows, source.inductive_compensation) == ("OPEN", "OPEN", True)
    with pytest.raises(DeviceError, match="539 Can't change compensation now"):
        source.lead_compensation = "WIRE4"


def test_an_error_of_a_5730a_is_told_with_what_its_code_means() -> None:
    script = [("OUT 1 V, 0 HZ;FAULT?", "521"), ("EXPLAIN? 521", '"Entry exceeds limits"'), ("FAULT?", "0")]
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    with ScriptedTransport(script) as line, pytest.raises(DeviceError, match="error 521 Entry exceeds limits"):
        Fluke5730A(line, clock).source_dc_voltage(1.0)


def test_a_limit_that_a_5730a_does_not_take_over_is_an_error() -> None:
    """`LIMIT` is not verified against its manual: what the calibrator answers to `LIMIT?` decides."""
    script = [
        ("ISR?", "4096"),
        ("OUT 0 V, 0 HZ;FAULT?", "0"),
        ("LIMIT 15 V, -15 V;FAULT?", "0"),
        ("LIMIT?", "1100.0000,-1100.0000,2.2000,-2.2000"),
    ]
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    expected = r"asked for a limit of ±15 V, LIMIT\? answers 1100"
    with ScriptedTransport(script) as line, pytest.raises(InstrumentError, match=expected):
        Fluke5730A(line, clock).limit_dc_voltage(15.0)


def test_a_5522a_is_silent_while_it_saves_its_limits() -> None:
    """About 2 s (5520A Operators Manual, page 6-25), on the bench's clock."""
    bench = bench_of("fluke-5522a")
    source = Fluke5522A(bench.open("MEMORY::source"), bench.clock)
    begun_s = bench.clock.elapsed()
    source.limit_dc_voltage(15.0)
    assert bench.clock.elapsed() - begun_s == pytest.approx(2.0)
