"""Simulated multimeters: noise by integration time, autozero, digits; and whatever is sent to them, they survive it."""

import math
import random
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.clock import VirtualClock
from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.dmm_34401 import Dmm34401A
from calib.drivers.simulation.environment import Environment, EnvironmentFile
from calib.drivers.simulation.hp_3458a_functions import formatted, scale_of
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.scpi_values import number
from calib.drivers.simulation.terminals import Alternating
from tests.drivers.meters.conftest import TWINS

Make = Callable[[str], Any]
NOISY = MeterFile(noise_fraction=1e-6, noise_floor_V=0.0, resolution_fraction=1e-12, bias_A=0.0)
QUIET = MeterFile(noise_fraction=0.0, noise_floor_V=0.0, ac_noise_fraction=0.0, bias_A=0.0, zero_drift_V=5e-6)


def asker(twin: Any) -> Callable[[str], str]:
    def ask(message: str) -> str:
        answer = twin.handle(message.encode() + b"\n")
        return "" if answer is None else answer.decode().strip()

    return ask


READ = {
    "hp-34401a": ("VOLT:DC:RANG 10;:VOLT:DC:NPLC {}", "READ?", 10.0),
    "keysight-34470a": ("VOLT:DC:RANG 10;:VOLT:DC:NPLC {}", "READ?", 10.0),
    "keysight-3458a": ("TARM HOLD;TRIG AUTO;DCV 10;NPLC {}", "TARM SGL", 10.0),
    "fluke-8588a": ("VOLT:DC:RANG 10;:VOLT:DC:NPLC {}", "READ?", 10.0),
}


@pytest.mark.parametrize("file", [NOISY])
@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("nplc", [1.0, 10.0, 100.0])
def test_noise_falls_with_the_root_of_the_integration_time(make_twin: Make, kind: str, nplc: float) -> None:
    """White: s = 10 µV / √nplc. χ² of 400 readings holds within 15 % with probability 0.99997."""
    ask = asker(make_twin(kind))
    configure, read, range_V = READ[kind]
    ask(configure.format(nplc))
    s = np.std([float(ask(read)) for _ in range(400)], ddof=1)
    assert s == pytest.approx(1e-6 * range_V / math.sqrt(nplc), rel=0.15)


@pytest.mark.parametrize("file", [NOISY])
def test_readings_are_not_correlated(make_twin: Make) -> None:
    """r of 400 white readings has a standard deviation of 0.05."""
    ask = asker(make_twin("hp-34401a"))
    ask("VOLT:DC:RANG 10;:SAMP:COUN 400")
    readings = np.array([float(x) for x in ask("READ?").split(",")])
    assert abs(np.corrcoef(readings[1:], readings[:-1])[0, 1]) < 0.25


@pytest.mark.parametrize("file", [QUIET])
def test_without_autozero_the_zero_wanders_and_the_reading_takes_half_the_time(make_twin: Make, clock: Any) -> None:
    ask = asker(make_twin("hp-34401a"))
    ask("VOLT:DC:RANG 0.1;NPLC 10")
    spread = {}
    for autozero in ("ON", "OFF"):
        ask(f"ZERO:AUTO {autozero}")
        begun_s = clock.elapsed()
        readings = []
        for _ in range(40):
            readings.append(float(ask("READ?")))
            clock.sleep(10.0)
        spread[autozero] = (np.ptp(readings), clock.elapsed() - begun_s - 400.0)
    assert spread["ON"][0] == 0.0
    assert spread["OFF"][0] > 4e-6
    assert spread["ON"][1] == pytest.approx(2 * spread["OFF"][1])


