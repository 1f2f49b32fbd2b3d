"""Every driver against its simulated twin, in memory and through PyVISA on sockets."""

import socket
from typing import TYPE_CHECKING

import pytest

from calib.drivers import DcVoltageSource, DcVoltmeter, Instrument, find_driver
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.meters.dmm_34401 import Dmm34401
from calib.drivers.meters.fluke_8846a import Fluke8846A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.transport import WireTransport
from calib.drivers.transport.tcp import SocketWire
from calib.errors import DeviceError, IdentityError, OutOfRange, Overload

if TYPE_CHECKING:
    from tests.drivers.conftest import Wired

METERS = pytest.mark.parametrize("meter_kind", ["hp-34401a", "fluke-8846a"])


def source_of(wired: "Wired") -> Fluke5522A:
    return Fluke5522A(wired.open("source"), wired.clock)


def meter_of(wired: "Wired", kind: str = "hp-34401a") -> Dmm34401:
    driver = find_driver(kind)
    assert issubclass(driver, Dmm34401)
    return driver(wired.open("meter"), wired.clock)


@METERS
def test_each_driver_fills_its_role_and_knows_its_twin(wired: "Wired", meter_kind: str) -> None:
    source, meter = source_of(wired), meter_of(wired, meter_kind)
    assert isinstance(source, DcVoltageSource)
    assert isinstance(meter, DcVoltmeter)
    assert source.identify().serial_number == "SIM5522001"
    assert meter.identify().model in meter.models


def test_a_34401A_does_not_know_its_serial_number(wired: "Wired") -> None:
    identity = HP34401A(wired.open("meter"), wired.clock).identify()
    assert (identity.manufacturer, identity.serial_number) == ("HEWLETT-PACKARD", None)


def test_a_driver_refuses_an_instrument_of_another_model(wired: "Wired") -> None:
    with pytest.raises(IdentityError, match=r"is a HEWLETT-PACKARD 34401A; Fluke8846A speaks to 8846A or 8845A"):
        Fluke8846A(wired.open("meter"), wired.clock).identify()


@METERS
@pytest.mark.parametrize("volts", [9.0, -0.5])
def test_the_meter_reads_what_the_calibrator_puts_out(wired: "Wired", meter_kind: str, volts: float) -> None:
    """The indication is the true output plus the meter's true error, within noise, emf and a digit."""
    source, meter = source_of(wired), meter_of(wired, meter_kind)
    wired.bench.connect("calibrator")
    meter.configure_dc_voltage(10.0, 10.0)
    source.source_dc_voltage(volts)
    reading_V = meter.read_dc_voltage()
    truth = wired.bench.truth
    output_V = truth.source_output(volts)
    assert reading_V == pytest.approx(output_V + truth.meter_error(10.0, output_V), abs=20e-6)


def test_the_source_returns_once_settled(wired: "Wired") -> None:
    source = source_of(wired)
    for volts in (0.1, 300.0, -300.0, 0.01):
        source.source_dc_voltage(volts)
        assert source.is_operating()
        shown_V = wired.bench.state()["outputs"]["source"]["terminals_V"]
        assert shown_V == pytest.approx(wired.bench.truth.source_output(volts), abs=4e-6)


def test_a_higher_output_is_reached_through_the_drop_to_standby(wired: "Wired") -> None:
    """Programming above the threshold opens the output; the driver's OPER closes it again."""
    source = source_of(wired)
    source.source_dc_voltage(10.0)
    assert not source.has_high_voltage()
    source.source_dc_voltage(100.0)
    assert source.is_operating()
    assert source.has_high_voltage()
    steps = [(c["operating"], c["setpoint_V"]) for c in wired.bench.state()["outputs"]["source"]["history"]]
    assert steps == [(False, 10.0), (True, 10.0), (False, 100.0), (True, 100.0)]


def test_standby_opens_the_output_and_safe_may_be_repeated(wired: "Wired") -> None:
    source = source_of(wired)
    source.source_dc_voltage(10.0)
    source.standby()
    assert not source.is_operating()
    source.source_dc_voltage(-10.0)
    for _ in range(3):
        source.safe()
        assert wired.bench.state()["outputs"]["source"]["terminals_V"] is None


def test_safe_works_with_errors_in_the_queue(wired: "Wired") -> None:
    source = source_of(wired)
    source.source_dc_voltage(10.0)
    for _ in range(30):
        source.transport.write("NONSENSE")
    source.safe()
    assert not source.is_operating()
    source.check()


