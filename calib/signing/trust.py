"""Who vouches for a signer: the authorities whose certificates the laboratory keeps."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calib.signing.credentials import certificates_in

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

USAGES = {"digital_signature", "non_repudiation"}
"""What a signer's certificate must allow, one of them (RFC 5280, 4.2.1.3)."""


def read_authorities(folder: Path) -> "tuple[Certificate, ...]":
    """Return the certificates of the authorities in a folder of PEM files; none where there is no such folder."""
    return tuple(c for path in sorted(folder.glob("*.pem")) for c in certificates_in(path))


def context(authorities: "Sequence[Certificate]", moment: datetime | None = None) -> Any:
    """Return what pyHanko judges certificates by: these authorities alone, at `moment`, and nothing is fetched."""
    from pyhanko_certvalidator import ValidationContext

    roots = [as_asn1(c) for c in authorities]
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment, revocation_mode="soft-fail")


def doubt(
    certificate: "Certificate", chain: "Sequence[Certificate]", authorities: "Sequence[Certificate]", moment: datetime
) -> str:
    """Return why none of the authorities vouches for the holder of a certificate at `moment`; empty where one does."""
    import asyncio

    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import PathError, ValidationError

    validator = CertificateValidator(
        as_asn1(certificate), [as_asn1(c) for c in chain], validation_context=context(authorities, moment)
    )
    try:
        asyncio.run(validator.async_validate_usage(key_usage=set()))  # type: ignore[no-untyped-call]
    except (PathError, ValidationError) as error:
        return str(error).strip().rstrip(".")
    allowed = _usages(certificate)
    if allowed is not None and not allowed & USAGES:
        return "its certificate is not for signatures (keyUsage)"
    return ""


def as_asn1(certificate: "Certificate") -> Any:
    """Return a certificate as pyHanko takes it."""
    from asn1crypto.x509 import Certificate as Asn1Certificate
    from cryptography.hazmat.primitives.serialization import Encoding

    return Asn1Certificate.load(certificate.public_bytes(Encoding.DER))


def as_certificate(certificate: Any) -> "Certificate":
    """Return a certificate of pyHanko's as that of `cryptography`."""
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(certificate.dump())


def _usages(certificate: "Certificate") -> set[str] | None:
    from cryptography.x509 import ExtensionNotFound, KeyUsage

    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return None
    named = {"digital_signature": usage.digital_signature, "non_repudiation": usage.content_commitment}
    return {name for name, allowed in named.items() if allowed}
