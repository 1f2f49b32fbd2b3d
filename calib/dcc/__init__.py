"""The Digital Calibration Certificate (PTB, DCC 3.x with D-SI 2.x): its content as data, read and written."""

from calib.dcc.administrative import Certificate
from calib.dcc.file import Dcc, dcc_bytes, parse_dcc, read_dcc

__all__ = ["Certificate", "Dcc", "dcc_bytes", "parse_dcc", "read_dcc"]
