"""Instruments: transports, dialects, roles, and one driver per model."""

from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.registry import driver_names, find_driver
from calib.drivers.roles import DcVoltageSource, DcVoltmeter, Source
from calib.drivers.transport import Connector, MemoryTransport, Transport, open_visa

__all__ = [
    "Connector",
    "DcVoltageSource",
    "DcVoltmeter",
    "Identity",
    "Instrument",
    "MemoryTransport",
    "Source",
    "Transport",
    "driver_names",
    "find_driver",
    "open_visa",
]
