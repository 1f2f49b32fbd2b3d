"""Who vouches for a signer: the authorities whose certificates the laboratory keeps, and the lists of those revoked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calib.errors import FileError
from calib.signing.credentials import certificates_in, common_name, read
from calib.signing.model import Signed
from calib.signing.waiting import waited

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateRevocationList

USAGES = {"digital_signature", "non_repudiation"}
"""What a signer's certificate must allow, one of them (RFC 5280, 4.2.1.3)."""


@dataclass(frozen=True)
class Trust:
    """What the laboratory believes; nothing else is asked, and nothing is fetched."""

    authorities: tuple["Certificate", ...]
    revocations: tuple["CertificateRevocationList", ...] = ()
    """Complete lists (CRL, RFC 5280, 5), each believed where its issuer has signed it."""


@dataclass(frozen=True)
class Doubt:
    """Whether anybody vouches for the holder of a certificate."""

    why: str
    """Why nobody does; empty where an authority does."""
    revocation: str = ""
    """What the lists at hand say, or that there are none."""


def read_trust(folder: Path) -> Trust:
    """Return authorities (`*.pem`) and revocation lists (`*.crl`) of a folder; none where there is no such folder.

    Raises
    ------
    FileError
        A file cannot be read, is no complete revocation list, or is not signed by the authority that it names.
    """
    authorities = tuple(c for path in sorted(folder.glob("*.pem")) for c in certificates_in(path))
    return Trust(authorities, tuple(_revocations(path, authorities) for path in sorted(folder.glob("*.crl"))))


def _revocations(path: Path, authorities: "Sequence[Certificate]") -> "CertificateRevocationList":
    from cryptography.x509 import DeltaCRLIndicator, IssuingDistributionPoint, load_der_x509_crl, load_pem_x509_crl

    content = read(path)
    try:
        found = load_pem_x509_crl(content) if content.lstrip().startswith(b"-----BEGIN") else load_der_x509_crl(content)
        partial = any(isinstance(e.value, DeltaCRLIndicator | IssuingDistributionPoint) for e in found.extensions)
    except ValueError:
        msg = f"{path}: no revocation list (CRL) in DER or PEM"
        raise FileError(msg) from None
    if partial:
        msg = f"{path}: is a part of a revocation list; put the authority's complete one there"
        raise FileError(msg)
    issuers = [c for c in authorities if c.subject == found.issuer]
    if issuers and not any(_is_by(found, issuer) for issuer in issuers):
        msg = f"{path}: names {common_name(issuers[0])} as its issuer, but is not signed with that authority's key"
        raise FileError(msg)
    return found


def context(authorities: "Sequence[Certificate]", moment: datetime | None = None) -> Any:
    """Return what pyHanko judges certificates by: these authorities alone, at `moment`, and nothing is fetched."""
    from pyhanko_certvalidator import ValidationContext

    roots = [as_asn1(c) for c in authorities]
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment, revocation_mode="soft-fail")


def vouched_for(
    signed: Signed, certificate: "Certificate", chain: "Sequence[Certificate]", trust: Trust | None, moment: datetime
) -> Signed:
    """Return a signature with whether an authority vouches for its signer, where the laboratory knows any."""
    if trust is None or not trust.authorities:
        return signed
    proven = bool(signed.stamped_by) and not signed.wrong
    found = doubt(certificate, chain, trust, moment, proven=proven)
    return replace(signed, vouched=not found.why, why=found.why, revocation=found.revocation)


def doubt(
    certificate: "Certificate", chain: "Sequence[Certificate]", trust: Trust, moment: datetime, *, proven: bool = False
) -> Doubt:
    """Return whether an authority vouches for the holder of a certificate at `moment`.

    A revoked certificate is believed only where a time-stamp proves (`proven`) that it was used before.
    """
    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import PathError, ValidationError

    validator = CertificateValidator(
        as_asn1(certificate), [as_asn1(c) for c in chain], validation_context=context(trust.authorities, moment)
    )
    try:
        waited(validator.async_validate_usage(key_usage=set()))  # type: ignore[no-untyped-call]
    except (PathError, ValidationError) as error:
        return Doubt(str(error).strip().rstrip("."))
    allowed = _usages(certificate)
    if allowed is not None and not allowed & USAGES:
        return Doubt("its certificate is not for signatures (keyUsage)")
    return revocation(certificate, chain, trust, moment, proven=proven)


def revocation(
    certificate: "Certificate", chain: "Sequence[Certificate]", trust: Trust, moment: datetime, *, proven: bool
) -> Doubt:
    """Return what the newest list of each issuer up to the authority says."""
    told = []
    for held, issuer in _issuers(certificate, chain, trust.authorities):
        lists = [found for found in trust.revocations if found.issuer == issuer.subject and _is_by(found, issuer)]
        if not lists:
            told.append(f"revocation not checked: no list of {common_name(issuer)} is at hand")
            continue
        newest = max(lists, key=lambda found: found.last_update_utc)
        entry = newest.get_revoked_certificate_by_serial_number(held.serial_number)
        if entry is not None and not (proven and moment < entry.revocation_date_utc):
            day = f"{entry.revocation_date_utc:%Y-%m-%d}"
            late = "" if entry.revocation_date_utc <= moment else ", and no time-stamp proves that it signed before"
            return Doubt(f"the certificate of {common_name(held)} was revoked on {day}{late}")
        stale = newest.next_update_utc is not None and newest.next_update_utc < datetime.now(UTC)
        what = "revoked only later, by the" if entry is not None else "not on the"
        told.append(f"{what} revocation list of {newest.last_update_utc:%Y-%m-%d}{', which is out of date' * stale}")
    return Doubt("", "; ".join(told))


def _issuers(
    certificate: "Certificate", chain: "Sequence[Certificate]", authorities: "Sequence[Certificate]"
) -> "Iterator[tuple[Certificate, Certificate]]":
    """Yield each certificate with that of its issuer, from the signer's up to one of an authority."""
    left = [c for c in (*authorities, *chain) if c != certificate]
    held = certificate
    while held not in authorities:
        issuer = next((c for c in left if _has_issued(c, held)), None)
        if issuer is None:
            return
        yield held, issuer
        left.remove(issuer)
        held = issuer


def _has_issued(issuer: "Certificate", held: "Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        held.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_by(found: "CertificateRevocationList", issuer: "Certificate") -> bool:
    try:
        return found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except TypeError:  # a key of another kind
        return False


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
