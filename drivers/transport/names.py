"""Names of resources: what kind of line each stands for, and the one spelling that its lock is named by."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calib.errors import InputError

Kind = Literal["socket", "serial", "prologix", "visa", "replay"]

_SOCKET = re.compile(r"TCPIP\d*::([^:\s]+|\[[^\]\s]+\])::(\d+)::SOCKET", re.IGNORECASE)
_SOCKET_URL = re.compile(r"socket://([^:/?\s]+|\[[^\]\s]+\]):(\d+)", re.IGNORECASE)
_PROLOGIX = re.compile(
    r"PRLGX-(TCPIP|ASRL)\d*::(?:([^:\s]+|\[[^\]\s]+\])(?:::(\d+))?)(?:::INTFC)?::GPIB\d*::(\d+)(?:::(\d+))?(?:::INSTR)?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(/dev/\S+|COM\d+|rfc2217://\S+|loop://\S*|spy://\S+|alt://\S+)", re.IGNORECASE)
_ASRL_PATH = re.compile(r"ASRL(/\S+?|COM\d+)::INSTR", re.IGNORECASE)
_REPLAY = re.compile(
    r"REPLAY::(.+?)(?:::((?:TCPIP|GPIB|USB|ASRL|PRLGX|/dev/|COM\d|MEMORY|socket:|rfc2217:).*))?", re.IGNORECASE
)
REPLAY = "REPLAY::"
EXAMPLES = "TCPIP::192.168.1.20::5025::SOCKET, GPIB0::22::INSTR or /dev/ttyUSB0"


@dataclass(frozen=True)
class ResourceName:
    """A resource's name, taken apart."""

    kind: Kind
    one_name: str
    """The same however the resource is spelled."""
    host: str = ""
    """Host, serial device or file."""
    port: int = 0
    rest: str = ""
    """GPIB address behind an adapter; resource within a recording."""

    @property
    def adapter(self) -> str:
        """Name of the adapter that the resource lies behind, for its lock."""
        return self.one_name.rpartition("::gpib::")[0]


def parse(resource: str) -> ResourceName:
    """Take the name of a resource apart.

    Raises
    ------
    InputError
        It is none.
    """
    if match := _SOCKET.fullmatch(resource) or _SOCKET_URL.fullmatch(resource):
        host, port = match[1].strip("[]"), int(match[2])
        return ResourceName("socket", f"tcpip0::{host}::{port}::socket".lower(), host, port)
    if match := _PROLOGIX.fullmatch(resource):
        return _behind_adapter(match)
    if match := _SERIAL.fullmatch(resource):
        return ResourceName("serial", _serial_name(match[1]), match[1])
    if match := _REPLAY.fullmatch(resource):
        return ResourceName("replay", resource, match[1], rest=match[2] or "")
    from pyvisa import rname

    try:
        one_name = str(rname.to_canonical_name(resource.upper())).lower()
    except rname.InvalidResourceName:
        msg = f"{resource!r} is no VISA resource, such as {EXAMPLES}"
        raise InputError(msg) from None
    if match := _ASRL_PATH.fullmatch(resource):
        one_name = _serial_name(match[1])
    return ResourceName("visa", one_name)


def is_serial(resource: str) -> bool:
    """Return whether a resource is a serial port, or a recording of one, by whichever name."""
    recorded = _REPLAY.fullmatch(resource)
    name = resource if recorded is None else recorded[2] or ""
    return bool(_SERIAL.fullmatch(name)) or name.upper().startswith(("ASRL", "SOCKET://"))


def is_stream(resource: str) -> bool:
    """Return whether a resource is a serial port or a socket: bytes, and nothing that keeps messages apart."""
    return is_serial(resource) or resource.upper().endswith("::SOCKET")


def is_recording(resource: str) -> bool:
    """Return whether a resource is no instrument but a recording of one."""
    return resource.upper().startswith(REPLAY)


def in_folder(resource: str, folder: Path) -> str:
    """Return the resource with the file of a recording taken to be in `folder`, where its path is relative."""
    if not is_recording(resource):
        return resource
    return REPLAY + str(folder / resource[len(REPLAY) :])


def _serial_name(device: str) -> str:
    if device.startswith("/dev/"):
        return os.path.realpath(device)  # /dev/serial/by-id/… is a link
    return device.lower()


def _behind_adapter(match: re.Match[str]) -> ResourceName:
    over, host, port = match[1].upper(), match[2].strip("[]"), int(match[3] or 1234)
    primary, secondary = int(match[4]), match[5]
    if primary > 30 or not (secondary is None or 0 <= int(secondary) <= 30 or 96 <= int(secondary) <= 126):
        msg = f"{match[0]!r}: no GPIB address; allowed: primary 0 to 30, secondary 0 to 30 or 96 to 126"
        raise InputError(msg)
    address = str(primary)
    if secondary is not None:
        address += f" {int(secondary) if int(secondary) >= 96 else int(secondary) + 96}"
    place = f"tcpip::{host}::{port}" if over == "TCPIP" else f"asrl::{_serial_name(host)}"
    one_name = f"prlgx-{place}::gpib::{address}".lower()
    return ResourceName("prologix", one_name, host, port if over == "TCPIP" else 0, address)
