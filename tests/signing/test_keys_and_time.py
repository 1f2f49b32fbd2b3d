"""Keys from PEM, on elliptic curves, in a token; time-stamps of an authority."""

import datetime as dt
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from calib.errors import FileError, InputError
from calib.signing import (
    Credentials,
    TimeStamps,
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


def _believed(papers: tuple[bytes, bytes], signer: Credentials, persons: Any) -> list[bool]:
    pdf, xml = papers
    known = [persons.authority.certificate]
    found = [
        *signatures_in_pdf(sign_pdf(pdf, signer, "approved"), known),
        *signatures_in_xml(sign_xml(xml, signer, "approved"), known),
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
    signed = sign_pdf(papers[0], persons.minh, "approved", stamps=stamps)
    (found,) = signatures_in_pdf(signed, [persons.authority.certificate])
    assert (found.stamped_by, found.intact) == ("Clock", True), found
    (found,) = signatures_in_pdf(signed, [persons.stranger.chain[0]])
    assert "time-stamp is by Clock, for whom no authority of the laboratory vouches" in found.wrong


def test_without_the_authority_for_time_stamps_nothing_is_signed(papers: tuple[bytes, bytes], persons: Any) -> None:
    with pytest.raises(InputError, match=r"time-stamp authority http://127.0.0.1:9/: cannot be reached"):
        sign_pdf(papers[0], persons.minh, "approved", stamps=TimeStamps("http://127.0.0.1:9/"))
