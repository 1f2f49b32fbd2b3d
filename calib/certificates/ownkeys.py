"""Keys for the persons of a laboratory that has no bought certificates: an authority of its own certifies them."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from calib.errors import FileError
from calib.run import Laboratory, key_folder
from calib.signing import Credentials, from_pkcs12, make_authority, make_certificate_for, write_signer
from calib.signing.credentials import certificates_in, fingerprint

_AUTHORITY = "laboratory.pem"


@dataclass(frozen=True)
class SignerMade:
    """A new signer."""

    name: str
    private: Path
    """PKCS #12, for its owner only."""
    public: Path
    authority: Path
    """Certificate of the laboratory's own authority."""


def new_signer(
    name: str,
    laboratory: Laboratory,
    passphrase: str | None,
    authority_passphrase: str | None,
    keys: Path | None = None,
) -> SignerMade:
    """Make a key for a person, certified by the laboratory's own authority, which is made where there is none.

    Private keys go to `keys`, else this person's own folder of keys; certificates to `keys/` of the laboratory.

    Raises
    ------
    FileError
        The person has a certificate already, the authority's key is not on this computer, or its passphrase is wrong.
    """
    folder = keys or key_folder()
    public = laboratory.folder / "keys" / "persons" / f"{_file_name(name)}.pem"
    if public.exists():
        msg = f"{public}: exists already; a person's certificate is never overwritten"
        raise FileError(msg)
    authority = _authority(laboratory, folder, authority_passphrase)
    signer = make_certificate_for(name, authority, laboratory.about.name.vi)
    public.parent.mkdir(parents=True, exist_ok=True)
    place = folder / f"{public.stem}-{fingerprint(signer.certificate)[:16]}"
    place.mkdir(mode=0o700, parents=True)
    files = write_signer(signer, place / f"{public.stem}.p12", public, passphrase)
    return SignerMade(name, files.private, files.public, laboratory.authorities / _AUTHORITY)


def _authority(laboratory: Laboratory, folder: Path, passphrase: str | None) -> Credentials:
    public = laboratory.authorities / _AUTHORITY
    if public.exists():
        private = _place(folder, fingerprint(certificates_in(public)[0]))
        if not private.exists():
            msg = (
                f"{public}: the authority's private key is not in {folder}; copy it there, or name its folder with "
                "CALIB_KEYS"
            )
            raise FileError(msg)
        return from_pkcs12(private, passphrase)
    made = make_authority(f"{laboratory.about.name.vi} – CA"[:64])
    public.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = _place(folder, fingerprint(made.certificate))
    new = Path(tempfile.mkdtemp(dir=folder))
    write_signer(made, new / private.name, public, passphrase)
    os.replace(new, private.parent)  # noqa: PTH105 - of a folder
    return made


def _place(folder: Path, id_: str) -> Path:
    return folder / f"authority-{id_[:16]}" / "authority.p12"


def _file_name(person: str) -> str:
    """Return a person's name in letters that every system takes: `Nguyễn Thị Lan` is `nguyen-thi-lan`."""
    plain = normalize("NFKD", person.casefold().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "person"
