"""However a resource is spelled, its lock is one; different instruments have different ones."""

import re
import tomllib
from pathlib import Path

import pytest

from calib.drivers.transport import Line, in_folder, is_recording, is_serial
from calib.drivers.transport.names import parse
from calib.errors import InputError
from calib.files import as_model
from calib.run import BenchFile


@pytest.mark.parametrize(
    "spellings",
    [
        ("TCPIP::10.0.0.5::5025::SOCKET", "tcpip0::10.0.0.5::5025::socket", "socket://10.0.0.5:5025"),
        ("GPIB::22", "GPIB0::22::INSTR", "gpib0::22::instr"),
        ("TCPIP::10.0.0.5", "TCPIP0::10.0.0.5::inst0::INSTR"),
        ("PRLGX-TCPIP::10.0.0.5::GPIB::22", "PRLGX-TCPIP0::10.0.0.5::1234::INTFC::GPIB0::22::INSTR"),
        ("PRLGX-TCPIP::10.0.0.5::1234::GPIB::22::1", "PRLGX-TCPIP::10.0.0.5::1234::GPIB::22::97"),
        ("/dev/ttyS9", "ASRL/dev/ttyS9::INSTR"),
        ("COM3", "com3", "ASRLCOM3::INSTR"),
    ],
)
def test_spellings_of_one_resource_have_one_name(spellings: tuple[str, ...]) -> None:
    assert len({parse(spelling).one_name for spelling in spellings}) == 1


def test_a_link_to_a_serial_port_is_that_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.realpath", lambda path: "/dev/ttyUSB0" if "by-id" in path else path)
    assert parse("/dev/serial/by-id/usb-FTDI_1-if00").one_name == parse("/dev/ttyUSB0").one_name


def test_different_resources_have_different_names() -> None:
    resources = (
        "TCPIP::10.0.0.5::5025::SOCKET",
        "TCPIP::10.0.0.5::5026::SOCKET",
        "TCPIP::10.0.0.5::hislip0::INSTR",
        "TCPIP::10.0.0.5::inst0::INSTR",
        "PRLGX-TCPIP::10.0.0.5::1234::GPIB::5",
        "PRLGX-TCPIP::10.0.0.5::1234::GPIB::22",
        "PRLGX-TCPIP::10.0.0.6::1234::GPIB::22",
        "PRLGX-ASRL::/dev/ttyUSB0::GPIB::22",
        "GPIB0::22::INSTR",
        "GPIB1::22::INSTR",
        "/dev/ttyUSB0",
        "rfc2217://10.0.0.5:4001",
        "USB0::0x2A8D::0x0101::MY1::INSTR",
    )
    assert len({parse(resource).one_name for resource in resources}) == len(resources)


def test_addresses_behind_one_adapter_name_the_same_adapter() -> None:
    names = {parse(f"PRLGX-TCPIP::10.0.0.5::1234::GPIB::{address}").adapter for address in (5, 22)}
    assert names == {"prlgx-tcpip::10.0.0.5::1234"}


@pytest.mark.parametrize(
    ("name", "serial"),
    [
        ("ASRL3::INSTR", True),
        ("ASRL/dev/ttyS0::INSTR", True),
        ("/dev/ttyUSB0", True),
        ("COM3", True),
        ("rfc2217://10.0.0.5:4001", True),
        ("socket://10.0.0.5:4001", True),
        ("REPLAY::a.jsonl::COM3", True),
        ("REPLAY::a.jsonl::GPIB0::22::INSTR", False),
        ("GPIB0::22::INSTR", False),
        ("TCPIP::10.0.0.5::5025::SOCKET", False),
        ("MEMORY::meter", False),
    ],
)
def test_a_serial_port_is_known_by_any_of_its_names(name: str, *, serial: bool) -> None:
    assert is_serial(name) is serial


@pytest.mark.parametrize("name", ["", "nonsense", "TCPIP::10.0.0.5::SOCKET::", "/some/file", "REPLAY::", "http://x"])
def test_what_is_no_resource_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no VISA resource, such as TCPIP"):
        parse(name)


def test_a_recording_is_found_beside_the_file_that_names_it(tmp_path: Path) -> None:
    assert in_folder("REPLAY::a.jsonl::GPIB0::22::INSTR", tmp_path) == f"REPLAY::{tmp_path}/a.jsonl::GPIB0::22::INSTR"
    assert in_folder("REPLAY::/x/a.jsonl", tmp_path) == "REPLAY::/x/a.jsonl"
    assert in_folder("GPIB0::22::INSTR", tmp_path) == "GPIB0::22::INSTR"
    assert is_recording("replay::a.jsonl")
    name = parse("REPLAY::a.jsonl::GPIB0::22::INSTR")
    assert (name.host, name.rest) == ("a.jsonl", "GPIB0::22::INSTR")


def test_the_bench_of_the_page_on_connections_is_one_and_its_line_is_the_drivers_but_for_what_it_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "connections.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    bench = as_model(tomllib.loads(example), BenchFile, "page")
    line = bench.roles["meter"].line.applied_to(Line(read_end="\r\n"))
    assert line == Line(read_end="\r\n", baud=9600, bits=7, parity="even", stop_bits=2, flow="dsr/dtr", timeout_s=10)
    assert bench.visa == "@ivi"


def test_an_empty_probe_in_a_bench_file_is_none() -> None:
    role = {"equipment": "item", "driver": "hp-34401a", "resource": "COM1", "line": {"probe": ""}}
    bench = as_model({"format": "calib-bench/1", "name": "b", "roles": {"meter": role}}, BenchFile, "test")
    assert bench.roles["meter"].line.applied_to(Line()) == Line(probe=None)


def test_every_resource_of_the_page_on_connections_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "connections.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \| [^|]+ \|$", page, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row) if name.startswith(PREFIXES)]
    assert len(named) >= 14
    for name in named:
        parse(name)


PREFIXES = ("TCPIP", "GPIB", "USB", "PRLGX", "/dev", "COM", "rfc2217:", "socket:", "ASRL", "REPLAY")
