"""A key in a PKCS #11 token: a smart card, a USB token, a hardware module. The key never leaves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from calib.errors import InputError
from calib.signing.credentials import Credentials, certificates_in, matched


class TokenSecret:
    """A private key in an open session of a token."""

    def __init__(self, private: Any, public: Any) -> None:
        self._private = private
        self._public = public

    def public_key(self) -> Any:
        """Return the public half, of `cryptography`."""
        return self._public

    @property
    def key_size(self) -> int:
        """Return the bits of the key."""
        return int(self._public.key_size)

    def sign(self, data: bytes, *arguments: Any, **named: Any) -> bytes:
        """Return the signature over the SHA-256 of `data`; `arguments` are those that `cryptography` wants."""
        del arguments, named
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from pkcs11 import Mechanism

        if isinstance(self._public, RSAPublicKey):
            return bytes(self._private.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
        import hashlib

        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

        raw = bytes(self._private.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


@contextmanager
def from_token(
    module: Path, token: str, key: str, pin: str | None, certificate: Path | None = None
) -> Iterator[Credentials]:
    """Give the signer whose key lies in a token, as long as its session is open.

    Parameters
    ----------
    module
        The token's own library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    token, key
        Labels of the token, and of the key in it.
    certificate
        PEM file with certificate and chain, where the token does not hold them under the key's label.

    Raises
    ------
    InputError
        The module cannot be loaded, there is no such token or key, or the PIN is wrong.
    """
    try:
        import pkcs11
        from pkcs11.exceptions import PKCS11Error
    except ImportError:
        msg = "keys in tokens need python-pkcs11: install it with  pip install 'calib-lab[sign]'"
        raise InputError(msg) from None
    try:
        found = pkcs11.lib(str(module)).get_token(token_label=token)
        session = found.open(user_pin=pin)
    except (PKCS11Error, RuntimeError, OSError) as error:
        msg = f"token '{token}' by {module}: {_told(error)}"
        raise InputError(msg) from None
    with session:
        yield _in_session(session, token, key, certificate)


def _in_session(session: Any, token: str, key: str, certificate: Path | None) -> Credentials:
    from cryptography.x509 import load_der_x509_certificate
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import PKCS11Error

    where = f"token '{token}', key '{key}'"
    try:
        private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=key)
        held = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: key})
        certificates = tuple(load_der_x509_certificate(bytes(c[Attribute.VALUE])) for c in held)
    except PKCS11Error as error:
        msg = f"{where}: {_told(error)}"
        raise InputError(msg) from None
    if certificate is not None:
        certificates = certificates_in(certificate)
    if not certificates:
        msg = f"{where}: the token holds no certificate of that label; name its PEM file with --certificate"
        raise InputError(msg)
    return matched(where, TokenSecret(private, certificates[0].public_key()), certificates)


def _told(error: Exception) -> str:
    """Return what went wrong in words; PKCS #11 names its errors by class."""
    named = {
        "PinIncorrect": "the PIN is wrong",
        "PinLocked": "the PIN is locked",
        "NoSuchToken": "there is no such token; is it plugged in?",
        "NoSuchKey": "there is no such key",
        "MultipleObjectsReturned": "there are several keys of that label",
        "UserPinNotInitialized": "the token has no PIN yet",
    }
    return named.get(type(error).__name__) or str(error) or type(error).__name__
