"""One piece of equipment and its calibrations, as its file in the register states them (ISO/IEC 17025:2017, 6.4.13)."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from calib.equipment.calibration import Calibration, in_force
from calib.equipment.history import Check, Maintenance, ReferenceMaterial, Verified
from calib.errors import CalibrationStatusError
from calib.files import BilingualText, Strict
from calib.specification import Interval


class Equipment(Strict):
    """A piece of equipment of the laboratory."""

    format: Literal["calib-equipment/1"]
    id: Annotated[str, Field(min_length=1)]
    description: BilingualText
    manufacturer: str
    model: str
    serial_number: str
    firmware: str = ""
    software: str = ""
    location: str = ""
    keywords: tuple[str, ...] = ()
    state: Literal["in service", "out of service"] = "in service"
    state_reason: str = ""
    needs_calibration: bool = True
    """False for what no result depends on (6.4.6); it may not be used as a standard."""
    specification: str | None = None
    """Id of its accuracy specification."""
    specification_interval: Interval | None = None
    """Interval of the specification that the laboratory relies on, such as `90 days`."""
    verified: Verified | None = None
    reference_material: ReferenceMaterial | None = None
    maintenance_plan: str = ""
    check_interval: Interval | None = None
    """How often an intermediate check is due after calibration or check."""
    calibrations: tuple[Calibration, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def name(self) -> str:
        """How messages name it: id, manufacturer, model, serial number."""
        return f"{self.id} ({self.manufacturer} {self.model}, serial number {self.serial_number})"

    def calibration(self, on: dt.date, quantity: str | None = None) -> Calibration:
        """Return the newest calibration done by the day `on`, of a quantity or of any.

        Raises
        ------
        CalibrationStatusError
            There is none.
        """
        calibration = in_force(self.calibrations, on, quantity)
        if calibration is None:
            of = "" if quantity is None else f" of {quantity}"
            msg = f"{self.name}: the register holds no calibration{of} done by {on}"
            raise CalibrationStatusError(msg)
        return calibration
