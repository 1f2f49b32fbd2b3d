"""Classes of weights and their maximum permissible errors (OIML R 111-1:2004): dated data, not code."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from calib.errors import InputError, OutOfRange

WeightClass = Literal["E1", "E2", "F1", "F2", "M1", "M2", "M3"]
CLASSES: tuple[WeightClass, ...] = get_args(WeightClass)
_TABLE = "oiml-r111-1-2004.toml"
_MILLIGRAMS = {"mg": 0, "g": 3, "kg": 6}
"""Powers of ten of a milligram."""


def maximum_permissible_error_kg(nominal_kg: float, weight_class: WeightClass) -> float:
    """Return the maximum permissible error of a weight, on verification, in kilograms (table 1).

    Raises
    ------
    OutOfRange
        No weight of the table has that nominal value, or none of that class.
    """
    limits = _table()
    row = limits.get(_nominal_mg(nominal_kg))
    if row is None:
        msg = (
            f"a weight of {nominal_kg:g} kg is not in OIML R 111-1, table 1; allowed: 1, 2, 5 × 10ⁿ from 1 mg to 50 kg"
        )
        raise OutOfRange(msg)
    if weight_class not in row:
        msg = f"OIML R 111-1, table 1, has no class {weight_class} at {nominal_kg:g} kg; there are {', '.join(row)}"
        raise OutOfRange(msg)
    return float(row[weight_class].scaleb(-6))


def _nominal_mg(nominal_kg: float) -> Decimal:
    """Return a nominal value as it is written: 0.2 kg is 200000 mg, whatever the float is."""
    return Decimal(f"{nominal_kg:.9g}").scaleb(6).normalize()


@cache
def _table() -> dict[Decimal, dict[WeightClass, Decimal]]:
    import tomllib

    tables = tomllib.loads((files("calib.physics") / "data" / _TABLE).read_text(encoding="utf-8"))
    if tuple(tables["classes"]) != CLASSES:
        msg = f"{_TABLE}: its classes are {tables['classes']}, not {', '.join(CLASSES)}"
        raise InputError(msg)
    found = {}
    for nominal, limits in tables["mpe_mg"].items():
        number, _, unit = nominal.partition(" ")
        key = Decimal(number).scaleb(_MILLIGRAMS[unit]).normalize()
        found[key] = {name: Decimal(limit) for name, limit in zip(CLASSES, limits, strict=False)}
    return found
