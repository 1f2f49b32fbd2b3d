"""Signatures of persons: PAdES in the PDF, XAdES in the DCC, with X.509 keys from files and tokens."""

from calib.signing.authority import make_authority, make_certificate_for, write_signer
from calib.signing.credentials import Credentials, from_pem, from_pkcs12
from calib.signing.model import Signed
from calib.signing.pades import sign_pdf, signatures_in_pdf
from calib.signing.timestamps import TimeStamps
from calib.signing.token import from_token
from calib.signing.trust import Trust, read_trust
from calib.signing.xades import sign_xml, signatures_in_xml, without_signatures

__all__ = [
    "Credentials",
    "Signed",
    "TimeStamps",
    "Trust",
    "from_pem",
    "from_pkcs12",
    "from_token",
    "make_authority",
    "make_certificate_for",
    "read_trust",
    "sign_pdf",
    "sign_xml",
    "signatures_in_pdf",
    "signatures_in_xml",
    "without_signatures",
    "write_signer",
]
