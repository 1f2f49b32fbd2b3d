"""Every driver of a multimeter against its twin, each function, in memory and on a socket."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calib.drivers import AcAmmeter, AcVoltmeter, DcAmmeter, DcVoltmeter, FrequencyCounter, Ohmmeter
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.meters.keysight_344xxa import Keysight34470A
from calib.drivers.meters.keysight_3458a import Keysight3458A
from calib.drivers.simulation.terminals import Alternating
from calib.drivers.transport import MemoryTransport
from calib.errors import DeviceError, IdentityError, InputError, InstrumentError, OutOfRange, Overload

KINDS = (
    "hp-34401a", "fluke-8845a", "fluke-8846a", "keysight-34461a", "keysight-34465a", "keysight-34470a",
    "keysight-3458a", "fluke-8508a", "fluke-8588a",
)  # fmt: skip
WIRES = pytest.mark.parametrize("wire", ["memory", "socket"])
EACH = pytest.mark.parametrize("kind", KINDS)
Open = Callable[[str], Any]


def decade(kind: str, range_: float) -> float:
    """Return the range of that size: the 8508A's are 2, 20, 200."""
    return 2 * range_ if kind == "fluke-8508a" else range_


@WIRES
@EACH
def test_each_fills_its_roles_and_knows_its_twin(open_meter: Open, kind: str) -> None:
    meter = open_meter(kind)
    roles = (DcVoltmeter, AcVoltmeter, DcAmmeter, AcAmmeter, Ohmmeter)
    assert all(isinstance(meter, role) for role in roles)
    assert isinstance(meter, FrequencyCounter) == (kind != "fluke-8508a")
    identity = meter.identify()
    assert identity.model in meter.models
    assert (identity.serial_number is None) == (kind in {"hp-34401a", "keysight-3458a"})


@WIRES
@EACH
@pytest.mark.parametrize("volts", [7.5, -0.3])
def test_direct_voltage(open_meter: Open, world: Any, kind: str, volts: float) -> None:
    world.direct_V = volts
    meter = open_meter(kind)
    meter.configure_dc_voltage(decade(kind, 10.0), 1.0)
    assert meter.read_dc_voltage() == pytest.approx(volts, abs=50e-6)


@WIRES
@EACH
def test_alternating_voltage(open_meter: Open, world: Any, kind: str) -> None:
    world.alternating_V = Alternating(0.7, 1000.0)
    meter = open_meter(kind)
    meter.configure_ac_voltage(decade(kind, 1.0), 1000.0)
    assert meter.read_ac_voltage() == pytest.approx(0.7, rel=1e-4)


@EACH
def test_currents(open_meter: Open, world: Any, kind: str) -> None:
    world.direct_A, world.alternating_A = -0.6, Alternating(0.8, 400.0)
    meter = open_meter(kind)
    meter.configure_dc_current(decade(kind, 1.0), 1.0)
    assert meter.read_dc_current() == pytest.approx(-0.6, rel=1e-5)
    meter.configure_ac_current(decade(kind, 1.0), 400.0)
    assert meter.read_ac_current() == pytest.approx(0.8, rel=1e-4)


@WIRES
@EACH
def test_two_wires_read_the_leads_too_and_four_do_not(open_meter: Open, world: Any, kind: str) -> None:
    world.ohm, world.lead_ohm = 100.0, 0.3
    meter = open_meter(kind)
    readings = []
    for wires in (2, 4):
        meter.configure_resistance(decade(kind, 100.0), 1.0, wires=wires)
        readings.append(meter.read_resistance())
    assert readings == pytest.approx([100.3, 100.0], abs=2e-3)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "fluke-8508a"])
def test_frequency_and_no_signal(open_meter: Open, world: Any, kind: str) -> None:
    meter = open_meter(kind)
    meter.configure_frequency(0.1)
    with pytest.raises(InstrumentError, match="no signal"):
        meter.read_frequency()
    world.alternating_V = Alternating(1.0, 12_345.0)
    assert meter.read_frequency() == pytest.approx(12_345.0, rel=1e-6)


