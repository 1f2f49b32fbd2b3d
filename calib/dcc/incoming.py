"""A DCC on its way into the register: what it states, and corrections of the tables that the laboratory names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from calib.dcc.carrier import dcc_content
from calib.dcc.corrections import ErrorIs
from calib.dcc.file import parse_dcc
from calib.dcc.register import Knowledge, calibration_table, certified_values
from calib.dcc.together import certified_thermometer
from calib.dcc.values import tables
from calib.equipment.temperature import QUANTITY
from calib.errors import FileError
from calib.files import CoherentUnit, Span, Strict, as_model
from calib.text import Language

NotNegative = Annotated[float, Field(ge=0)]


class Wanted(Strict):
    """A table of a DCC that shall give corrections, with what the certificate cannot say of them."""

    table: Annotated[int, Field(ge=1)]
    """Its number, as `calib dcc show` counts."""
    quantity: str
    unit: CoherentUnit
    range: Annotated[float, Field(gt=0)]
    correlation: Literal["full", "none", "stated"]
    """How the errors of its values correlate; `stated`: as the covariance matrix in the certificate says."""
    drift_ppm_per_year: NotNegative
    drift_floor_per_year: NotNegative = 0.0
    temperature_ppm_per_K: NotNegative
    interpolation_ppm: NotNegative | None = None
    error_is: ErrorIs | None = None
    """The sense of its errors; absent: of weights `value - nominal`, of all else `indicated - value`."""
    names: tuple[str, ...] = ()
    """Markings of its values, in its order, where several have one nominal value and the table does not name them."""

    @property
    def knowledge(self) -> Knowledge:
        """What the laboratory adds."""
        return Knowledge(
            self.correlation,
            drift_ppm_per_year=self.drift_ppm_per_year,
            temperature_ppm_per_K=self.temperature_ppm_per_K,
            drift_floor_per_year=self.drift_floor_per_year,
            interpolation_ppm=self.interpolation_ppm,
            error_is=self.error_is,
            names=self.names,
        )


class WantedThermometer(Strict):
    """A table of a DCC with coefficients R0, A, B, C and their covariance, which shall be a thermometer's law."""

    table: Annotated[int, Field(ge=1)]
    quantity: Literal["thermometer"]
    drift_K_per_year: NotNegative
    within_C: Span | None = None
    """Lowest and highest temperature for which it holds, where the certificate does not say so."""


def calibration_from_dcc(
    path: Path, wanted: Sequence[Mapping[str, Any]] = (), language: Language = "en"
) -> dict[str, Any]:
    """Return a calibration as one of `[[calibrations]]` from a DCC, or from the PDF that carries one.

    Raises
    ------
    InputError
        It is no DCC, has no such table, or a table gives no corrections.
    """
    dcc = parse_dcc(dcc_content(path), str(path))
    found = tables(dcc.certificate)
    taken: dict[str, Any] = {}
    for number, given in enumerate(wanted, 1):
        kind: type[Wanted | WantedThermometer] = WantedThermometer if given.get("quantity") == QUANTITY else Wanted
        one = as_model(dict(given), kind, f"from_dcc.#{number}")
        if one.table > len(found):
            msg = f"{path}: has {len(found)} tables; 'from_dcc' asks for table {one.table}"
            raise FileError(msg)
        table, where = found[one.table - 1], f"{path}: table {one.table}"
        if isinstance(one, WantedThermometer):
            made = certified_thermometer(table, one.drift_K_per_year, one.within_C, where)
            taken["thermometer"] = made.model_dump(exclude_unset=True)
        else:
            values = certified_values(
                table, one.knowledge, quantity=one.quantity, unit=one.unit, range=one.range, where=where
            )
            taken.setdefault("values", []).append(values.model_dump(exclude_none=True))
    return calibration_table(dcc, language) | taken
