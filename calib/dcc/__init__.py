"""The Digital Calibration Certificate (PTB, DCC 3.x with D-SI 2.x): its content as data, read, checked and written."""

from calib.dcc.administrative import Certificate
from calib.dcc.check import Mistake, check, check_schema
from calib.dcc.file import Dcc, dcc_bytes, parse_dcc, read_dcc
from calib.dcc.register import Knowledge, calibration_table, certified_values
from calib.dcc.together import certified_thermometer
from calib.dcc.values import Column, Table, Values, tables

__all__ = [
    "Certificate",
    "Column",
    "Dcc",
    "Knowledge",
    "Mistake",
    "Table",
    "Values",
    "calibration_table",
    "certified_thermometer",
    "certified_values",
    "check",
    "check_schema",
    "dcc_bytes",
    "parse_dcc",
    "read_dcc",
    "tables",
]
