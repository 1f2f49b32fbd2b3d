"""What the simulated 5720A/5730A understands and answers; and that no bytes at all upset a simulated calibrator."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.fluke_values import FAMILY_5500, FAMILY_5700, amounts
from calib.specification import load_specification

Ask = Callable[[str], str | None]


@pytest.fixture
def bench(tables: dict[str, Any], make_bench: Callable[..., SimulatedBench]) -> SimulatedBench:
    tables["instruments"]["source"] = {"kind": "fluke-5730a", "serial_number": "SIM5730001"}
    return make_bench()


@pytest.fixture
def ask(bench: SimulatedBench) -> Ask:
    def ask_(message: str) -> str | None:
        answer = bench.instruments["source"].handle(message.encode() + b"\n")
        return None if answer is None else bytes(answer).decode().removesuffix("\n")

    return ask_


def status(ask: Ask) -> int:
    answer = ask("ISR?")
    assert answer is not None
    return int(answer)


def test_it_says_who_it_is(ask: Ask) -> None:
    assert (ask("*IDN?") or "").startswith("FLUKE,5730A,SIM5730001,")


@pytest.mark.parametrize(
    ("words", "value", "unit", "hertz"),
    [
        ("OUT 10 V, 0 HZ", 10.0, "V", 0.0),
        ("OUT 1 V,1000 HZ", 1.0, "V", 1000.0),
        ("OUT 100MV, 1KHZ", 0.1, "V", 1000.0),
        ("OUT 0.1 A", 0.1, "A", 0.0),
        ("OUT 100 MA, 60 HZ", 0.1, "A", 60.0),
        ("OUT 1E-4MAV", 100.0, "V", 0.0),
        ("OUT 1 V, 0.01 MHZ", 1.0, "V", 1e4),
        ("out 1v, 0.01mahz", 1.0, "V", 1e4),
    ],
)
def test_amounts_with_multipliers(ask: Ask, words: str, value: float, unit: str, hertz: float) -> None:
    """M is milli before V and A and mega before HZ and OHM; MA is mega, but MA alone milliamperes (manual, 5-9)."""
    ask(words)
    shown, of, at = (ask("OUT?") or "").split(",")
    assert float(shown) == pytest.approx(value)
    assert (of, float(at), ask("FAULT?")) == (unit, hertz, "0")


def test_a_resistance_is_the_nearest_stored_one_and_its_stored_value_is_told(ask: Ask, bench: SimulatedBench) -> None:
    for asked, nominal in (("10 KOHM", 1e4), ("11 KOHM", 1e4), ("0.1 MOHM", 1e5), ("17 OHM", 19.0)):
        ask(f"OUT {asked};OPER")
        value, unit, _ = (ask("ADJOUT?") or "").split(",")
        assert unit == "OHM"
        assert float(value) != nominal
        assert float(value) == pytest.approx(nominal, rel=1e-4)
        ask("*OPC?")
        true_ohm = bench.state()["outputs"]["source"]["terminals"]
        limit = load_specification("generic-calibrator-22").limit("resistance", nominal, nominal, "1 year")
        assert 0 < abs(true_ohm - float(value)) <= limit * 1.001
    ask("OUT 0 OHM")
    assert float((ask("ADJOUT?") or "").split(",")[0]) == 0.0


def test_its_uncertainty_is_that_of_the_specification_it_was_drawn_by(ask: Ask) -> None:
    ask("OUT 10 V, 0 HZ")
    value, unit = (ask("UNCERT?") or "").split(",")
    limit_V = load_specification("generic-calibrator-22").limit("dc_voltage", 10.0, 11.0, "1 year")
    assert float(value) == pytest.approx(limit_V / 10.0 * 1e6)
    assert unit == "PPM"
    ask("OUT 0 V, 0 HZ")
    assert (ask("UNCERT?") or "").endswith(",V")


def test_the_switches_show_in_the_status_and_refuse_where_there_is_nothing_to_switch(ask: Ask) -> None:
    assert status(ask) == 1 << 12 | 1 << 11
    ask("EXTGUARD ON;EXTSENSE ON;RANGELCK ON;PHASELCK ON")
    assert status(ask) & 0xFF == 1 << 1 | 1 << 2 | 1 << 5 | 1 << 7
    ask("RCOMP ON")
    assert ask("FAULT?") == "539"
    assert ask("EXPLAIN? 539") == '"Can\'t change compensation now"'
    ask("OUT 1 KOHM;RCOMP ON;EXTSENSE ON")
    assert (ask("FAULT?"), status(ask) >> 4 & 1) == ("0", 1)
    ask("OUT 100 MOHM")
    assert status(ask) & (1 << 4 | 1 << 2) == 0
    ask("EXTSENSE ON")
    assert ask("FAULT?") == "539"
    ask("*RST")
    assert status(ask) == 1 << 12 | 1 << 11


def test_a_locked_range_stays_through_zero_and_refuses_what_is_above_it(ask: Ask) -> None:
    ask("OUT 10 V, 0 HZ;RANGELCK ON;OUT 0 V, 0 HZ")
    assert ask("RANGE?") == "1.100000E+01,V"
    ask("OUT 15 V")
    assert (ask("FAULT?"), float((ask("OUT?") or "").split(",")[0])) == ("520", 0.0)
    ask("RANGELCK OFF;OUT 0.1 V")
    assert ask("RANGE?") == "2.200000E-01,V"
    ask("RANGELCK ON;OUT 1 KOHM")
    assert status(ask) >> 5 & 1 == 0


def test_currents_come_out_where_they_are_told(ask: Ask, bench: SimulatedBench) -> None:
    nodes = bench.electrical.nodes
    ask("OUT 0.1 A;OPER;*OPC?")
    assert nodes["source"].drive(bench.clock.elapsed()).is_open
    assert nodes["source.aux"].drive(bench.clock.elapsed()).dc_A == pytest.approx(0.1, rel=1e-3)
    ask("CUR_POST NORMAL")
    assert (ask("FAULT?"), ask("CUR_POST?")) == ("540", "AUX")
    ask("STBY;CUR_POST NORMAL;OPER;*OPC?")
    assert nodes["source.aux"].drive(bench.clock.elapsed()).is_open
    assert nodes["source"].drive(bench.clock.elapsed()).dc_A == pytest.approx(0.1, rel=1e-3)


def test_going_high_or_to_another_quantity_drops_to_standby(ask: Ask) -> None:
    ask("OUT 10 V, 0 HZ;OPER")
    ask("OUT 100 V")
    assert status(ask) & 1 == 0
    ask("OPER;OUT 200 V")
    assert status(ask) & 1 == 1
    ask("OUT 10 MA")
    assert status(ask) & 1 == 0


def test_completion_waits_for_the_output_to_settle(ask: Ask, bench: SimulatedBench) -> None:
    ask("OUT 10 V, 0 HZ;OPER")
    assert status(ask) >> 12 & 1 == 0
    begun_s = bench.clock.elapsed()
    assert ask("*OPC?") == "1"
    assert bench.clock.elapsed() > begun_s
    assert status(ask) >> 12 & 1 == 1


def test_a_change_of_the_status_can_ask_for_service(ask: Ask, bench: SimulatedBench) -> None:
    """Bit 12 SETTLED, enabled as a rise; ISCB is bit 2 of the status byte, 64 the request."""
    unit = bench.instruments["source"]
    ask("OUT 10 V, 0 HZ;OPER;*CLS;ISCR?;ISCE0 4096;*SRE 4")
    assert unit.status_byte() == 0
    bench.clock.sleep(10)
    assert unit.status_byte() == 4 | 64
    assert int(ask("ISCR0?") or 0) == 4096
    assert unit.status_byte() == 0
    ask("OUT 5 V")
    bench.clock.sleep(10)
    assert unit.status_byte() == 4 | 64
    ask("*CLS")
    assert (unit.status_byte(), ask("ISCR?")) == (0, "0")


def test_an_error_shows_in_the_status_byte_until_it_is_read(ask: Ask, bench: SimulatedBench) -> None:
    ask("NONSENSE")
    assert bench.instruments["source"].status_byte() == 8
    assert ask("FAULT?;FAULT?") == "1301;0"
    assert bench.instruments["source"].status_byte() == 0


def test_what_public_scripts_send_is_understood(ask: Ask) -> None:
    """The messages of testgear's F5730A and teckit's f5720b, each without an error."""
    sent = [
        "CUR_POST AUX",
        "OUT 0.1A, 0Hz;*CLS;OPER",
        "EXTSENSE OFF",
        "*OPC?",
        "OUT 10000OHM, 0Hz;*CLS;OPER",
        "EXTSENSE ON",
        "EXTGUARD OFF",
        "RANGELCK ON",
        "RANGELCK OFF",
        "CAL_INTV 1",
        "CAL_CONF CONF95",
        "CUR_POST NORMAL;BOOST OFF",
        "RCOMP OFF",
        "PHASELCK OFF",
        "STBY",
        "*RST;*CLS;*WAI",
    ]
    for message in sent:
        ask(message)
        assert ask("FAULT?") == "0", message
    answered = ["*IDN?", "ISR?", "OUT?", "ADJOUT?", "UNCERT?", "FAULT?", "CUR_POST?", "CAL_CONF?", "RANGE?", "ONTIME?"]
    for query in answered:
        assert ask(query), query
    assert ask("FAULT?") == "0"


WORDS = st.sampled_from(
    ["OUT", "10", "V", ",", "0 HZ", "OPER", "STBY", "LIMIT", "-", "1E400", "MA", "OHM", "ISCE", "ZCOMP WIRE4", ";", "?"]
)


@pytest.mark.parametrize("kind", ["fluke-5522a", "fluke-5730a"])
@given(message=st.one_of(st.binary(max_size=60), st.lists(WORDS, max_size=8).map(lambda w: " ".join(w).encode())))
@settings(max_examples=300, deadline=None)
def test_no_bytes_upset_a_calibrator(kind: str, message: bytes) -> None:
    """Whatever comes, no exception escapes, it still answers, and a message that it refuses is in its queue."""
    unit = _UNITS.setdefault(kind, _unit(kind))
    unit.handle(b"*RST;*CLS\n")
    unit.handle(message)
    answer = unit.handle(b"FAULT?;*IDN?\n")
    assert answer is not None
    code, _, identity = bytes(answer).decode("ascii").partition(";")
    assert identity.startswith("FLUKE,")
    assert code.isdigit()


@given(text=st.text(max_size=30))
def test_amounts_are_read_or_refused(text: str) -> None:
    from calib.drivers.simulation.command_set import CommandError

    for suffixes in (FAMILY_5500, FAMILY_5700):
        try:
            read = amounts(text, suffixes)
        except CommandError:
            continue
        assert all(amount.unit in {"V", "A", "OHM", "HZ"} and math.isfinite(amount.value) for amount in read)


_UNITS: dict[str, Any] = {}


def _unit(kind: str) -> Any:
    from datetime import UTC, datetime

    from calib.clock import VirtualClock
    from calib.drivers.simulation.bench_file import BenchFile
    from calib.files import as_model

    file = {"format": "calib-simulation/1", "instruments": {"source": {"kind": kind, "serial_number": "SIM1"}}}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(file, BenchFile, "test"), clock=clock, seed=1).instruments["source"]