@WIRES
@EACH
def test_an_overload_is_an_error_in_every_family(open_meter: Open, world: Any, kind: str) -> None:
    meter = open_meter(kind)
    meter.configure_resistance(decade(kind, 1000.0), 1.0, wires=2)
    with pytest.raises(Overload, match=r"overload, the input exceeds the [12] kΩ range"):
        meter.read_resistance()
    world.direct_V = -2.6
    meter.configure_dc_voltage(decade(kind, 1.0), 1.0)
    with pytest.raises(Overload):
        meter.read_dc_voltage()
    with pytest.raises(Overload, match="in reading 1 of 3"):
        meter.take(3)


@WIRES
@EACH
def test_a_block_of_readings(open_meter: Open, world: Any, kind: str) -> None:
    world.direct_V = 5.0
    meter = open_meter(kind)
    meter.configure_dc_voltage(decade(kind, 10.0), 1.0)
    block = meter.take(20)
    assert block.shape == (20,)
    assert block == pytest.approx(np.full(20, 5.0), abs=50e-6)
    assert meter.read_dc_voltage() == pytest.approx(5.0, abs=50e-6)


@EACH
def test_a_reading_of_what_was_not_configured_is_refused(open_meter: Open, kind: str) -> None:
    meter = open_meter(kind)
    meter.configure_dc_voltage(decade(kind, 10.0), 1.0)
    with pytest.raises(InputError, match="configured for dc_voltage, not for resistance"):
        meter.read_resistance()


@EACH
def test_after_a_setting_that_failed_nothing_is_read_before_configuring_anew(open_meter: Open, kind: str) -> None:
    """The meter may be in the old function, in the new one, or between: a reading would be of anything."""
    meter = open_meter(kind)
    meter.configure_dc_voltage(decade(kind, 10.0), 1.0)
    handle, meter.transport._handle = meter.transport._handle, lambda _: b"nonsense\n"
    with pytest.raises(InstrumentError):
        meter.configure_resistance(decade(kind, 100.0), 1.0, wires=2)
    meter.transport._handle = handle
    with pytest.raises(InputError, match="configured for something unknown, not for dc_voltage"):
        meter.read_dc_voltage()
    meter.configure_dc_voltage(decade(kind, 10.0), 1.0)
    assert abs(meter.read_dc_voltage()) < 1e-3


@EACH
def test_ranges_that_a_model_lacks_are_refused_before_anything_is_sent(open_meter: Open, kind: str) -> None:
    meter = open_meter(kind)
    meter.transport.close()
    refused: list[Callable[[], None]] = [
        lambda: meter.configure_dc_voltage(7.0, 1.0),
        lambda: meter.configure_ac_voltage(7.0, 1000.0),
        lambda: meter.configure_dc_current(7.0, 1.0),
        lambda: meter.configure_ac_current(7.0, 1000.0),
        lambda: meter.configure_resistance(7.0, 1.0, wires=2),
        lambda: meter.configure_dc_voltage(decade(kind, 10.0), 1e6),
    ]
    for configure in refused:
        with pytest.raises(OutOfRange, match="allowed"):
            configure()


@WIRES
@EACH
def test_what_the_instrument_refuses_is_told_by_its_own_error_channel(open_meter: Open, kind: str) -> None:
    refused = {"keysight-3458a": "NPLC 5000", "fluke-8508a": "DCV 5000", "fluke-8588a": "TRIG:COUN 0"}
    told = {"keysight-3458a": "106 PARAMETER OUT OF RANGE", "fluke-8508a": "execution error 1002"}
    meter = open_meter(kind)
    with pytest.raises(DeviceError, match=told.get(kind, "-222 Data out of range")):
        meter.write(refused.get(kind, "SAMP:COUN 0"))
    meter.check()


@pytest.mark.parametrize("wire", ["memory", "socket"])
def test_a_3458A_that_runs_free_is_brought_to_heel(open_meter: Open, make_twin: Open, world: Any) -> None:
    """After a reset it measures all the time; the reading of before must not be taken for one of now."""
    meter = open_meter("keysight-3458a")
    meter.transport.write("RESET")
    world.direct_V = 9.0
    meter.clock.sleep(60.0)
    world.direct_V = 1.0
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == pytest.approx(1.0, abs=1e-4)


