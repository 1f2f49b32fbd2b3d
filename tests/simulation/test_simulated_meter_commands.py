"""What the simulated multimeter understands and answers: SCPI as in the 34401A User's Guide, chapter 4."""

from collections.abc import Callable

import pytest

from calib.clock import VirtualClock
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.command_set import spellings, split_commands

MakeBench = Callable[..., SimulatedBench]


@pytest.fixture
def ask(make_bench: MakeBench) -> Callable[[str], str | None]:
    bench = make_bench()
    bench.connect("short")
    meter = bench.instruments["meter"]

    def ask_(message: str) -> str | None:
        answer = meter.handle(message.encode() + b"\n")
        return None if answer is None else answer.decode().removesuffix("\n")

    return ask_


Ask = Callable[[str], str | None]


@pytest.mark.parametrize(
    "header",
    [
        "VOLT:DC:NPLC?",
        "volt:dc:nplc?",
        ":VOLTage:DC:NPLCycles?",
        "SENS:VOLT:NPLC?",
        "sense:voltage:nplcycles?",
        "VOLT:NPLC?",
    ],
)
def test_every_spelling_of_a_header_is_understood(ask: Ask, header: str) -> None:
    assert ask(header) == "+1.00000000E+01"


@pytest.mark.parametrize("header", ["VOLTA:DC:NPLC?", "VOLT:AC:NPLC?", "NPLC?", "SENS?", "VOLT:DC:NPLCY?"])
def test_other_spellings_are_undefined_headers(ask: Ask, header: str) -> None:
    assert ask(header) is None
    assert ask("SYST:ERR?") == '-113,"Undefined header"'
    assert ask("SYST:ERR?") == '+0,"No error"'


def test_a_header_in_a_compound_is_relative_to_the_one_before(ask: Ask) -> None:
    """SCPI 1999.0, volume 1, 6.2.4: the path goes on after a semicolon; a colon returns to the root."""
    assert ask("VOLT:DC:RANG 1;NPLC 100;NPLC?;:SYST:ERR?") == '+1.00000000E+02;+0,"No error"'
    assert ask("VOLT:DC:NPLC 1;SYST:ERR?") is None
    assert ask("*OPC?;:SYST:ERR?") == '1;-113,"Undefined header"'


def test_what_follows_an_unknown_command_is_not_carried_out(ask: Ask) -> None:
    ask("NONSENSE;:VOLT:DC:NPLC 100")
    assert ask("VOLT:DC:NPLC?") == "+1.00000000E+01"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("VOLT:DC:RANG 1001", '-222,"Data out of range"'),
        ("VOLT:DC:NPLC 101", '-222,"Data out of range"'),
        ("VOLT:DC:NPLC", '-109,"Missing parameter"'),
        ("VOLT:DC:NPLC ABC", '-224,"Illegal parameter value"'),
        ("VOLT:DC:NPLC 1.2.3", '-121,"Invalid character in number"'),
        ("TRIG:SOUR SOON", '-224,"Illegal parameter value"'),
        ("SAMP:COUN 0", '-222,"Data out of range"'),
        ('FUNC "CAP"', '-224,"Illegal parameter value"'),
        ("FUNC CURR", '-151,"Invalid string data"'),
        ("CONF:CONT 10", '-108,"Parameter not allowed"'),
        ("CONF:VOLT:DC 1,2,3", '-108,"Parameter not allowed"'),
        ("CONF:VOLT:DC AUTO,1E-5", '-221,"Settings conflict"'),
        ("VOLT:DC:RES 1E-5", '-221,"Settings conflict"'),
        ("VOLT:DC:RANG 1 OHM", '-131,"Invalid suffix"'),
        ("SAMP:COUN 3 V", '-138,"Suffix not allowed"'),
        ("CALC:NULL:OFFS 1", '-221,"Settings conflict"'),
        ("INIT;INIT", '-213,"Init ignored"'),
        ("*TRG", '-211,"Trigger ignored"'),
        ("FETC?", '-230,"Data stale"'),
        ("TRIG:SOUR BUS;:READ?", '-214,"Trigger deadlock"'),
        ("SAMP:COUN 513;:INIT", '+531,"Insufficient memory"'),
        ("CONF:VOLT:DC 10,1E-9", '+532,"Cannot achieve requested resolution"'),
    ],
)
def test_what_cannot_be_done_is_in_the_error_queue(ask: Ask, message: str, error: str) -> None:
    assert ask(message) is None
    assert ask("SYST:ERR?") == error


