"""Random and damaged bytes on every wire: no thread dies, and the next client is served."""

import random
import re
import socket
import struct
from collections.abc import Iterator

import pytest

from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.serve import BenchServer

NAME = b"HEWLETT-PACKARD,34401A,0,11-5-2\n"
CREATE_LINK = struct.pack(">11I", 1, 0, 2, 0x0607AF, 1, 10, 0, 0, 0, 0, 1)
INITIALIZE = b"HS\0\0\1\0XX" + struct.pack(">Q", 7) + b"hislip0"
DATA_END = b"HS\7\0\xff\xff\xff\0" + struct.pack(">Q", 5) + b"*IDN?"
SAID = {
    "socket": (b"*IDN?\n", b"CONF:VOLT:DC ", b'DISP:TEXT "\xb2";TEXT?\n'),
    "hislip": (INITIALIZE, DATA_END),
    "vxi11": (struct.pack(">I", 0x8000_0000 | len(CREATE_LINK)) + CREATE_LINK,),
    "prologix": (b"++addr 2\n", b"++read_tmo_ms 1\n++read eoi\n", b"*IDN?\n", b"++spoll \xb2\n", b"\x1b+"),
    "serial": (b"*IDN?\r\n", b"\x03"),
    "rfc2217": (b"\xff\xfb\x2c", b"\xff\xfa\x2c\x01\0\0\x12\xc0\xff\xf0", b"*IDN?\r\n"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[BenchServer]:
    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(1000), seed=1)
    with BenchServer(bench, wires=SAID) as server:
        yield server


@pytest.mark.parametrize("wire", SAID)
def test_noise_harms_nobody_else(server: BenchServer, wire: str) -> None:
    chance = random.Random(wire)
    found = re.search(r"127\.0\.0\.1(?:::hislip0,|::|,|:)(\d+)", server.wires["meter"][wire])
    assert found is not None
    for _ in range(60):
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=3) as client:
            client.settimeout(0.003)
            try:
                for _ in range(chance.randint(1, 4)):
                    client.sendall(damaged(chance, wire))
                client.recv(1000)
            except OSError:
                pass
    _, host, port, _ = server.wires["meter"]["socket"].replace("::", ":").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(b"*CLS\n*IDN?\n")
        assert client.recv(100) == NAME


def damaged(chance: random.Random, wire: str) -> bytes:
    data = bytearray(chance.choice(SAID[wire]) * chance.randint(1, 3))
    for _ in range(chance.randint(0, 5)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data) + (chance.randbytes(chance.randint(1, 40)) if chance.random() < 0.3 else b"")
