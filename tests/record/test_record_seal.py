"""A sealed record: a change of content is found and named, repacking is none, and anybody can check the signature."""

import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from calib.errors import FileError, IntegrityError, RecordError
from calib.record import Record, build_in_child, generate_key, load_key, load_public_key, seal, verify
from calib.record.build import build_record

if TYPE_CHECKING:
    from tests.record.conftest import Run


@pytest.fixture
def sealed(run: "Run", tmp_path: Path) -> Path:
    seal(run.record, load_key(generate_key(tmp_path).private))
    return run.record


def test_a_sealed_record_verifies_and_names_its_signer(sealed: Path, tmp_path: Path) -> None:
    key = load_public_key(tmp_path / "calib-public.pem")
    found = verify(sealed, [key])
    assert (found.signer, found.key, found.trusted) == ("Nguyễn Thị Ân", key, True)
    assert found.digest == Record.open(sealed).digest
    assert not verify(sealed).trusted


def _value(file: h5py.File) -> None:
    file["entry/readings/value"][3] += 1e-12


def _unit(file: h5py.File) -> None:
    file["entry/readings/value"].attrs["units"] = "mV"


def _text(file: h5py.File) -> None:
    file["entry/attempts/outcome"][0] = "skipped"


def _deleted(file: h5py.File) -> None:
    del file["entry/procedure/source"]


def _deleted_attribute(file: h5py.File) -> None:
    del file["entry"].attrs["simulated"]


def _added(file: h5py.File) -> None:
    file["entry/points/note"] = "all good"


def _linked(file: h5py.File) -> None:
    file["entry/other"] = h5py.ExternalLink("other.h5", "/x")


def _precision(file: h5py.File) -> None:
    values = file["entry/points/k"][:]
    del file["entry/points/k"]
    file["entry/points/k"] = values.astype(np.float32)


def _unmarked(file: h5py.File) -> None:
    file.attrs["simulated"] = np.int8(0)


def _message(file: h5py.File) -> None:
    file["entry/traffic/content"][0] ^= 1


CHANGES: dict[Callable[[h5py.File], None], str] = {
    _value: "/entry/readings/value was changed",
    _unit: "/entry/readings/value@units was changed",
    _text: "/entry/attempts/outcome was changed",
    _deleted: "/entry/procedure/source was taken out",
    _deleted_attribute: "/entry@simulated was taken out",
    _added: "/entry/points/note was added",
    _linked: "/entry/other was added",
    _precision: "/entry/points/k was changed",
    _unmarked: "/@simulated was changed",
    _message: "/entry/traffic/content was changed",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_a_change_is_found_and_named(sealed: Path, change: Callable[[h5py.File], None]) -> None:
    with h5py.File(sealed, "r+") as file:
        change(file)
    with pytest.raises(IntegrityError, match=CHANGES[change]):
        verify(sealed)


def _statement(file: h5py.File) -> None:
    said = file["integrity/statement"].asstr()[()]
    file["integrity/statement"][()] = said.replace("Ân", "Bình")


def _signature(file: h5py.File) -> None:
    file["integrity/signature"][()] = "00" * 64


def _smuggled(file: h5py.File) -> None:
    file["integrity/second"] = 1


def _digests(file: h5py.File) -> None:
    file["integrity/digest"][0] = "00" * 32


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_statement, "signature in /integrity is false"),
        (_signature, "signature in /integrity is false"),
        (_smuggled, "'second'"),
        (_digests, "/@NX_class was changed"),
    ],
)
def test_a_change_of_the_seal_itself_is_found(sealed: Path, change: Callable[[h5py.File], None], message: str) -> None:
    with h5py.File(sealed, "r+") as file:
        change(file)
    with pytest.raises(IntegrityError, match=message):
        verify(sealed)


def test_a_value_changed_together_with_its_digest_is_found(sealed: Path) -> None:
    """Who changes content and the list of digests alike still lacks the key for the digest over all."""
    from calib.record.canonical import object_digests

    with h5py.File(sealed, "r+") as file:
        _value(file)
        file["integrity/digest"][:] = np.array(list(object_digests(file).values()), dtype=object)
    with pytest.raises(IntegrityError, match="not those that were signed"):
        verify(sealed)


