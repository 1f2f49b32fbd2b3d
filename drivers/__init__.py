"""Instruments: transports, dialects, roles, and one driver per model."""

from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.registry import driver_names, find_driver
from calib.drivers.roles import (
    AcAmmeter,
    AcVoltmeter,
    DcAmmeter,
    DcVoltageSource,
    DcVoltmeter,
    FrequencyCounter,
    Ohmmeter,
    Source,
)
from calib.drivers.transport import Connector, Line, MemoryTransport, Transport, open_line, open_visa

__all__ = [
    "AcAmmeter",
    "AcVoltmeter",
    "Connector",
    "DcAmmeter",
    "DcVoltageSource",
    "DcVoltmeter",
    "FrequencyCounter",
    "Identity",
    "Instrument",
    "Line",
    "MemoryTransport",
    "Ohmmeter",
    "Source",
    "Transport",
    "driver_names",
    "find_driver",
    "open_line",
    "open_visa",
]
