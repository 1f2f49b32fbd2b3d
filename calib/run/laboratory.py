"""The laboratory: a folder with its name, register, specifications, benches, jobs, public keys and records."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from calib.equipment import Register
from calib.errors import FileError
from calib.files import BilingualText, Strict, read_model
from calib.record import PublicKey, load_public_key
from calib.run.signingrules import Signing
from calib.specification import Scope, Specification, load_specification

FILE = "laboratory.toml"


class LaboratoryFile(Strict):
    """`laboratory.toml`."""

    format: Literal["calib-laboratory/1"]
    name: BilingualText
    address: BilingualText
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "VN"
    """ISO 3166-1 code of its country, for the DCC."""
    phone: str = ""
    email: str = ""
    accreditation: str = ""
    """Accreditation number as printed; empty where the laboratory is not accredited."""
    seal_key: str = ""
    """Id of the key that seals records; its public half is in `keys/`."""
    authorised_to_adjust: tuple[str, ...] | None = None
    """Names of the persons who may adjust an item (ISO/IEC 17025:2017, 6.2.6)."""
    authorised_for_opinions: tuple[str, ...] | None = None
    """Names of the persons whose opinions and interpretations a certificate may carry (7.8.7.1)."""
    signing: Signing | None = None
    """Who signs certificates, and by which rules; without it every certificate needs an approval."""


@dataclass(frozen=True)
class Laboratory:
    """A laboratory folder."""

    folder: Path
    about: LaboratoryFile

    @classmethod
    def load(cls, folder: Path) -> "Laboratory":
        """Read the laboratory in `folder`."""
        return cls(folder, read_model(folder / FILE, LaboratoryFile))

    @classmethod
    def find(cls, given: Path | None, start: Path) -> "Laboratory":
        """Return the laboratory that was given, or that `CALIB_LAB` names, or the nearest one upward from `start`.

        Raises
        ------
        FileError
            There is none.
        """
        found = cls.find_any(given, start)
        if found is not None:
            return found
        msg = (
            f"no {FILE} in {start.resolve()} or above it: name the laboratory's folder with --lab or CALIB_LAB, "
            "or make one with 'calib init DIR'"
        )
        raise FileError(msg)

    @classmethod
    def find_any(cls, given: Path | None, start: Path) -> "Laboratory | None":
        """Return what `find` does, or None where nobody names a laboratory and none lies upward from `start`."""
        named = given or (Path(os.environ["CALIB_LAB"]) if os.environ.get("CALIB_LAB") else None)
        if named is not None:
            return cls.load(named)
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / FILE).exists():
                return cls.load(folder)
        return None

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Return the public halves of the keys that seal its records."""
        return tuple(load_public_key(path) for path in sorted((self.folder / "keys").glob("*.pem")))

    @property
    def signing(self) -> Signing:
        """Return the rules for signatures."""
        return self.about.signing or Signing()

    @property
    def authorities(self) -> Path:
        """Return the folder with certificates of the authorities that vouch for signers, in PEM."""
        return self.folder / "keys" / "authorities"

    def register(self) -> Register:
        """Read the register of equipment."""
        return Register.load(self.folder / "equipment")

    def scope(self) -> Scope | None:
        """Read the scope of accreditation, None where the laboratory has no `scope.toml`."""
        path = self.folder / "scope.toml"
        return read_model(path, Scope) if path.exists() else None

    def specification(self, id: str) -> Specification:
        """Return a specification of the laboratory or of those shipped."""
        return load_specification(id, self.folder / "specifications")
