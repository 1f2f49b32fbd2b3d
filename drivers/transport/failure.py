"""What PyVISA, its backends and the system raise, as errors of calib that name the resource and the request."""

from calib.drivers.transport.tcp import closed_by_peer, socket_of
from calib.errors import InstrumentError, LinkError, NoReply


def line_failure(error: Exception, resource: str, request: str, waited_s: float, line: object) -> InstrumentError:
    """Return the error for what went wrong with `request`; `line` is the pyvisa resource that it happened on."""
    import pyvisa

    code = getattr(error, "error_code", None)
    timed_out = code == pyvisa.constants.StatusCode.error_timeout or isinstance(error, TimeoutError)
    if not timed_out:
        return LinkError(f"{resource}: the line broke during {request!r} ({error}); check cable and power")
    below = socket_of(line)
    if below is not None and closed_by_peer(below):
        return LinkError(f"{resource}: the instrument closed the connection during {request!r}; check its power")
    return NoReply(f"{resource}: no answer to {request!r} within {waited_s:g} s")
