"""The exact messages that drivers of multimeters send, against scripts of (sent, answered) pairs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers.dialect import FLUKE_8508, HP_3458
from calib.drivers.meters.fluke_8508a import Fluke8508A
from calib.drivers.meters.fluke_8588a import Fluke8588A
from calib.drivers.meters.fluke_8846a import Fluke8845A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.meters.keysight_344xxa import Keysight34470A
from calib.drivers.meters.keysight_3458a import Keysight3458A
from calib.drivers.transport import ScriptedTransport
from calib.errors import DeviceError, InstrumentError, Overload, ReplyError

FINE = '+0,"No error"'
NO_ERROR = '0,"NO ERROR"'
HELD = "TARM HOLD;END ALWAYS;TRIG AUTO;NRDGS 1,AUTO;MEM OFF;OFORMAT ASCII;MATH OFF;"
SINGLE = ";:INIT:CONT OFF;:TRIG:SOUR IMM;:TRIG:COUN 1;:FORM ASC;:SYST:ERR?"

Setting = Callable[[Any], None]

CONFIGURING: list[tuple[Any, Setting, str, str]] = [
    (HP34401A, lambda m: m.configure_ac_voltage(10.0, 60.0), "CONF:VOLT:AC 10;:DET:BAND 20;:SYST:ERR?", FINE),
    (HP34401A, lambda m: m.configure_dc_current(0.01, 10.0), "CONF:CURR:DC 0.01;:CURR:DC:NPLC 10;:SYST:ERR?", FINE),
    (HP34401A, lambda m: m.configure_ac_current(3.0, 200.0), "CONF:CURR:AC 3;:DET:BAND 200;:SYST:ERR?", FINE),
    (
        Fluke8845A,
        lambda m: m.configure_resistance(1e5, 1.0, wires=4),
        "CONF:FRES 100000;:FRES:NPLC 1;:SYST:ERR?",
        FINE,
    ),
    (HP34401A, lambda m: m.configure_frequency(1.0), "CONF:FREQ;:FREQ:APER 1;:SYST:ERR?", FINE),
    (
        HP34401A,
        lambda m: m.configure_frequency(0.1, range_V=10.0),
        "CONF:FREQ;:FREQ:APER 0.1;:FREQ:VOLT:RANG 10;:SYST:ERR?",
        FINE,
    ),
    (
        Keysight34470A,
        lambda m: m.configure_dc_voltage(10.0, 100.0, high_impedance=True),
        "CONF:VOLT:DC 10;:VOLT:DC:NPLC 100;:VOLT:DC:IMP:AUTO ON;:SYST:ERR?",
        FINE,
    ),
    (
        Keysight34470A,
        lambda m: m.configure_ac_voltage(1.0, 5000.0),
        "CONF:VOLT:AC 1;:VOLT:AC:BAND 200;:SYST:ERR?",
        FINE,
    ),
    (
        Keysight3458A,
        lambda m: m.configure_dc_voltage(10.0, 100.0),
        HELD + "DCV 10;NPLC 100;AZERO ON;FIXEDZ OFF;ERRSTR?",
        NO_ERROR,
    ),
    (
        Keysight3458A,
        lambda m: m.configure_ac_voltage(1.0, 1000.0),
        HELD + "ACV 1;SETACV SYNC;ACBAND 500,2000000;ERRSTR?",
        NO_ERROR,
    ),
    (Keysight3458A, lambda m: m.configure_dc_current(1e-7, 50.0), HELD + "DCI 1e-07;NPLC 50;ERRSTR?", NO_ERROR),
    (
        Keysight3458A,
        lambda m: m.configure_resistance(1e4, 100.0, wires=4, offset_compensated=True),
        HELD + "OHMF 10000;NPLC 100;AZERO ON;OCOMP ON;ERRSTR?",
        NO_ERROR,
    ),
    (Keysight3458A, lambda m: m.configure_frequency(1.0), HELD + "FSOURCE ACV;FREQ AUTO,0.00001;ERRSTR?", NO_ERROR),
    (
        Fluke8508A,
        lambda m: m.configure_dc_voltage(20.0, 200.0),
        "TRG_SRCE EXT;DCV 20,FILT_OFF,RESL7,FAST_OFF,TWO_WR;*ESR?",
        "0",
    ),
    (
        Fluke8508A,
        lambda m: m.configure_ac_voltage(2.0, 55.0),
        "TRG_SRCE EXT;ACV 2,FILT40HZ,RESL6,ACCP,TFER_ON,SPOT_OFF,TWO_WR;*ESR?",
        "128",
    ),
    (
        Fluke8508A,
        lambda m: m.configure_resistance(2e4, 1000.0, wires=4, true_ohms=True),
        "TRG_SRCE EXT;TRUE_OHMS 20000,RESL8,FAST_OFF,LOI_OFF;*ESR?",
        "0",
    ),
    (
        Fluke8588A,
        lambda m: m.configure_dc_voltage(10.0, 200.0),
        'FUNC "VOLT:DC";:VOLT:DC:RANG 10;:VOLT:DC:NPLC 200;:VOLT:DC:IMP AUTO' + SINGLE,
        FINE,
    ),
    (
        Fluke8588A,
        lambda m: m.configure_resistance(1.0, 200.0, wires=4, mode="TRUE"),
        'FUNC "FRES";:FRES:RANG 1;:FRES:NPLC 200;:FRES:MODE TRUE' + SINGLE,
        FINE,
    ),
    (
        Fluke8588A,
        lambda m: m.configure_ac_voltage(100.0, 50.0),
        'FUNC "VOLT:AC";:VOLT:AC:RANG 100;:VOLT:AC:FILT 40' + SINGLE,
        FINE,
    ),
]


def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("driver", "configure", "sent", "answered"), CONFIGURING)
def test_configuring_is_one_message_with_the_error_query_in_it(
    driver: Any, configure: Setting, sent: str, answered: str
) -> None:
    with ScriptedTransport([(sent, answered)]) as line:
        configure(driver(line, clock()))


@pytest.mark.parametrize(
    ("driver", "configure", "setting", "query", "overload"),
    [
        (HP34401A, lambda m: m.configure_dc_current(1.0, 100.0), None, "READ?", "+9.90000000E+37"),
        (Keysight3458A, lambda m: m.configure_dc_voltage(1.0, 100.0), None, "TARM SGL", " 1.00000000E+38"),
        (Keysight3458A, lambda m: m.configure_dc_voltage(1.0, 100.0), None, "TARM SGL", "-1.00000000E+38"),
        (Fluke8508A, lambda m: m.configure_dc_voltage(2.0, 100.0), None, "X?", "+200.0000E+33"),
        (Fluke8588A, lambda m: m.configure_dc_voltage(1.0, 100.0), None, "READ?", "+9.9E+37"),
        (Fluke8588A, lambda m: m.configure_dc_voltage(1.0, 100.0), None, "READ?", "NAN"),
    ],
)
def test_each_familys_own_overload_never_leaves_the_driver(
    driver: Any, configure: Setting, setting: None, query: str, overload: str
) -> None:
    line = Lenient(query, overload)
    meter = driver(line, clock())
    configure(meter)
    read = meter.read_dc_voltage if meter.measuring.function == "dc_voltage" else meter.read_dc_current
    with pytest.raises(Overload, match=r"overload, the input exceeds the \d+ [VA] range"):
        read()
    assert line.timeout_s is not None
    assert line.timeout_s > 4.0


class Lenient(ScriptedTransport):
    """Answers every configuration with no error, and the query with what is given; keeps the query's timeout."""

    def __init__(self, query: str, answer: str) -> None:
        super().__init__([])
        self._asked, self._given = query, answer
        self.timeout_s: float | None = None

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        if message != self._asked:
            return "0"
        self.timeout_s = timeout_s
        return self._given


