"""An authority of the laboratory's own, for demonstrations and for laboratories without a bought certificate.

Whoever verifies must be given the authority's certificate by another way; nobody else knows it.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import FileError
from calib.signing.credentials import Credentials

if TYPE_CHECKING:
    from cryptography.x509 import CertificateBuilder, KeyUsage, Name

_BITS = 3072
AUTHORITY_YEARS = 10
PERSON_YEARS = 3


@dataclass(frozen=True)
class SignerFiles:
    """Where a new signer lies."""

    private: Path
    """PKCS #12 with key, certificate and chain: for its owner only."""
    public: Path
    """The certificate in PEM."""


def make_authority(name: str, now: dt.datetime | None = None) -> Credentials:
    """Return an authority with a new key, certified by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    secret = rsa.generate_private_key(65537, _BITS)
    subject = _name(name)
    made = (
        _certificate(subject, subject, AUTHORITY_YEARS, now)
        .public_key(secret.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
        .sign(secret, SHA256())
    )
    return Credentials(made, secret)


def make_certificate_for(
    name: str, authority: Credentials, organization: str = "", now: dt.datetime | None = None
) -> Credentials:
    """Return a person with a new key, certified by the authority for signatures."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    secret = rsa.generate_private_key(65537, _BITS)
    issuer = authority.certificate
    made = (
        _certificate(_name(name, organization), issuer.subject, PERSON_YEARS, now)
        .public_key(secret.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.certificate.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(authority.secret, SHA256())  # type: ignore[arg-type]
    )
    return Credentials(made, secret, (issuer,))


def write_signer(signer: Credentials, private: Path, public: Path, passphrase: str | None) -> SignerFiles:
    """Write a signer as PKCS #12, for its owner only, and the certificate as PEM; neither is ever overwritten."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    from calib.record.keys import write_new

    cipher = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    secret = serialize_key_and_certificates(
        signer.name.encode(),
        signer.secret,  # type: ignore[arg-type]
        signer.certificate,
        signer.chain or None,
        cipher,
    )
    write_new(public, signer.certificate.public_bytes(Encoding.PEM), 0o644)
    try:
        write_new(private, secret, 0o600)
    except FileError:
        public.unlink()
        raise
    return SignerFiles(private, public)


def _name(common: str, organization: str = "") -> "Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]))
    return x509.Name(parts)


def _certificate(subject: "Name", issuer: "Name", years: int, now: dt.datetime | None) -> "CertificateBuilder":
    from cryptography import x509

    begin = now or dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - dt.timedelta(minutes=5))  # clocks differ
        .not_valid_after(begin + dt.timedelta(days=365 * years))
    )


def _usage(*, authority: bool) -> "KeyUsage":
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
