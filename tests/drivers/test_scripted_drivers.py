"""The exact messages that drivers send, against scripts of (sent, answered) pairs."""

from datetime import UTC, datetime

import pytest

from calib.clock import VirtualClock
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.dialect import FLUKE_5500, SCPI
from calib.drivers.identity import Identity
from calib.drivers.meters.fluke_8846a import Fluke8846A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.transport import ScriptedTransport
from calib.errors import DeviceError, InstrumentError, NoReply, OutOfRange, Overload, ReplyError

FINE = '+0,"No error"'
SET_UP = (
    'FUNC "VOLT:DC";:VOLT:DC:RANG 10;:VOLT:DC:NPLC 100;:INP:IMP:AUTO OFF;:ZERO:AUTO ON;:TRIG:SOUR IMM;'
    ":TRIG:COUN 1;:SAMP:COUN 1;:SYST:ERR?"
)


def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_reading_waits_as_long_as_its_integration_takes() -> None:
    """100 NPLC at 50 Hz with autozero take 4 s; 0.02 NPLC hardly anything."""
    with ScriptedTransport([(SET_UP, FINE), ("READ?", "+9.99998000E+00")]) as line:
        meter = HP34401A(line, clock())
        meter.configure_dc_voltage(10.0, 100.0)
        assert meter.read_dc_voltage() == 9.99998
        assert line.timeouts_s[-1] is not None
        assert 4.0 < line.timeouts_s[-1] < 10.0


def test_a_meter_that_was_not_configured_is_asked_for_its_integration_time() -> None:
    with ScriptedTransport([("VOLT:DC:NPLC?", "+1.00000000E+02"), ("READ?", "+1.0E+00")]) as line:
        HP34401A(line, clock()).read_dc_voltage()
        assert line.timeouts_s[-1] is not None
        assert line.timeouts_s[-1] > 4.0


@pytest.mark.parametrize("reply", ["+9.90000000E+37", "-9.90000000E+37"])
def test_the_overload_value_never_leaves_the_driver(reply: str) -> None:
    with ScriptedTransport([(SET_UP, FINE), ("READ?", reply)]) as line:
        meter = HP34401A(line, clock())
        meter.configure_dc_voltage(10.0, 100.0)
        with pytest.raises(Overload, match=r"34401A \(SCRIPT::1\): overload, the input exceeds the 10 V range"):
            meter.read_dc_voltage()


def test_an_answer_that_is_no_number_is_shown() -> None:
    with (
        ScriptedTransport([("VOLT:DC:NPLC?", "+1.0"), ("READ?", "HELLO")]) as line,
        pytest.raises(ReplyError, match="asked 'READ\\?', answered 'HELLO'; expected a number"),
    ):
        HP34401A(line, clock()).read_dc_voltage()


def test_a_setting_is_one_message_with_the_error_query_in_it() -> None:
    with ScriptedTransport([("VOLT:DC:NPLC 10;:SYST:ERR?", FINE)]) as line:
        HP34401A(line, clock()).nplc = 10.0


def test_all_errors_are_taken_out_of_the_queue_so_that_no_later_command_is_blamed() -> None:
    script = [
        ("VOLT:DC:RANG 10;:SYST:ERR?", '-113,"Undefined header"'),
        ("SYST:ERR?", '-222,"Data out of range"'),
        ("SYST:ERR?", FINE),
        ("VOLT:DC:RANG 10;:SYST:ERR?", FINE),
    ]
    with ScriptedTransport(script) as line:
        meter = Fluke8846A(line, clock())
        with pytest.raises(DeviceError, match="error -113 Undefined header; -222 Data out of range"):
            meter.range_V = 10.0
        meter.range_V = 10.0


def test_an_error_queue_that_never_empties_does_not_hang() -> None:
    script = [("ZERO:AUTO ON;:SYST:ERR?", '-350,"Too many errors"')] + [("SYST:ERR?", '-350,"Too many errors"')] * 32
    with ScriptedTransport(script) as line, pytest.raises(DeviceError, match="-350"):
        HP34401A(line, clock()).autozero = True


