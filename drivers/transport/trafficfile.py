r"""The file of a recording, `calib-traffic/1`: what was said on the wires, one line of JSON for each message.

::

    {"format":"calib-traffic/1","begun":"2026-11-23T05:00:00.000000+00:00","by":"…","hash":"…"}
    {"time":"2026-11-23T05:00:00.012345+00:00","resource":"GPIB0::22::INSTR","sent":"*IDN?\n","hash":"…"}
    {"time":"2026-11-23T05:00:00.013579+00:00","resource":"GPIB0::22::INSTR","received":"MAKER,MODEL,…\n","hash":"…"}
    {"end":2,"hash":"…"}

What is no printable ASCII stands as `sent_base64`, `received_base64`. Each line's hash covers the line before it and
its own content: hash(n) = SHA-256(hash(n − 1) ‖ the line's JSON without its hash, keys in their order, no spaces), in
hex; before the first line it is 64 zeros. So a line that is changed, put in, taken out or moved shows; only whoever
writes all hashes anew hides it, and against that the last line may carry an Ed25519 signature over its hash.
"""

import base64
import hashlib
import json
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

from calib.errors import FileError, IntegrityError
from calib.ports import Direction

FORMAT = "calib-traffic/1"
_GENESIS = "0" * 64
_READABLE = frozenset(string.printable.encode()) - {0x0B, 0x0C}
_FIELDS = {">": "sent", "<": "received"}

Sign = Callable[[bytes], tuple[str, bytes]]
"""Takes the last hash, in hex; returns the public key in PEM and the signature."""


@dataclass(frozen=True)
class Message:
    """One message on a wire."""

    time: str
    """ISO 8601 with offset."""
    resource: str
    direction: Direction
    data: bytes


@dataclass(frozen=True)
class Recording:
    """A recording that was read."""

    path: Path
    head: dict[str, Any]
    messages: tuple[Message, ...]
    complete: bool
    """False where the recording was cut off."""
    last_hash: str
    signature: tuple[str, bytes] | None
    """Public key in PEM and signature over `last_hash`; not checked."""

    @classmethod
    def read(cls, path: Path, *, unfinished: bool = False) -> "Recording":
        """Read a file; one that was cut off only where `unfinished`.

        Raises
        ------
        FileError
            It cannot be read, is no recording, or was cut off.
        IntegrityError
            It was changed; the message names the line.
        """
        lines = _lines(path)
        head = next(lines, {})
        if head.get("format") != FORMAT:
            msg = f"{path}: no recording; the first line must say {FORMAT!r}"
            raise FileError(msg)
        messages: list[Message] = []
        end: dict[str, Any] | None = None
        last = head["hash"]
        for number, line in enumerate(lines, 2):
            if end is not None:
                msg = f"{path}: line {number}: stands behind the end"
                raise IntegrityError(msg)
            if "end" in line:
                end = line
            else:
                messages.append(_message(line, f"{path}: line {number}"))
            last = line["hash"]
        if end is None and not unfinished:
            msg = f"{path}: has no last line: the recording was cut off after {len(messages)} messages"
            raise FileError(msg)
        signature = (end["key"], base64.b64decode(end["signature"])) if end and "signature" in end else None
        return cls(path, head, tuple(messages), end is not None, last, signature)

    def resources(self) -> tuple[str, ...]:
        """Return the resources, in the order in which they are first spoken to."""
        return tuple(dict.fromkeys(message.resource for message in self.messages))

    def of(self, resource: str) -> tuple[Message, ...]:
        """Return what was said on one resource."""
        return tuple(message for message in self.messages if message.resource == resource)


class Recorder:
    """Writes a recording; a traffic sink. Each message is in the file when the call returns."""

    def __init__(self, path: Path, *, by: str = "", overwrite: bool = False, **about: str) -> None:
        self.path = path
        self.count = 0
        self._hash = _GENESIS
        try:
            self._file: IO[str] | None = path.open("w" if overwrite else "x", encoding="ascii", newline="\n")
        except FileExistsError:
            msg = f"{path}: exists already, and a recording is never overwritten"
            raise FileError(msg) from None
        except OSError as error:
            msg = f"{path}: cannot be written ({error.strerror})"
            raise FileError(msg) from error
        self._write({"format": FORMAT, "begun": _now(), "by": by} | about)

    def __call__(self, resource: str, direction: Direction, message: bytes) -> None:
        """Take one message, with the machine's time."""
        self.put(Message(_now(), resource, direction, message))

    def put(self, message: Message) -> None:
        """Take one message with a time of its own."""
        field = _FIELDS[message.direction]
        if _READABLE.issuperset(message.data):
            content = {field: message.data.decode("ascii")}
        else:
            content = {f"{field}_base64": base64.b64encode(message.data).decode("ascii")}
        self._write({"time": message.time, "resource": message.resource} | content)
        self.count += 1

    def close(self, sign: Sign | None = None) -> None:
        """Write the last line, signed where a key is given; idempotent."""
        if self._file is None:
            return
        end: dict[str, Any] = {"end": self.count}
        body = json.dumps(end, separators=(",", ":"))
        self._hash = _chained(self._hash, body)
        end["hash"] = self._hash
        if sign is not None:
            key, signature = sign(self._hash.encode())
            end |= {"key": key, "signature": base64.b64encode(signature).decode("ascii")}
        self._file.write(json.dumps(end, separators=(",", ":")) + "\n")
        self._file.close()
        self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return  # closed already; a late message of a line that is being closed
        body = json.dumps(line, separators=(",", ":"))
        self._hash = _chained(self._hash, body)
        self._file.write(f'{body[:-1]},"hash":"{self._hash}"}}\n')
        self._file.flush()


def shown(data: bytes, most: int = 80) -> str:
    """Return a message as people read it: its text, or its beginning and length."""
    if len(data) > most:
        return f"{data[:most]!r}… ({len(data)} bytes)"[1:]
    return repr(data)[1:]


def _chained(previous: str, body: str) -> str:
    return hashlib.sha256((previous + body).encode("ascii")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Return the lines as they are in the chain; a last line that was not finished is left out."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    previous = _GENESIS
    for number, text in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            line = json.loads(text.decode("ascii"))
            said = line["hash"]
        except (ValueError, TypeError, KeyError, RecursionError):
            msg = f"{path}: line {number}: not a line of a recording ({FORMAT})"
            raise FileError(msg) from None
        body = {key: value for key, value in line.items() if key not in {"hash", "key", "signature"}}
        previous = _chained(previous, json.dumps(body, separators=(",", ":")))
        if said != previous:
            msg = f"{path}: line {number}: was changed, or a line before it was put in or taken out"
            raise IntegrityError(msg)
        yield line


def _message(line: dict[str, Any], where: str) -> Message:
    for direction, field in ((">", "sent"), ("<", "received")):
        try:
            if field in line:
                return Message(line["time"], line["resource"], direction, line[field].encode("ascii"))  # type: ignore[arg-type]
            if f"{field}_base64" in line:
                data = base64.b64decode(line[f"{field}_base64"], validate=True)
                return Message(line["time"], line["resource"], direction, data)  # type: ignore[arg-type]
        except (KeyError, ValueError, AttributeError, TypeError):
            break
    msg = f"{where}: needs time, resource, and what was sent or received"
    raise FileError(msg)
