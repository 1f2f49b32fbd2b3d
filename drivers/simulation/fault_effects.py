"""What the faults do: to the instrument before it carries out a message, and to its answer."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from calib.drivers.simulation.fault_rules import (
    AnyRule,
    Delay,
    DeviceErrorRule,
    Disconnect,
    Drift,
    Duplicate,
    Garbage,
    Half,
    Knob,
    Lock,
    OverloadRule,
    Reboot,
    Silence,
    Slow,
    Stale,
    Terminator,
)
from calib.drivers.simulation.faults import Met
from calib.drivers.simulation.reply import SILENT, Piece, Reply

if TYPE_CHECKING:
    from calib.drivers.simulation.outlet import Port

ENDS = b"\r\n"


def ask_with_faults(port: "Port", message: bytes) -> Reply:
    """Carry out a message with the faults that meet it; return what comes back."""
    met = port.outlet.faults.meet(port.outlet.name, port.wire, message)
    rules = [m.rule for m in met]
    lifts = [_suffer(port, rule) for rule in rules]
    if any(isinstance(r, Reboot) for r in rules):
        return Reply(cut=True)
    try:
        if any(isinstance(r, Silence) and r.lost == "message" for r in rules):
            return SILENT
        answer = port.device.handle(message)
    finally:
        for lift in lifts:
            if lift is not None:
                lift()
    return _spoil(port, _answer(port, answer), met)


def _suffer(port: "Port", rule: AnyRule) -> Callable[[], None] | None:
    """Do to the instrument what happens before the message; return what ends it after the message."""
    outlet = port.outlet
    if isinstance(rule, Reboot):
        outlet.reboot(rule.seconds)
    elif isinstance(rule, DeviceErrorRule):
        port.device.push(rule.code, rule.text)
    elif isinstance(rule, Knob):
        port.device.handle(rule.turned.encode("latin-1", "replace") + b"\n")
    elif isinstance(rule, Lock):
        _hold(port, rule.seconds)
    elif isinstance(rule, Drift) and outlet.physics is not None:
        outlet.faults.on_clear(outlet.physics.drift(rule.function, relative=rule.relative, offset=rule.offset))
    elif isinstance(rule, OverloadRule) and outlet.physics is not None:
        lift = outlet.physics.overload(rule.seconds)
        outlet.faults.on_clear(lift)
        return lift if rule.seconds is None else None
    return None


def _hold(port: "Port", seconds: float) -> None:
    """Let another client have the lock, where it is free."""
    other = object()
    locks = port.outlet.locks
    if not locks.take(other, 0.0):
        return
    timer = threading.Timer(seconds, locks.forget, [other])
    timer.daemon = True
    timer.start()


def _answer(port: "Port", answer: bytes | None) -> Reply:
    late, port.late = port.late, None
    pieces = () if late is None or answer is None else (Piece(late, late=True),)
    if answer is None:
        port.late = late  # it waits on for the next answer
        return SILENT
    return Reply((*pieces, Piece(answer)))


def _spoil(port: "Port", reply: Reply, met: Iterable[Met]) -> Reply:
    for each in met:
        reply = _spoil_once(port, reply, each.rule, each.random)
    return reply


def _spoil_once(port: "Port", reply: Reply, rule: AnyRule, random: np.random.Generator) -> Reply:
    """Do to the newest answer what a rule wants."""
    *before, last = reply.pieces or (None,)
    if isinstance(rule, Disconnect):
        return Reply(() if last is None else (*before, _part(last, rule.fraction)), cut=True)
    if last is None:
        return reply
    if isinstance(rule, Stale):
        port.late = last.data
    changed = _changed(last, rule, random)
    return replace(reply, pieces=(*before, *changed))


def _changed(piece: Piece, rule: AnyRule, random: np.random.Generator) -> tuple[Piece, ...]:
    match rule:
        case Silence() | Stale():
            return ()
        case Duplicate():
            return (piece,) * (1 + rule.copies)
        case Delay():
            return (replace(piece, wait_s=piece.wait_s + rule.seconds),)
        case Garbage():
            return (replace(piece, data=_noise(piece.data, rule.length, random)),)
        case Half():
            return (_part(piece, rule.fraction),)
        case Terminator():
            return (replace(piece, data=piece.data.rstrip(ENDS) + rule.instead.encode("latin-1", "replace")),)
        case Slow():
            return (replace(piece, byte_s=rule.byte_s),)
    return (piece,)


def _part(piece: Piece, fraction: float) -> Piece:
    """Return the first part of a piece, without its terminator."""
    return replace(piece, data=piece.data.rstrip(ENDS)[: int(len(piece.data) * fraction)], end=False)


def _noise(data: bytes, length: int | None, random: np.random.Generator) -> bytes:
    """Return random bytes that end as `data` does and hold no end of a message."""
    body = data.rstrip(ENDS)
    allowed = np.array([b for b in range(256) if b not in ENDS], dtype=np.uint8)
    return bytes(random.choice(allowed, size=len(body) if length is None else length)) + data[len(body) :]