@pytest.mark.parametrize(
    ("kind", "configure", "digit"),
    [
        ("hp-34401a", "VOLT:DC:RANG 10;NPLC 0.02", 1e-3),
        ("hp-34401a", "VOLT:DC:RANG 10;NPLC 0.2", 1e-4),
        ("hp-34401a", "VOLT:DC:RANG 10;NPLC 10", 1e-5),
        ("keysight-34470a", "VOLT:DC:RANG 10;NPLC 10", 1e-6),
        ("keysight-3458a", "TARM HOLD;TRIG AUTO;DCV 10;NPLC 100", 1e-7),
        ("fluke-8508a", "TRG_SRCE EXT;DCV 20,RESL7", 1e-6),
        ("fluke-8508a", "TRG_SRCE EXT;DCV 20,RESL5", 1e-4),
    ],
)
def test_readings_are_whole_digits(make_twin: Make, world: Any, kind: str, configure: str, digit: float) -> None:
    world.direct_V = math.pi
    ask = asker(make_twin(kind))
    ask(configure)
    query = {"keysight-3458a": "TARM SGL", "fluke-8508a": "X?"}.get(kind, "READ?")
    counts = np.array([float(ask(query)) for _ in range(20)]) / digit
    assert counts == pytest.approx(np.round(counts), abs=1e-6)
    assert counts[0] == pytest.approx(math.pi / digit, abs=400)


@pytest.mark.parametrize("file", [QUIET])
def test_dc_current_goes_through_the_shunt_of_its_range(make_twin: Make, world: Any) -> None:
    """34401A User's Guide, chapter 8: 5.1 Ω up to 100 mA, 0.1 Ω above."""
    ask = asker(make_twin("hp-34401a"))
    world.direct_A = 0.005
    for range_A, shunt_ohm in ((0.01, 5.1), (0.1, 5.1), (1.0, 0.1), (3.0, 0.1)):
        ask(f"CONF:CURR:DC {range_A}")
        assert float(ask("READ?")) == pytest.approx(0.005, abs=2e-6)
        assert world.asked[-1] == shunt_ohm


@pytest.mark.parametrize("file", [QUIET])
def test_ohms_are_measured_with_the_test_current_of_their_range(make_twin: Make, world: Any) -> None:
    """34401A User's Guide, chapter 8: 1 mA, 1 mA, 100 µA, 10 µA, 5 µA, 500 nA, 500 nA."""
    ask = asker(make_twin("hp-34401a"))
    tests_A = {1e2: 1e-3, 1e3: 1e-3, 1e4: 1e-4, 1e5: 1e-5, 1e6: 5e-6, 1e7: 5e-7, 1e8: 5e-7}
    for range_ohm, test_A in tests_A.items():
        world.ohm = range_ohm
        ask(f"CONF:FRES {range_ohm}")
        assert float(ask("READ?")) == pytest.approx(range_ohm, rel=2e-6)
        assert world.asked[-1] == test_A


def test_an_open_input_is_an_overload_of_the_highest_range_and_a_short_has_no_negative_rms(make_twin: Make) -> None:
    ask = asker(make_twin("keysight-34461a"))
    assert ask("MEAS:RES?") == "+9.90000000E+37"
    ask("CONF:VOLT:AC 1;:SAMP:COUN 50")
    readings_V = [float(x) for x in ask("READ?").split(",")]
    assert min(readings_V) >= 0
    assert max(readings_V) > 0


@pytest.mark.parametrize(
    ("configure", "bit"), [("CONF:RES 100", 512), ("CONF:DIOD", 1), ("CONF:CURR:DC 1", 2), ("CONF:VOLT:DC 1", 1)]
)
def test_an_overload_is_in_two_registers_and_not_in_the_queue(
    make_twin: Make, world: Any, configure: str, bit: int
) -> None:
    """34401A User's Guide, chapter 4, the questionable data register; its summary is bit 3 of the status byte."""
    world.direct_V, world.direct_A = 5.0, 2.0
    twin = make_twin("hp-34401a")
    ask = asker(twin)
    ask(f"*CLS;:STAT:QUES:ENAB 515;:{configure}")
    assert ask("READ?") == "+9.90000000E+37"
    assert twin.status_byte() == 8
    assert ask("*ESR?;:STAT:QUES:EVEN?") == f"8;+{bit}"
    assert ask("STAT:QUES?;:SYST:ERR?") == '+0;+0,"No error"'
    assert twin.status_byte() == 0


def test_failed_limits_are_told(make_twin: Make, world: Any) -> None:
    ask = asker(make_twin("hp-34401a"))
    ask("CONF:VOLT:DC 10;:CALC:FUNC LIM;LIM:LOW 1;UPP 2;:CALC:STAT ON")
    told = []
    for volts in (1.5, 0.5, 2.5):
        world.direct_V = volts
        ask("READ?")
        told.append(ask("STAT:QUES?"))
    assert told == ["+0", "+2048", "+4096"]
    assert ask("SYST:ERR?") == '+0,"No error"'