def test_a_seal_by_another_key_is_not_trusted(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = load_public_key(generate_key(tmp_path / "other").public)
    with pytest.raises(IntegrityError, match="not trusted here"):
        verify(sealed, [other])


def test_a_repacked_copy_is_still_valid(sealed: Path, tmp_path: Path) -> None:
    """Every dataset copied with other chunks, other filters, the other byte order and text of fixed length."""
    copy = tmp_path / "copy.h5"

    def repack(source: h5py.Group, target: h5py.Group) -> None:
        for name, value in source.attrs.items():
            if name not in {"DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"}:
                target.attrs[name] = value
        for name, item in reversed(list(source.items())):
            if isinstance(item, h5py.Group):
                repack(item, target.create_group(name))
                continue
            dtype = item.dtype if item.dtype == object else item.dtype.newbyteorder(">")
            packed = {"chunks": (1,), "compression": "gzip"} if item.shape and item.shape[0] else {}
            made = target.create_dataset(name, data=item[()], dtype=dtype, **packed)
            for key in item.attrs.keys() - {"DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"}:
                made.attrs[key] = item.attrs[key]

    with h5py.File(sealed) as source, h5py.File(copy, "w", libver="latest") as target:
        repack(source, target)
    assert copy.read_bytes() != sealed.read_bytes()
    assert verify(copy).digest == verify(sealed).digest


@pytest.mark.skipif(shutil.which("h5repack") is None, reason="h5repack is not installed")
def test_a_record_is_still_valid_after_h5repack(sealed: Path, tmp_path: Path) -> None:
    # named columns: h5repack 1.10 cannot compress an empty one
    filters = [f"--filter=/entry/readings/{column}:GZIP=9" for column in ("value", "time", "channel")]
    subprocess.run(["h5repack", *filters, str(sealed), str(tmp_path / "packed.h5")], check=True)
    assert (tmp_path / "packed.h5").read_bytes() != sealed.read_bytes()
    assert verify(tmp_path / "packed.h5").digest == verify(sealed).digest


def test_the_signature_holds_without_calib(sealed: Path, tmp_path: Path) -> None:
    with h5py.File(sealed) as file:
        statement = file["integrity/statement"].asstr()[()].encode()
        signature = bytes.fromhex(file["integrity/signature"].asstr()[()])
        pem = file["integrity/public_key"].asstr()[()].encode()
    key = load_pem_public_key(pem)
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, statement)
    assert pem == (tmp_path / "calib-public.pem").read_bytes()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_signature_and_the_fingerprint(sealed: Path, tmp_path: Path) -> None:
    with h5py.File(sealed) as file:
        (tmp_path / "statement").write_bytes(file["integrity/statement"].asstr()[()].encode())
        (tmp_path / "signature").write_bytes(bytes.fromhex(file["integrity/signature"].asstr()[()]))
    public = str(tmp_path / "calib-public.pem")
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin"]
    command += ["-in", str(tmp_path / "statement"), "-sigfile", str(tmp_path / "signature")]
    assert b"Verified Successfully" in subprocess.run(command, check=True, capture_output=True).stdout
    der = ["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER", "-out", str(tmp_path / "der")]
    subprocess.run(der, check=True)
    import hashlib

    assert load_public_key(Path(public)).id == hashlib.sha256((tmp_path / "der").read_bytes()).hexdigest()


def test_a_sealed_record_is_neither_sealed_again_nor_replaced(sealed: Path, run: "Run", tmp_path: Path) -> None:
    before = sealed.read_bytes()
    with pytest.raises(RecordError, match="sealed already"):
        seal(sealed, load_key(tmp_path / "calib-private.pem"))
    with pytest.raises(RecordError, match="never replaced"):
        build_in_child(run.journal, sealed)
    assert sealed.read_bytes() == before


def test_only_a_finished_run_is_sealed(tmp_path: Path) -> None:
    from calib.clock import SystemClock
    from calib.record import Journal

    Journal.create(tmp_path / "j", {"simulated": True}, SystemClock()).close()
    build_record(tmp_path / "j", tmp_path / "r.h5")
    with pytest.raises(RecordError, match="not finished"):
        seal(tmp_path / "r.h5", load_key(generate_key(tmp_path).private))


def test_an_unsealed_record_does_not_verify(run: "Run") -> None:
    with pytest.raises(IntegrityError, match="no seal"):
        verify(run.record)


def test_the_private_key_is_for_its_owner_and_nowhere_else(run: "Run", tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "lab").mkdir()
    files = generate_key(tmp_path / "secret", "open sesame", public_folder=tmp_path / "lab")
    assert stat.S_IMODE(files.private.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in files.private.read_bytes()
    key = load_key(files.private, "open sesame")
    seal(run.record, key)
    assert verify(run.record, [load_public_key(files.public)]).trusted
    raw = key._secret.private_bytes_raw()
    shown = repr(key) + str(key)
    for path in (run.record, run.journal, files.public):
        content = path.read_bytes()
        assert raw not in content
        assert raw.hex().encode() not in content
        assert b"open sesame" not in content
    assert raw.hex() not in shown


def test_keys_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    files = generate_key(tmp_path, "open sesame")
    with pytest.raises(FileError, match="never overwritten"):
        generate_key(tmp_path)
    with pytest.raises(FileError, match="needs its passphrase"):
        load_key(files.private)
    with pytest.raises(FileError, match="wrong passphrase") as caught:
        load_key(files.private, "open barley")
    assert "barley" not in str(caught.value)
    with pytest.raises(FileError, match="no Ed25519 public key"):
        load_public_key(files.private)
    with pytest.raises(FileError, match="cannot be read"):
        load_key(tmp_path / "none.pem")


FLIPS = """
import random, sys
from pathlib import Path
from calib.errors import CalibError, IntegrityError
from calib.record import Record, verify

source, damaged, rng = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]), random.Random(5)
whole = verify(Path(sys.argv[1])).digest
found = 0
for _ in range(60):
    content = bytearray(source)
    bit = rng.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    damaged.write_bytes(content)
    try:
        assert verify(damaged).digest == whole
    except IntegrityError:
        found += 1
    except CalibError:
        pass
    try:
        record = Record.open(damaged)
        record.readings(), record.results, record.traffic()
    except CalibError:
        pass
print(found)
"""


def test_a_bit_turned_anywhere_is_found_or_touches_no_content(sealed: Path, tmp_path: Path) -> None:
    """Bits between the objects of the file belong to no content; all else ends in one of our errors."""
    command = [sys.executable, "-c", FLIPS, str(sealed), str(tmp_path / "damaged.h5")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15
