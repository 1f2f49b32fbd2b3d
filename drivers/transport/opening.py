"""Opening a line: the right wire for the name of a resource, held against other processes, and proven."""

from collections.abc import Callable
from dataclasses import replace

from calib.drivers.transport.base import no_traffic
from calib.drivers.transport.hold import Hold
from calib.drivers.transport.line import Line
from calib.drivers.transport.names import ResourceName, parse
from calib.drivers.transport.wire import Wire
from calib.drivers.transport.wired import WireTransport
from calib.ports import TrafficSink

OWN_LINES = "@py"
"""The VISA library where none is named: pyvisa-py, with sockets of our own in place of its."""


def open_line(
    resource: str,
    line: Line | None = None,
    *,
    sink: TrafficSink | None = None,
    visa: str | None = None,
    instead_of: int | None = None,
) -> WireTransport:
    """Open a resource and hold it against other processes.

    Parameters
    ----------
    resource
        A VISA resource name; a serial port, as `/dev/ttyUSB0`, `COM3`, `rfc2217://host:port`, `socket://host:port`;
        an instrument behind an adapter, `PRLGX-TCPIP::host::1234::GPIB::22`; a recording, `REPLAY::file`.
    line
        What the instrument wants; a driver class has it as `line`.
    sink
        Takes all traffic.
    visa
        A VISA library in PyVISA's notation, `@py` (pyvisa-py), `@ivi`, or its path; what is a VISA resource goes
        through it. None: sockets directly, all other VISA resources through pyvisa-py.
    instead_of
        Id of a dead process whose hold on the resource is taken over.

    Raises
    ------
    InputError
        Not a name of a resource.
    LinkError
        The instrument cannot be reached, or does not answer the probe.
    ResourceHeld
        Another process has it.
    """
    line = line or Line()
    name = parse(resource)
    if name.kind == "replay":
        from calib.drivers.transport.replay import open_replay

        return open_replay(resource, name, line, sink or no_traffic)
    hold = Hold(resource, name.one_name, instead_of=instead_of)
    try:
        return WireTransport(resource, line, _opener(resource, name, line, visa, instead_of), sink or no_traffic, hold)
    except BaseException:
        hold.release()
        raise


def open_visa(
    resource: str,
    *,
    sink: TrafficSink | None = None,
    timeout_s: float = 5.0,
    probe: str | None = "*IDN?",
    backend: str | None = None,
    instead_of: int | None = None,
) -> WireTransport:
    """Open a resource as `open_line` does, for an instrument with nothing peculiar but its probe and its timeout."""
    line = replace(Line(), timeout_s=timeout_s, probe=probe)
    return open_line(resource, line, sink=sink, visa=backend, instead_of=instead_of)


def load_line(resource: str, visa: str | None = None) -> None:
    """Load what opening `resource` needs, without opening it: whoever has to be quick later is ready then."""
    kind = parse(resource).kind
    if kind == "visa" or (kind == "socket" and visa is not None):
        import pyvisa

        pyvisa.ResourceManager(visa or OWN_LINES)


def _opener(
    resource: str, name: ResourceName, line: Line, visa: str | None, instead_of: int | None
) -> Callable[[], Wire]:
    if name.kind == "socket" and visa is None:
        from calib.drivers.transport.tcp import SocketWire

        return lambda: SocketWire(resource, name.host, name.port, line.timeout_s)
    if name.kind == "serial":
        from calib.drivers.transport.serialport import SerialWire

        return lambda: SerialWire(resource, line)
    if name.kind == "prologix":
        from calib.drivers.transport.prologix import PrologixWire

        return lambda: PrologixWire(resource, name, line, instead_of)
    from calib.drivers.transport.visa_wire import VisaWire

    return lambda: VisaWire(resource, line, visa or OWN_LINES)