def test_a_full_queue_keeps_its_oldest_errors_and_says_that_there_were_more(ask: Ask) -> None:
    ask("*TRG")
    for _ in range(30):
        ask("NONSENSE")
    answers = [ask("SYST:ERR?") for _ in range(21)]
    assert answers[0] == '-211,"Trigger ignored"'
    assert answers[19:] == ['-350,"Too many errors"', '+0,"No error"']


def test_errors_set_the_event_status_and_cls_clears_both(ask: Ask) -> None:
    """IEEE 488.2, 11.5.1: bit 7 power on, bit 5 command error, bit 4 execution error; reading clears."""
    assert ask("*ESR?") == "128"
    ask("NONSENSE")
    ask("VOLT:DC:NPLC 1000")
    assert ask("*ESR?") == str(32 + 16)
    assert ask("*ESR?") == "0"
    ask("*CLS")
    assert ask("SYST:ERR?") == '+0,"No error"'
    ask("*ESE 1;*OPC")
    assert ask("*STB?;*ESR?;*STB?") == "32;1;0"


def test_configure_presets_all_but_range_and_resolution(ask: Ask) -> None:
    ask("INP:IMP:AUTO ON;:ZERO:AUTO OFF;:SAMP:COUN 5")
    ask("CONF:VOLT:DC 10,1E-5")
    assert ask("INP:IMP:AUTO?;:ZERO:AUTO?;:SAMP:COUN?") == "0;1;+1"


@pytest.mark.parametrize(
    ("resolution", "nplc"),
    [("1E-3", "+2.00000000E-02"), ("3E-5", "+1.00000000E+00"), ("1E-5", "+1.00000000E+01"), ("MIN", "+1.00000000E+02")],
)
def test_a_wanted_resolution_chooses_the_integration_time(ask: Ask, resolution: str, nplc: str) -> None:
    ask(f"CONF:VOLT:DC 10,{resolution}")
    assert ask("VOLT:DC:NPLC?") == nplc


@pytest.mark.parametrize(
    ("asked", "taken"),
    [("0.05", "1.0E-01"), ("1.1", "1.0E+00"), ("-9", "1.0E+01"), ("250 mV", "1.0E+00"), ("MAX", "1.0E+03")],
)
def test_a_range_is_the_lowest_that_holds_the_value(ask: Ask, asked: str, taken: str) -> None:
    ask(f"VOLT:DC:RANG {asked}")
    answer = ask("VOLT:DC:RANG?")
    assert answer is not None
    assert float(answer) == float(taken)


def test_several_readings_come_in_one_answer(ask: Ask) -> None:
    answer = ask("SAMP:COUN 4;:READ?")
    assert answer is not None
    readings = answer.split(",")
    assert len(readings) == 4
    assert all(len(r) == len("+1.00001230E+01") for r in readings)


def test_a_delay_passes_before_every_reading(ask: Ask, clock: VirtualClock) -> None:
    ask("VOLT:DC:NPLC 10;:TRIG:DEL 2.5;:SAMP:COUN 2")
    before_s = clock.elapsed()
    ask("READ?")
    assert clock.elapsed() - before_s == pytest.approx(2 * (2.5 + 0.4))
    assert ask("TRIG:DEL:AUTO?") == "0"
    ask("TRIG:DEL:AUTO ON")
    assert ask("TRIG:DEL?") == "+0.00000000E+00"
    ask("TRIG:DEL 3601")
    assert ask("SYST:ERR?") == '-222,"Data out of range"'


