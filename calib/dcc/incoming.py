"""A DCC on its way into the register: what it states, and corrections of the tables that the laboratory names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from calib.dcc.carrier import dcc_content
from calib.dcc.file import parse_dcc
from calib.dcc.register import Knowledge, calibration_table, certified_values
from calib.dcc.values import tables
from calib.errors import FileError
from calib.files import CoherentUnit, Strict, as_model
from calib.text import Language

NotNegative = Annotated[float, Field(ge=0)]


class Wanted(Strict):
    """A table of a DCC that shall give corrections, with what the certificate cannot say of them."""

    table: Annotated[int, Field(ge=1)]
    """Its number, as `calib dcc show` counts."""
    quantity: str
    unit: CoherentUnit
    range: Annotated[float, Field(gt=0)]
    correlation: Literal["full", "none"]
    drift_ppm_per_year: NotNegative
    drift_floor_per_year: NotNegative = 0.0
    temperature_ppm_per_K: NotNegative
    interpolation_ppm: NotNegative | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What the laboratory adds."""
        return Knowledge(
            self.correlation,
            drift_ppm_per_year=self.drift_ppm_per_year,
            temperature_ppm_per_K=self.temperature_ppm_per_K,
            drift_floor_per_year=self.drift_floor_per_year,
            interpolation_ppm=self.interpolation_ppm,
        )


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
    found, values = tables(dcc.certificate), []
    for number, given in enumerate(wanted, 1):
        one = as_model(dict(given), Wanted, f"from_dcc.#{number}")
        if one.table > len(found):
            msg = f"{path}: has {len(found)} tables; 'from_dcc' asks for table {one.table}"
            raise FileError(msg)
        made = certified_values(
            found[one.table - 1],
            one.knowledge,
            quantity=one.quantity,
            unit=one.unit,
            range=one.range,
            where=f"{path}: table {one.table}",
        )
        values.append(made.model_dump(exclude_none=True))
    return calibration_table(dcc, language) | ({"values": values} if values else {})
