"""Inputs of a budget file as quantities."""

from calib.errors import InputError
from calib.uncertainty.budgetfile.model import Constant, Input, Statement
from calib.uncertainty.budgetfile.unitnames import unit_name
from calib.uncertainty.inputs import quantity
from calib.uncertainty.readings import type_a
from calib.uncertainty.uncertain import Quantity

_WAYS = ("u", "U", "half_width", "limits", "resolution", "readings")
_FORMS = (*_WAYS[:-1], "k", "probability", "dof", "distribution", "beta", "half_width_u")


def input_quantity(name: str, stated: Input) -> Quantity:
    """Return an input: its statement, and its components, each a source of its own called `name: component`."""
    unit = unit_name(stated.unit)
    if not stated.components:
        if not _is_stated(stated):
            msg = f"states no uncertainty: give one of {', '.join(_WAYS)} or components, or put it under [constants]"
            raise InputError(msg)
        return source_of(name, stated, unit)
    labels = [c.name for c in stated.components]
    if len(set(labels)) < len(labels):
        msg = f"components must have different names, not {', '.join(labels)}"
        raise InputError(msg)
    if _is_stated(stated):
        total = source_of(name, stated, unit)
    else:
        value = _given(stated.value)
        _no_leftovers(stated)
        total = Quantity(value, {}, unit)
    for c in stated.components:
        part = c if c.value is not None or c.readings or c.limits else c.model_copy(update={"value": 0.0})
        total = total + source_of(f"{name}: {c.name}", part, unit)
    return total


def constant(stated: float | Constant) -> Quantity | float:
    """Return a constant: a float, or a quantity without sources where it has a unit."""
    if not isinstance(stated, Constant):
        return float(stated)
    unit = unit_name(stated.unit)
    return stated.value if unit is None else Quantity(stated.value, {}, unit)


def source_of(name: str, stated: Statement, unit: str | None) -> Quantity:
    """Return the one source of a statement."""
    if stated.readings is not None:
        only_readings(stated)
        return type_a(list(stated.readings), name=name, unit=unit)
    if stated.value is None and stated.limits is None:
        _given(stated.value)
    forms = {form: given for form in _FORMS if (given := getattr(stated, form)) is not None}
    return quantity(stated.value, unit=unit, name=name, id=stated.id, **forms)


def _is_stated(stated: Statement) -> bool:
    return any(getattr(stated, way) is not None for way in _WAYS) or stated.distribution == "exponential"


def _given(value: float | None) -> float:
    if value is None:
        msg = "value is missing"
        raise InputError(msg)
    return value


def _no_leftovers(stated: Statement) -> None:
    left = [form for form in (*_FORMS, "id") if getattr(stated, form) is not None]
    if left:
        msg = f"{', '.join(left)} without an uncertainty of its own; it belongs to a component"
        raise InputError(msg)


def only_readings(stated: Statement) -> None:
    """Raise `InputError` where another statement stands beside readings."""
    more = [form for form in ("value", *_FORMS, "id") if getattr(stated, form) is not None]
    if more:
        msg = f"readings say all; {', '.join(more)} must not stand beside them (further contributions are components)"
        raise InputError(msg)
