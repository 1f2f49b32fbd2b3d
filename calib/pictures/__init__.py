"""Pictures that prompts show, drawn from the prompt's own data: as SVG, and in characters for a terminal."""

from calib.pictures.immersion import Immersion, Probe
from calib.pictures.jaws import Jaws
from calib.pictures.joining import Device, Joining, Kind, Lead, calibrator, meter, side_by_side, to_jacks
from calib.pictures.loading import Loading, Turn

__all__ = [
    "Device",
    "Immersion",
    "Jaws",
    "Joining",
    "Kind",
    "Lead",
    "Loading",
    "Probe",
    "Turn",
    "calibrator",
    "meter",
    "side_by_side",
    "to_jacks",
]
