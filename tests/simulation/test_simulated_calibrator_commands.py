"""What the simulated calibrator understands and answers."""

from collections.abc import Callable

import pytest

from calib.drivers.simulation import SimulatedBench

Ask = Callable[[str], str | None]


@pytest.fixture
def bench(make_bench: Callable[..., SimulatedBench]) -> SimulatedBench:
    return make_bench()


@pytest.fixture
def ask(bench: SimulatedBench) -> Ask:
    def ask_(message: str) -> str | None:
        answer = bench.instruments["source"].handle(message.encode() + b"\r\n")
        return None if answer is None else answer.decode().removesuffix("\n")

    return ask_


def test_it_says_who_it_is(ask: Ask) -> None:
    answer = ask("*IDN?")
    assert answer is not None
    assert answer.startswith("FLUKE,5522A,SIM5522001,")


def test_programming_in_standby_energises_nothing(ask: Ask, bench: SimulatedBench) -> None:
    ask("OUT 10 V, 0 HZ")
    assert ask("OPER?") == "0"
    assert bench.state()["outputs"]["source"]["terminals_V"] is None
    assert ask("OUT?") == "1.000000E+01,V,0E+00,0,0.00E+00"


@pytest.mark.parametrize("words", ["OUT 100 MV", "out 100mv,0 hz", "OUT 0.1 V, 0HZ", "OUT 1E-1 V", "OUT 100000 UV"])
def test_amplitudes_with_prefixes(ask: Ask, words: str) -> None:
    ask(words)
    assert ask("OUT?;ERR?") == '1.000000E-01,V,0E+00,0,0.00E+00;0,"No Error"'


def test_operating_crossing_the_threshold_upwards_drops_to_standby(ask: Ask) -> None:
    """Downwards, and from one high voltage to another, it goes on operating."""
    ask("OUT 10 V;OPER")
    ask("OUT 33 V")
    assert ask("OPER?") == "0"
    ask("OPER")
    ask("OUT 200 V")
    assert ask("OPER?") == "1"
    ask("OUT -5 V")
    assert ask("OPER?") == "1"
    ask("OUT -33 V")
    assert ask("OPER?") == "0"


def test_the_status_register_tells_operating_high_voltage_and_settled(ask: Ask, bench: SimulatedBench) -> None:
    assert ask("ISR?") == str(1 << 12)
    ask("OUT 100 V;OPER")
    assert ask("ISR?") == str(1 | 1 << 7)
    bench.clock.sleep(5)
    assert ask("ISR?") == str(1 | 1 << 7 | 1 << 12)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("NONSENSE", "1301"),
        ("OUT 10", "1306"),
        ("OUT TEN V", "1306"),
        ("OUT 10 V, 60 MHZ", "525"),
        ("OUT 10 V, -60 HZ", "519"),
        ("OUT -10 V, 60 HZ", "519"),
        ("OUT 10 V, 1 A, 60 HZ", "540"),
        ("OUT 10 V,, 60 HZ", "1306"),
        ("OUT 1E999 V", "1306"),
        ("OUT 21 A", "520"),
        ("OUT 10 OHM, 60 HZ", "540"),
        ("ZCOMP WIRE4", "539"),
        ("EARTH FLOATING", "1306"),
        ("EXPLAIN? -1", "1306"),
        ("OUT 10 V, 0 HZ, 1", "1306"),
        ("OUT 10 V, 0 HZ, 1 HZ", "1302"),
        ("OUT 50 HZ, 60 HZ", "1302"),
        ("OUT 60 HZ, 10 V", "540"),
        ("OUT 1021 V", "520"),
        ("LIMIT 10 V", "1302"),
        ("LIMIT -1 V, -10 V", "522"),
        ("LIMIT 2000 V, -10 V", "522"),
    ],
)
def test_what_it_refuses_changes_nothing_and_is_in_the_queue(ask: Ask, words: str, code: str) -> None:
    before = ask("OUT?;LIMIT?;OPER?")
    ask(words)
    assert ask("OUT?;LIMIT?;OPER?") == before
    assert ask("FAULT?") == code
    assert ask("FAULT?") == "0"


def test_its_limit_refuses_outputs_beyond_and_itself_below_the_present_one(ask: Ask) -> None:
    ask("OUT 10 V;LIMIT 12 V, -6 V")
    ask("OUT 12.5 V;OUT -7 V")
    assert [ask("FAULT?") for _ in range(3)] == ["521", "521", "0"]
    ask("LIMIT 9 V, -9 V")
    assert ask("FAULT?") == "523"
    assert ask("OUT?;LIMIT?") == "1.000000E+01,V,0E+00,0,0.00E+00;12.0000,-6.0000,20.5000,-20.5000"


def test_a_reset_is_standby_at_zero_and_leaves_the_limits_in_their_lasting_memory(ask: Ask) -> None:
    assert ask("LIMIT?") == "1020.0000,-1020.0000,20.5000,-20.5000"
    ask("LIMIT 20 V, -20 V;OUT 10 V;OPER")
    ask("*RST")
    assert ask("OPER?;OUT?;LIMIT?") == "0;0.000000E+00,V,0E+00,0,0.00E+00;20.0000,-20.0000,20.5000,-20.5000"


def test_what_public_scripts_send_is_understood(ask: Ask, bench: SimulatedBench) -> None:
    """The messages of juliancabaleiro/pyvisa-examples (DC and AC sweeps of a 5500A) and of MCUSH's 5520A driver."""
    sweep = [f"OUT {volts} V" for volts in (-1000, -200, 0, 500, 1000)]
    sweep += [f"OUT 500 V, {hertz} Hz" for hertz in (50, 100, 1000, 10000)]
    sent = ["*RST", "EARTH OPEN", "LOWS OPEN", "DC_OFFSET 0 V", "LIMIT 1000 V, -1000 V", "remote"]
    for output in sweep:
        sent += [output, "*CLS", "OPER"]
    sent += ["*CLS", "OUT 100.0 Ohm", "OPER", "STBY", "OUT 0 V, 0 Hz", "local"]
    for message in sent:
        ask(message)
        assert ask("ERR?") == '0,"No Error"', message
        if message == "OPER":
            assert ask("*opc?;oper?") == "1;1"
    assert bench.state()["outputs"]["source"]["terminals"] is None
    assert ask("FUNC?;OUT?") == "DCV;0.000000E+00,V,0E+00,0,0.00E+00"


def test_a_frequency_or_an_amplitude_alone_keeps_the_other(ask: Ask) -> None:
    ask("OUT 2 V, 60 HZ")
    ask("OUT 1 KHZ")
    assert ask("FUNC?;OUT?") == "ACV;2.000000E+00,V,0E+00,0,1.00E+03"
    ask("OUT 3 V")
    assert ask("FUNC?;OUT?") == "ACV;3.000000E+00,V,0E+00,0,1.00E+03"
    ask("OUT 10 MA")
    assert ask("FUNC?;OUT?") == "DCI;1.000000E-02,A,0E+00,0,0.00E+00"


def test_the_status_tells_remote_and_the_registers_what_has_changed(ask: Ask, bench: SimulatedBench) -> None:
    ask("REMOTE;*CLS")
    assert ask("ISR?") == str(1 << 12 | 1 << 11)
    ask("OUT 5 V;OPER")
    assert ask("ISCR0?") == "1"
    assert ask("ISCR1?") == str(1 << 12)
    bench.clock.sleep(10)
    assert ask("ISCR?;ISCR?") == f"{1 << 12};0"
