"""What all drivers share: identity, the check of the error channel after every write, names in messages."""

from contextlib import suppress
from typing import ClassVar, Self

from calib.clock import Clock, SystemClock
from calib.drivers.completion import wait_complete
from calib.drivers.dialect import Dialect
from calib.drivers.identity import Identity
from calib.drivers.transport.base import Line, Transport
from calib.drivers.transport.opening import open_line
from calib.errors import DeviceError, IdentityError, InstrumentError, NoReply, ReplyError
from calib.ports import TrafficSink

MOST_ERRORS = 32  # a queue holds 16 to 20; more means that reading does not empty it


class Instrument:
    """An instrument behind a transport. A driver names its models and its dialect, and adds settings and methods."""

    models: ClassVar[tuple[str, ...]]
    """Model names, as in `*IDN?`, that the driver speaks to; none where many models have one command set."""
    dialect: ClassVar[Dialect]
    line: ClassVar[Line] = Line()
    """How its line is opened; a bench file may replace parts of it."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self.transport = transport
        self.clock = clock
        self.known: dict[str, object] = {}
        """Settings as last written or read: for timeouts and messages, never in place of asking."""
        self._identity: Identity | None = None

    @classmethod
    def open(
        cls,
        resource: str,
        *,
        clock: Clock | None = None,
        sink: TrafficSink | None = None,
        line: Line | None = None,
        visa: str | None = None,
    ) -> Self:
        """Open a resource and return the instrument on it; see `open_line` for resources and VISA libraries.

        It is a context manager: a source is made safe on the way out. `line` replaces the driver's own.
        """
        transport = open_line(resource, line or cls.line, sink=sink, visa=visa)
        try:
            return cls(transport, clock or SystemClock())
        except BaseException:
            transport.close()
            raise

    def identify(self) -> Identity:
        """Ask the instrument who it is.

        Raises
        ------
        IdentityError
            A model that this driver does not speak to.
        """
        identity = self.ask_identity()
        if self.models and identity.model not in self.models:
            msg = (
                f"{self.transport.resource}: is a {identity}; "
                f"{type(self).__name__} speaks to {' or '.join(self.models)}: check the address and the bench file"
            )
            raise IdentityError(msg)
        self._identity = identity
        return identity

    def ask_identity(self) -> Identity:
        """Return who the instrument says it is; a dialect without `*IDN?` overrides it."""
        return Identity.from_reply(self.transport.query("*IDN?"), self.transport.resource)

    @property
    def who(self) -> str:
        """The instrument's name in messages: identity once it was asked, and resource."""
        name = next(iter(self.models), type(self).__name__) if self._identity is None else str(self._identity)
        return f"{name} ({self.transport.resource})"

    def write(self, *commands: str) -> None:
        """Send commands as one message and ask in the same message whether the instrument reports an error.

        Raises
        ------
        DeviceError
            The instrument reports errors; all of them are taken out of its queue.
        NoReply
            It answered nothing, and its error channel does not say why.
        """
        message = self.dialect.together(*commands)
        try:
            reply = self.transport.query(self.dialect.together(message, self.dialect.error_query))
        except NoReply:  # after a command that it does not understand, it may leave the rest of the message aside
            self._explain_silence(message)
            raise
        fault = self.dialect.fault(reply)
        if fault is None or fault[0] != 0:
            self._raise_fault(message, reply)

    def query(self, command: str, *, timeout_s: float | None = None) -> str:
        """Return the answer to `command`.

        Raises
        ------
        DeviceError
            There was none, and the instrument's error channel says why.
        NoReply
            There was none, and nothing says why.
        """
        try:
            return self.transport.query(command, timeout_s=timeout_s)
        except NoReply:
            self._explain_silence(command)
            raise

    def query_float(self, command: str, *, timeout_s: float | None = None) -> float:
        """Return the answer to `command` as a number."""
        reply = self.query(command, timeout_s=timeout_s)
        try:
            return float(reply)
        except ValueError:
            raise self.unreadable(command, reply, "a number") from None

    def query_int(self, command: str) -> int:
        """Return the answer to `command` as a whole number."""
        reply = self.query(command)
        try:
            return int(reply)
        except ValueError:
            raise self.unreadable(command, reply, "a whole number") from None

    def query_block(self, command: str, *, timeout_s: float | None = None) -> bytes:
        """Return the bytes of the block that answers `command` (IEEE 488.2, 8.7.9, 8.7.10)."""
        try:
            return self.transport.query_block(command, timeout_s=timeout_s)
        except NoReply:
            self._explain_silence(command)
            raise

    def wait_complete(self, timeout_s: float, *, poll_s: float = 0.05) -> None:
        """Wait until the instrument has done all that it was told, by `*OPC` and polling; `*ESE` is 1 afterwards.

        Raises
        ------
        NoReply
            It was not done within `timeout_s` of the bench's clock.
        DeviceError
            The instrument reports errors.
        """
        if wait_complete(self.transport, self.clock, timeout_s, poll_s):
            self.check()

    def trigger(self) -> None:
        """Send `*TRG` (IEEE 488.2, 10.37), which every wire carries; not every VISA has a trigger for every wire."""
        self.write("*TRG")

    def unreadable(self, command: str, reply: str, expected: str) -> ReplyError:
        """Return the error for an answer that is not what was expected."""
        return ReplyError(f"{self.who}: asked {command!r}, answered {reply!r}; expected {expected}")

    def check(self) -> None:
        """Raise `DeviceError` where the instrument's error channel reports anything; its queue is empty afterwards."""
        reply = self.transport.query(self.dialect.error_query)
        fault = self.dialect.fault(reply)
        if fault is None or fault[0] != 0:
            self._raise_fault(self.dialect.error_query, reply)

    def close(self) -> None:
        """Let the resource go; idempotent. The instrument stays as it is."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _raise_fault(self, message: str, reply: str) -> None:
        """Read the rest of the error queue, so that no later command is blamed, and raise what it holds."""
        faults: list[str] = []
        fault = self.dialect.fault(reply)
        if fault is None:
            raise self.unreadable(self.dialect.together(message, self.dialect.error_query), reply, "an error code")
        while fault is not None and fault[0] != 0 and len(faults) < MOST_ERRORS:
            faults.append(self._told(*fault))
            fault = self.dialect.fault(self.transport.query(self.dialect.error_query))
        msg = f"{self.who}: {message!r} was answered with error {'; '.join(faults)}"
        raise DeviceError(msg)

    def _told(self, code: int, text: str) -> str:
        """Return an error with its text, asked for where the error query tells the code alone."""
        if not text and self.dialect.explain_query:
            with suppress(InstrumentError):  # an error without its explanation is an error all the same
                text = self.transport.query(self.dialect.explain_query.format(code=code)).strip().strip('"')
        return f"{code} {text}".strip()

    def _explain_silence(self, command: str) -> None:
        try:
            reply = self.transport.query(self.dialect.error_query)
        except InstrumentError:
            return
        fault = self.dialect.fault(reply)
        if fault is not None and fault[0] != 0:
            self._raise_fault(command, reply)