def test_readings_come_into_the_memory_as_time_passes(ask: Ask, clock: VirtualClock) -> None:
    """10 NPLC with autozero: 0.4 s each; FETC? waits for the rest, *OPC says when they are complete."""
    ask("*CLS;:SAMP:COUN 7;:INIT;*OPC")
    assert ask("DATA:POIN?;*ESR?") == "+0;0"
    clock.sleep(1.3)
    assert ask("DATA:POIN?") == "+3"
    before_s = clock.elapsed()
    assert len(str(ask("FETC?")).split(",")) == 7
    assert clock.elapsed() - before_s == pytest.approx(7 * 0.4 - 1.3)
    assert ask("DATA:POIN?;*ESR?") == "+7;1"


def test_readings_that_are_not_fed_into_the_memory_are_not_stored(ask: Ask, clock: VirtualClock) -> None:
    """34401A User's Guide, chapter 4: DATA:FEED; the statistics go on, and there is no limit of 512."""
    ask('CALC:FUNC AVER;STAT ON;:DATA:FEED RDG_STORE,"";:VOLT:DC:NPLC 0.02;:SAMP:COUN 600;:INIT')
    assert ask("*OPC?;:DATA:POIN?") == "1;+0"
    assert float(str(ask("CALC:AVER:COUN?"))) == 600
    assert ask("DATA:FEED?") == '""'
    assert ask("SYST:ERR?") == '+0,"No error"'


def test_a_change_of_the_configuration_ends_what_is_being_measured(ask: Ask, clock: VirtualClock) -> None:
    ask("SAMP:COUN 7;:INIT;:VOLT:DC:RANG 1")
    clock.sleep(10.0)
    assert ask("FETC?") is None
    assert ask("SYST:ERR?") == '-230,"Data stale"'


def test_a_bus_trigger_starts_the_readings(ask: Ask) -> None:
    ask("TRIG:SOUR BUS;:SAMP:COUN 2;:INIT")
    assert ask("FETC?") is None
    ask("*CLS")
    ask("*TRG")
    answer = ask("FETC?")
    assert answer is not None
    assert len(answer.split(",")) == 2
    assert ask("SYST:ERR?") == '+0,"No error"'


@pytest.mark.parametrize(
    ("nplc", "autozero", "wanted_s"),
    [("10", "ON", 0.4), ("10", "OFF", 0.2), ("0.02", "ON", 0.0008), ("100", "ON", 4.0)],
)
def test_a_reading_takes_its_integration_time(
    ask: Ask, clock: VirtualClock, nplc: str, autozero: str, wanted_s: float
) -> None:
    ask(f"VOLT:DC:NPLC {nplc};:ZERO:AUTO {autozero}")
    before_s = clock.elapsed()
    ask("READ?")
    assert clock.elapsed() - before_s == pytest.approx(wanted_s)


def test_measuring_with_autorange_finds_the_range(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.connect("calibrator")
    bench.instruments["source"].handle(b"OUT 5 V, 0 HZ;OPER\n")
    bench.clock.sleep(10)
    meter = bench.instruments["meter"]
    answer = meter.handle(b"MEAS:VOLT:DC?\n")
    assert answer is not None
    assert float(answer) == pytest.approx(5.0, rel=1e-3)
    assert meter.handle(b"VOLT:DC:RANG?\n") == b"+1.00000000E+01\n"


def test_a_quoted_semicolon_does_not_part_commands() -> None:
    assert list(split_commands('FUNC "A;B";*CLS ; ')) == ['FUNC "A;B"', "*CLS"]


def test_optional_parts_and_both_forms_are_spelled_out() -> None:
    assert set(spellings("[SENSe:]VOLTage[:DC]?")) == {
        a + b + c + "?" for a in ("", "SENS:", "SENSE:") for b in ("VOLT", "VOLTAGE") for c in ("", ":DC")
    }
