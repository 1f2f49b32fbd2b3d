"""The electrical quantities by name: what a source is told for each, and what a meter is set to and asked.

For methods of several quantities; each is a role of its own, which one instrument may fill.
"""

from typing import Literal

from calib.drivers.roles import (
    AcAmmeter,
    AcCurrentSource,
    AcVoltageSource,
    AcVoltmeter,
    DcAmmeter,
    DcCurrentSource,
    DcVoltageSource,
    DcVoltmeter,
    Ohmmeter,
    ResistanceSource,
)
from calib.procedure.station import Station

Wires = Literal[2, 4]


def put_out(
    station: Station, quantity: str, value: float, frequency_Hz: float | None = None, *, wires: Wires = 2
) -> float:
    """Have the source put a value on its terminals; return it, of a resistance as the source knows it."""
    match quantity:
        case "dc_voltage":
            station.role("source", DcVoltageSource).source_dc_voltage(value)
        case "ac_voltage":
            station.role("source", AcVoltageSource).source_ac_voltage(value, frequency_Hz or 0.0)
        case "dc_current":
            station.role("source", DcCurrentSource).source_dc_current(value)
        case "ac_current":
            station.role("source", AcCurrentSource).source_ac_current(value, frequency_Hz or 0.0)
        case _:
            return station.role("source", ResistanceSource).source_resistance(value, wires=wires)
    return value


def set_meter(
    station: Station,
    quantity: str,
    range_: float,
    *,
    nplc: float = 0.0,
    frequency_Hz: float | None = None,
    wires: Wires = 2,
) -> None:
    """Set the meter to a quantity and a fixed range."""
    match quantity:
        case "dc_voltage":
            station.role("meter", DcVoltmeter).configure_dc_voltage(range_, nplc)
        case "ac_voltage":
            station.role("meter", AcVoltmeter).configure_ac_voltage(range_, frequency_Hz or 0.0)
        case "dc_current":
            station.role("meter", DcAmmeter).configure_dc_current(range_, nplc)
        case "ac_current":
            station.role("meter", AcAmmeter).configure_ac_current(range_, frequency_Hz or 0.0)
        case _:
            station.role("meter", Ohmmeter).configure_resistance(range_, nplc, wires=wires)


def read_meter(station: Station, quantity: str) -> float:
    """Take one indication of the meter, in SI units."""
    match quantity:
        case "dc_voltage":
            return station.role("meter", DcVoltmeter).read_dc_voltage()
        case "ac_voltage":
            return station.role("meter", AcVoltmeter).read_ac_voltage()
        case "dc_current":
            return station.role("meter", DcAmmeter).read_dc_current()
        case "ac_current":
            return station.role("meter", AcAmmeter).read_ac_current()
    return station.role("meter", Ohmmeter).read_resistance()
