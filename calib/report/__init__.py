"""What is made of a record: its certificate as PDF, its results as CSV and JSON."""

from calib.report.certificate import make_certificate
from calib.report.checks import check
from calib.report.clauses import Clause, clauses
from calib.report.content import certificate_content
from calib.report.model import CertificateContent, Opinion
from calib.report.opinions import read_opinions
from calib.report.source import Source
from calib.report.stationery import Stationery
from calib.report.tables import csv_table, json_table, read_json, write_csv, write_json

__all__ = [
    "CertificateContent",
    "Clause",
    "Opinion",
    "Source",
    "Stationery",
    "certificate_content",
    "check",
    "clauses",
    "csv_table",
    "json_table",
    "make_certificate",
    "read_json",
    "read_opinions",
    "write_csv",
    "write_json",
]
