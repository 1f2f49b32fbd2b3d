"""The register of equipment: what it is, how it was calibrated, and what its values are worth today."""

from calib.equipment.model import Calibration, CertifiedPoint, CertifiedValues, Equipment, in_force
from calib.equipment.reference import Reference, by_certificate, by_specification
from calib.equipment.register import Register
from calib.equipment.status import Route, Shortcoming, shortcomings

__all__ = [
    "Calibration",
    "CertifiedPoint",
    "CertifiedValues",
    "Equipment",
    "Reference",
    "Register",
    "Route",
    "Shortcoming",
    "by_certificate",
    "by_specification",
    "in_force",
    "shortcomings",
]
