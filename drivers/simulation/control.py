"""The hand on a simulated bench: move leads, look at outputs and thermometer, let things go wrong. JSON lines over TCP.

Requests: `{"connect": "short"}` (with `"joint": "lead2"` where there are several), `{"state": true}`,
`{"environment": true}`, `{"disturb": {"quantity": "temperature_C", "shape": "step", "size": 2}}`,
`{"add_fault": {"kind": "delay", "seconds": 2}}`, `{"remove_fault": 1}`, `{"faults": true}`, `{"clear_faults": true}`.
The truth cannot be asked for.
"""

import json
import socket
from collections.abc import Callable
from typing import Any, Protocol, Self

from calib.drivers.simulation.environment import Disturbance
from calib.drivers.simulation.fault_rules import AnyRule, rule
from calib.errors import CalibError, InputError, LinkError, ReplyError
from calib.files import as_model

TIMEOUT_S = 5.0


class FaultControl(Protocol):
    """The rules by which things go wrong."""

    def add(self, rule: AnyRule) -> int:
        """Put a rule in force; return its number."""
        ...

    def remove(self, number: int) -> bool:
        """Take a rule out of force; return whether there was one of that number."""
        ...

    def clear(self) -> None:
        """Take all rules out of force, and heal what they did."""
        ...

    def active(self) -> list[dict[str, Any]]:
        """Return the rules in force with their numbers, how many messages they met and how often they happened."""
        ...


class BenchControl(Protocol):
    """What a `SimulatedBench` in this process and a `Control` of one elsewhere have in common."""

    @property
    def faults(self) -> FaultControl:
        """What goes wrong on the bench."""
        ...

    def connect(self, node: str, joint: str | None = None) -> None:
        """Move a lead's far end to `calibrator`, `short`, `open` or a node's name; the bench's only lead if unnamed."""
        ...

    def disturb(self, disturbance: Disturbance) -> None:
        """Disturb the air; the time of the disturbance counts from now."""
        ...

    def panel(self, name: str, message: str) -> str:
        """Turn the knobs of an instrument that a person reads, or return what its display shows."""
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

    @property
    def faults(self) -> FaultControl:
        """What goes wrong on the bench."""
        return _RemoteFaults(self._ask)

    def connect(self, node: str, joint: str | None = None) -> None:
        """Move a lead's far end to `calibrator`, `short`, `open` or a node's name; the bench's only lead if unnamed."""
        self._ask({"connect": node} if joint is None else {"connect": node, "joint": joint})

    def disturb(self, disturbance: Disturbance) -> None:
        """Disturb the air; the time of the disturbance counts from now."""
        self._ask({"disturb": disturbance.model_dump()})

    def panel(self, name: str, message: str) -> str:
        """Turn the knobs of an instrument that a person reads, or return what its display shows."""
        return str(self._ask({"panel": name, "message": message})["shown"])

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


class _RemoteFaults:
    """The faults of a bench elsewhere."""

    def __init__(self, ask: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self._ask = ask

    def add(self, rule: AnyRule) -> int:
        """Put a rule in force; return its number."""
        return int(self._ask({"add_fault": rule.model_dump(exclude_none=True)})["number"])

    def remove(self, number: int) -> bool:
        """Take a rule out of force; return whether there was one of that number."""
        return bool(self._ask({"remove_fault": number})["removed"])

    def clear(self) -> None:
        """Take all rules out of force, and heal what they did."""
        self._ask({"clear_faults": True})

    def active(self) -> list[dict[str, Any]]:
        """Return the rules in force."""
        return list(self._ask({"faults": True})["faults"])


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
        case {"connect": str(node), "joint": str(joint), **more} if not more:
            bench.connect(node, joint)
            return {"connected": node, "joint": joint}
        case {"connect": str(node), **more} if not more:
            bench.connect(node)
            return {"connected": node}
        case {"disturb": dict(fields)}:
            bench.disturb(as_model(fields, Disturbance, "disturb"))
            return {"disturbed": fields}
        case {"panel": str(name), "message": str(message)}:
            return {"shown": bench.panel(name, message)}
        case {"state": True}:
            return bench.state()
        case {"environment": True}:
            return dict(bench.environment())
    return _with_faults(bench.faults, request, line)


def _with_faults(faults: FaultControl, request: Any, line: bytes) -> dict[str, Any]:
    match request:
        case {"add_fault": dict(fields)}:
            return {"number": faults.add(rule(**fields))}
        case {"remove_fault": int(number)}:
            return {"removed": faults.remove(number)}
        case {"clear_faults": True}:
            faults.clear()
            return {"cleared": True}
        case {"faults": True}:
            return {"faults": faults.active()}
    known = "connect, disturb, panel, state, environment, add_fault, remove_fault, clear_faults, faults"
    msg = f"unknown request {line.decode(errors='replace').strip()}; known: {known}"
    raise InputError(msg)
