"""XAdES signatures in a DCC (ETSI EN 319 132-1, baseline B-B, B-T with a time-stamp), one for each role.

They stand side by side, each over the whole certificate but for all signatures (C14N 1.1), so that a further one breaks
none. That is said by an XPath transform beside the enveloped one (XML Signature 1.1, 6.6.3 and 6.6.4).
"""

import copy
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from calib.errors import InputError
from calib.record.names import Role
from calib.signing.credentials import Credentials, common_name, fingerprint
from calib.signing.libraries import require_libraries
from calib.signing.model import Signed, labelled, role_in
from calib.signing.timestamps import Stamp, TimeStamps, checked_token
from calib.signing.trust import Trust, vouched_for

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
_SIGNED = f"{XADES}SignedProperties/{XADES}SignedSignatureProperties"


_PROPERTIES = f"{DS}Object/{XADES}QualifyingProperties"
_STAMP = f"{_PROPERTIES}/{XADES}UnsignedProperties/{XADES}UnsignedSignatureProperties/{XADES}SignatureTimeStamp"
_XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_ALL_BUT_SIGNATURES = "not(ancestor-or-self::ds:Signature)"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def sign_xml(
    content: bytes, signer: Credentials, role: Role, *, specimen: bool = False, stamps: TimeStamps | None = None
) -> bytes:
    """Return the XML document with one signature more.

    Raises
    ------
    InputError
        It is not well-formed, has a document type, the role is signed already, a signature in it allows no further one,
        or the authority for time-stamps cannot be reached.
    """
    require_libraries()
    from lxml import etree

    root, label = parse_xml(content), labelled(role, specimen=specimen)
    for found in root.iter(f"{DS}Signature"):
        if _label(found) == label:
            msg = f"the role '{role}' is signed already; an issued certificate is changed by an amendment"
            raise InputError(msg)
        if not _leaves_room(found):
            msg = "it carries a signature that allows no further one; an issued certificate is changed by an amendment"
            raise InputError(msg)
    made = _signature(_bare(root), signer, label)
    if stamps is not None:
        _add_stamp(made, stamps)
    root.append(made)
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)) + b"\n"


def _signature(bare: "etree._Element", signer: Credentials, label: str) -> "etree._Element":
    """Return the signature over a document that has none."""
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
    from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

    made = XAdESSigner(
        claimed_roles=[label],
        data_object_format=XAdESDataObjectFormat("Digital Calibration Certificate", "application/xml"),
        signature_algorithm=SignatureMethod.RSA_SHA256 if signer.is_rsa else SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1,
    )

    def leave_room(signature: "etree._Element", **_: Any) -> None:
        """Say that further signatures are left out, too: the digest is the same, as there are none yet."""
        first = signature.find(f"{DS}SignedInfo/{DS}Reference/{DS}Transforms/{DS}Transform")
        assert first is not None
        transform = etree.Element(f"{DS}Transform", Algorithm=_XPATH)
        etree.SubElement(transform, f"{DS}XPath").text = _ALL_BUT_SIGNATURES
        first.addnext(transform)

    made.signature_annotators.append(leave_room)
    whole = made.sign(
        bare,
        key=signer.secret,  # type: ignore[arg-type]
        cert=[signer.certificate, *signer.chain],
        always_add_key_value=False,
    )
    (signature,) = whole.findall(f"{DS}Signature")
    return signature


def _add_stamp(signature: "etree._Element", stamps: TimeStamps) -> None:
    """Put a time-stamp over the value of the signature beside what it signs (EN 319 132-1, 5.3)."""
    from lxml import etree

    properties = signature.find(_PROPERTIES)
    assert properties is not None
    place = etree.SubElement(properties, f"{XADES}UnsignedProperties")
    stamp = etree.SubElement(
        etree.SubElement(place, f"{XADES}UnsignedSignatureProperties"), f"{XADES}SignatureTimeStamp"
    )
    etree.SubElement(stamp, f"{DS}CanonicalizationMethod", Algorithm=_EXCLUSIVE)
    token = stamps.token(_stamped_bytes(signature, _EXCLUSIVE))
    etree.SubElement(stamp, f"{XADES}EncapsulatedTimeStamp").text = b64encode(token).decode("ascii")


def _stamped_bytes(signature: "etree._Element", method: str) -> bytes:
    """Return what a time-stamp is taken of: the canonical form of the element with the signature's value."""
    from lxml import etree

    value = signature.find(f"{DS}SignatureValue")
    if value is None:
        msg = "it has no value"
        raise ValueError(msg)
    return bytes(etree.tostring(value, method="c14n", exclusive=method == _EXCLUSIVE, with_tail=False))


def signatures_in_xml(content: bytes, trust: Trust | None = None) -> tuple[Signed, ...]:
    """Return the signatures of an XML document, each checked; `trust` is the laboratory's.

    Raises
    ------
    InputError
        It is not well-formed, or has a document type.
    """
    require_libraries()
    root = parse_xml(content)
    return tuple(_checked(root, found, trust) for found in root.iter(f"{DS}Signature"))


