"""A line says before each waiting how long it may take, and gives a sign for each part of a long answer."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace

import pytest

from calib.drivers import Line, open_line
from calib.drivers.transport.leased import OPENING_S, SPARE_S
from calib.errors import NoReply

TIMEOUT_S = 1.5
BLOCK = b"#42000" + bytes(2000) + b"\n"


class Noted:
    """Leases that are only noted."""

    def __init__(self) -> None:
        self.leases: list[tuple[float, str]] = []
        self.signs = 0

    def lease(self, seconds: float, what: str) -> AbstractContextManager[object]:
        self.leases.append((seconds, what))
        return nullcontext()

    def heard(self) -> None:
        self.signs += 1


def _answer(listener: socket.socket) -> None:
    """Answer `*IDN?` at once, `BLOCK?` in five parts, and nothing else."""
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with line, line.makefile("rb") as messages:
            for message in messages:
                if message == b"*IDN?\n":
                    line.sendall(b"a,b,c,d\n")
                if message == b"BLOCK?\n":
                    for at in range(0, len(BLOCK), 500):
                        line.sendall(BLOCK[at : at + 500])
                        time.sleep(0.02)


@pytest.fixture
def resource() -> Iterator[str]:
    """An instrument on a socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer, args=(listener,), daemon=True).start()
        yield f"TCPIP::127.0.0.1::{listener.getsockname()[1]}::SOCKET"
        listener.shutdown(socket.SHUT_RDWR)


def test_each_waiting_is_declared_by_its_timeout(resource: str) -> None:
    noted = Noted()
    with closing(open_line(resource, replace(Line(), timeout_s=TIMEOUT_S))) as line:
        line.lease_from(noted)
        with pytest.raises(NoReply):
            line.query("READ?", timeout_s=0.3)
        assert (0.3 + TIMEOUT_S + SPARE_S, f"{resource}: READ?") in noted.leases
        noted.leases.clear()
        assert line.query("*IDN?") == "a,b,c,d"  # by a new connection, since an answer is outstanding
        assert (2 * TIMEOUT_S + OPENING_S, f"{resource}: a new connection") in noted.leases
        assert noted.leases[-1] == (2 * TIMEOUT_S + SPARE_S, f"{resource}: *IDN?")
        assert all(TIMEOUT_S < seconds < 60 for seconds, _ in noted.leases)


def test_each_part_of_a_block_is_a_sign(resource: str) -> None:
    noted = Noted()
    with closing(open_line(resource, replace(Line(), timeout_s=TIMEOUT_S))) as line:
        line.lease_from(noted)
        assert line.query_block("BLOCK?") == bytes(2000)
    assert noted.signs >= 4


def test_a_slow_line_has_the_longer_for_a_long_message(resource: str) -> None:
    noted = Noted()
    slow = replace(Line(), timeout_s=TIMEOUT_S, byte_pause_s=0.01)
    with closing(open_line(resource, slow)) as line:
        line.lease_from(noted)
        line.write("X" * 300)
    assert noted.leases[0][0] > 300 * 0.01 + TIMEOUT_S