def test_a_source_is_safe_at_the_end_of_its_block(wired: "Wired") -> None:
    def fail() -> None:
        with source_of(wired) as source:
            source.source_dc_voltage(10.0)
            msg = "flash-over"
            raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="flash-over"):
        fail()
    assert not wired.bench.state()["outputs"]["source"]["operating"]


def test_the_calibrators_own_limit_refuses_whoever_asks(wired: "Wired") -> None:
    source = source_of(wired)
    source.limit_dc_voltage(12.0)
    assert source.dc_voltage_limits() == (12.0, -12.0)
    source.source_dc_voltage(12.0)
    for volts in (12.1, -13.0):
        with pytest.raises(DeviceError, match=r"5522A.*'OUT .* was answered with error 521"):
            source.source_dc_voltage(volts)
    assert source.dc_voltage_setpoint() == 12.0


def test_a_setpoint_that_somebody_left_does_not_stand_in_the_way_of_the_limit(wired: "Wired") -> None:
    source = source_of(wired)
    source.transport.write("OUT 500 V, 0 HZ")
    source.limit_dc_voltage(15.0)
    assert source.dc_voltage_limits() == (15.0, -15.0)
    assert not source.is_operating()


@pytest.mark.parametrize("volts", [1021.0, float("nan"), float("inf")])
def test_an_output_beyond_the_model_is_refused_before_anything_is_sent(wired: "Wired", volts: float) -> None:
    source = source_of(wired)
    with pytest.raises(OutOfRange, match="allowed: -1020 to 1020 V"):
        source.source_dc_voltage(volts)
    assert wired.bench.state()["outputs"]["source"]["history"] == []


@METERS
def test_overload_is_an_error_not_a_number(wired: "Wired", meter_kind: str) -> None:
    source, meter = source_of(wired), meter_of(wired, meter_kind)
    wired.bench.connect("calibrator")
    meter.configure_dc_voltage(1.0, 1.0)
    source.source_dc_voltage(1.19)
    assert meter.read_dc_voltage() == pytest.approx(1.19, rel=1e-3)
    source.source_dc_voltage(1.21)
    with pytest.raises(Overload, match="overload, the input exceeds the 1 V range"):
        meter.read_dc_voltage()


@METERS
def test_settings_are_written_read_back_and_never_clipped(wired: "Wired", meter_kind: str) -> None:
    meter = meter_of(wired, meter_kind)
    for range_V in meter.ranges_V:
        meter.range_V = range_V
        assert meter.range_V == range_V
    meter.nplc = 100.0
    meter.high_impedance = True
    meter.autozero = False
    assert (meter.nplc, meter.high_impedance, meter.autozero) == (100.0, True, False)
    with pytest.raises(OutOfRange, match=r"nplc cannot be 5\.0 PLC; allowed: 0\.02, 0\.2, 1, 10, 100"):
        meter.nplc = 5.0
    assert meter.nplc == 100.0


def test_what_the_instrument_refuses_is_an_error_that_names_it(wired: "Wired") -> None:
    meter = meter_of(wired)
    meter.identify()
    with pytest.raises(DeviceError, match=r"HEWLETT-PACKARD 34401A \(.*'VOLT:DC:NPLC 5000' .* -222 Data out of range"):
        meter.write("VOLT:DC:NPLC 5000")
    meter.check()


def test_an_unknown_query_is_explained_by_the_error_channel(wired: "Wired", wire: str) -> None:
    meter = meter_of(wired)
    with pytest.raises(DeviceError, match="-113 Undefined header"):
        meter.query("VOLT:DC:COLOUR?", timeout_s=0.2)
    assert meter.nplc == 10.0


@pytest.mark.parametrize("wire", ["socket"], indirect=True)
def test_safe_reaches_a_calibrator_whose_connection_broke(wired: "Wired") -> None:
    source = source_of(wired)
    source.source_dc_voltage(10.0)
    assert isinstance(source.transport, WireTransport)
    assert isinstance(source.transport._wire, SocketWire)
    source.transport._wire._socket.shutdown(socket.SHUT_RDWR)
    source.safe()
    assert not wired.bench.state()["outputs"]["source"]["operating"]


def test_a_driver_needs_no_more_than_transport_and_clock() -> None:
    for name in ("fluke-5522a", "hp-34401a", "fluke-8846a"):
        assert issubclass(find_driver(name), Instrument)