def test_null_takes_the_first_reading_and_limits_count_failures(make_twin: Make, world: Any) -> None:
    ask = asker(make_twin("hp-34401a"))
    world.direct_V = 2.0
    ask("CONF:VOLT:DC 10;:CALC:FUNC NULL;STAT ON")
    assert abs(float(ask("READ?"))) == 0.0
    world.direct_V = 3.0
    assert float(ask("READ?")) == pytest.approx(1.0, abs=1e-4)
    assert float(ask("CALC:NULL:OFFS?")) == pytest.approx(2.0, abs=1e-4)
    ask("CALC:STAT OFF;FUNC AVER;STAT ON")
    for volts in (1.0, 5.0, 3.0):
        world.direct_V = volts
        ask("READ?")
    shown = [float(ask(f"CALC:AVER:{what}?")) for what in ("MIN", "MAX", "AVER", "COUN")]
    assert shown == pytest.approx([1.0, 5.0, 3.0, 3.0], abs=1e-4)


def test_dbm_is_the_power_in_the_reference_resistance(make_twin: Make, world: Any) -> None:
    """1 mW in 600 Ω is 0.7746 V (34401A User's Guide, chapter 3)."""
    ask = asker(make_twin("hp-34401a"))
    world.alternating_V = Alternating(math.sqrt(0.6), 1000.0)
    ask("CONF:VOLT:AC 1;:CALC:FUNC DBM;STAT ON")
    assert float(ask("READ?")) == pytest.approx(0.0, abs=1e-3)
    ask("CALC:DBM:REF 50")
    assert float(ask("READ?")) == pytest.approx(10 * math.log10(12), abs=1e-3)


def test_truevolt_removes_readings_from_its_memory_as_a_block(make_twin: Make, world: Any, clock: Any) -> None:
    world.direct_V = 1.0
    twin = make_twin("keysight-34465a")
    ask = asker(twin)
    ask("CONF:VOLT:DC 10;:VOLT:DC:NPLC 1;:SAMP:COUN 5;:INIT")
    clock.sleep(2.5 * 0.04)
    assert ask("DATA:POIN?") == "+2"
    block = ask("R? 1")
    assert block[:2] == "#2"
    assert float(block[4:]) == pytest.approx(1.0, abs=1e-4)
    assert ask("*OPC?") == "1"
    assert ask("DATA:POIN?") == "+4"
    assert len(ask("R?").split(",")) == 4
    assert ask("DATA:POIN?") == "+0"


def test_samples_of_truevolt_come_at_the_pace_of_the_timer(make_twin: Make, clock: Any) -> None:
    ask = asker(make_twin("keysight-34470a"))
    ask("VOLT:DC:RANG 10;NPLC 0.02;:SAMP:SOUR TIM;:SAMP:TIM 0.5;:SAMP:COUN 4;:TRIG:SOUR BUS;:INIT;*TRG")
    begun_s = clock.elapsed()
    assert len(ask("FETC?").split(",")) == 4
    assert clock.elapsed() - begun_s == pytest.approx(1.5, abs=0.01)


def test_a_3458A_puts_binary_readings_out_that_struct_reads(make_twin: Make, world: Any) -> None:
    """Big-endian; ISCALE? is the factor of the integer formats, and 1 for the others (User's Guide, OFORMAT)."""
    world.direct_V = -7.25
    twin = make_twin("keysight-3458a")
    ask = asker(twin)
    ask("TARM HOLD;TRIG AUTO;DCV 10;NPLC 10;NRDGS 3,AUTO")
    for format_, code in (("SINT", ">3h"), ("DINT", ">3i"), ("SREAL", ">3f"), ("DREAL", ">3d")):
        ask(f"OFORMAT {format_}")
        scale = float(ask("ISCALE?"))
        data = twin.handle(b"TARM SGL\n")
        values = np.array(struct.unpack(code, data)) * scale
        assert values == pytest.approx(np.full(3, -7.25), abs=4e-4 if format_ == "SINT" else 1e-5)
        assert (scale == 1) == format_.endswith("REAL")


