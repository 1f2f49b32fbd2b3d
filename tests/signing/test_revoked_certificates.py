"""Certificates that their authority has taken back: lists (CRL) beside the authorities, believed and never fetched."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from calib.certificates import sign, verify_certificate
from calib.errors import FileError, InputError
from calib.run import Laboratory
from calib.signing import Credentials, Trust, read_trust
from calib.signing.trust import doubt

NOW = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)  # after the persons' certificates are made, however late that is
DAY = dt.timedelta(days=1)


def _list(
    issuer: Credentials,
    *revoked: tuple[Credentials, dt.datetime],
    issued: dt.datetime = NOW - DAY,
    partial: bool = False,
) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, issued, issued + 30 * DAY)
    for who, when in revoked:
        entry = x509.RevokedCertificateBuilder(who.certificate.serial_number, when)
        builder = builder.add_revoked_certificate(entry.build())
    if partial:
        builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    return builder.sign(issuer.secret, SHA256())  # type: ignore[arg-type]


def _kept(folder: Path, crl: x509.CertificateRevocationList) -> None:
    (folder / "own.crl").write_bytes(crl.public_bytes(Encoding.DER))


def test_a_certificate_signed_by_somebody_revoked_since_is_not_intact(
    real: Path, laboratory: Laboratory, persons: Any
) -> None:
    path = sign(real / "certificate.pdf", "approved", persons.minh, laboratory)
    told = {f.check: f for f in verify_certificate(path, laboratory).findings}
    assert "revocation not checked: no list of Phòng Hiệu chuẩn – CA is at hand" in told["signature"].what
    _kept(laboratory.authorities, _list(persons.authority, (persons.lan, NOW - DAY)))
    told = {f.check: f for f in verify_certificate(path, laboratory).findings}
    assert (
        told["signature"].intact,
        f"not on the revocation list of {NOW - DAY:%Y-%m-%d}" in told["signature"].what,
    ) == (
        True,
        True,
    )
    _kept(laboratory.authorities, _list(persons.authority, (persons.minh, NOW + DAY)))
    told = {f.check: f for f in verify_certificate(path, laboratory).findings}
    assert not told["signature"].intact
    assert (
        f"was revoked on {NOW + DAY:%Y-%m-%d}, and no time-stamp proves that it signed before" in told["signature"].what
    )


def test_nobody_signs_with_a_revoked_certificate(real: Path, laboratory: Laboratory, persons: Any) -> None:
    _kept(laboratory.authorities, _list(persons.authority, (persons.minh, NOW - DAY)))
    for name in ("certificate.pdf", "certificate.dcc.xml"):
        with pytest.raises(InputError, match=rf"certificate of Trần Văn Minh was revoked on {NOW - DAY:%Y-%m-%d}"):
            sign(real / name, "approved", persons.minh, laboratory)


def test_a_time_stamp_proves_that_it_was_signed_before(persons: Any) -> None:
    trust = Trust((persons.authority.certificate,), (_list(persons.authority, (persons.minh, NOW - DAY)),))

    def why(moment: dt.datetime, *, proven: bool) -> str:
        return doubt(persons.minh.certificate, persons.minh.chain, trust, moment, proven=proven).why

    before = persons.minh.certificate.not_valid_before_utc + dt.timedelta(minutes=1)
    later = replace(trust, revocations=(_list(persons.authority, (persons.minh, NOW + DAY)),))
    assert why(NOW, proven=True).endswith(f"was revoked on {NOW - DAY:%Y-%m-%d}")
    found = doubt(persons.minh.certificate, persons.minh.chain, later, before, proven=True)
    assert (found.why, "revoked only later" in found.revocation) == ("", True)


def test_the_newest_list_counts_and_one_that_is_out_of_date_is_told(persons: Any) -> None:
    old = _list(persons.authority, (persons.lan, NOW - 90 * DAY), issued=NOW - 80 * DAY)
    trust = Trust((persons.authority.certificate,), (old,))
    found = doubt(persons.minh.certificate, persons.minh.chain, trust, NOW)
    assert (found.why, found.revocation.endswith("which is out of date")) == ("", True)
    both = replace(trust, revocations=(_list(persons.authority), old))
    assert doubt(persons.lan.certificate, persons.lan.chain, trust, NOW).why
    assert doubt(persons.lan.certificate, persons.lan.chain, both, NOW).why == ""


def test_a_list_of_somebody_else_says_nothing(persons: Any) -> None:
    """Signed by another authority: it cannot revoke, and cannot clear anybody."""
    foreign = Credentials(persons.stranger.chain[0], persons.stranger.secret)
    trust = Trust((persons.authority.certificate,), (_list(foreign, (persons.minh, NOW - DAY)),))
    assert doubt(persons.minh.certificate, persons.minh.chain, trust, NOW).revocation.startswith(
        "revocation not checked"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda persons: b"nothing of the kind", "no revocation list"),
        (lambda persons: _list(persons.authority, partial=True).public_bytes(Encoding.PEM), "is a part of"),
        (
            lambda persons: _list(replace(persons.authority, secret=persons.lan.secret)).public_bytes(Encoding.PEM),
            "not signed with that authority's key",
        ),
    ],
)
def test_a_file_that_is_no_list_of_the_authority_is_one_message(
    persons: Any, tmp_path: Path, content: Callable[[Any], bytes], why: str
) -> None:
    (tmp_path / "ca.pem").write_bytes(persons.authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "ca.crl").write_bytes(content(persons))
    with pytest.raises(FileError, match=why):
        read_trust(tmp_path)
