"""The register of equipment: what it is, how it was calibrated, and what its values are worth today."""

from calib.equipment.calibration import Calibration, Document, all_in_force, in_force
from calib.equipment.certifiedthermocouple import CertifiedEmf, CertifiedThermocouple
from calib.equipment.history import Check, Maintenance, Release
from calib.equipment.model import Equipment
from calib.equipment.reference import Asked, Reference, by_certificate, by_specification
from calib.equipment.register import Register
from calib.equipment.status import Route, Shortcoming, Standing, check_due, next_due, shortcomings, standing
from calib.equipment.temperature import ReferenceTemperature, reference_temperature, thermometer_of
from calib.equipment.thermometerlaw import ThermometerLaw
from calib.equipment.thermometers import CertifiedTemperature, CertifiedThermometer, FittedCoefficients
from calib.equipment.values import Aging, CertifiedEquation, CertifiedPoint, CertifiedTable, CertifiedValues

__all__ = [
    "Aging",
    "Asked",
    "Calibration",
    "CertifiedEmf",
    "CertifiedEquation",
    "CertifiedPoint",
    "CertifiedTable",
    "CertifiedTemperature",
    "CertifiedThermocouple",
    "CertifiedThermometer",
    "CertifiedValues",
    "Check",
    "Document",
    "Equipment",
    "FittedCoefficients",
    "Maintenance",
    "Reference",
    "ReferenceTemperature",
    "Register",
    "Release",
    "Route",
    "Shortcoming",
    "Standing",
    "ThermometerLaw",
    "all_in_force",
    "by_certificate",
    "by_specification",
    "check_due",
    "in_force",
    "next_due",
    "reference_temperature",
    "shortcomings",
    "standing",
    "thermometer_of",
]
