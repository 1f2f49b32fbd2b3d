"""Other people's clients on all wires at once: PyVISA with pyvisa-py, python-vxi11 where installed, pyserial."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import pyvisa
import serial

from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.serve import BenchServer
from calib.errors import InputError
from calib.files import as_model, read_toml

pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5, rfc2217
METER = "HEWLETT-PACKARD,34401A,0,11-5-2"
ALL = ("socket", "hislip", "vxi11", "prologix", "serial", "rfc2217")
MESSAGE_WIRES = ("hislip", "vxi11", "prologix")

Opener = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def server() -> Iterator[BenchServer]:
    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(20), seed=1)
    wires = ALL if sys.platform == "win32" else (*ALL, "pty")
    with BenchServer(bench, wires=wires) as server:
        yield server


@pytest.fixture(scope="module")
def manager(server: BenchServer) -> Iterator[Any]:
    manager = pyvisa.ResourceManager("@py")
    adapter = manager.open_resource(str(server.adapter))
    yield manager
    adapter.close()
    manager.close()


@pytest.fixture
def open_(server: BenchServer, manager: Any) -> Iterator[Opener]:
    opened: list[Any] = []

    def open_(name: str, wire: str) -> Any:
        resource = server.wires[name][wire]
        if wire == "prologix":
            resource = f"GPIB0::{resource.rpartition('::')[2]}::INSTR"
        instrument = manager.open_resource(resource, timeout=3000)
        if wire in {"socket", "serial", "pty"}:
            instrument.read_termination = instrument.write_termination = "\n"
        opened.append(instrument)
        return instrument

    yield open_
    for each in opened:
        each.close()


def visa_wires() -> list[str]:
    return [w for w in (*ALL, *(() if sys.platform == "win32" else ("pty",))) if w != "rfc2217"]


@pytest.mark.parametrize("wire", visa_wires())
def test_pyvisa_asks_reads_and_sets_on_every_wire(open_: Opener, wire: str) -> None:
    meter, source = open_("meter", wire), open_("source", wire)
    assert meter.query("*IDN?").rstrip() == METER
    assert source.query("*IDN?").startswith("FLUKE,5522A,SIM5522001")
    meter.write("*RST;*CLS")
    meter.write("CONF:VOLT:DC 1")
    assert float(meter.query("VOLT:DC:RANG?")) == 1.0
    assert abs(float(meter.query("READ?"))) < 1e-3
    assert meter.query("SYST:ERR?").rstrip() == '+0,"No error"'


def test_all_wires_lead_to_one_instrument(open_: Opener) -> None:
    """What one client sets another one sees, whatever way it comes."""
    meters = {wire: open_("meter", wire) for wire in visa_wires()}
    for number, (wire, meter) in enumerate(meters.items(), start=2):
        meter.write(f"SAMP:COUN {number}")
        meter.query("*OPC?")
        assert [int(other.query("SAMP:COUN?")) for other in meters.values()] == [number] * len(meters), wire
    meters["socket"].write("*RST")


@pytest.mark.parametrize("wire", ["hislip", "vxi11"])  # on an adapter pyvisa-py reads after it has polled
def test_a_serial_poll_sees_message_available_and_enabled_events(open_: Opener, wire: str) -> None:
    """IEEE 488.2, 11.2: MAV is bit 4, ESB bit 5, errors in the queue none of a 34401A."""
    meter = open_("meter", wire)
    meter.write("*CLS;*ESE 0")
    assert meter.query("*OPC?").strip() == "1"
    assert meter.read_stb() == 0
    meter.write("*IDN?")
    deadline = time.monotonic() + 2
    while not meter.read_stb() & 16 and time.monotonic() < deadline:
        pass
    assert meter.read_stb() == 16
    assert meter.read().rstrip() == METER
    meter.write("*ESE 32")
    meter.write("NONSENSE")
    meter.query("*OPC?")
    assert meter.read_stb() == 32
    meter.write("*CLS;*ESE 0")


def test_reading_with_nothing_asked_is_a_query_error(open_: Opener) -> None:
    """IEEE 488.2, 6.3.2.3: UNTERMINATED."""
    meter = open_("meter", "vxi11")
    meter.write("*CLS")
    meter.query("*OPC?")
    meter.timeout = 300
    with pytest.raises(pyvisa.VisaIOError):
        meter.read()
    meter.timeout = 3000
    assert meter.query("SYST:ERR?").startswith("-420,")
    assert int(meter.query("*ESR?")) & 4


@pytest.mark.parametrize("wire", ["vxi11", "prologix"])
def test_an_answer_that_was_not_read_is_dropped_and_reported(open_: Opener, wire: str) -> None:
    """IEEE 488.2, 6.3.2.3: INTERRUPTED; the next answer is the next question's."""
    meter = open_("meter", wire)
    meter.write("*CLS")
    meter.write("*IDN?")
    time.sleep(0.1)
    assert meter.query("SYST:VERS?").rstrip() == "1991.0"
    assert meter.query("SYST:ERR?").startswith("-410,")


