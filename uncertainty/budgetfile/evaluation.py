"""Evaluation of a budget file by one of the methods of `propagate`."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calib.errors import FileError, InputError, UncertaintyError, UnitError
from calib.uncertainty.budgetfile.checking import BudgetInput, Measurand
from calib.uncertainty.budgetfile.scaled import base_factor, in_base_units
from calib.uncertainty.firstorder import FirstOrder
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.outcome import MonteCarlo
from calib.uncertainty.propagation import propagate
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True)
class Evaluated:
    """One measurand."""

    name: str
    method: str
    probability: float
    digits: int
    unit: str
    first_order: Quantity | None
    """None where the model has no derivative at the estimates."""
    value: float
    """Best estimate; under Monte Carlo the mean."""
    u: float
    interval: tuple[float, float]
    shortest: tuple[float, float] | None = None
    dof: float = float("inf")
    U: float = float("nan")
    k: float = float("nan")
    trials: int = 0
    seed: int = 0
    gum_validated: bool | None = None
    warnings: tuple[str, ...] = ()


def evaluate(
    read: BudgetInput,
    *,
    method: str | None = None,
    trials: int | None = None,
    seed: int | None = None,
    probability: float | None = None,
) -> tuple[Evaluated, ...]:
    """Return the result for each measurand; what is not given is as the file says.

    Raises
    ------
    FileError
        The model has no value at the estimates of the inputs, or units do not fit.
    UncertaintyError
        The method cannot do it.
    """
    file = read.file
    how = _How(
        method or file.method,
        trials or file.trials,
        seed if seed is not None else file.seed if file.seed is not None else _any_seed(),
        probability or file.probability,
        file.digits,
        file.dof_policy,
    )
    with np.errstate(all="ignore"):  # a model that leaves its domain is told by an error, not by a warning
        return tuple(_with_warnings(read, m, how) for m in read.measurands)


@dataclass(frozen=True)
class _How:
    method: str
    trials: int
    seed: int
    probability: float
    digits: int
    dof_policy: str | None


def _with_warnings(read: BudgetInput, m: Measurand, how: _How) -> Evaluated:
    """Return the result, with what the engine warns of: first order that is zero or misleading."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FirstOrderWarning)
        found = _evaluated(read, m, how)
    told = dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, FirstOrderWarning))
    return replace(found, warnings=tuple(told)) if how.method == "first-order" else found


def _any_seed() -> int:
    return int(np.random.SeedSequence().generate_state(1)[0])


def _model(read: BudgetInput, m: Measurand, constants: Mapping[str, Any]) -> Any:
    def model(**inputs: Any) -> Any:
        scope = {**constants, **inputs}
        for name, expression in read.definitions.items():
            scope[name] = expression(scope)
        return m.expression(scope)

    return model


def _evaluated(read: BudgetInput, m: Measurand, how: _How) -> Evaluated:
    try:
        first = _first_order(read, m)
    except UnitError:
        raise
    except UncertaintyError:
        if how.method == "first-order" or read.has_units:  # units are checked by first order only
            raise
        first = None
    if how.method == "first-order":
        assert first is not None
        return _linear(first, m, how)
    unit = first.unit if first is not None else m.unit
    scale = base_factor(unit) if read.has_units else 1.0
    inputs = {name: in_base_units(q) for name, q in read.inputs.items()}
    constants = {name: in_base_units(c) for name, c in read.constants.items()}
    options: dict[str, Any] = {"trials": how.trials, "seed": how.seed, "linearise": True}
    try:
        out: Any = propagate(_model(read, m, constants), inputs, how.method, **options)
    except MemoryError:
        msg = f"{how.trials} trials of {len(inputs)} inputs need more memory than there is; take fewer"
        raise InputError(msg) from None
    return _sampled(out, first, m, how, unit, scale)


def _first_order(read: BudgetInput, m: Measurand) -> Quantity:
    out: Any = propagate(_model(read, m, read.constants), read.inputs)
    y: Quantity = out.quantity
    if not np.isfinite(y.value):
        msg = f"{m.name}: the model gives {y.value} at the estimates of the inputs"
        raise FileError(msg)
    if m.unit is None:
        return y
    unit = None if m.unit == "1" else m.unit
    return y.to(unit) if read.has_units else Quantity(y.value, y.blocks, unit)


def _linear(y: Quantity, m: Measurand, how: _How) -> Evaluated:
    e = y.expanded(how.probability, dof_policy=how.dof_policy)
    return Evaluated(
        m.name, how.method, how.probability, how.digits, y.unit or "", y, y.value, y.u, (e.lower, e.upper),
        dof=e.dof, U=e.U, k=e.k,
    )  # fmt: skip


def _sampled(out: Any, first: Quantity | None, m: Measurand, how: _How, unit: str | None, scale: float) -> Evaluated:
    """Return what another method found, in the unit of the measurand."""
    p = how.probability
    if not isinstance(out, MonteCarlo):
        low, high = (float(end) / scale for end in out.interval(p))
        u, U = float(out.u) / scale, 0.5 * (high - low)
        return Evaluated(
            m.name, how.method, p, how.digits, unit or "", first, float(out.value) / scale, u, (low, high),
            dof=float(out.dof), U=U, k=U / u if u else float("nan"),
        )  # fmt: skip
    if scale != 1.0:
        out = replace(out, draws=out.draws / scale, value=out.value / scale, u=out.u / scale)
    return Evaluated(
        m.name, how.method, p, how.digits, unit or "", first, out.value, out.u, out.interval(p), out.shortest(p),
        trials=out.trials, seed=how.seed, gum_validated=_gum_validated(first, out, how),
    )  # fmt: skip


def _gum_validated(first: Quantity | None, out: MonteCarlo, how: _How) -> bool:
    """Return the verdict of JCGM 101:2008, 8; False also where first order has no interval, or no uncertainty."""
    from calib.uncertainty.validation import compared

    if first is None:
        return False
    try:
        return compared(FirstOrder(first), out, how.probability, digits=how.digits).validated
    except UncertaintyError:
        return False
