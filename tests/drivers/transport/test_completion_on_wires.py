"""Waiting for `*OPC`, by serial poll where the wire has one, by `*ESR?` where it has none; no service request."""

import time
from typing import Any

import pytest

from calib.clock import SystemClock
from calib.drivers import Instrument
from calib.drivers.dialect import SCPI
from calib.errors import NoReply

Stand = Any


class Meter(Instrument):
    models = ("MODEL",)
    dialect = SCPI


def test_it_returns_once_the_work_is_done_and_not_before(stand: Stand) -> None:
    stand.desk.work_s = 0.15
    meter = Meter(stand.open(), SystemClock())
    for _ in range(2):
        begun = time.monotonic()
        meter.wait_complete(5.0, poll_s=0.01)
        assert 0.15 <= time.monotonic() - begun < 1.0
    assert meter.transport.query("ECHO? x") == "x"


def test_work_that_does_not_end_is_an_error_in_time(stand: Stand) -> None:
    stand.desk.work_s = 60.0
    meter = Meter(stand.open(), SystemClock())
    with pytest.raises(NoReply, match=r"not done within 0\.1 s"):
        meter.wait_complete(0.1, poll_s=0.01)


@pytest.mark.parametrize("wire", ["hislip", "vxi11", "prologix"], indirect=True)
def test_the_instrument_at_work_is_not_disturbed_where_there_is_a_serial_poll(stand: Stand) -> None:
    stand.desk.work_s = 0.1
    meter = Meter(stand.open(), SystemClock())
    meter.wait_complete(5.0, poll_s=0.005)
    asked = [message.strip() for message in stand.desk.received]
    assert asked == [b"*IDN?", b"*ESR?", b"*ESE 1;*OPC", b"*ESR?"]
