"""PAdES signatures in a PDF (ETSI EN 319 142-1, baseline B-B, B-T with a time-stamp), one for each role.

Each signature is an incremental update: the bytes before it stay. The first one certifies the document, so that after
it nothing but further signatures may come (ISO 32000-1:2008, 12.8.2.2: DocMDP, level 2).
"""

import io
import logging
import warnings
from datetime import UTC, datetime
from typing import Any

from calib.errors import InputError
from calib.record.names import Role
from calib.signing.credentials import Credentials, common_name, fingerprint
from calib.signing.libraries import require_libraries
from calib.signing.model import Signed, labelled, role_in
from calib.signing.timestamps import TimeStamps, checked_stamp
from calib.signing.trust import Trust, as_asn1, as_certificate, context, vouched_for
from calib.signing.waiting import waited

logging.getLogger("pyhanko").addHandler(logging.NullHandler())  # what it finds is told in what is returned


def sign_pdf(
    pdf: bytes, signer: Credentials, role: Role, *, specimen: bool = False, stamps: TimeStamps | None = None
) -> bytes:
    """Return the PDF with one signature more.

    Raises
    ------
    InputError
        It is not a PDF, the role is signed already, or the authority for time-stamps cannot be reached.
    """
    require_libraries()
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    label = labelled(role, specimen=specimen)
    reader = _reader(pdf)
    signed = [s.field_name for s in reader.embedded_signatures]
    if label in signed:
        msg = f"the role '{role}' is signed already; an issued certificate is changed by an amendment"
        raise InputError(msg)
    metadata = PdfSignatureMetadata(
        field_name=label,
        md_algorithm="sha256",
        reason=label,
        name=signer.name,
        subfilter=SigSeedSubFilter.PADES,
        certify=not signed,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    pdf_signer = PdfSigner(metadata, signer=_as_pyhanko(signer), timestamper=None if stamps is None else stamps.client)
    out: Any = waited(pdf_signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))))
    return bytes(out.getvalue())


def signatures_in_pdf(pdf: bytes, trust: Trust | None = None) -> tuple[Signed, ...]:
    """Return the signatures of a PDF, the oldest first, each checked; `trust` is the laboratory's.

    Raises
    ------
    InputError
        It is not a PDF.
    """
    require_libraries()
    return tuple(_readable(found, trust) for found in _reader(pdf).embedded_signatures)


def _reader(pdf: bytes) -> Any:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        reader.embedded_signatures  # noqa: B018 - reads the forms, which may be damaged
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError) as error:
        msg = f"not a PDF, or damaged: {error}"
        raise InputError(msg) from None
    return reader


def _readable(found: Any, trust: Trust | None) -> Signed:
    """Return a checked signature; one in which a part that is read late is damaged is not intact either."""
    try:
        return _checked(found, trust)
    except ValueError as error:
        role, specimen = role_in(found.field_name)
        return Signed(role, specimen, "", "", "", "", f"the signature cannot be read: {error}", vouched=None)


def _checked(found: Any, trust: Trust | None) -> Signed:
    role, specimen = role_in(found.field_name)
    try:
        certificate = as_certificate(found.signer_cert)
    except Exception as error:  # noqa: BLE001 - what lies in a damaged signature may break anything that reads it
        return Signed(role, specimen, "", "", "", "", f"the signature cannot be read: {error}", vouched=None)
    told = found.self_reported_timestamp
    time, stamped_by, wrong = "" if told is None else told.isoformat(timespec="seconds"), "", ""
    try:
        status = _validated(found, trust)
        wrong = _wrong(found, status)
        if status.timestamp_validity is not None:
            stamp = checked_stamp(status.timestamp_validity, trust)
            time, stamped_by, wrong = stamp.time.isoformat(timespec="seconds"), stamp.by, wrong or stamp.wrong
    except Exception as error:  # noqa: BLE001 - as above
        wrong = f"the signature cannot be checked: {error}"
    moment = datetime.fromisoformat(time) if time else datetime.now(UTC)
    chain = [as_certificate(c) for c in found.other_embedded_certs]
    made = Signed(role, specimen, common_name(certificate), time, stamped_by, fingerprint(certificate), wrong, None)
    return vouched_for(made, certificate, chain, trust, moment)


def _validated(found: Any, trust: Trust | None) -> Any:
    """Return what pyHanko finds of document and time-stamp; who vouches for the signer is asked by `doubt`."""
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return waited(
            async_validate_pdf_signature(
                found,
                signer_validation_context=context([as_certificate(found.signer_cert)]),
                ts_validation_context=context(trust.authorities if trust else ()),
                key_usage_settings=KeyUsageConstraints(key_usage=set()),
            )
        )


def _wrong(found: Any, status: Any) -> str:
    """Return why a signature does not hold, empty where it does."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.intact:
        return "the document was changed after it was signed"
    if not status.valid:
        return "it was not made with the key of its certificate"
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "it does not cover the whole document"
    level = status.modification_level
    if level is None or level > ModificationLevel.FORM_FILLING:
        return "something else than a signature was added after it was signed"
    if status.docmdp_ok is False:
        return "something was added after it was signed that the first signature does not allow"
    if found.pkcs7_content[_length_of_der(found.pkcs7_content) :].strip(b"\0"):
        return "something lies behind the signature in its own place"
    return ""


def _length_of_der(content: bytes) -> int:
    """Return the length in bytes of the first DER value."""
    from asn1crypto.parser import peek

    return int(peek(content))


def _as_pyhanko(signer: Credentials) -> Any:
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Keeper(Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002
            assert digest_algorithm == "sha256"
            return bytes(512) if dry_run else signer.sign(data)

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([as_asn1(c) for c in signer.chain])
    return Keeper(signing_cert=as_asn1(signer.certificate), cert_registry=store)
