"""`calib sim serve` and `calib sim faults`, as a person and as a program use them."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.simulation import DMM_BENCH

NAME = b"HEWLETT-PACKARD,34401A,0,11-5-2\n"
PLAN = 'format = "calib-faults/1"\n[[fault]]\nkind = "duplicate"\nmessage = "IDN"\n'


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "calib", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)


class Served:
    """A laboratory that the command serves."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.where: dict[str, Any] = json.loads(process.stdout.readline())
        self.table = [process.stdout.readline().rstrip() for _ in range(9)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    plan = tmp_path_factory.mktemp("faults") / "faults.toml"
    plan.write_text(PLAN, encoding="utf-8")
    command = [sys.executable, "-m", "calib", "sim", "serve", str(DMM_BENCH), "--stop-with-parent"]
    command += ["--wires", "socket, hislip,prologix", "--faults", str(plan), "--time-factor", "50"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Served(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_the_table_says_what_the_json_says(served: Served) -> None:
    rows = [line.split() for line in served.table[1:7]]
    assert rows == [[n, wire, resource] for n, w in served.where["wires"].items() for wire, resource in w.items()]
    assert served.table[0].split() == ["instrument", "wire", "resource"]
    assert served.where["adapter"] in served.table[7]
    assert served.where["control"] in served.table[8]
    assert served.where["resources"]["meter"] == served.where["wires"]["meter"]["socket"]


def test_the_file_of_faults_is_followed_and_the_command_changes_them(served: Served) -> None:
    control = served.where["control"]
    _, host, port, _ = served.where["resources"]["meter"].replace("::", ":").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        client.sendall(b"*IDN?\n")
        time.sleep(0.3)
        assert client.recv(1000) == NAME * 2
        added = run("sim", "faults", control, "--clear", "--add", "kind=terminator instead='*' message=\"IDN\\\\?\"")
        assert (added.returncode, added.stderr) == (0, "")
        (rule,) = map(json.loads, added.stdout.splitlines())
        assert (rule["kind"], rule["instead"], rule["message"], rule["done"]) == ("terminator", "*", "IDN\\?", 0)
        client.sendall(b"*IDN?\n")
        time.sleep(0.3)
        assert client.recv(1000) == NAME[:-1] + b"*"
        told = run("sim", "faults", control)
        assert json.loads(told.stdout)["done"] == 1
        removed = run("sim", "faults", control, "--remove", rule["number"])
        assert (removed.returncode, removed.stdout) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--add", "kind=smoke"], "smoke"),
        (["--add", "delay"], "'delay' is not of the form key=value"),
        (["--remove", 99], "no fault 99 is in force"),
    ],
)
def test_a_mistake_is_one_message(served: Served, arguments: list[object], told: str) -> None:
    ended = run("sim", "faults", served.where["control"], *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_wire_or_fault_is_one_message(tmp_path: Path) -> None:
    ended = run("sim", "serve", DMM_BENCH, "--wires", "smoke")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("calib: no wire 'smoke'; there are socket, hislip")
    plan = tmp_path / "faults.toml"
    plan.write_text(PLAN.replace("duplicate", "duplicates"), encoding="utf-8")
    ended = run("sim", "serve", DMM_BENCH, "--faults", plan)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "faults.toml: line 2" in ended.stderr
