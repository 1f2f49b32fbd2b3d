"""The same discipline on every wire: each known pitfall of VISA libraries, and that it does not happen."""

import contextlib
import gc
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import InstrumentError, LinkError, NoReply, ReplyError, ResourceHeld

Stand = Any
ALL = pytest.mark.parametrize(
    "wire",
    ["socket", "visa-socket", "socket-url", "visa-serial", "hislip", "vxi11", "prologix", "pty", "visa-pty", "rfc2217"],
    indirect=True,
)
FRAMED = ("hislip", "vxi11")
POLLED = (*FRAMED, "prologix")


def block(count: int) -> bytes:
    return (bytes(range(256)) * (count // 256 + 1))[:count]


@ALL
def test_a_write_followed_by_a_query_does_not_stall(stand: Stand) -> None:
    """Nagle's algorithm with delayed acknowledgement costs 40 ms each time."""
    line = stand.open()
    took_s = []
    for i in range(20):
        begun = time.perf_counter()
        line.write("NOTHING")
        assert line.query(f"ECHO? {i}") == str(i)
        took_s.append(time.perf_counter() - begun)
    assert statistics.median(took_s) < 0.02


@ALL
def test_a_late_answer_is_never_taken_for_the_next_one(stand: Stand) -> None:
    line = stand.open()
    for _ in range(2):
        with contextlib.suppress(NoReply):
            assert line.query("SLOW?", timeout_s=0.1) == "late"  # an adapter, an RPC may wait longer than they are told
        assert line.query("ECHO? right") == "right"
    time.sleep(0.3)
    assert line.query("ECHO? still right") == "still right"


def test_a_late_reading_that_was_read_without_a_question_is_never_taken_for_an_answer(stand: Stand) -> None:
    """A 3458A's TARM SGL: nothing in the message says that an answer comes."""
    line = stand.open()
    line.write("TARM SGL")
    with contextlib.suppress(NoReply):
        assert line.read(timeout_s=0.05) == "1.5"
    assert line.query("ECHO? right") == "right"


def test_an_answer_that_nobody_read_is_never_taken_for_the_next_one(stand: Stand) -> None:
    line = stand.open()
    line.write("ECHO? unread")
    assert line.query("ECHO? wanted") == "wanted"
    line.write("ECHO? read later")
    assert line.read() == "read later"


def test_a_block_has_every_byte_whatever_its_length(stand: Stand) -> None:
    """With 20472 the message has 20480 bytes, PyVISA's own chunk, where pyvisa-py loses the end of a VXI-11 message."""
    line = stand.open()
    for count in (0, 1, 10, 256, 20_472, 20_480, 30_000):
        assert line.query_block(f"BLOCK? {count}") == block(count)
    assert line.query_block("ENDLESS? 300") == block(300)
    assert line.query("ECHO? after") == "after"


def test_what_is_no_block_is_an_error_and_the_next_answer_is_right(stand: Stand) -> None:
    line = stand.open()
    with pytest.raises(ReplyError, match=r"no block of bytes|no length of a block"):
        line.query_block("ECHO? 12.5")
    assert line.query("ECHO? x") == "x"


def test_a_burst_without_a_header_is_read_by_its_length(stand: Stand) -> None:
    line = stand.open()
    line.write("RAW? 1000")
    assert line.read_bytes(600) + line.read_bytes(400) == block(1000)
    assert line.query("ECHO? x") == "x"


@pytest.mark.parametrize("wire", ["vxi11", "prologix"], indirect=True)
def test_what_talks_without_being_asked_is_read(stand: Stand) -> None:
    """A 3458A after TARM SGL. pyvisa-py's HiSLIP does not read where nothing was sent."""
    stand.desk.says = b" 1.000012E+00\r\n"
    line = stand.open()
    assert [line.read(), line.read()] == [" 1.000012E+00"] * 2
    stand.desk.says = None
    assert line.query("ECHO? x") == "x"


def test_where_nothing_is_said_a_read_ends(stand: Stand) -> None:
    line = stand.open()
    begun = time.monotonic()
    with pytest.raises(NoReply, match="no answer to 'read'"):
        line.read(timeout_s=0.1)
    assert time.monotonic() - begun < 1.5
    assert line.query("ECHO? x") == "x"


def test_serial_poll_and_device_clear_reach_the_instrument_where_the_wire_has_them(stand: Stand) -> None:
    line = stand.open()
    stand.desk.status = 0x80
    assert line.status_byte() == (0x80 if stand.wire in POLLED else None)
    line.clear()
    assert line.query("ECHO? x") == "x"  # a clear is not answered: it has come once what follows it is
    assert (b"[clear]" in stand.desk.received) == (stand.wire in POLLED)


@ALL
def test_a_closed_connection_is_noticed_at_once_and_closing_still_works(stand: Stand) -> None:
    line = stand.open(timeout_s=5.0)
    stand.close()
    begun = time.monotonic()
    with pytest.raises(LinkError, match=r"closed the connection|line broke"):
        line.query("ECHO? x")
    assert time.monotonic() - begun < 1.0
    line.close()
    line.close()
    assert time.monotonic() - begun < 2.0


@pytest.mark.parametrize(
    "wire", ["socket", "visa-socket", "hislip", "vxi11", "prologix", "visa-serial", "rfc2217"], indirect=True
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyvisa-py leaves its socket open
def test_a_refused_connection_is_noticed_on_opening_and_lets_the_resource_go(stand: Stand) -> None:
    stand.close()
    for _ in range(2):
        with pytest.raises(LinkError, match=r"nobody listens|cannot be (opened|reached)"):
            stand.open(timeout_s=1.0)
    gc.collect()


def test_an_instrument_that_does_not_answer_is_not_opened(stand: Stand) -> None:
    stand.desk.silent = True
    begun = time.monotonic()
    with pytest.raises(LinkError, match=r"opened, but no answer to \*IDN\? within 0\.2 s"):
        stand.open(timeout_s=0.2)
    assert time.monotonic() - begun < 3.0
    stand.desk.silent = False
    assert stand.open().query("ECHO? x") == "x"


def test_a_command_goes_out_at_once_even_where_the_instrument_has_gone_silent(stand: Stand) -> None:
    """A source that answers nothing any more may still hear STBY."""
    line = stand.open(timeout_s=5.0)
    stand.desk.silent = True
    with pytest.raises(NoReply):
        line.query("ECHO? x", timeout_s=0.1)
    begun = time.monotonic()
    line.write("STBY")
    while not any(message.startswith(b"STBY") for message in stand.desk.received):
        time.sleep(0.005)
        assert time.monotonic() - begun < 1.0
    stand.desk.silent = False
    assert line.query("ECHO? y") == "y"


@ALL
def test_four_threads_never_get_each_others_answers(stand: Stand) -> None:
    line = stand.open()
    wrong: list[str] = []

    def ask(me: int) -> None:
        for i in range(40):
            answer = line.query(f"ECHO? {me}.{i}")
            if answer != f"{me}.{i}":
                wrong.append(answer)

    in_threads(4, ask)
    assert wrong == []


def in_threads(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("wire", ["vxi11"], indirect=True)
def test_another_clients_lock_is_waited_for_and_told_where_it_lasts(stand: Stand) -> None:
    from calib.drivers.simulation.fault_rules import rule

    def ask_twice(line: Any) -> list[str]:
        """The other client takes its lock during the first question, before or after its answer is fetched."""
        return [line.query(f"ECHO? {n}") for n in (1, 2)]

    line = stand.open()
    stand.faults.add(rule(kind="lock", seconds=0.2, message="ECHO"))
    assert ask_twice(line) == ["1", "2"]
    line.close()
    line = stand.open(timeout_s=0.3)
    stand.faults.add(rule(kind="lock", seconds=2.0, message="ECHO"))
    with pytest.raises(ResourceHeld, match="another client has locked it"):
        ask_twice(line)


HOLDER = """
import sys, time
from calib.drivers import open_line
line = open_line(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    "wire", ["visa-socket", "hislip", "vxi11", "prologix", "pty", "visa-serial", "rfc2217"], indirect=True
)
def test_a_second_process_is_refused_and_told_who_holds_the_instrument(stand: Stand) -> None:
    """A holder that is killed lets go."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, stand.resource], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(ResourceHeld, match=rf"held by process {holder.pid}"):
                stand.open()
        finally:
            holder.kill()
    assert stand.open().query("ECHO? free") == "free"


def test_all_traffic_goes_to_the_sink_in_order_as_bytes(stand: Stand) -> None:
    traffic: list[tuple[str, str, bytes]] = []
    line = stand.open(sink=lambda *message: traffic.append(message))
    line.write("NOTHING")
    line.query("ECHO? 1")
    line.query_block("BLOCK? 12")
    name = stand.resource
    assert traffic == [
        (name, ">", b"*IDN?\n"),
        (name, "<", stand.desk.identity),
        (name, ">", b"NOTHING\n"),
        (name, ">", b"ECHO? 1\n"),
        (name, "<", b"1\n"),
        (name, ">", b"BLOCK? 12\n"),
        (name, "<", b"#212" + block(12) + b"\n"),
    ]


def test_a_closed_line_is_not_opened_again_behind_ones_back(stand: Stand) -> None:
    line = stand.open()
    line.close()
    for ask in (lambda: line.query("ECHO? x"), lambda: line.write("X"), line.read, line.status_byte, line.clear):
        with pytest.raises(LinkError, match="was closed"):
            ask()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "silence"},
        {"kind": "silence", "lost": "message"},
        {"kind": "delay", "seconds": 0.2},
        {"kind": "garbage"},
        {"kind": "half"},
        {"kind": "stale"},
        {"kind": "duplicate"},
        {"kind": "terminator"},
        {"kind": "terminator", "instead": "\r"},
        {"kind": "disconnect"},
        {"kind": "reboot"},
        {"kind": "slow", "byte_s": 0.01},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
@pytest.mark.parametrize("wire", ["socket", "hislip", "vxi11", "prologix", "pty"], indirect=True)
def test_whatever_happens_to_one_answer_none_is_wrong(stand: Stand, fault: dict[str, Any]) -> None:
    """The answer is right, or there is a named error in time; so too for what is asked next, and then all is right."""
    from calib.drivers.simulation.fault_rules import rule

    line = stand.open(timeout_s=0.3)
    stand.faults.add(rule(message="ECHO", **fault))
    for asked in ("0" * 16, "1" * 16, "2" * 16):
        begun = time.monotonic()
        answer = told(stand, lambda asked=asked: line.query(f"ECHO? {asked}", timeout_s=0.1))  # type: ignore[misc]
        assert answer in {asked, None}
        assert time.monotonic() - begun < 5.0
    stand.faults.clear()
    deadline = time.monotonic() + 5.0
    while (answer := told(stand, lambda: line.query("ECHO? after"))) is None:
        assert time.monotonic() < deadline
    assert answer == "after"


def told(stand: Stand, ask: Callable[[], str]) -> str | None:
    """Return the answer; None where there was an error that names the resource."""
    try:
        return ask()
    except InstrumentError as error:
        named = str(error).startswith(stand.resource)
    assert named
    return None
