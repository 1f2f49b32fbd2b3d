"""Keys from PEM, on elliptic curves, in a token; time-stamps of an authority."""

import asyncio
import base64
import datetime as dt
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree

from calib.errors import FileError, InputError
from calib.signing import (
    Credentials,
    TimeStamps,
    Trust,
    from_pem,
    from_token,
    sign_pdf,
    sign_xml,
    signatures_in_pdf,
    signatures_in_xml,
)

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"


@pytest.fixture(scope="session")
def papers(issued: Path) -> tuple[bytes, bytes]:
    """An unsigned PDF and its DCC."""
    real = issued / "records" / "real"
    return (real / "certificate.pdf").read_bytes(), (real / "certificate.dcc.xml").read_bytes()


def _believed(
    papers: tuple[bytes, bytes], signer: Credentials, persons: Any, stamps: TimeStamps | None = None
) -> list[bool]:
    pdf, xml = papers
    known = Trust((persons.authority.certificate,))
    found = [
        *signatures_in_pdf(sign_pdf(pdf, signer, "approved", stamps=stamps), known),
        *signatures_in_xml(sign_xml(xml, signer, "approved", stamps=stamps), known),
    ]
    return [s.intact and s.vouched is True for s in found]


def _on_a_curve(persons: Any) -> Credentials:
    """A signer on P-256, certified by the same authority with the extensions of another one's certificate."""
    secret, model = ec.generate_private_key(ec.SECP256R1()), persons.lan.certificate
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(model.issuer, model.subject, secret.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(9))
    usage = model.extensions.get_extension_for_class(x509.KeyUsage)
    made = builder.add_extension(usage.value, critical=True).sign(persons.authority.secret, SHA256())
    return Credentials(made, secret, (persons.authority.certificate,))


def test_a_key_in_pem_with_a_passphrase_signs(papers: tuple[bytes, bytes], persons: Any, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    word = BestAvailableEncryption(b"secret word")
    key.write_bytes(persons.lan.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, word))
    certificate.write_bytes(persons.lan.certificate.public_bytes(Encoding.PEM))
    assert _believed(papers, from_pem(key, certificate, "secret word"), persons) == [True, True]
    with pytest.raises(FileError, match="needs its passphrase"):
        from_pem(key, certificate)
    with pytest.raises(FileError, match="wrong passphrase"):
        from_pem(key, certificate, "another word")
    certificate.write_bytes(persons.minh.certificate.public_bytes(Encoding.PEM))
    with pytest.raises(FileError, match="belongs to none of the certificates"):
        from_pem(key, certificate, "secret word")


