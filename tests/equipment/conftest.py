"""Builders of equipment with a history."""

from collections.abc import Callable
from typing import Any

import pytest

from calib.equipment import Equipment
from calib.files import as_model

CALIBRATION = {
    "certificate": "V10.CN5.0211.26",
    "laboratory": "VMI",
    "traceability": "national standard of VMI",
    "date": "2026-08-18",
    "due": "2027-08-18",
    "temperature_C": [22.8, 23.2],
    "complies": True,
}


def _made(id_: str = "CAL-01", calibration: dict[str, Any] | None = None, **changes: Any) -> Equipment:
    plain = {
        "format": "calib-equipment/1",
        "id": id_,
        "description": "calibrator",
        "manufacturer": "Fluke",
        "model": "5522A",
        "serial_number": "2871004",
        "calibrations": [CALIBRATION | (calibration or {})],
    }
    return as_model(plain | changes, Equipment, id_)


@pytest.fixture
def equipment() -> Callable[..., Equipment]:
    """Return what makes equipment, calibrated on 2026-08-18 until 2027-08-18 unless changed."""
    return _made
