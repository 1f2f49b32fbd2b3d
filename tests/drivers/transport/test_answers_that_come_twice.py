"""An answer that comes again with the next one is never taken for it, on a wire that keeps nothing apart."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calib.drivers.simulation.sockets import LineServer
from calib.drivers.transport import WireTransport, open_line
from calib.drivers.transport.trafficfile import Recorder
from calib.errors import ReplyError

NO_ERROR = '+0,"No error"'


class Gateway:
    """Repeats an answer just before the next one: too late to be there when that is asked for."""

    def __init__(self) -> None:
        self.answers = {"*IDN?": "MAKER,MODEL,1,1", "VOLT:RANG?": "10", "VOLT:NPLC?": "1", "ZERO?": "1"}
        self.repeats = ""
        """The question whose answer comes again."""
        self.copies = 1
        self.asked: list[str] = []
        self._again = b""

    def handle(self, message: bytes) -> bytes | None:
        question = message.decode().strip()
        self.asked.append(question)
        answer = self.answers.get(question, NO_ERROR).encode() + b"\n"
        come = self._again + answer
        self._again = answer * self.copies if question == self.repeats else b""
        return come


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def open_(gateway: Gateway) -> Iterator[Callable[..., WireTransport]]:
    lines: list[WireTransport] = []
    with LineServer(gateway.handle) as server:

        def opened(sink: Recorder | None = None) -> WireTransport:
            lines.append(open_line(f"TCPIP::127.0.0.1::{server.port}::SOCKET", sink=sink))
            return lines[-1]

        yield opened
        for line in lines:
            line.close()


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_another_question_gets_its_own_answer(
    gateway: Gateway, open_: Callable[..., WireTransport], copies: int
) -> None:
    line = open_()
    gateway.repeats, gateway.copies = "VOLT:RANG?", copies
    for _ in range(3):
        assert line.query("VOLT:RANG?") == "10"
        assert line.query("VOLT:NPLC?") == "1"


def test_the_next_reading_is_not_the_one_before(gateway: Gateway, open_: Callable[..., WireTransport]) -> None:
    line = open_()
    gateway.repeats = "READ?"
    told = []
    for reading in ("5.0001", "-3.0002", "5.0003"):
        gateway.answers["READ?"] = reading
        told.append(line.query("READ?", timeout_s=2.0))
    assert told == ["5.0001", "-3.0002", "5.0003"]


def test_a_setting_that_was_refused_behind_a_repeated_answer_is_an_error_before_anything_else_is_asked(
    gateway: Gateway, open_: Callable[..., WireTransport]
) -> None:
    line = open_()
    gateway.repeats = "VOLT:RANG 10;:SYST:ERR?"
    gateway.answers["VOLT:RANG 77;:SYST:ERR?"] = '-222,"Data out of range"'
    assert line.query("VOLT:RANG 10;:SYST:ERR?") == NO_ERROR
    assert line.query("VOLT:RANG 77;:SYST:ERR?") == NO_ERROR  # the one that came again
    with pytest.raises(ReplyError, match=r"SOCKET: asked 'VOLT:RANG 77.*came twice, and .*-222.* after it"):
        line.query("READ?", timeout_s=2.0)
    assert "READ?" not in gateway.asked
    assert line.query("VOLT:NPLC?") == "1"


def test_a_refusal_is_told_where_the_question_is_asked_with_a_time_of_its_own(
    gateway: Gateway, open_: Callable[..., WireTransport]
) -> None:
    line = open_()
    gateway.repeats, gateway.copies = "A;ERR?", 2
    gateway.answers["B;ERR?"] = "521,refused"
    assert line.query("A;ERR?") == NO_ERROR
    assert line.query("B;ERR?", timeout_s=2.0) == "521,refused"


def test_answers_that_are_the_same_by_chance_cost_one_question_more_where_it_matters(
    gateway: Gateway, open_: Callable[..., WireTransport]
) -> None:
    line = open_()
    for _ in range(3):
        assert line.query("VOLT:NPLC?") == "1"
        assert line.query("VOLT:RANG 10;:SYST:ERR?") == NO_ERROR
        assert line.query("VOLT:RANG 100;:SYST:ERR?") == NO_ERROR
    assert gateway.asked.count("*IDN?") == 1
    assert line.query("VOLT:NPLC?") == line.query("ZERO?") == "1"
    assert gateway.asked.count("*IDN?") == 2


def test_a_recording_of_it_replays(gateway: Gateway, open_: Callable[..., WireTransport], tmp_path: Path) -> None:
    def talk(line: WireTransport) -> list[str]:
        return [line.query(question) for question in ("VOLT:RANG?", "VOLT:NPLC?", "ZERO?")]

    gateway.repeats = "VOLT:RANG?"
    with Recorder(tmp_path / "twice") as recorder:
        line = open_(recorder)
        live = talk(line)
        line.close()
    replayed = open_line(f"REPLAY::{tmp_path}/twice")
    assert talk(replayed) == live == ["10", "1", "1"]
    replayed.close()
