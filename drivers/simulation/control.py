"""The hand on a simulated bench: move the lead, look at the outputs and the thermometer. JSON lines over TCP.

Requests: `{"connect": "short"}`, `{"state": true}`, `{"environment": true}`. The truth cannot be asked for.
"""

import json
import socket
from typing import Any, Protocol, Self

from calib.errors import CalibError, InputError, LinkError, ReplyError

TIMEOUT_S = 5.0


class BenchControl(Protocol):
    """What a `SimulatedBench` in this process and a `Control` of one elsewhere have in common."""

    def connect(self, node: str) -> None:
        """Move the lead's far end to `calibrator`, `short` or `open`."""
        ...

    def state(self) -> dict[str, Any]:
        """Return where the lead is and what the outputs do and did."""
        ...

    def environment(self) -> dict[str, float]:
        """Return `temperature_C` and `humidity_percent`."""
        ...


class Control:
    """A client of a simulated bench's control port, given as `host:port`."""

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address
        host, _, port = address.rpartition(":")
        try:
            self._socket = socket.create_connection((host, int(port)), timeout=timeout_s)
        except (OSError, ValueError) as error:
            msg = f"{address}: no simulated bench can be controlled there ({error})"
            raise LinkError(msg) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")

    def connect(self, node: str) -> None:
        """Move the lead's far end to `calibrator`, `short` or `open`."""
        self._ask({"connect": node})

    def state(self) -> dict[str, Any]:
        """Return where the lead is and what the outputs do and did."""
        return self._ask({"state": True})

    def environment(self) -> dict[str, float]:
        """Return `temperature_C` and `humidity_percent`."""
        return self._ask({"environment": True})

    def close(self) -> None:
        """Let the bench go; it stays as it is."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            line = self._lines.readline()
        except OSError as error:
            msg = f"{self.address}: the simulated bench is gone ({error})"
            raise LinkError(msg) from error
        if not line:
            msg = f"{self.address}: the simulated bench has closed"
            raise LinkError(msg)
        answer = json.loads(line)
        if not isinstance(answer, dict):
            msg = f"{self.address}: asked {request}, answered {line!r}"
            raise ReplyError(msg)
        if "error" in answer:
            raise InputError(str(answer["error"]))
        return answer


def answer_control(bench: BenchControl, line: bytes) -> bytes:
    """Carry out one request on `bench`; return its answer as a line."""
    try:
        answer = _carry_out(bench, line)
    except (CalibError, ValueError) as error:
        answer = {"error": str(error)}
    return json.dumps(answer).encode() + b"\n"


def _carry_out(bench: BenchControl, line: bytes) -> dict[str, Any]:
    request = json.loads(line)
    match request:
        case {"connect": str(node)}:
            bench.connect(node)
            return {"connected": node}
        case {"state": True}:
            return bench.state()
        case {"environment": True}:
            return dict(bench.environment())
        case _:
            msg = f"unknown request {line.decode(errors='replace').strip()}; known: connect, state, environment"
            raise InputError(msg)
