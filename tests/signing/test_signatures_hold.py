"""Signatures are believed by programs that were not written here, and refused after one changed byte."""

import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from calib.errors import InputError
from calib.signing import Trust, sign_pdf, sign_xml, signatures_in_pdf, signatures_in_xml, without_signatures

XADES_ID = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
KEY_INFO_ID = ["--id-attr:Id", "http://www.w3.org/2000/09/xmldsig#:KeyInfo"]


@pytest.fixture(scope="session")
def pdf(issued: Path, persons: Any) -> bytes:
    """A certificate, checked and approved."""
    plain = (issued / "records" / "real" / "certificate.pdf").read_bytes()
    return sign_pdf(sign_pdf(plain, persons.lan, "checked"), persons.minh, "approved")


@pytest.fixture(scope="session")
def xml(issued: Path, persons: Any) -> bytes:
    """Its DCC, likewise."""
    plain = (issued / "records" / "real" / "certificate.dcc.xml").read_bytes()
    return sign_xml(sign_xml(plain, persons.lan, "checked"), persons.minh, "approved")


def _ask(program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def _authority(persons: Any, folder: Path) -> Path:
    path = folder / "authority.pem"
    path.write_bytes(persons.authority.certificate.public_bytes(Encoding.PEM))
    return path


def test_pdfsig_believes_both_signatures_and_names_their_signers(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(pdf)
    said = _ask("pdfsig", "-nocert", tmp_path / "c.pdf").stdout
    assert re.findall(r"Field Name: (\w+)", said) == ["checked", "approved"]
    assert re.findall(r"Common Name: (.+)", said) == ["Nguyễn Thị Lan", "Trần Văn Minh"]
    assert said.count("Signature is Valid.") == 2
    assert said.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in said


def test_pdfsig_refuses_one_changed_byte_of_a_page(pdf: bytes, tmp_path: Path) -> None:
    first = pdf.index(b"stream") + 40
    (tmp_path / "c.pdf").write_bytes(pdf[:first] + bytes([pdf[first] ^ 1]) + pdf[first + 1 :])
    said = _ask("pdfsig", "-nocert", tmp_path / "c.pdf").stdout
    assert said.count("Digest Mismatch") == 2


@pytest.mark.parametrize("nth", [1, 2])
def test_xmlsec_believes_each_signature_of_the_dcc_and_refuses_one_changed_byte(
    xml: bytes, persons: Any, tmp_path: Path, nth: int
) -> None:
    authority, path = _authority(persons, tmp_path), tmp_path / "c.xml"
    chosen = ["--node-xpath", f"/*/*[local-name()='Signature'][{nth}]"]
    command = ["--verify", "--trusted-pem", authority, *XADES_ID, *KEY_INFO_ID, *chosen, path]
    path.write_bytes(xml)
    said = _ask("xmlsec1", *command)
    assert (said.returncode, "SignedInfo References (ok/all): 3/3" in said.stderr) == (0, True), said.stderr
    number = re.search(rb"<si:valueXMLList>-?\d", xml)
    assert number is not None
    place = number.end() - 1
    path.write_bytes(xml[:place] + (b"8" if xml[place : place + 1] != b"8" else b"7") + xml[place + 1 :])
    assert _ask("xmlsec1", *command).returncode != 0


def test_a_signature_says_who_when_and_in_which_role(pdf: bytes, xml: bytes, persons: Any) -> None:
    known = Trust((persons.authority.certificate,))
    found = [*signatures_in_pdf(pdf, known), *signatures_in_xml(xml, known)]
    assert [(s.role, s.name) for s in found] == [
        ("checked", "Nguyễn Thị Lan"),
        ("approved", "Trần Văn Minh"),
        ("checked", "Nguyễn Thị Lan"),
        ("approved", "Trần Văn Minh"),
    ]
    assert all(s.intact and s.vouched and re.match(r"20\d\d-", s.time) for s in found)


def test_any_changed_byte_of_a_signed_pdf_is_refused(persons: Any) -> None:
    """Places drawn at random on a small page, which is judged quickly: objects, cross-references, the first signature.

    Within the last signature itself some bytes say nothing: what fills its room, a certificate that it carries along.
    """
    import typst

    plain = typst.compile(b'#set document(title: "x")\n10.000 21 V', format="pdf", pdf_standards=["a-3b", "ua-1"])
    pdf = sign_pdf(sign_pdf(plain, persons.lan, "checked"), persons.minh, "approved")
    draw = random.Random(7)
    believed = []
    first, length, second, rest = map(int, re.findall(rb"/ByteRange ?\[([\d ]+)\]", pdf)[-1].split())
    signed = [*range(first, first + length), *range(second, second + rest)]
    for place in draw.sample(signed, 60):
        changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
        try:
            signatures = signatures_in_pdf(changed, Trust((persons.authority.certificate,)))
        except InputError:
            continue
        if len(signatures) == 2 and all(s.intact for s in signatures):
            believed.append(place)
    assert believed == []


def test_what_is_added_behind_the_signatures_is_refused(pdf: bytes, tmp_path: Path, persons: Any) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    (tmp_path / "c.pdf").write_bytes(pdf)
    with (tmp_path / "c.pdf").open("rb+") as file:
        writer = IncrementalPdfFileWriter(file)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Rotate"] = generic.NumberObject(90)  # type: ignore[no-untyped-call]
        writer.update_container(page)
        writer.write_in_place()  # type: ignore[no-untyped-call]
    found = signatures_in_pdf((tmp_path / "c.pdf").read_bytes(), Trust((persons.authority.certificate,)))
    assert [s.intact for s in found] == [False, False]
    assert "added after it was signed" in found[0].wrong


def test_a_signer_of_another_authority_is_not_vouched_for(pdf: bytes, persons: Any) -> None:
    plain = pdf[: pdf.index(b"%%EOF") + 6]
    signed = sign_pdf(plain, persons.stranger, "approved")
    (found,) = signatures_in_pdf(signed, Trust((persons.authority.certificate,)))
    assert (found.wrong, found.vouched, found.intact) == ("", False, False)
    (unknown,) = signatures_in_pdf(signed)
    assert (unknown.vouched, unknown.intact) == (None, True)


def test_a_signed_pdf_keeps_its_pages_its_attachment_and_the_mark_of_pdf_a(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(pdf)
    with pikepdf.open(tmp_path / "c.pdf") as opened:
        assert opened.check_pdf_syntax() == []
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert [bytes(a.get_file().read_bytes())[:5] for a in opened.attachments.values()] == [b"<?xml"]


def test_a_role_is_signed_once(pdf: bytes, xml: bytes, persons: Any) -> None:
    with pytest.raises(InputError, match="the role 'approved' is signed already"):
        sign_pdf(pdf, persons.lan, "approved")
    with pytest.raises(InputError, match="signed already"):
        sign_xml(xml, persons.lan, "approved")


def test_the_signed_dcc_has_the_content_of_the_unsigned_one_and_keeps_to_the_schema(
    xml: bytes, issued: Path, ptb: Any
) -> None:
    plain = (issued / "records" / "real" / "certificate.dcc.xml").read_bytes()
    assert without_signatures(xml) == without_signatures(plain)
    assert without_signatures(xml.replace(b"34401A", b"34401B", 1)) != without_signatures(plain)
    assert ptb.invalid(xml) == []


def test_what_stands_behind_a_signature_of_the_dcc_is_covered_or_refused(xml: bytes, persons: Any) -> None:
    """What a transform leaves out must not hide anything: other content, or a signature where none belongs."""
    end = b"</dcc:digitalCalibrationCertificate>"
    for added in (
        b"<dcc:comment>5 V</dcc:comment>",
        b'<a><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></a>',
    ):
        assert all(s.wrong for s in signatures_in_xml(xml.replace(end, added + end)))
    first = re.search(rb"<ds:Signature .*?</ds:Signature>", xml, re.DOTALL)
    assert first is not None
    (left,) = signatures_in_xml(xml.replace(first[0], b""))
    assert (left.role, left.wrong) == ("approved", "")
    unsigned = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>5 V</ds:Object></ds:Signature>'
    found = signatures_in_xml(xml.replace(end, unsigned + end))
    assert [bool(s.wrong) for s in found] == [False, False, True]


def test_a_signature_that_leaves_no_room_for_another_stays_alone(persons: Any, issued: Path) -> None:
    """As other programs make them, and calib's first version did: enveloped, over all but itself."""
    from lxml import etree
    from signxml.xades.xades import XAdESSigner

    plain = etree.fromstring((issued / "records" / "real" / "certificate.dcc.xml").read_bytes())
    signer = XAdESSigner(c14n_algorithm="http://www.w3.org/2006/12/xml-c14n11")
    alone = etree.tostring(signer.sign(plain, key=persons.minh.secret, cert=[persons.minh.certificate]))
    (found,) = signatures_in_xml(alone, Trust((persons.authority.certificate,)))
    assert (found.name, found.intact) == ("Trần Văn Minh", True)
    with pytest.raises(InputError, match="allows no further one"):
        sign_xml(alone, persons.lan, "checked")


def test_a_signature_moved_into_a_copy_of_the_content_is_refused(xml: bytes) -> None:
    """Signature wrapping: the signed certificate hidden in a comment of another one."""
    root = re.search(rb"<dcc:digitalCalibrationCertificate.*</dcc:digitalCalibrationCertificate>", xml, re.S)
    assert root is not None
    forged = re.sub(rb"<ds:Signature.*</ds:Signature>", b"", root[0], flags=re.S).replace(
        b"</dcc:measurementResults>", b"</dcc:measurementResults><dcc:comment>" + root[0] + b"</dcc:comment>"
    )
    found = signatures_in_xml(forged)
    assert ["in the wrong place" in s.wrong for s in found] == [True, True]


def test_signatures_of_others_are_verified_too(ptb: Any) -> None:
    """PTB's own example, signed with plain XML signatures by dcclib."""
    (valid,) = (f.read_bytes() for f in ptb.examples if f.name == "valid_signature.xml")
    (found,) = signatures_in_xml(valid)
    assert (found.wrong, found.role) == ("", "")
    assert signatures_in_xml(valid.replace(b"<dcc:value>", b"<dcc:value>1", 1))[0].wrong


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<a><b></a>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>', "DOCTYPE"),
        (b"", "not well-formed"),
    ],
)
def test_xml_with_entities_or_without_form_is_not_read(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        signatures_in_xml(content)


def test_what_is_no_pdf_is_not_read() -> None:
    with pytest.raises(InputError, match="not a PDF"):
        signatures_in_pdf(b"%PDF-1.7\nnothing")