def test_a_key_on_an_elliptic_curve_signs(papers: tuple[bytes, bytes], persons: Any) -> None:
    assert _believed(papers, _on_a_curve(persons), persons) == [True, True]


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persons: Any) -> Iterator[Path]:
    """A SoftHSM token with Lan's key, made by SoftHSM's own program; her certificate lies beside it in PEM."""
    program = shutil.which("softhsm2-util")
    if program is None or not MODULE.exists():
        pytest.skip("SoftHSM is not installed")
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    secret = tmp_path / "key.pem"
    secret.write_bytes(persons.lan.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for arguments in (
        ["--init-token", "--free", "--label", "lab", "--so-pin", "0000", "--pin", PIN],
        ["--import", str(secret), "--token", "lab", "--label", "lan", "--id", "01", "--pin", PIN],
    ):
        subprocess.run([program, *arguments], check=True, capture_output=True, env=os.environ.copy())
    secret.unlink()
    certificate = tmp_path / "lan.pem"
    certificate.write_bytes(persons.lan.certificate.public_bytes(Encoding.PEM))
    yield certificate
    import pkcs11

    pkcs11.unload(str(MODULE))


def test_a_key_in_a_token_signs_and_says_what_is_wrong(papers: tuple[bytes, bytes], persons: Any, token: Path) -> None:
    with from_token(MODULE, "lab", "lan", PIN, token) as signer:
        assert signer.name == "Nguyễn Thị Lan"
        assert _believed(papers, signer, persons) == [True, True]
    for given, why in (
        (("lab", "lan", "0815", token), "the PIN is wrong"),
        (("other", "lan", PIN, token), "there is no such token"),
        (("lab", "minh", PIN, token), "there is no such key"),
        (("lab", "lan", PIN, None), "holds no certificate of that label"),
    ):
        with pytest.raises(InputError, match=why), from_token(MODULE, *given):
            pass


@pytest.fixture
def stamps(persons: Any) -> Iterator[TimeStamps]:
    """An authority for time-stamps behind a socket; its certificate is by the laboratory's authority."""
    from asn1crypto import keys, tsp
    from pyhanko.sign.timestamps import DummyTimeStamper

    from calib.signing.trust import as_asn1

    secret = rsa.generate_private_key(65537, 2048)
    issuer, now = persons.authority.certificate.subject, dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clock")])
    builder = x509.CertificateBuilder(issuer, name, secret.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(9))
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = builder.add_extension(purpose, critical=True).sign(persons.authority.secret, SHA256())
    der = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    clock = DummyTimeStamper(as_asn1(made), keys.PrivateKeyInfo.load(der))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = clock.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: Any) -> None:
            del arguments

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield TimeStamps(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_time_stamp_tells_the_time_and_its_authority_must_be_known(
    papers: tuple[bytes, bytes], persons: Any, stamps: TimeStamps
) -> None:
    known, others = Trust((persons.authority.certificate,)), Trust((persons.stranger.chain[0],))
    for paper, sign, signatures_in in zip(
        papers, (sign_pdf, sign_xml), (signatures_in_pdf, signatures_in_xml), strict=True
    ):
        signed = sign(paper, persons.minh, "approved", stamps=stamps)
        (found,) = signatures_in(signed, known)
        assert (found.stamped_by, found.intact) == ("Clock", True), found
        (found,) = signatures_in(signed, others)
        assert "time-stamp is by Clock, for whom no authority of the laboratory vouches" in found.wrong


def test_a_time_stamp_of_another_signature_does_not_hold(
    papers: tuple[bytes, bytes], persons: Any, stamps: TimeStamps
) -> None:
    """Openssl, too, takes the time-stamp for that of the signature's value, and of no other."""
    first, other = (sign_xml(papers[1], persons.minh, "approved", stamps=stamps) for _ in range(2))
    token = re.compile(rb"(<xades:EncapsulatedTimeStamp>)([^<]+)(<)")
    moved = token.sub(lambda m: m[1] + cast(re.Match[bytes], token.search(other))[2] + m[3], first)
    (found,) = signatures_in_xml(moved, Trust((persons.authority.certificate,)))
    assert found.wrong == "its time-stamp does not hold"
    for damaged in (
        token.sub(rb"\g<1>QUJD\g<3>", first),
        re.sub(rb"<ds:SignatureValue>[^<]+</ds:SignatureValue>", b"", first),
    ):
        (found,) = signatures_in_xml(damaged)
        assert found.wrong, "never an exception"


def test_openssl_and_xmlsec_believe_a_time_stamped_signature_of_a_dcc(
    papers: tuple[bytes, bytes], persons: Any, stamps: TimeStamps, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None or shutil.which("xmlsec1") is None:
        pytest.skip("openssl or xmlsec1 is not installed")
    signed = sign_xml(papers[1], persons.minh, "approved", stamps=stamps)
    root = etree.fromstring(signed)
    names = {"ds": "http://www.w3.org/2000/09/xmldsig#", "x": "http://uri.etsi.org/01903/v1.3.2#"}
    (value,), (token,) = (root.findall(f".//{tag}", names) for tag in ("ds:SignatureValue", "x:EncapsulatedTimeStamp"))
    (tmp_path / "value").write_bytes(etree.tostring(value, method="c14n", exclusive=True, with_tail=False))
    (tmp_path / "token").write_bytes(base64.b64decode(token.text or ""))
    (tmp_path / "ca.pem").write_bytes(persons.authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "c.xml").write_bytes(signed)
    asked = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "value", "-CAfile", "ca.pem"]
    said = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, "Verification: OK" in said.stdout + said.stderr) == (0, True), said
    ids = [f"--id-attr:Id {names['x']}SignedProperties", f"--id-attr:Id {names['ds']}KeyInfo"]
    command = ["xmlsec1", "--verify", "--trusted-pem", "ca.pem"]
    for option in ids:
        command += option.replace("v1.3.2#S", "v1.3.2#:S").replace("xmldsig#K", "xmldsig#:K").split()
    assert subprocess.run([*command, "c.xml"], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_signing_and_verifying_work_where_an_event_loop_runs_already(
    papers: tuple[bytes, bytes], persons: Any, stamps: TimeStamps
) -> None:
    """As in the cell of a notebook."""

    async def cell() -> list[bool]:
        return _believed(papers, persons.minh, persons, stamps)

    assert asyncio.run(cell()) == [True, True]


def test_without_the_authority_for_time_stamps_nothing_is_signed(papers: tuple[bytes, bytes], persons: Any) -> None:
    for paper, sign in zip(papers, (sign_pdf, sign_xml), strict=True):
        with pytest.raises(InputError, match=r"time-stamp authority http://127.0.0.1:9/: cannot be reached"):
            sign(paper, persons.minh, "approved", stamps=TimeStamps("http://127.0.0.1:9/"))
