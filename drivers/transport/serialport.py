"""A serial port through pyserial: `/dev/ttyUSB0`, `COM3`, `rfc2217://host:port`.

For what VISA handles badly: pacing, every parity, ports behind a network, names that survive replugging
(`/dev/serial/by-id/…`).
"""

import time
import warnings
from contextlib import suppress
from typing import Any

from calib.drivers.transport.line import Line
from calib.drivers.transport.stream import StreamWire
from calib.errors import LinkError, NoReply

_PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}
SLICE_S = 0.05
"""How long one look for a byte takes."""


class SerialWire(StreamWire):
    """An open serial port."""

    def __init__(self, resource: str, line: Line) -> None:
        import serial

        super().__init__(resource)
        self._byte_pause_s = line.byte_pause_s
        local = "://" not in resource
        self.reopens = not local  # what is late dies with its connection
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # pyserial 3.5, rfc2217: setDaemon
                self._port: Any = serial.serial_for_url(
                    resource,
                    baudrate=line.baud,
                    bytesize=line.bits,
                    parity=_PARITIES[line.parity],
                    stopbits=line.stop_bits,
                    rtscts=line.flow == "rts/cts",
                    dsrdtr=line.flow == "dsr/dtr",
                    xonxoff=line.flow == "xon/xoff",
                    timeout=SLICE_S,
                    write_timeout=line.timeout_s if local else None,  # pyserial has none on rfc2217
                    exclusive=True if local else None,
                )
            self._port.reset_input_buffer()
        except Exception as error:  # termios.error where a pty refuses a parity, ValueError for an address
            setting = f"{line.baud} Bd, {line.bits}{_PARITIES[line.parity]}{line.stop_bits:g}"
            msg = f"{resource}: cannot be opened at {setting} ({error}); is it plugged in, free, and its name right?"
            raise LinkError(msg) from error

    def send(self, data: bytes, request: str) -> None:
        """Send bytes, one by one where the line says so."""
        import serial

        try:
            if not self._byte_pause_s:
                self._port.write(data)
                return
            for at in range(len(data)):
                self._port.write(data[at : at + 1])
                self._port.flush()
                time.sleep(self._byte_pause_s)
        except serial.SerialTimeoutException as error:
            msg = f"{self.resource}: does not take {request!r}; look at flow control and cable"
            raise NoReply(msg) from error
        except Exception as error:
            raise self._broken(request, error) from error

    def _more(self, request: str, timeout_s: float) -> bytes:
        """Return what has come, by as many bytes as there are: one a call is the slow way."""
        try:
            waiting = self._port.in_waiting
            if waiting or timeout_s <= 0:
                return bytes(self._port.read(waiting)) if waiting else b""
            deadline = time.monotonic() + timeout_s
            while not (data := bytes(self._port.read(1))) and time.monotonic() < deadline:
                pass  # the port's own time is a slice: to set another costs a negotiation on rfc2217
            if waiting := self._port.in_waiting:
                data += bytes(self._port.read(waiting))
        except Exception as error:
            raise self._broken(request, error) from error
        return data

    def close(self) -> None:
        """Close the port."""
        behind = getattr(self._port, "_socket", None)  # pyserial 3.5 leaves it open where the other side has closed
        with suppress(Exception):
            self._port.close()
        with suppress(Exception):
            if behind is not None:
                behind.close()

    def _broken(self, request: str, error: Exception) -> LinkError:
        return LinkError(f"{self.resource}: the line broke during {request!r} ({error}); check cable and power")
