"""Ed25519 keys (RFC 8032): the private half stays in a PEM file, the public half goes with what it signs.

The id of a key is the hex SHA-256 of its public half as SubjectPublicKeyInfo (RFC 5280, 4.1) in DER.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import FileError, IntegrityError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True)
class PublicKey:
    """The half of a key that checks signatures."""

    pem: str
    """SubjectPublicKeyInfo in PEM."""

    @property
    def id(self) -> str:
        """Return the fingerprint: 64 hex digits."""
        return hashlib.sha256(_der(_parse_public(self.pem))).hexdigest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Return whether `signature` was made over `message` by the private half."""
        from cryptography.exceptions import InvalidSignature

        try:
            _parse_public(self.pem).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """The half of a key that signs. It never shows its secret."""

    def __init__(self, secret: "Ed25519PrivateKey") -> None:
        self._secret = secret
        self.public = PublicKey(_pem(secret.public_key()))
        self.id = self.public.id

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`, 64 bytes."""
        return self._secret.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.id[:16]})"


@dataclass(frozen=True)
class KeyFiles:
    """Where the two halves of a new key lie."""

    private: Path
    public: Path
    id: str


def generate_key(folder: Path, passphrase: str | None = None, public_folder: Path | None = None) -> KeyFiles:
    """Make a key: `calib-private.pem` in `folder`, for its owner only, and `calib-public.pem` in `public_folder`.

    `folder` lies outside the laboratory's folder and of all that is shared. Without `public_folder` the public half
    lies beside the private one. An existing key is never overwritten.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.generate()
    cipher = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    pem = secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)
    public = PublicKey(_pem(secret.public_key()))
    files = KeyFiles(folder / "calib-private.pem", (public_folder or folder) / "calib-public.pem", public.id)
    write_new(files.public, public.pem.encode(), 0o644)
    try:
        write_new(files.private, pem, 0o600)
    except FileError:
        files.public.unlink()
        raise
    return files


def load_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """Return the private key in a PEM file; raise `FileError` where it is not one, or the passphrase is wrong."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = _read(path)
    try:
        secret = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError:
        wants = "has no passphrase, but one was given" if passphrase else "needs its passphrase"
        msg = f"{path}: the key {wants}"
        raise FileError(msg) from None
    except (ValueError, UnsupportedAlgorithm):
        msg = f"{path}: no private key in PEM, or the wrong passphrase"
        raise FileError(msg) from None
    if not isinstance(secret, Ed25519PrivateKey):
        msg = f"{path}: not an Ed25519 key; make one with `calib init`"
        raise FileError(msg)
    return SigningKey(secret)


def load_public_key(path: Path) -> PublicKey:
    """Return the public key in a PEM file; raise `FileError` where it is not one."""
    try:
        return PublicKey(_pem(_parse_public(_read(path).decode())))
    except (IntegrityError, UnicodeDecodeError):
        msg = f"{path}: no Ed25519 public key in PEM"
        raise FileError(msg) from None


def _parse_public(pem: str) -> "Ed25519PublicKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        msg = "the public key of a signature cannot be read"
        raise IntegrityError(msg) from None
    if not isinstance(key, Ed25519PublicKey):
        msg = "the public key of a signature is not an Ed25519 key"
        raise IntegrityError(msg)
    return key


def _der(key: "Ed25519PublicKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(key: "Ed25519PublicKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: the key cannot be read ({error.strerror})"
        raise FileError(msg) from error


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that does not exist yet, of which nobody but its owner can do more than `mode` says."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    except FileExistsError:
        msg = f"{path}: exists already, and a key is never overwritten"
        raise FileError(msg) from None
    except OSError as error:
        msg = f"{path}: the key cannot be written ({error.strerror})"
        raise FileError(msg) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
