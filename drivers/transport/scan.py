"""Looking for instruments, only when asked, and for no longer than was allowed.

Nothing is written but the identity query, and to serial ports not even that unless it is wished: opening one may reset
what is behind it, and its settings are not known.
"""

import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from calib.drivers.transport.line import Line
from calib.drivers.transport.opening import OWN_LINES, open_line
from calib.errors import CalibError

KNOWN_PORTS = {
    5025: "TCPIP::{host}::5025::SOCKET",
    3490: "TCPIP::{host}::3490::SOCKET",
    4880: "TCPIP::{host}::hislip0::INSTR",
    111: "TCPIP::{host}::inst0::INSTR",
    1234: "PRLGX-TCPIP::{host}::1234::GPIB::{address}",
}
"""Ports that mean an instrument, on a host that was named: raw SCPI, Fluke's, HiSLIP, VXI-11, GPIB adapters."""
CONNECT_S = 1.0
REPLY_S = 2.0
_PROBE = Line(timeout_s=REPLY_S)


@dataclass(frozen=True)
class Found:
    """Something that may be an instrument."""

    resource: str
    identity: str = ""
    """Its answer to `*IDN?`."""
    note: str = ""
    """Why there is none, or what the system knows of the port."""


def scan(
    seconds: float,
    *,
    hosts: Iterable[str] = (),
    visa: str | None = None,
    identify: bool = True,
    serial: bool = False,
) -> tuple[Found, ...]:
    """Return what was found within `seconds`, sorted.

    Searched are what the VISA library lists, the serial ports, and on each of `hosts` the ports that instruments use.
    With `identify` each is asked `*IDN?`; a serial port only with `serial` too, at 9600 Bd 8N1.
    """
    deadline = time.monotonic() + seconds
    found: dict[str, Found] = {}
    jobs: list[Callable[[], Iterator[Found]]] = [lambda: _listed(visa), _serial_ports]
    jobs += [lambda host=host, port=port: _listening(host, port) for host in hosts for port in KNOWN_PORTS]  # type: ignore[misc]
    _together(jobs, found, deadline)
    if identify:
        asked = [f for f in found.values() if serial or not _is_serial(f.resource)]
        _together([lambda f=f: _identified(f, visa) for f in asked if "{" not in f.resource], found, deadline)  # type: ignore[misc]
    return tuple(found[name] for name in sorted(found))


def _together(jobs: Iterable[Callable[[], Iterator[Found]]], found: dict[str, Found], deadline: float) -> None:
    """Do all at once and keep what they find; those that are not done at the deadline are left behind."""
    over = threading.Event()

    def work(job: Callable[[], Iterator[Found]]) -> None:
        with suppress(Exception):  # what one way of looking cannot do, another may
            for each in job():
                if not over.is_set():
                    found[each.resource] = each

    threads = [threading.Thread(target=work, args=(job,), daemon=True, name="scan") for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    over.set()


def _listed(visa: str | None) -> Iterator[Found]:
    import pyvisa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages that would find more
        names = pyvisa.ResourceManager(visa or OWN_LINES).list_resources("?*::INSTR")
    for name in names:
        if not _is_serial(name):
            yield Found(name)


def _serial_ports() -> Iterator[Found]:
    from serial.tools.list_ports import comports

    for port in comports():
        known = " ".join(part for part in (port.manufacturer, port.product, port.serial_number) if part)
        yield Found(port.device, note=known or port.description or "")


def _listening(host: str, port: int) -> Iterator[Found]:
    with socket.create_connection((host, port), CONNECT_S):
        resource = KNOWN_PORTS[port].replace("{host}", host)
        yield Found(resource, note="GPIB adapter: name an address" if "{address}" in resource else "")


def _identified(found: Found, visa: str | None) -> Iterator[Found]:
    try:
        with_end = replace(_PROBE, write_end="\r\n") if _is_serial(found.resource) else _PROBE
        line = open_line(found.resource, with_end, visa=visa)
    except CalibError as error:
        yield replace(found, note=str(error).removeprefix(f"{found.resource}: "))
        return
    try:
        yield replace(found, identity=line.greeting or "", note=found.note)
    finally:
        line.close()


def _is_serial(resource: str) -> bool:
    return resource.upper().startswith(("ASRL", "/DEV/", "COM"))
