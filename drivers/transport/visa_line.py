"""One opened PyVISA resource: bytes out, bytes in, every failure one of our errors.

The session is used through PyVISA's VISA calls (`viWrite`, `viRead`), not through its resource's text methods: the
bytes are wanted as they are, and a query then costs less than PyVISA's own.
"""

from contextlib import suppress

from calib.drivers.transport import tcp
from calib.drivers.transport.failure import line_failure
from calib.errors import InputError, LinkError

CHUNK = 20 * 1024


class VisaLine:
    """A session with one resource."""

    def __init__(self, resource: str, timeout_s: float, backend: str) -> None:
        import pyvisa
        from pyvisa.constants import StatusCode
        from pyvisa.resources import MessageBasedResource

        self._resource = resource
        self._timeout_s = timeout_s
        try:
            opened = pyvisa.ResourceManager(backend).open_resource(resource, open_timeout=round(timeout_s * 1000))
        except Exception as error:  # pyvisa-py raises bare Exception where a host is unknown
            msg = f"{resource}: cannot be opened ({error}); is it switched on, connected, and its address right?"
            raise LinkError(msg) from error
        if not isinstance(opened, MessageBasedResource):
            opened.close()
            msg = f"{resource}: not a resource that takes messages"
            raise InputError(msg)
        self._opened = opened
        self._library, self._session = opened.visalib, opened.session
        self._more = StatusCode.success_max_count_read
        opened.timeout = timeout_s * 1000
        self._quiet = opened.ignore_warning(StatusCode.success_device_not_present, self._more)
        self._quiet.__enter__()
        if resource.upper().startswith("ASRL") or resource.upper().endswith("SOCKET"):
            opened.read_termination = "\n"  # HiSLIP, VXI-11 and GPIB carry the end of a message themselves
        self._look_at_socket()

    def send(self, data: bytes, request: str) -> None:
        """Send bytes; `request` is their name in messages."""
        try:
            self._library.write(self._session, data)
        except Exception as error:
            raise line_failure(error, self._resource, request, self._timeout_s, self._opened) from error

    def receive(self, request: str, timeout_s: float) -> bytes:
        """Return the next answer with its terminator; `request` is what it answers, for messages."""
        try:
            if timeout_s != self._timeout_s:
                self._opened.timeout = timeout_s * 1000
                self._timeout_s = timeout_s
            data, status = self._library.read(self._session, CHUNK)
            while status == self._more:
                part, status = self._library.read(self._session, CHUNK)
                data += part
        except Exception as error:
            raise line_failure(error, self._resource, request, timeout_s, self._opened) from error
        return bytes(data)

    def clear(self) -> None:
        """Clear the device where the backend can."""
        with suppress(Exception):
            self._opened.clear()

    def close(self) -> None:
        """End the session; idempotent."""
        with suppress(Exception):  # what cannot even be closed is gone already
            self._quiet.__exit__(None, None, None)
            self._opened.close()

    def _look_at_socket(self) -> None:
        """Refuse a connection that was refused; send without Nagle's delay."""
        below = tcp.socket_of(self._opened)
        if below is None:
            return
        refused = tcp.connection_error(below)
        if refused is not None:
            self.close()
            msg = f"{self._resource}: nobody listens there ({refused.strerror}); is it on, and the address right?"
            raise LinkError(msg) from refused
        tcp.send_at_once(below)
