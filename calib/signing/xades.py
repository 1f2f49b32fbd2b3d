"""The XAdES signature in a DCC (ETSI EN 319 132-1, baseline B-B): enveloped, over the whole certificate, C14N 1.1.

There is one, that of the approval: an enveloped signature covers all but itself, so a second one would break the first.
"""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from calib.errors import InputError
from calib.record.names import Role
from calib.signing.credentials import Credentials, common_name, fingerprint
from calib.signing.libraries import require_libraries
from calib.signing.model import Signed, labelled, role_in
from calib.signing.trust import doubt

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
_SIGNED = f"{XADES}SignedProperties/{XADES}SignedSignatureProperties"


def sign_xml(content: bytes, signer: Credentials, role: Role, *, specimen: bool = False) -> bytes:
    """Return the XML document with its signature.

    Raises
    ------
    InputError
        It is not well-formed, has a document type, or is signed already.
    """
    require_libraries()
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
    from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

    root = parse_xml(content)
    if root.find(f".//{DS}Signature") is not None:
        msg = "the DCC is signed already; an issued certificate is changed by an amendment"
        raise InputError(msg)
    made = XAdESSigner(
        claimed_roles=[labelled(role, specimen=specimen)],
        data_object_format=XAdESDataObjectFormat("Digital Calibration Certificate", "application/xml"),
        signature_algorithm=SignatureMethod.RSA_SHA256 if signer.is_rsa else SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1,
    ).sign(
        root,
        key=signer.secret,  # type: ignore[arg-type]
        cert=[signer.certificate, *signer.chain],
        always_add_key_value=False,
    )
    return bytes(etree.tostring(made.getroottree(), encoding="UTF-8", xml_declaration=True)) + b"\n"


def signatures_in_xml(content: bytes, authorities: "Sequence[Certificate] | None" = None) -> tuple[Signed, ...]:
    """Return the signatures of an XML document, each checked; `authorities` are those of the laboratory.

    Raises
    ------
    InputError
        It is not well-formed, or has a document type.
    """
    require_libraries()
    root = parse_xml(content)
    return tuple(_checked(root, found, authorities) for found in root.iter(f"{DS}Signature"))


def without_signatures(content: bytes) -> bytes:
    """Return the canonical form (C14N 1.1) of an XML document without its signature: what two copies have in common."""
    from lxml import etree

    root = parse_xml(content)
    for signature in root.findall(f"{DS}Signature"):
        _take_out(signature)
    return bytes(etree.tostring(root, method="c14n", exclusive=False, with_comments=False))


def parse_xml(content: bytes) -> "etree._Element":
    """Return the root of a document from outside: no entities, nothing fetched, no document type."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        msg = f"not well-formed XML: {error}"
        raise InputError(msg) from None
    if root.getroottree().docinfo.doctype:
        msg = "has a document type declaration (DOCTYPE), where entities are hidden; a DCC has none: not read"
        raise InputError(msg)
    return root


def _checked(root: "etree._Element", found: "etree._Element", authorities: "Sequence[Certificate] | None") -> Signed:
    signed = found.find(f"{DS}Object/{XADES}QualifyingProperties/{_SIGNED}")
    told = "" if signed is None else "".join(e.text or "" for e in signed.iter(f"{XADES}ClaimedRole"))
    time = "" if signed is None else signed.findtext(f"{XADES}SigningTime") or ""
    role, specimen = role_in(told)
    try:
        certificates = _certificates(found)
    except ValueError as error:
        return Signed(role, specimen, "", time, "", "", f"its certificate cannot be read: {error}", vouched=None)
    if not certificates:
        return Signed(role, specimen, "", time, "", "", "it names no certificate of its signer", vouched=None)
    own, *chain = certificates
    wrong = _wrong(root, found, own)
    try:
        moment = datetime.fromisoformat(time) if time else datetime.now(UTC)
    except ValueError:
        moment, wrong = datetime.now(UTC), wrong or f"its time {time!r} cannot be read"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    why = "" if not authorities else doubt(own, chain, authorities, moment)
    vouched = None if not authorities else not why
    return Signed(role, specimen, common_name(own), time, "", fingerprint(own), wrong, vouched, why)


def _certificates(found: "etree._Element") -> "list[Certificate]":
    from base64 import b64decode

    from cryptography.x509 import load_der_x509_certificate

    places = found.findall(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    return [load_der_x509_certificate(b64decode(e.text or "")) for e in places]


def _wrong(root: "etree._Element", found: "etree._Element", own: "Certificate") -> str:
    """Return why a signature does not hold, empty where it does."""
    from cryptography.exceptions import InvalidSignature as NotThatKey
    from lxml import etree
    from signxml.exceptions import SignXMLException
    from signxml.verifier import XMLVerifier
    from signxml.xades.xades import XAdESVerifier

    if found.getparent() is not root or len(list(root.iter(f"{DS}Signature"))) > 1:
        return "the document holds more than one signature, or one in the wrong place"
    is_xades = found.find(f"{DS}Object/{XADES}QualifyingProperties") is not None
    verifier: Any = XAdESVerifier() if is_xades else XMLVerifier()
    count = len(found.findall(f"{DS}SignedInfo/{DS}Reference"))
    try:
        results = verifier.verify(etree.tostring(root), x509_cert=own, expect_references=count)
    except (SignXMLException, NotThatKey) as error:
        return f"the document was changed after it was signed, or the key is another one ({error})"
    except (ValueError, TypeError, KeyError, etree.LxmlError) as error:
        return f"the signature cannot be checked: {error}"
    covered = results[0] if isinstance(results, list) else results
    if not _is_whole(root, covered.signed_xml):
        return "it does not cover the whole document"
    return ""


def _is_whole(root: "etree._Element", covered: "etree._Element | None") -> bool:
    """Return whether what a signature covers is the document, but for the signature."""
    from lxml import etree

    if covered is None:
        return False
    rest = copy.deepcopy(root)
    for signature in rest.findall(f"{DS}Signature"):
        _take_out(signature)
    return bool(etree.tostring(rest, method="c14n") == etree.tostring(covered, method="c14n"))


def _take_out(element: "etree._Element") -> None:
    """Remove an element, and leave the text behind it."""
    parent, tail = element.getparent(), element.tail or ""
    assert parent is not None
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
