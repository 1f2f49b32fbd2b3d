"""Transports: lines to instruments."""

from calib.drivers.transport.base import Connector, NoLeases, Transport, no_traffic
from calib.drivers.transport.line import Line
from calib.drivers.transport.memory import MemoryTransport
from calib.drivers.transport.names import in_folder, is_recording, is_serial
from calib.drivers.transport.opening import open_line, open_visa
from calib.drivers.transport.scripted import ScriptedTransport
from calib.drivers.transport.wired import WireTransport

__all__ = [
    "Connector",
    "Line",
    "MemoryTransport",
    "NoLeases",
    "ScriptedTransport",
    "Transport",
    "WireTransport",
    "in_folder",
    "is_recording",
    "is_serial",
    "no_traffic",
    "open_line",
    "open_visa",
]
