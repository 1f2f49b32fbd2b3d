"""Certificates as signed documents: made, checked, signed by roles, verified against their record, amended."""

from calib.certificates.amending import amend_certificate
from calib.certificates.authenticity import verify_certificate
from calib.certificates.checking import Checked, check_certificate
from calib.certificates.making import make
from calib.certificates.ownkeys import SignerMade, new_signer
from calib.certificates.signature import sign

__all__ = [
    "Checked",
    "SignerMade",
    "amend_certificate",
    "check_certificate",
    "make",
    "new_signer",
    "sign",
    "verify_certificate",
]