def without_signatures(content: bytes) -> bytes:
    """Return the canonical form (C14N 1.1) of an XML document without signatures: what two copies have in common."""
    from lxml import etree

    return bytes(etree.tostring(_bare(parse_xml(content)), method="c14n", exclusive=False, with_comments=False))


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


def _label(found: "etree._Element") -> str:
    return "".join(e.text or "" for e in found.iterfind(f"{_PROPERTIES}/{_SIGNED}//{XADES}ClaimedRole"))


def _leaves_room(found: "etree._Element") -> bool:
    """Return whether a signature leaves out those beside it."""
    transforms = found.iterfind(f"{DS}SignedInfo/{DS}Reference[@URI='']/{DS}Transforms/{DS}Transform/{DS}XPath")
    return any((xpath.text or "").strip() == _ALL_BUT_SIGNATURES for xpath in transforms)


def _checked(root: "etree._Element", found: "etree._Element", trust: Trust | None) -> Signed:
    role, specimen = role_in(_label(found))
    time, by = found.findtext(f"{_PROPERTIES}/{_SIGNED}/{XADES}SigningTime") or "", ""
    try:
        certificates = _certificates(found)
    except ValueError as error:
        return Signed(role, specimen, "", time, "", "", f"its certificate cannot be read: {error}", vouched=None)
    if not certificates:
        return Signed(role, specimen, "", time, "", "", "it names no certificate of its signer", vouched=None)
    own, *chain = certificates
    wrong = ""
    try:
        moment = datetime.fromisoformat(time) if time else datetime.now(UTC)
        if stamp := _stamp(found, trust):
            moment, time, by = stamp.time, stamp.time.isoformat(timespec="seconds"), stamp.by
            wrong = stamp.wrong
    except Exception as error:  # noqa: BLE001 - what lies in a damaged time-stamp may break anything that reads it
        moment, wrong = datetime.now(UTC), f"its time {time!r} or its time-stamp cannot be read: {error}"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wrong = _wrong(root, found, own, moment) or wrong
    return vouched_for(
        Signed(role, specimen, common_name(own), time, by, fingerprint(own), wrong, None), own, chain, trust, moment
    )


def _stamp(found: "etree._Element", trust: Trust | None) -> Stamp | None:
    """Return the time-stamp of a signature, checked; None where it has none."""
    held = found.find(_STAMP)
    if held is None:
        return None
    method = held.find(f"{DS}CanonicalizationMethod")
    data = _stamped_bytes(found, "" if method is None else method.get("Algorithm") or "")
    return checked_token(b64decode(held.findtext(f"{XADES}EncapsulatedTimeStamp") or ""), data, trust)


def _certificates(found: "etree._Element") -> "list[Certificate]":
    from cryptography.x509 import load_der_x509_certificate

    places = found.findall(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    return [load_der_x509_certificate(b64decode(e.text or "")) for e in places]


def _wrong(root: "etree._Element", found: "etree._Element", own: "Certificate", moment: datetime) -> str:
    """Return why a signature does not hold, empty where it does."""
    from cryptography.exceptions import InvalidSignature as NotThatKey
    from lxml import etree
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier
    from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

    every = list(root.iter(f"{DS}Signature"))
    if any(signature.getparent() is not root for signature in every):
        return "the document holds a signature in the wrong place"
    if len(every) > 1 and not _leaves_room(found):
        return "another signature was added, which it does not allow"
    is_xades = found.find(_PROPERTIES) is not None
    count = len(found.findall(f"{DS}SignedInfo/{DS}Reference"))
    verifier: Any = XAdESVerifier() if is_xades else XMLVerifier()
    expected = (XAdESSignatureConfiguration if is_xades else SignatureConfiguration)(
        expect_references=count, verification_time=moment
    )
    try:
        results = verifier.verify(etree.tostring(_with_only(root, found)), x509_cert=own, expect_config=expected)
    except (SignXMLException, NotThatKey) as error:
        return f"the document was changed after it was signed, or the key is another one ({error})"
    except (ValueError, TypeError, KeyError, etree.LxmlError) as error:
        return f"the signature cannot be checked: {error}"
    covered = results[0] if isinstance(results, list) else results
    if not _is_whole(root, covered.signed_xml):
        return "it does not cover the whole document"
    return ""


def _is_whole(root: "etree._Element", covered: "etree._Element | None") -> bool:
    """Return whether what a signature covers is the document, but for the signatures."""
    from lxml import etree

    return covered is not None and bool(
        etree.tostring(_bare(root), method="c14n") == etree.tostring(covered, method="c14n")
    )


def _bare(root: "etree._Element") -> "etree._Element":
    """Return a copy of the document without its signatures."""
    return _with_only(root, None)


def _with_only(root: "etree._Element", kept: "etree._Element | None") -> "etree._Element":
    """Return a copy of the document with one of its signatures: what that one was made of."""
    places = [signature is kept for signature in root.findall(f"{DS}Signature")]
    rest = copy.deepcopy(root)
    for signature, keep in zip(rest.findall(f"{DS}Signature"), places, strict=True):
        if not keep:
            _take_out(signature)
    return rest


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