def test_the_timeout_is_that_of_integration_and_autozero() -> None:
    """1000 PLC at 50 Hz with autozero take 40 s; a block of 5 takes 5 times that."""
    line = Lenient("TARM SGL", " 1.0E+00")
    meter = Keysight3458A(line, clock())
    meter.configure_dc_voltage(1.0, 1000.0)
    meter.read_dc_voltage()
    assert line.timeout_s is not None
    assert 40.0 < line.timeout_s < 60.0
    slow = Lenient("X?", "+1.0E+00")
    reference = Fluke8508A(slow, clock())
    reference.configure_dc_voltage(2.0, 1024.0)
    reference.read_dc_voltage()
    assert slow.timeout_s is not None
    assert slow.timeout_s >= 180.0


def test_a_block_of_a_3458A_comes_without_a_query_in_one_answer_or_several() -> None:
    setting_up = (HELD + "DCV 1;NPLC 1;AZERO ON;FIXEDZ OFF;ERRSTR?", NO_ERROR)
    several = ("TARM HOLD;NRDGS 3,AUTO;ERRSTR?", NO_ERROR)
    back = ("TARM HOLD;NRDGS 1,AUTO;ERRSTR?", NO_ERROR)
    one_answer = ("TARM SGL", " 1.0E+00\r\n 2.0E+00\r\n-3.0E+00")
    with ScriptedTransport([setting_up, several, one_answer, back]) as line:
        meter = Keysight3458A(line, clock())
        meter.configure_dc_voltage(1.0, 1.0)
        assert list(meter.take(3)) == [1.0, 2.0, -3.0]


