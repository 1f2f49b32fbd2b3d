"""On which wires an instrument of a bench file answers."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from calib.errors import InputError
from calib.files import Strict, as_model

Number = Annotated[int, Field(ge=0, le=65535)]


class SocketFile(Strict):
    """Messages on a TCP socket."""

    kind: Literal["socket"]
    port: Number = 0
    """TCP port; 0 for a free one."""


class HislipFile(Strict):
    """HiSLIP 1.0."""

    kind: Literal["hislip"]
    port: Number = 0


class Vxi11File(Strict):
    """VXI-11."""

    kind: Literal["vxi11"]
    port: Number = 0
    portmapper: Number | None = None
    """Port of a portmapper that tells the instrument's; 111 is where clients ask, absent for none."""


class PrologixFile(Strict):
    """GPIB behind an adapter that all instruments of the bench share."""

    kind: Literal["prologix"]
    port: Number = 0
    """TCP port of the adapter, stated once; 0 for a free one."""
    address: Annotated[int, Field(ge=0, le=30)] | None = None
    """On GPIB; absent for the lowest free one."""


class SerialFile(Strict):
    """A serial line: `pty` a pseudo-terminal, `serial` raw bytes on TCP, `rfc2217` a terminal server."""

    kind: Literal["pty", "serial", "rfc2217"]
    port: Number = 0
    """TCP port; a pty has none."""
    baud: Annotated[int, Field(ge=1)] | None = None
    """Bytes go at this pace, on the bench's clock; absent for at once."""
    bits_per_byte: Annotated[int, Field(ge=7, le=12)] = 10
    """Start, data, parity and stop bits: 10 for 8N1 and for 7E1."""

    @property
    def byte_s(self) -> float:
        """Time that a byte takes; 0 for none."""
        return self.bits_per_byte / self.baud if self.baud else 0.0


WireFile = Annotated[
    SocketFile | HislipFile | Vxi11File | PrologixFile | SerialFile,
    Field(discriminator="kind"),
    BeforeValidator(lambda wire: {"kind": wire} if isinstance(wire, str) else wire),
]
KINDS: tuple[str, ...] = tuple(
    kind
    for file in (SocketFile, HislipFile, Vxi11File, PrologixFile, SerialFile)
    for kind in get_args(file.model_fields["kind"].annotation)
)
Wires = tuple[WireFile, ...]


class _List(Strict):
    wires: Wires


def wires_of(kinds: Iterable[str]) -> Wires:
    """Return wires by the names of their kinds.

    Raises
    ------
    InputError
        One is unknown.
    """
    wanted: list[Any] = list(kinds)
    for kind in wanted:
        if kind not in KINDS:
            msg = f"no wire {kind!r}; there are {', '.join(KINDS)}"
            raise InputError(msg)
    return as_model({"wires": wanted}, _List, "wires").wires
