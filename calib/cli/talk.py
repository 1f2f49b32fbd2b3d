"""What the commands of `calib bench` do: talk to an instrument, tell of a recording, play one."""

import hashlib
import json
import re
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from calib.drivers import Line, find_driver, open_line
from calib.drivers.transport.trafficfile import Message, Recorder, Recording, shown
from calib.errors import InputError, InstrumentError, ReplayError
from calib.ports import TrafficSink
from calib.text import Language, tr

_NO_MESSAGE = re.compile(rb"\[(serial poll|device clear|\d+)\]")


def talk(
    resource: str,
    commands: Iterable[str],
    *,
    driver: str | None,
    visa: str | None,
    sink: TrafficSink,
    language: Language = "en",
) -> None:
    """Send commands one after the other and tell the answers; an instrument that fails to answer ends nothing."""
    line = find_driver(driver).line if driver is not None else Line()
    transport = open_line(resource, line, sink=sink, visa=visa)
    try:
        for each in commands:
            try:
                if each == "<":
                    click.echo(transport.read())
                elif each.startswith("#"):
                    block = transport.query_block(each[1:])
                    click.echo(f"{len(block)} {tr('bytes', language)}, SHA-256 {hashlib.sha256(block).hexdigest()}")
                elif "?" in each:
                    click.echo(transport.query(each))
                else:
                    transport.write(each)
            except InstrumentError as error:
                click.echo(f"calib: {error}", err=True)
    finally:
        transport.close()


def record_run(path: Path, recorder: Recorder) -> None:
    """Write what was said on the wires of a run, with the times of then."""
    from calib.record import Record

    for message in Record.open(path).traffic():
        time = datetime.fromtimestamp(message.time, UTC).isoformat(timespec="microseconds")
        recorder.put(Message(time, message.resource, message.direction, message.message))


def recording_text(recording: Recording, language: Language) -> str:
    """Return a recording line by line."""
    lines = [f"{recording.path}: {recording.head['begun']} {recording.head.get('by', '')}".rstrip()]
    lines += [f"{m.time[11:23]}  {m.resource} {m.direction} {shown(m.data, 400)}" for m in recording.messages]
    if not recording.complete:
        lines.append(tr("The recording was cut off.", language))
    count = f"{len(recording.messages)} {tr('messages', language)}"
    lines.append(f"{count}, SHA-256 {recording.last_hash}")
    return "\n".join(lines)


def recording_json(recording: Recording) -> str:
    """Return a recording as JSON; bytes stand as characters of the same number."""
    messages = [
        {"time": m.time, "resource": m.resource, "direction": m.direction, "message": m.data.decode("latin-1")}
        for m in recording.messages
    ]
    about = {"file": str(recording.path), "complete": recording.complete, "hash": recording.last_hash}
    return json.dumps(recording.head | about | {"messages": messages}, ensure_ascii=False, indent=2)


def signature_doubt(recording: Recording, lab: Path | None) -> str:
    """Return what is wrong with a recording's signature; empty where nothing is, or none was made."""
    if recording.signature is None:
        return ""
    from calib.record import PublicKey
    from calib.run import Laboratory

    pem, signature = recording.signature
    key = PublicKey(pem)
    if not key.verifies(signature, recording.last_hash.encode()):
        return f"{recording.path}: the signature of the last line is false"
    laboratory = Laboratory.find_any(lab, recording.path.resolve().parent)
    if laboratory is not None and key.id not in {known.id for known in laboratory.public_keys()}:
        return f"{recording.path}: signed with the key {key.id[:16]}, which is none of {laboratory.folder}"
    return ""


def play(recording: Recording, resource: str | None, port: int, ready: Callable[[str], None]) -> int:
    """Answer one client as the instrument did; return how many messages there were.

    Raises
    ------
    ReplayError
        The client sends something else, or leaves before the end.
    """
    among = recording.resources()
    wanted = resource or (among[0] if len(among) == 1 else "")
    if wanted not in among:
        msg = f"{recording.path}: the recording is of {', '.join(among) or 'nothing'}; name one with --resource"
        raise InputError(msg)
    messages = [m for m in recording.of(wanted) if not _NO_MESSAGE.fullmatch(m.data)]
    with socket.create_server(("127.0.0.1", port)) as listening:
        ready(f"TCPIP::127.0.0.1::{listening.getsockname()[1]}::SOCKET")
        client, _ = listening.accept()
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for number, message in enumerate(messages, 1):
                if message.direction == "<":
                    client.sendall(message.data)
                else:
                    _expect(client, message.data, f"{recording.path}: message {number} of {len(messages)}")
    return len(messages)


def _expect(client: socket.socket, expected: bytes, where: str) -> None:
    got = b""
    while len(got) < len(expected) and expected.startswith(got):
        more = client.recv(len(expected) - len(got))
        if not more:
            break
        got += more
    if got != expected:
        msg = f"{where}: {shown(expected)} is in the recording, the client sent {shown(got)}"
        raise ReplayError(msg)