def test_the_errors_of_an_8508A_are_told_with_the_numbers_in_its_queues() -> None:
    script: list[tuple[str, str | None]] = [
        ("GUARD EXT;*ESR?", "176"),
        ("EXQ?", "1002"),
        ("*ESR?", "0"),
        ("GUARD INT;*ESR?", "128"),
    ]
    with ScriptedTransport(script) as line:
        meter = Fluke8508A(line, clock())
        with pytest.raises(DeviceError, match="command error, execution error 1002"):
            meter.use_external_guard(external=True)
        meter.use_external_guard(external=False)


def test_a_3458A_has_no_serial_number_whatever_it_calls_itself() -> None:
    for said, maker in (("HP3458A", "HP"), ("Keysight 3458A", "Keysight"), ("AGILENT 3458A", "AGILENT")):
        script = [("TARM HOLD;END ALWAYS", None), ("ID?", said), ("ERR?", "8"), ("REV?", "9,2")]
        with ScriptedTransport(script) as line:
            identity = Keysight3458A(line, clock()).identify()
        assert (identity.manufacturer, identity.model, identity.serial_number) == (maker, "3458A", None)
        assert identity.firmware == "9,2"


def test_a_wrong_number_of_readings_is_an_error() -> None:
    setting_up = ("CONF:RES 1000;:RES:NPLC 1;:SYST:ERR?", FINE)
    more = [("SAMP:COUN 3;:SYST:ERR?", FINE), ("READ?", "+1.0,+2.0"), ("SAMP:COUN 1;:SYST:ERR?", FINE)]
    with ScriptedTransport([setting_up, *more]) as line:
        meter = HP34401A(line, clock())
        meter.configure_resistance(1e3, 1.0, wires=2)
        with pytest.raises(InstrumentError, match="asked for 3 readings, answered 2"):
            meter.take(3)


def test_a_self_calibration_that_fails_is_an_error() -> None:
    script: list[tuple[str, str | None]] = [
        ("TARM HOLD;ACAL AC;ERRSTR?", '101,"CALIBRATION ERROR"'),
        ("ERRSTR?", NO_ERROR),
    ]
    with ScriptedTransport(script) as line:
        with pytest.raises(DeviceError, match="'TARM HOLD;ACAL AC' was answered with error 101 CALIBRATION ERROR"):
            Keysight3458A(line, clock()).self_calibrate("AC")
        assert line.timeouts_s[0] is not None
        assert line.timeouts_s[0] > 165.0


def test_the_dialects_of_the_two_reference_meters() -> None:
    assert HP_3458.fault(NO_ERROR) == (0, "NO ERROR")
    assert FLUKE_8508.fault("129") == (0, "")
    assert FLUKE_8508.fault("16") == (16, "")
    with ScriptedTransport([("GUARD INT;*ESR?", "")]) as line, pytest.raises(ReplyError, match="an error code"):
        Fluke8508A(line, clock()).use_external_guard(external=False)
