"""Waiting until an instrument of IEEE 488.2 has done all that it was told: `*OPC`, then polling (12.5.2, 11.5.1).

No service request is used: pyvisa-py has no events, and one that waits on HiSLIP disturbs the next serial poll.
"""

from calib.clock import Clock
from calib.drivers.transport.base import Transport
from calib.errors import NoReply, ReplyError

COMPLETE = 1 << 0
ERRORS = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5
"""Query, device-dependent, execution and command error in the standard event status register."""
EVENT_SUMMARY = 1 << 5
"""In the status byte: a bit that `*ESE` enables is set in the event status register."""


def wait_complete(transport: Transport, clock: Clock, timeout_s: float, poll_s: float) -> bool:
    """Return once all is done, whether the instrument noted an error meanwhile. `*ESE` is 1 afterwards.

    Where the wire has a serial poll it is used, since it does not disturb the instrument at work; else `*ESR?`.

    Raises
    ------
    NoReply
        It was not done within `timeout_s` of the bench's clock.
    """
    events = _event_status(transport) & ~COMPLETE
    transport.write("*ESE 1;*OPC")
    begun_s = clock.elapsed()
    while True:
        status = transport.status_byte()
        if status is None or status & EVENT_SUMMARY:
            events |= _event_status(transport) | (COMPLETE if status is not None else 0)
        if events & COMPLETE:
            return bool(events & ERRORS)
        if clock.elapsed() - begun_s >= timeout_s:
            msg = f"{transport.resource}: not done within {timeout_s:g} s; *OPC is not reported"
            raise NoReply(msg)
        clock.sleep(poll_s)


def _event_status(transport: Transport) -> int:
    """Return the standard event status register; reading clears it."""
    reply = transport.query("*ESR?")
    try:
        return int(reply)
    except ValueError:
        msg = f"{transport.resource}: asked '*ESR?', answered {reply!r}; expected a whole number"
        raise ReplyError(msg) from None