@pytest.mark.parametrize("wire", MESSAGE_WIRES)
def test_a_device_clear_ends_a_reading_and_what_waits(open_: Opener, wire: str) -> None:
    """100 readings of 100 NPLC would last 20 s here, 400 s of the bench."""
    meter = open_("meter", wire)
    meter.write("*RST;*CLS;:VOLT:DC:NPLC 100;:SAMP:COUN 100")
    meter.write("READ?")
    time.sleep(0.1)
    begun = time.monotonic()
    meter.clear()
    assert meter.query("*IDN?").rstrip() == METER
    assert time.monotonic() - begun < 2
    assert float(meter.query("VOLT:DC:NPLC?")) == 100  # settings stay
    meter.write("*RST")


@pytest.mark.parametrize("wire", ["vxi11", "prologix"])
def test_a_group_execute_trigger_takes_the_reading(open_: Opener, wire: str) -> None:
    meter = open_("meter", wire)
    meter.write("*RST;*CLS;:TRIG:SOUR BUS;:INIT")
    meter.assert_trigger()
    assert abs(float(meter.query("FETC?"))) < 1e-2
    meter.write("*RST")


def test_a_message_of_many_kilobytes_and_an_answer_of_as_many(open_: Opener) -> None:
    meter = open_("meter", "hislip")
    meter.write("*RST;*CLS;:VOLT:DC:NPLC 0.02;:SAMP:COUN 5000")
    answer = meter.query("READ?" + " " * 100_000)
    assert len(answer.split(",")) == 5000
    meter = open_("meter", "vxi11")
    assert len(meter.query("READ?").split(",")) == 5000
    meter.write("*RST")


@pytest.mark.parametrize("wire", ["serial", "rfc2217"])
def test_pyserial_reads_over_its_own_urls(server: BenchServer, wire: str) -> None:
    url = server.wires["meter"][wire].removeprefix("ASRL").removesuffix("::INSTR")
    with serial.serial_for_url(url, timeout=3) as port:
        port.write(b"*IDN?\r\n")
        assert port.readline() == METER.encode() + b"\n"


def serve_wires(wires: list[Any], factor: float = 1.0) -> BenchServer:
    tables = read_toml(DMM_BENCH)
    tables["instruments"]["meter"]["wires"] = wires
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=AbortableClock(factor), seed=1)
    return BenchServer(bench)


def serial_wires() -> list[str]:
    return ["serial", "rfc2217", *([] if sys.platform == "win32" else ["pty"])]


@pytest.mark.parametrize("wire", serial_wires())
def test_a_serial_line_goes_at_its_real_pace(wire: str) -> None:
    """6 characters there, 32 back, 10 bits each: at 4800 baud 79 ms; on a clock of twice the speed half of it."""
    took = {}
    for factor in (1.0, 2.0):
        with serve_wires([{"kind": wire, "baud": 4800}], factor) as server:
            url = server.resources["meter"].removeprefix("ASRL").removesuffix("::INSTR")
            with serial.serial_for_url(url, timeout=3, baudrate=4800) as port:
                begun = time.monotonic()
                port.write(b"*IDN?\n")
                assert port.readline() == METER.encode() + b"\n"
                took[factor] = time.monotonic() - begun
    assert 38 * 10 / 4800 <= took[1.0] < 0.25
    assert 38 * 10 / 9600 <= took[2.0] < 0.2


def test_a_terminal_server_at_another_baud_rate_is_not_understood() -> None:
    with (
        serve_wires([{"kind": "rfc2217", "baud": 4800}]) as server,
        serial.serial_for_url(server.resources["meter"], timeout=0.3, baudrate=9600) as port,
    ):
        port.write(b"*IDN?\n")
        assert port.readline() == b""
        port.baudrate = 4800
        port.timeout = 3
        port.write(b"*IDN?\n")
        assert port.readline() == METER.encode() + b"\n"


def test_the_wires_of_an_instrument_are_those_of_its_table() -> None:
    with serve_wires(["hislip", {"kind": "prologix", "address": 22}]) as server:
        assert list(server.wires["meter"]) == ["hislip", "prologix"]
        assert server.wires["meter"]["prologix"].endswith("::GPIB::22")
        assert list(server.wires["source"]) == ["socket"]
        assert server.resources["meter"] == server.wires["meter"]["hislip"]


def test_two_instruments_at_one_gpib_address_are_refused() -> None:
    tables = read_toml(DMM_BENCH)
    for name in ("meter", "source"):
        tables["instruments"][name]["wires"] = [{"kind": "prologix", "address": 5}]
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=AbortableClock(1))
    with pytest.raises(InputError, match="GPIB address 5 is wanted by source, meter"):
        BenchServer(bench)


def test_four_clients_on_different_wires_get_their_own_answers(open_: Opener) -> None:
    wrong: list[str] = []

    def ask(meter: Any, question: str, answer: str) -> None:
        said = [meter.query(question).strip() for _ in range(50)]
        wrong.extend(f"{question}: {other}" for other in said if other != answer)

    asked = [
        threading.Thread(target=ask, args=(open_("meter", wire), question, answer))
        for wire, question, answer in (
            ("socket", "*IDN?", METER),
            ("hislip", "SYST:VERS?", "1991.0"),
            ("vxi11", "*OPC?", "1"),
            ("serial", "TRIG:SOUR?", "IMM"),
        )
    ]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join(20)
    assert not wrong
    assert not any(thread.is_alive() for thread in asked)
