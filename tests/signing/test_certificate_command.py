"""`calib certificate`: make, check, sign, verify, amend, and keys: as people type it."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.dcc import read_dcc
from calib.run import Laboratory

Certificate = Callable[..., Any]


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MY_WORD", "secret word")
    return "MY_WORD"


def _sign(certificate: Certificate, key: Path, role: str, *files: Path, more: tuple[str, ...] = ()) -> Any:
    return certificate("sign", *files, "--role", role, "--key", key, "--passphrase-env", "MY_WORD", *more)


def test_checked_approved_and_verified(
    real: Path, p12: Callable[[str], Path], certificate: Certificate, secret: str
) -> None:
    pdf, dcc = real / "certificate.pdf", real / "certificate.dcc.xml"
    assert _sign(certificate, p12("lan"), "checked", pdf).status == 0
    assert _sign(certificate, p12("minh"), "approved", pdf, dcc).status == 0
    ended = certificate("verify", pdf, dcc, real / "record.h5")
    assert (ended.status, ended.err) == (0, "")
    assert "approved by Trần Văn Minh" in ended.out
    told = json.loads(certificate("verify", pdf, "--json").out)
    assert [c["check"] for c in told[0]["checks"]] == ["signature", "signature", "roles", "numbers"]


def test_verify_ends_with_0_intact_1_not_intact_2_not_readable(
    real: Path, p12: Callable[[str], Path], certificate: Certificate, secret: str
) -> None:
    pdf = real / "certificate.pdf"
    assert certificate("verify", pdf).status == 1  # nobody signed it
    assert _sign(certificate, p12("minh"), "approved", pdf).status == 0
    assert certificate("verify", pdf).status == 0
    content = bytearray(pdf.read_bytes())
    content[content.index(b"stream") + 40] ^= 1
    pdf.write_bytes(content)
    assert certificate("verify", pdf).status == 1
    for name, text in (("a.pdf", b"%PDF-1.7 nothing"), ("a.xml", b"<a><b></a>"), ("a.txt", b"hello")):
        (real / name).write_bytes(text)
        assert certificate("verify", real / name).status == 2
    assert certificate("verify", real / "none.pdf").status == 2


def test_the_qr_code_is_verified_offline(real: Path, certificate: Certificate) -> None:
    record = json.loads((real / "results.json").read_text(encoding="utf-8"))
    code = {"id": record["certificate"], "issueDate": "2026-11-23", "sha256": record["record"]}
    for name in ("record.h5", "certificate.pdf", "certificate.dcc.xml"):
        ended = certificate("verify", real / name, "--qr", json.dumps(code))
        assert f"+ code: the QR code is that of {code['id']}" in ended.out
    assert certificate("verify", real / "record.h5", "--qr", json.dumps(code)).status == 0
    for key, value in (("id", "HC-9"), ("sha256", "0" * 64), ("simulated", True)):
        ended = certificate("verify", real / "record.h5", "--qr", json.dumps({**code, key: value}))
        assert (ended.status, "! code: the QR code is that of another certificate" in ended.out) == (1, True)
    ended = certificate("verify", real / "record.h5", "--qr", "https://example.org")
    assert (ended.status, "is not what the QR code of a certificate holds" in ended.out) == (2, True)


def test_a_record_with_a_forged_page_beside_it_is_told(real: Path, specimen: Path, certificate: Certificate) -> None:
    """The DCC is of this record, but for one digit of one error."""
    path = real / "certificate.dcc.xml"
    text = path.read_text(encoding="utf-8")
    start = text.index("<si:valueXMLList>", text.index("basic_measuredValue")) + len("<si:valueXMLList>")
    end = text.index("<", start)
    first, *rest = text[start:end].split(" ")
    path.write_text(text[:start] + " ".join([first[:-1] + str((int(first[-1]) + 1) % 10), *rest]) + text[end:])
    ended = certificate("verify", real / "record.h5")
    assert (ended.status, "row 1: the DCC says" in ended.out) == (1, True)


def test_a_wrong_passphrase_is_one_message_without_it(
    real: Path, p12: Callable[[str], Path], certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = p12("minh")
    monkeypatch.setenv("MY_WORD", "not the one")
    ended = _sign(certificate, key, "approved", real / "certificate.pdf")
    assert (ended.status, ended.err) == (2, f"calib: {key}: no PKCS #12 file, or the wrong passphrase\n")
    monkeypatch.delenv("MY_WORD")
    ended = _sign(certificate, key, "approved", real / "certificate.pdf")
    assert (ended.status, "environment variable MY_WORD: is not set" in ended.err) == (2, True)


def test_signing_without_its_libraries_is_one_message_that_says_what_to_install(
    real: Path, p12: Callable[[str], Path], certificate: Certificate, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calib.signing.libraries.find_spec", lambda name: None if name == "pyhanko" else object())
    ended = _sign(certificate, p12("minh"), "approved", real / "certificate.pdf")
    assert ended.status == 2
    assert ended.err == "calib: signatures need pyHanko: install them with  pip install 'calib-lab[sign]'\n"


def test_a_specimen_is_signed_only_as_such(
    specimen: Path, p12: Callable[[str], Path], certificate: Certificate, secret: str
) -> None:
    key, pdf = p12("minh"), specimen / "certificate.pdf"
    ended = _sign(certificate, key, "approved", pdf)
    assert (ended.status, "made on simulated instruments: it is a specimen" in ended.err) == (2, True)
    assert _sign(certificate, key, "approved", pdf, more=("--specimen",)).status == 0
    ended = certificate("verify", pdf)
    assert (ended.status, "SPECIMEN" in ended.out) == (0, True)


def test_a_signed_certificate_is_not_made_again(
    real: Path, p12: Callable[[str], Path], certificate: Certificate, secret: str, tmp_path: Path
) -> None:
    assert certificate("make", real / "record.h5", "--date", "2026-11-23").status == 0
    assert _sign(certificate, p12("minh"), "approved", real / "certificate.pdf").status == 0
    ended = certificate("make", real / "record.h5")
    assert (ended.status, "is signed, and is not made again" in ended.err) == (2, True)
    ended = certificate("make", real / "record.h5", "--output", tmp_path / "other")
    assert ended.status == 0
    assert {Path(line).name for line in ended.out.split()} >= {"certificate.pdf", "certificate.dcc.xml", "results.csv"}


def test_check_reads_a_record_and_a_certificate(real: Path, certificate: Certificate) -> None:
    ended = certificate("check", real / "record.h5")
    assert (ended.status, "7 rows agree with the record" in ended.out) == (0, True)
    ended = certificate("check", real / "certificate.pdf")
    assert (ended.status, "the record, the attached DCC, the page" in ended.out) == (0, True)


def test_an_amended_certificate_has_a_number_of_its_own_and_names_what_it_replaces(
    real: Path, certificate: Certificate
) -> None:
    old = json.loads((real / "results.json").read_text(encoding="utf-8"))["certificate"]
    before = {p.name: p.read_bytes() for p in real.iterdir() if p.is_file()}
    command = ("amend", real / "record.h5", "--set", "item.serial_number=SIM-7", "--why", "misread", "--by", "Lan")
    ended = certificate(*command, "--number", old)
    assert (ended.status, "needs a number of its own" in ended.err) == (2, True)
    ended = certificate(*command, "--number", f"{old}-1")
    assert ended.status == 0, ended.err
    place = real / f"{old}-1"
    assert {p.name: p.read_bytes() for p in real.iterdir() if p.is_file()} == before
    replaced = read_dcc(place / "certificate.dcc.xml").certificate.administrative.core.replaced
    assert replaced is not None
    assert (replaced.change, replaced.number) == ("amended", old)
    from calib.certificates.document import Document

    words = " ".join(Document.open(place / "certificate.pdf").words)
    assert f"This certificate replaces certificate {old}" in words
    assert re.search(r"Changed: item.serial_number: \S+ → SIM-7. Reason: misread. By Lan", words)


def test_a_key_made_here_signs_what_verify_believes(
    real: Path, laboratory: Laboratory, certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALIB_KEYS", str(tmp_path / "private"))
    monkeypatch.setenv("MY_WORD", "secret word")
    words = ("--passphrase-env", "MY_WORD", "--authority-passphrase-env", "MY_WORD", "--lab", laboratory.folder)
    made = certificate("key", "Đỗ Thị Hà", *words)
    assert made.status == 0, made.err
    private, public, authority = map(Path, made.out.split("\n")[:3])
    assert public.name == "do-thi-ha.pem"
    assert authority.is_relative_to(laboratory.authorities)
    assert tmp_path / "private" in private.parents
    if sys.platform != "win32":
        assert private.stat().st_mode & 0o077 == 0
    assert b"secret word" not in private.read_bytes()
    assert certificate("key", "Đỗ Thị Hà", *words).status == 2
    assert certificate("key", "Bùi An", *words).status == 0
    assert len(list((tmp_path / "private").glob("authority-*"))) == 1
    assert _sign(certificate, private, "approved", real / "certificate.pdf").status == 0
    ended = certificate("verify", real / "certificate.pdf")
    assert (ended.status, "approved by Đỗ Thị Hà" in ended.out) == (0, True)