def test_who_reads_a_free_running_3458A_gets_a_reading_of_before(make_twin: Open, world: Any, clock: Any) -> None:
    """The trap that the driver avoids, so that it is known to be there."""
    twin = make_twin("keysight-3458a")
    line = MemoryTransport("MEMORY::meter", twin)
    line.write("RESET")
    world.direct_V = 9.0
    clock.sleep(60.0)
    line.write("DCV 100")
    world.direct_V = 1.0
    assert float(line.read()) == pytest.approx(9.0, abs=1e-3)
    assert float(line.read()) == pytest.approx(1.0, abs=1e-3)


def test_a_driver_refuses_another_meter(make_twin: Open, clock: Any) -> None:
    with pytest.raises(IdentityError, match="Keysight3458A speaks to a 3458A"):
        Keysight3458A(MemoryTransport("MEMORY::meter", lambda _: b"FLUKE\r\n"), clock).identify()
    with pytest.raises(IdentityError, match="speaks to 34470A"):
        Keysight34470A(MemoryTransport("MEMORY::meter", make_twin("keysight-34461a")), clock).identify()


def test_offset_compensation_takes_an_emf_out(open_meter: Open, world: Any) -> None:
    """1 mV in 10 Ω at 10 mA: 0.1 Ω; (V(I) − V(I/2))/(I/2) has none of it."""
    world.ohm, world.emf_V = 10.0, 1e-3
    meter = open_meter("keysight-3458a")
    meter.configure_resistance(10.0, 10.0, wires=4)
    assert meter.read_resistance() == pytest.approx(10.1, abs=1e-4)
    meter.configure_resistance(10.0, 10.0, wires=4, offset_compensated=True)
    assert meter.read_resistance() == pytest.approx(10.0, abs=1e-4)
    true = open_meter("fluke-8508a")
    true.configure_resistance(20.0, 16.0, wires=4, true_ohms=True)
    assert true.read_resistance() == pytest.approx(10.0, abs=1e-4)


def test_the_input_resistance_of_each_setting_loads_the_source(open_meter: Open, world: Any) -> None:
    """1 kΩ into 10 MΩ: −100 ppm."""
    world.direct_V, world.source_ohm = 5.0, 1000.0
    divided_V = 5.0 * 1e7 / (1e7 + 1e3)
    for kind in ("hp-34401a", "keysight-34470a", "keysight-3458a"):
        meter = open_meter(kind)
        for high, expected_V in ((True, 5.0), (False, divided_V)):
            meter.configure_dc_voltage(10.0, 10.0, high_impedance=high)
            assert meter.read_dc_voltage() == pytest.approx(expected_V, abs=2e-5)


def test_a_signal_below_the_detector_reads_low(open_meter: Open, world: Any) -> None:
    world.alternating_V = Alternating(1.0, 5.0)
    meter = open_meter("hp-34401a")
    assert isinstance(meter, HP34401A)
    meter.configure_ac_voltage(1.0, 5.0)
    assert meter.read_ac_voltage() == pytest.approx(1.0, rel=1e-4)
    meter.detector_Hz = 200.0
    assert 0.8 < meter.read_ac_voltage() < 0.95
    with pytest.raises(OutOfRange, match="from 3 Hz on"):
        meter.configure_ac_voltage(1.0, 2.0)


def test_a_diode_and_continuity(open_meter: Open, world: Any) -> None:
    world.ohm = 600.0
    meter = open_meter("hp-34401a")
    assert meter.read_diode() == pytest.approx(0.6, abs=1e-4)
    assert meter.read_continuity() == pytest.approx(600.0, abs=0.1)
    world.ohm = math.inf
    with pytest.raises(Overload):
        meter.read_diode()


def test_self_calibration_takes_its_minutes(open_meter: Open, clock: Any) -> None:
    """DCV: 2 min 45 s (User's Guide, ACAL)."""
    meter = open_meter("keysight-3458a")
    before_s = clock.elapsed()
    meter.self_calibrate("DCV")
    assert clock.elapsed() - before_s == pytest.approx(165.0)
    assert 30 < meter.temperature_C() < 50
