"""All wires of a bench at once: one for each kind that an instrument has, one adapter for those on GPIB."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Self

from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.files import (
    HislipFile,
    PrologixFile,
    SerialFile,
    SocketFile,
    Vxi11File,
    WireFile,
    Wires,
)
from calib.drivers.simulation.wires.hislip import HislipWire
from calib.drivers.simulation.wires.portmapper import Portmapper
from calib.drivers.simulation.wires.prologix import PrologixWire
from calib.drivers.simulation.wires.pty_wire import PtyWire
from calib.drivers.simulation.wires.rfc2217 import Rfc2217Wire
from calib.drivers.simulation.wires.socket_wire import SocketWire
from calib.drivers.simulation.wires.vxi11 import Vxi11Wire
from calib.errors import InputError

ADDRESSES = range(1, 31)


class BenchWires:
    """The open wires of a bench; a context manager that lets them go."""

    def __init__(self, outlets: Mapping[str, Outlet], wires: Mapping[str, Wires], *, host: str = "127.0.0.1") -> None:
        self.resources: dict[str, dict[str, str]] = {name: {} for name in outlets}
        """What VISA opens, by instrument and kind of wire."""
        self.adapter: str | None = None
        """What PyVISA opens first for `GPIB0::n::INSTR`, and keeps open."""
        self._stack = ExitStack()
        self._host = host
        with ExitStack() as opening:
            for name, outlet in outlets.items():
                _refuse_twins(name, wires[name])
                for file in wires[name]:
                    if not isinstance(file, PrologixFile):
                        self.resources[name][file.kind] = self._open(opening, outlet, file)
            self._open_adapter(opening, outlets, wires)
            self._stack = opening.pop_all()
        for name in outlets:  # in the order of the file
            self.resources[name] = {w.kind: self.resources[name][w.kind] for w in wires[name]}

    def close(self) -> None:
        """Let all ports go."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, opening: ExitStack, outlet: Outlet, file: WireFile) -> str:
        host, port = self._host, outlet.port(file.kind)
        match file:
            case SocketFile():
                return opening.enter_context(SocketWire(port, host=host, number=file.port)).resource
            case HislipFile():
                return opening.enter_context(HislipWire(port, host=host, number=file.port)).resource
            case Vxi11File():
                vxi11 = opening.enter_context(Vxi11Wire(port, host=host, number=file.port))
                if file.portmapper is not None:
                    opening.enter_context(Portmapper(vxi11.number, host=host, number=file.portmapper))
                return vxi11.resource
            case SerialFile(kind="pty"):
                return opening.enter_context(PtyWire(port, byte_s=file.byte_s)).resource
            case SerialFile(kind="serial"):
                serial = SocketWire(port, host=host, number=file.port, byte_s=file.byte_s, serial=True)
                return opening.enter_context(serial).resource
            case SerialFile():
                return opening.enter_context(
                    Rfc2217Wire(port, host=host, number=file.port, byte_s=file.byte_s, baud=file.baud)
                ).resource
        raise AssertionError(file)

    def _open_adapter(self, opening: ExitStack, outlets: Mapping[str, Outlet], wires: Mapping[str, Wires]) -> None:
        wanted = {n: w for n in outlets for w in wires[n] if isinstance(w, PrologixFile)}
        if not wanted:
            return
        addresses = _addresses({name: file.address for name, file in wanted.items()})
        number = next((file.port for file in wanted.values() if file.port), 0)
        bus = {address: outlets[name] for name, address in addresses.items()}
        adapter = opening.enter_context(PrologixWire(bus, host=self._host, number=number))
        self.adapter = adapter.resource
        for name, address in addresses.items():
            self.resources[name]["prologix"] = f"PRLGX-TCPIP::{adapter.host}::{adapter.number}::GPIB::{address}"


def _refuse_twins(name: str, wires: Wires) -> None:
    kinds = [file.kind for file in wires]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if twice is not None:
        msg = f"simulated {name}: two wires of the kind {twice!r}; one serves any number of clients"
        raise InputError(msg)


def _addresses(wanted: Mapping[str, int | None]) -> dict[str, int]:
    """Return a GPIB address for each instrument: its own, else the lowest free one."""
    fixed = [address for address in wanted.values() if address is not None]
    twice = next((address for address in fixed if fixed.count(address) > 1), None)
    if twice is not None:
        names = ", ".join(name for name, address in wanted.items() if address == twice)
        msg = f"GPIB address {twice} is wanted by {names}: give each instrument its own"
        raise InputError(msg)
    free = (address for address in ADDRESSES if address not in fixed)
    return {name: next(free) if address is None else address for name, address in wanted.items()}
