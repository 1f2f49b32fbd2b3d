"""Who signs: a certificate, the chain to its authority, and a key that signs but never shows its secret."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from calib.errors import FileError, InputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_LEAST_RSA_BITS = 2048


class Secret(Protocol):
    """A private key, in this computer's memory or in a token: the part of `cryptography`'s keys that is used here."""

    @property
    def key_size(self) -> int:
        """Bits of the modulus, or of the curve's order."""
        ...

    def sign(self, data: bytes, *arguments: Any, **named: Any) -> bytes:
        """Return the signature: RSA with PKCS #1 v1.5 (data, padding, hash), ECDSA in DER (data, algorithm)."""
        ...


@dataclass(frozen=True)
class Credentials:
    """A signer."""

    certificate: "Certificate"
    secret: Secret = field(repr=False)
    chain: tuple["Certificate", ...] = ()
    """Certificates of the authorities in between."""

    @property
    def name(self) -> str:
        """Return the common name of the signer."""
        return common_name(self.certificate)

    @property
    def is_rsa(self) -> bool:
        """Return whether the key is an RSA key; else it is one on an elliptic curve."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

        return isinstance(self.certificate.public_key(), RSAPublicKey)

    def sign(self, data: bytes) -> bytes:
        """Return the signature over the SHA-256 of `data`."""
        from cryptography.hazmat.primitives.asymmetric import ec, padding
        from cryptography.hazmat.primitives.hashes import SHA256

        if self.is_rsa:
            return self.secret.sign(data, padding.PKCS1v15(), SHA256())
        return self.secret.sign(data, ec.ECDSA(SHA256()))


def from_pem(key: Path, certificate: Path, passphrase: str | None = None) -> Credentials:
    """Return the signer with the private key and the certificate (its own first, then its authorities') in PEM files.

    Raises
    ------
    FileError
        A file cannot be read, the passphrase is wrong, or the key does not belong to the certificate.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem, secret_word = read(key), passphrase.encode() if passphrase else None
    try:
        secret = load_pem_private_key(pem, secret_word)
    except TypeError:
        wants = "has no passphrase, but one was given" if passphrase else "needs its passphrase"
        msg = f"{key}: the key {wants}"
        raise FileError(msg) from None
    except (ValueError, UnsupportedAlgorithm):
        msg = f"{key}: no private key in PEM, or the wrong passphrase"
        raise FileError(msg) from None
    return matched(str(key), secret, certificates_in(certificate))


def from_pkcs12(path: Path, passphrase: str | None = None) -> Credentials:
    """Return the signer in a PKCS #12 file (.p12, .pfx); raises as `from_pem`."""
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    try:
        held = load_pkcs12(read(path), passphrase.encode() if passphrase else None)
    except ValueError:
        msg = f"{path}: no PKCS #12 file, or the wrong passphrase"
        raise FileError(msg) from None
    if held.key is None or held.cert is None:
        msg = f"{path}: holds {'no certificate' if held.key else 'no private key'}; a signer needs both"
        raise FileError(msg)
    return matched(str(path), held.key, (held.cert.certificate, *(c.certificate for c in held.additional_certs)))


def matched(where: str, secret: Any, certificates: "tuple[Certificate, ...]") -> Credentials:
    """Return the signer with `secret`; its certificate is the one with the same public key."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    public = secret.public_key()
    if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        msg = f"{where}: a key of this kind is of no use in PDF and DCC; use RSA or an elliptic curve (P-256)"
        raise InputError(msg)
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < _LEAST_RSA_BITS:
        msg = f"{where}: an RSA key of {public.key_size} bits is too weak; at least {_LEAST_RSA_BITS}"
        raise InputError(msg)
    own = [c for c in certificates if c.public_key() == public]
    if not own:
        msg = f"{where}: the key belongs to none of the certificates given with it"
        raise FileError(msg)
    return Credentials(own[0], secret, tuple(c for c in certificates if c != own[0]))


def certificates_in(path: Path) -> "tuple[Certificate, ...]":
    """Return the certificates in a PEM file."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return tuple(load_pem_x509_certificates(read(path)))
    except ValueError:
        msg = f"{path}: no X.509 certificate in PEM"
        raise FileError(msg) from None


def common_name(certificate: "Certificate") -> str:
    """Return the common name of a certificate's holder, else the whole name."""
    from cryptography.x509.oid import NameOID

    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else certificate.subject.rfc4514_string()


def fingerprint(certificate: "Certificate") -> str:
    """Return the SHA-256 of a certificate, 64 hex digits."""
    from cryptography.hazmat.primitives.hashes import SHA256

    return certificate.fingerprint(SHA256()).hex()


def read(path: Path) -> bytes:
    """Return the content of a file; raise `FileError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
