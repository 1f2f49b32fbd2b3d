"""Inputs of a budget file that vary together."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from calib.errors import InputError
from calib.uncertainty.budgetfile.inputs import only_readings, source_of
from calib.uncertainty.budgetfile.model import Correlation, Input
from calib.uncertainty.budgetfile.unitnames import unit_name
from calib.uncertainty.copula import tied
from calib.uncertainty.joint import correlated
from calib.uncertainty.readings import type_a
from calib.uncertainty.uncertain import Quantity


class Group:
    """Inputs that vary together: a correlation matrix, or readings taken together."""

    def __init__(self, names: list[str], r: NDArray[np.float64] | None) -> None:
        self.names = names
        self.r = r

    def quantities(self, inputs: Mapping[str, Input]) -> tuple[Quantity, ...]:
        """Return them: jointly normal, jointly t where they have one dof, else tied by a Gaussian copula."""
        stated = [inputs[name] for name in self.names]
        units = [unit_name(i.unit) for i in stated]
        for name, one in zip(self.names, stated, strict=True):
            if one.components or one.id is not None:
                msg = f"{name!r} has components or an id: what correlates must be one input with one statement"
                raise InputError(msg)
        if self.r is None:
            return _read_together(self.names, stated, units)
        alone = [source_of(name, one, unit) for name, one, unit in zip(self.names, stated, units, strict=True)]
        sources = [next(iter(q.blocks)) for q in alone]
        if not all(source.is_normal for source in sources):
            return tied(alone, self.r)
        return correlated(
            [q.value for q in alone], u=[source.u for source in sources], r=self.r,
            dof=[float(source.dof) for source in sources], names=self.names, units=units,
        )  # fmt: skip


def groups(correlations: tuple[Correlation, ...], known: Mapping[str, Input]) -> list[Group]:
    """Return the inputs that vary together, whatever the number of tables that say so."""
    found: list[Group] = []
    pairs: dict[tuple[str, str], float] = {}
    for c in correlations:
        _check_members(c, known)
        if c.from_readings:
            found.append(Group(list(c.inputs), None))
        else:
            pairs |= _pairs(c, pairs)
    for names in _connected(pairs):
        r = np.eye(len(names))
        for (a, b), value in pairs.items():
            if a in names:
                i, j = names.index(a), names.index(b)
                r[i, j] = r[j, i] = value
        found.append(Group(names, r))
    members = [name for group in found for name in group.names]
    for name in members:
        if members.count(name) > 1:
            msg = f"{name!r} is correlated both by r and from readings, or from readings twice"
            raise InputError(msg)
    return found


def _check_members(c: Correlation, known: Mapping[str, Input]) -> None:
    for name in c.inputs:
        if name not in known:
            msg = f"{name!r} is not an input; known: {', '.join(known)}"
            raise InputError(msg)
    if len(set(c.inputs)) < len(c.inputs):
        msg = f"inputs must be different, not {', '.join(c.inputs)}"
        raise InputError(msg)
    if c.from_readings == (c.r is not None):
        msg = "give either r or from_readings = true"
        raise InputError(msg)


def _pairs(c: Correlation, known: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Return r by pairs of names, in their order in the alphabet; a pair is stated once."""
    n = len(c.inputs)
    if isinstance(c.r, tuple):
        matrix = c.r
        if [len(row) for row in matrix] != [n] * n:
            msg = f"r must be {n} rows of {n} numbers"
            raise InputError(msg)
    elif n == 2 and c.r is not None:
        matrix = ((1.0, c.r), (c.r, 1.0))
    else:
        msg = f"{n} inputs need r as a matrix of {n} × {n}"
        raise InputError(msg)
    found: dict[tuple[str, str], float] = {}
    for i, a in enumerate(c.inputs):
        if matrix[i][i] != 1.0:
            msg = f"the diagonal of r must be 1, not {matrix[i][i]:g}"
            raise InputError(msg)
        for j in range(i):
            b, value = c.inputs[j], matrix[i][j]
            if matrix[j][i] != value or not -1 <= value <= 1:
                msg = f"r of {b!r} and {a!r} must be one number between -1 and 1, not {value:g} and {matrix[j][i]:g}"
                raise InputError(msg)
            pair = (min(a, b), max(a, b))
            if known.get(pair, value) != value:
                msg = f"r of {b!r} and {a!r} is stated twice, as {known[pair]:g} and {value:g}"
                raise InputError(msg)
            found[pair] = value
    return found


def _connected(pairs: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Return the names that are joined by pairs with r other than 0."""
    found: list[list[str]] = []
    for (a, b), r in pairs.items():
        if r == 0:
            continue
        touched = [group for group in found if a in group or b in group]
        merged = list(dict.fromkeys([name for group in touched for name in group] + [a, b]))
        found = [group for group in found if group not in touched] + [merged]
    return found


def _read_together(names: list[str], stated: list[Input], units: list[str | None]) -> tuple[Quantity, ...]:
    for name, one in zip(names, stated, strict=True):
        if one.readings is None:
            msg = f"{name!r} has no readings"
            raise InputError(msg)
        only_readings(one)
    lengths = {len(one.readings or ()) for one in stated}
    if len(lengths) > 1:
        msg = f"readings taken together must be equally many, not {', '.join(map(str, sorted(lengths)))}"
        raise InputError(msg)
    return type_a([list(one.readings or ()) for one in stated], together=True, names=names, units=units)
