"""Names of the files of a certificate, wherever they lie."""

CERTIFICATE = "certificate.pdf"
DCC = "certificate.dcc.xml"
OPINIONS = "opinions.toml"
"""Opinions and interpretations, beside the record on which they are given."""
