"""Transports: lines to instruments."""

from calib.drivers.transport.base import Connector, Transport, no_traffic
from calib.drivers.transport.line import Line
from calib.drivers.transport.memory import MemoryTransport
from calib.drivers.transport.scripted import ScriptedTransport
from calib.drivers.transport.visa import VisaTransport, open_visa

__all__ = [
    "Connector",
    "Line",
    "MemoryTransport",
    "ScriptedTransport",
    "Transport",
    "VisaTransport",
    "no_traffic",
    "open_visa",
]
