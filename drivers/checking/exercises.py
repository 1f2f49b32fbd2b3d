"""How a driver is made to do what its roles promise: short measurements and outputs with arguments that it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from calib.drivers.instrument import Instrument
from calib.errors import OutOfRange

Arguments = tuple[tuple[Any, ...], Mapping[str, Any]]

RANGES = (10.0, 1.0, 20.0, 2.0, 100.0, 5.0, 50.0)
CURRENTS = (0.1, 0.01, 1.0, 0.2, 0.02, 1e-3, 2.0, 10.0)
OHMS = (1e3, 1e4, 2e3, 2e4, 100.0)
INTEGRATIONS = (1.0, 10.0, 0.2, 5.0, 100.0)


def _all(*choices: Sequence[Any], **keywords: Any) -> tuple[Arguments, ...]:
    return tuple((args, keywords) for args in product(*choices))


@dataclass(frozen=True)
class Measurement:
    """A reading of one quantity."""

    quantity: str
    configure: str | None
    read: str
    candidates: tuple[Arguments, ...] = (((), {}),)
    """Arguments of `configure`; the first ones that the driver takes are used."""
    signal: tuple[str, tuple[float, ...]] | None = None
    """What the calibrator beside the instrument puts out meanwhile; None: its input is shorted."""
    overloads: bool = True


MEASUREMENTS = (
    Measurement(
        "dc_voltage",
        "configure_dc_voltage",
        "read_dc_voltage",
        _all(RANGES, INTEGRATIONS),
        ("source_dc_voltage", (0.5,)),
    ),
    Measurement(
        "ac_voltage",
        "configure_ac_voltage",
        "read_ac_voltage",
        _all(RANGES, (1000.0,)),
        ("source_ac_voltage", (0.5, 1000.0)),
    ),
    Measurement("dc_current", "configure_dc_current", "read_dc_current", _all(CURRENTS, INTEGRATIONS)),
    Measurement("ac_current", "configure_ac_current", "read_ac_current", _all(CURRENTS, (1000.0,))),
    Measurement("resistance", "configure_resistance", "read_resistance", _all(OHMS, INTEGRATIONS, wires=4)),
    Measurement(
        "frequency",
        "configure_frequency",
        "read_frequency",
        _all((0.1, 1.0)),
        ("source_ac_voltage", (1.0, 1000.0)),
        overloads=False,
    ),
    Measurement("thermocouple", "configure_thermocouple", "read_temperature_C", _all(("K", "J"))),
    Measurement("temperature", None, "read_temperature_C", overloads=False),
    Measurement("thermometer", None, "read_thermometer_ohm", overloads=False),
    Measurement("bath", None, "read_bath_C", overloads=False),
    Measurement("humidity", None, "read_humidity_percent", overloads=False),
    Measurement("pressure", None, "read_pressure_Pa", overloads=False),
    Measurement("mass", None, "read_mass_kg"),
)


@dataclass(frozen=True)
class Putting:
    """An output."""

    method: str
    candidates: tuple[Arguments, ...] = field(default=())


OUTPUTS = (
    Putting("source_dc_voltage", _all((1.0, 0.1, 10.0))),
    Putting("source_ac_voltage", _all((1.0, 0.1, 10.0), (1000.0, 100.0))),
    Putting("source_dc_current", _all((0.01, 1e-3, 0.1))),
    Putting("source_ac_current", _all((0.01, 1e-3, 0.1), (1000.0, 100.0))),
    Putting("source_resistance", _all((1e3, 100.0, 1e4), wires=2)),
)


def measurements_of(driver: type[Instrument]) -> tuple[Measurement, ...]:
    """Return what the driver can measure; a reading that is configured first goes before one that is not."""
    able = [m for m in MEASUREMENTS if hasattr(driver, m.read) and hasattr(driver, m.configure or m.read)]
    return tuple({m.read: m for m in reversed(able)}.values())[::-1]


def outputs_of(driver: type[Instrument]) -> tuple[Putting, ...]:
    """Return what the driver can put out."""
    return tuple(o for o in OUTPUTS if hasattr(driver, o.method))


def accepted(instrument: Instrument, method: str, candidates: tuple[Arguments, ...]) -> Arguments:
    """Call a method with the first of the arguments that it takes, and return those."""
    refused: OutOfRange | None = None
    for args, keywords in candidates:
        try:
            getattr(instrument, method)(*args, **keywords)
        except OutOfRange as error:
            refused = error
        else:
            return args, keywords
    tried = ", ".join(str(args) for args, _ in candidates[:3])
    msg = f"{type(instrument).__name__}.{method} takes none of the arguments that are tried ({tried}, …): {refused}"
    raise OutOfRange(msg)


def configured(instrument: Instrument, measurement: Measurement) -> None:
    """Configure a measurement."""
    if measurement.configure is not None:
        accepted(instrument, measurement.configure, measurement.candidates)


def reading(instrument: Instrument, measurement: Measurement) -> float:
    """Configure and take one reading."""
    configured(instrument, measurement)
    return float(getattr(instrument, measurement.read)())
