"""What a person can set and read on an instrument: functions by name, as they are told to a person, with their unit."""

from calib.errors import InputError
from calib.text import Text, both, same

ELECTRICAL: dict[str, tuple[Text, str]] = {
    "dc_voltage": (both("DC voltage"), "V"),
    "ac_voltage": (both("AC voltage"), "V"),
    "dc_current": (both("DC current"), "A"),
    "ac_current": (both("AC current"), "A"),
    "resistance": (both("resistance"), "Ω"),
    "frequency": (both("frequency"), "Hz"),
}


def told(function: str) -> tuple[Text, str]:
    """Return what a function is called and its unit: `dc_voltage`, `thermocouple.K.internal`, `rtd.Pt100.3`.

    Raises
    ------
    InputError
        There is no such function.
    """
    if function in ELECTRICAL:
        return ELECTRICAL[function]
    match function.split("."):
        case ["thermocouple", kind, "internal"]:
            return both("temperature, thermocouple type {kind}, own compensation on", kind=same(kind)), "°C"
        case ["thermocouple", kind, "0C"]:
            return both("temperature, thermocouple type {kind}, compensation off (0 °C)", kind=same(kind)), "°C"
        case ["rtd", kind, wires]:
            return both("temperature, {kind}, {wires} wires", kind=same(kind), wires=same(wires)), "°C"
    msg = f"{function!r} is no function that a person is asked to set"
    raise InputError(msg)
