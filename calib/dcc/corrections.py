"""Tables of a DCC as corrections of the register: what is added to the nominal value to give the value.

A certificate's error has one of two senses. Of what indicates it is the indication minus the value, and of a material
measure its nominal value minus the value (VIM, OIML V 2-200, 2.16): the correction is minus the error. Of a weight it
is the conventional mass minus the nominal value (OIML R 111-1:2004), and so are deviations from nominal of other
material measures: the correction is the error itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calib.dcc.together import degrees_of_freedom, uncertainty_and_correlation, with_covariance
from calib.dcc.values import Column, Table, Values
from calib.equipment import CertifiedPoint
from calib.errors import InputError

ErrorIs = Literal["indicated - value", "value - nominal"]
"""The sense of errors."""
WEIGHTS = "conventional_mass"
_ERROR, _NOMINAL, _MEASURED = "basic_measurementError", "basic_nominalValue", "basic_measuredValue"


@dataclass(frozen=True)
class Taken:
    """The points of a table, by ascending nominal value, and how their errors correlate."""

    points: tuple[CertifiedPoint, ...]
    correlation: str | tuple[tuple[float, ...], ...]
    dof: float = math.inf


@dataclass(frozen=True)
class Corrections:
    """A table of a certificate, to be taken as corrections of a quantity."""

    table: Table
    quantity: str
    where: str
    error_is: ErrorIs | None = None
    """None: as the quantity has it."""
    names: tuple[str, ...] = ()
    """Markings of the values, in the table's order; empty: the labels of its lists, where they have any."""

    def uncorrelated(self, correlation: str) -> Taken:
        """Return points with U and k of each row; `correlation` is what the laboratory says of their errors."""
        deviates = self._sense == "value - nominal"
        nominal = self._numbers(_NOMINAL, *(() if deviates else ("basic_calibrationValue", _MEASURED)))
        corrections, source = self._corrections(nominal)
        if source.U is None or source.k is None:
            msg = f"{self._who} states no expanded uncertainty with its k"
            raise InputError(msg)
        nominals, names = nominal.in_SI(), self._names(len(corrections), source.labels or nominal.labels)
        U, k = source.differences_in_SI(source.U), [float(one) for one in source.k]
        self._check(nominals, corrections, U)
        rows = sorted(zip(nominals, names, corrections, U, k, strict=True))
        points = tuple(CertifiedPoint(nominal=n, name=name, correction=c, U=w, k=own) for n, name, c, w, own in rows)
        return Taken(points, correlation)

    def stated(self) -> Taken:
        """Return points (U is u, k = 1), correlation and degrees of freedom of values with a covariance matrix."""
        found = with_covariance(self.table)
        if found is None or found.values is None:
            msg = f"{self._who} states no covariance matrix; say how its errors correlate"
            raise InputError(msg)
        values, stated = found.values, self._numbers(_NOMINAL)
        nominal = stated.in_SI()
        if _ERROR in found.ref_types:
            corrections = self._from_errors(values)
        else:
            if stated.units != values.units:
                msg = f"{self._who} has its nominal values in other units than its values"
                raise InputError(msg)
            corrections = values.differences_in_SI([v - n for v, n in zip(values.values, stated.values, strict=True)])
        u, r = uncertainty_and_correlation(values, self.where)
        self._check(nominal, corrections, u)
        names = self._names(len(u), values.labels)
        order = sorted((i for i, _ in enumerate(u)), key=lambda i: (nominal[i], names[i]))
        points = tuple(
            CertifiedPoint(nominal=nominal[i], name=names[i], correction=corrections[i], U=u[i], k=1) for i in order
        )
        return Taken(points, tuple(tuple(r[i][j] for j in order) for i in order), degrees_of_freedom(values))

    @property
    def _sense(self) -> ErrorIs:
        return self.error_is or ("value - nominal" if self.quantity == WEIGHTS else "indicated - value")

    @property
    def _who(self) -> str:
        return f"{self.where}: table {' / '.join(name.in_('en') for name in self.table.names)!r}"

    def _corrections(self, nominal: Values) -> tuple[list[float], Values]:
        """Return corrections in coherent SI units, and the values that state their U."""
        error, reference = self.table.column(_ERROR), self.table.column("basic_referenceValue")
        if error is None or error.values is None:
            of_value = (_MEASURED,) if self._sense == "value - nominal" else ()
            source = self._numbers(*of_value, "basic_referenceValue")
            return [v - n for v, n in zip(source.in_SI(), nominal.in_SI(), strict=True)], source
        source, corrections = error.values, self._from_errors(error.values)
        if source.U is None and reference is not None and reference.values is not None:
            source = reference.values
        return corrections, source

    def _from_errors(self, errors: Values) -> list[float]:
        sign = 1.0 if self._sense == "value - nominal" else -1.0
        return [sign * e for e in errors.differences_in_SI(errors.values)]

    def _check(self, nominal: Sequence[float], corrections: Sequence[float], U: Sequence[float]) -> None:
        """Refuse errors in the other sense, where the values beside them tell it."""
        measured = self.table.column(_MEASURED)
        if self._sense != "value - nominal" or measured is None or measured.values is None:
            return
        for n, value, c, limit in zip(nominal, measured.values.in_SI(), corrections, U, strict=True):
            if (value - n) * c < 0 and abs(value - n - c) > limit:
                off, given = f"{value - n:+.3g}", f"{c:+.3g}"
                msg = (
                    f"{self._who}: the value of {n:g} lies {off} from it, its error says {given} (SI units): errors "
                    'have the other sense; say error_is = "indicated - value"'
                )
                raise InputError(msg)

    def _names(self, size: int, labels: Sequence[str] | None) -> Sequence[str]:
        if self.names and len(self.names) != size:
            msg = f"{self._who} has {size} values; 'names' has {len(self.names)}"
            raise InputError(msg)
        return self.names or labels or [""] * size

    def _numbers(self, *ref_types: str) -> Values:
        found: Column | None = self.table.column(*ref_types)
        if found is None:
            held = ", ".join(ref for c in self.table.columns for ref in c.ref_types) or "none with a refType"
            msg = f"{self._who} has no column {' or '.join(ref_types)}; it has: {held}"
            raise InputError(msg)
        if found.values is None:
            msg = f"{self.where}: the column {' '.join(found.ref_types)} holds no numbers"
            raise InputError(msg)
        return found.values