def test_something_else_than_an_error_code_is_not_taken_for_no_error() -> None:
    with ScriptedTransport([("ZERO:AUTO ON;:SYST:ERR?", "")]) as line, pytest.raises(ReplyError, match="an error code"):
        HP34401A(line, clock()).autozero = True


@pytest.mark.parametrize("value", [9.0, float("nan"), -10.0])
def test_a_range_that_the_meter_does_not_have_is_never_sent(value: float) -> None:
    with ScriptedTransport([]) as line, pytest.raises(OutOfRange, match=r"allowed: 0\.1, 1, 10, 100, 1000"):
        HP34401A(line, clock()).configure_dc_voltage(value, 10.0)


@pytest.mark.parametrize(
    ("resource", "script"), [("ASRL/dev/ttyS0::INSTR", [("SYST:REM", None)]), ("GPIB0::22::INSTR", [])]
)
def test_only_a_serial_line_needs_to_be_put_into_remote(resource: str, script: list[tuple[str, str | None]]) -> None:
    with ScriptedTransport(script, resource=resource) as line:
        HP34401A(line, clock())


def test_the_calibrator_is_settled_when_it_says_so_and_not_before() -> None:
    """ISR? bit 12 SETTLED without bit 0 OPER is a calibrator that dropped to standby."""
    script = [
        ("OUT 10 V, 0 HZ;ERR?", '0,"No Error"'),
        ("OPER;ERR?", '0,"No Error"'),
        ("ISR?", "4096"),
        ("ISR?", "1"),
        ("ISR?", "4097"),
    ]
    time = clock()
    with ScriptedTransport(script) as line:
        Fluke5522A(line, time).source_dc_voltage(10.0)
    assert time.elapsed() == pytest.approx(0.2)


def test_a_calibrator_that_never_settles_is_put_into_standby(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calib.drivers.calibrators.fluke.SETTLING_TIMEOUT_S", 0.25)
    script = [("OUT 1 V, 0 HZ;ERR?", "0"), ("OPER;ERR?", "0")] + [("ISR?", "1")] * 4
    script += [("STBY;ERR?", "0"), ("OPER?", "0")]
    time = clock()
    with (
        ScriptedTransport(script) as line,
        pytest.raises(NoReply, match=r"1 V, 0 HZ not settled within 0\.25 s \(operating, ISR 1\); now in standby"),
    ):
        Fluke5522A(line, time).source_dc_voltage(1.0)


def test_a_calibrator_that_stays_in_operate_is_not_called_safe() -> None:
    script = [("STBY", None), ("*CLS", None), ("OPER?", "1")] * 2
    with ScriptedTransport(script) as line, pytest.raises(InstrumentError, match="still operating after STBY"):
        Fluke5522A(line, clock()).safe()


def test_outputs_are_sent_with_the_digits_that_they_have() -> None:
    with ScriptedTransport([("OUT -0.0329999 V, 0 HZ;ERR?", "0"), ("OPER;ERR?", "0"), ("ISR?", "4097")]) as line:
        Fluke5522A(line, clock()).source_dc_voltage(-0.0329999)


@pytest.mark.parametrize(
    ("reply", "serial"), [("HEWLETT-PACKARD,34401A,0,11-5-2", None), ("FLUKE,5522A,1234567,3.0+2.0+1.9*", "1234567")]
)
def test_a_serial_number_of_zero_is_none(reply: str, serial: str | None) -> None:
    assert Identity.from_reply(reply, "x").serial_number == serial


def test_an_identity_of_too_few_fields_is_refused() -> None:
    with pytest.raises(ReplyError, match=r"answered '1\.234'"):
        Identity.from_reply("1.234", "TCPIP::x::SOCKET")


def test_dialects_read_their_own_error_channel() -> None:
    assert SCPI.fault('-113,"Undefined header"') == (-113, "Undefined header")
    assert FLUKE_5500.fault('0,"No Error"') == (0, "No Error")
    assert FLUKE_5500.together("STBY", "ERR?") == "STBY;ERR?"
    assert SCPI.fault("+1.00000000E+00") is None