def test_a_3458A_remembers_and_gives_the_newest_reading_the_number_1(make_twin: Make, world: Any) -> None:
    ask = asker(make_twin("keysight-3458a"))
    ask("TARM HOLD;TRIG AUTO;DCV 10;NPLC 1;MEM FIFO")
    for volts in (1.0, 2.0, 3.0):
        world.direct_V = volts
        assert ask("TARM SGL") == ""
    assert ask("MCOUNT?") == "3"
    assert [float(x) for x in ask("RMEM 1,3,1").split(",")] == pytest.approx([3.0, 2.0, 1.0], abs=1e-4)
    assert ask("MEM?") == "0"
    ask("RMEM 1,4,1")
    assert ask("ERRSTR?") == '107,"MEMORY ERROR"'


def test_serial_poll_of_a_3458A_tells_of_errors_it_was_asked_to(make_twin: Make) -> None:
    twin = make_twin("keysight-3458a")
    ask = asker(twin)
    ask("TARM HOLD;RQS 32")
    assert twin.status_byte() == 16
    ask("NONSENSE")
    assert twin.status_byte() == 16 + 32 + 64
    assert ask("ERR?") == "8"
    assert twin.status_byte() == 16


@given(st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from([("MV", 1e-3), ("UV", 1e-6), ("KV", 1e3), ("V", 1.0)]))
def test_a_number_with_a_unit_is_its_value_in_the_unit(value: float, unit: tuple[str, float]) -> None:
    for text in (f"{value!r}{unit[0]}", f" {value!r} {unit[0].lower()} "):
        assert number(text, {}, "V") == pytest.approx(value * unit[1], rel=1e-12, abs=1e-300)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_an_error_with_a_code(text: str) -> None:
    code = 0
    try:
        number(text, {"MIN": 1.0})
    except CommandError as error:
        code = error.code
    assert code == 0 or -300 < code <= -100


@given(st.integers(0, 2**32 - 1))
def test_headers_are_understood_in_any_case_and_either_form(seed: int) -> None:
    choose = random.Random(seed)
    forms = (("", ":"), ("", "SENS:", "sense:"), ("VOLT", "voltage"), ("", ":DC"), (":RANG", ":range"), ("", ":UPP"))
    parts = [choose.choice(form) for form in forms]
    header = "".join(choose.choice((c.upper(), c.lower())) for c in "".join(parts))
    assert f"{header.upper().removeprefix(':')}?" in Dmm34401A.commands


LETTERS = "VOLT:DCAR?*INX;, 0123456789.E+-\"'"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(TWINS)), st.binary(max_size=40), st.text("VOLT:DCAR?*INX;, 0123456789.E+-\"'", max_size=40)
)
def test_whatever_is_sent_a_twin_answers_in_bytes_and_goes_on(kind: str, noise: bytes, words: str) -> None:
    twin = fresh(kind)
    for message in (noise, words.encode(), b"\n", b";;;", words.encode() + noise):
        answer = twin.handle(message + b"\n")
        assert answer is None or (isinstance(answer, bytes) and answer)
    twin.clear()
    identity = twin.handle(b"ID?\n" if kind == "keysight-3458a" else b"*IDN?\n")
    assert identity is None or b"," in identity or b"3458A" in identity


def fresh(kind: str) -> Any:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    twin, identity = TWINS[kind]
    return twin(
        identity, Meter(MeterFile(), {}, clock, Environment(EnvironmentFile(), clock), np.random.default_rng(1))
    )


@given(st.floats(-11.9, 11.9))
def test_integer_formats_keep_a_reading_to_half_a_count(volts: float) -> None:
    for format_, code in (("SINT", ">h"), ("DINT", ">i")):
        scale = scale_of(format_, 12.0)
        (count,) = struct.unpack(code, formatted(volts, format_, 12.0))
        assert abs(count * scale - volts) <= scale / 2 * (1 + 1e-9)
    assert struct.unpack(">h", formatted(1e38, "SINT", 12.0)) == (32767,)
    assert struct.unpack(">i", formatted(-1e38, "DINT", 12.0)) == (-2147483648,)
