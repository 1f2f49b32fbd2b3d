"""A DCC as a file: read without trusting it, written to the same bytes for the same content.

A certificate comes from outside. No document type declaration is accepted (a DCC needs none, and entities live there),
nothing is fetched, and libxml2's limits on depth (256), on text (10 MB) and on expansion stay switched on.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from calib.dcc import bind, names
from calib.dcc.administrative import Certificate
from calib.errors import FileError

LARGEST_FILE = 100_000_000
"""Bytes."""
_SHOWN = 8


@dataclass(frozen=True)
class Dcc:
    """A certificate that was read."""

    where: str
    """Name of the file, for messages."""
    sha256: str
    """Digest of the file, 64 hexadecimal digits: what another certificate or a register refers to it by."""
    version: str
    """Version of the schema that the file declares."""
    certificate: Certificate
    signatures: int
    """XML signatures in the file; whether they hold is not asked here."""
    unread: tuple[str, ...]
    """Elements and attributes that this version of calib does not know, with their lines."""


def read_dcc(path: Path) -> Dcc:
    """Read a DCC 3.x.

    Raises
    ------
    FileError
        It cannot be read, is not well-formed, carries a document type (entities), is no DCC 3, or lacks what every
        DCC must have.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            msg = f"{path}: {path.stat().st_size} bytes; a DCC of more than {LARGEST_FILE} is not read"
            raise FileError(msg)
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    return parse_dcc(content, str(path))


def parse_dcc(content: bytes, where: str) -> Dcc:
    """Return the DCC in `content`; raises as `read_dcc`."""
    root = parse_xml(content, where)
    if root.tag != names.tag("dcc:digitalCalibrationCertificate"):
        msg = f"{where}: {names.name(str(root.tag))} is not dcc:digitalCalibrationCertificate: no DCC"
        raise FileError(msg)
    version = root.get("schemaVersion") or ""
    if version.split(".")[0] != "3":
        msg = f"{where}: schemaVersion {version or '(none)'!r}: DCC 3.0 to 3.3 can be read"
        raise FileError(msg)
    signatures = root.findall(names.tag("ds:Signature"))
    for signature in signatures:
        root.remove(signature)
    finding = bind.Finding([], [])
    certificate = bind.read(Certificate, root, finding)
    if finding.wrong:
        more = f"\n  … and {len(finding.wrong) - _SHOWN} more" if len(finding.wrong) > _SHOWN else ""
        listed = "\n".join(f"  {line}" for line in finding.wrong[:_SHOWN])
        msg = (
            f"{where}: not a valid DCC {version}:\n{listed}{more}\nAsk the laboratory that issued it for a valid file."
        )
        raise FileError(msg)
    return Dcc(where, hashlib.sha256(content).hexdigest(), version, certificate, len(signatures), tuple(finding.unread))


def parse_xml(content: bytes, where: str) -> etree._Element:
    """Return the root of XML from outside; raise `FileError` where it is not well-formed, or has entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).split(" (<string>")[0]
        msg = f"{where}: not well-formed XML: {reason}"
        raise FileError(msg) from None
    if root.getroottree().docinfo.doctype:
        msg = f"{where}: has a document type declaration (DOCTYPE), where entities are hidden; a DCC has none: not read"
        raise FileError(msg)
    return root


def dcc_bytes(certificate: Certificate) -> bytes:
    """Return a certificate as XML of DCC 3.3.0: UTF-8, indented, equal bytes for equal content."""
    root = bind.write("dcc:digitalCalibrationCertificate", replace(certificate, schema_version=names.WRITTEN))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["dcc", "si"])
    etree.indent(root, "  ")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"
