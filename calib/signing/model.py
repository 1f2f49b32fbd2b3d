"""What a signature says, and what can be said of it."""

from dataclasses import dataclass

from calib.record.names import Role

SPECIMEN = "specimen-"
"""Before the role in the signature of a specimen, which never is a certificate."""


@dataclass(frozen=True)
class Signed:
    """One signature, checked."""

    role: str
    """What the signer did (`Role`); empty, or another word, in documents of others."""
    specimen: bool
    """True where it signs a specimen, and so issues nothing."""
    name: str
    """Common name of the signer's certificate."""
    time: str
    """ISO 8601: of the time-stamp where there is one, else by the signer's own clock; empty where none is told."""
    stamped_by: str
    """Authority of the time-stamp; empty where there is none."""
    key: str
    """SHA-256 of the signer's certificate, 64 hex digits."""
    wrong: str
    """Why the signature does not hold; empty where it does."""
    vouched: bool | None
    """Whether an authority of the laboratory vouches for the signer; None where none is known to ask."""
    why: str = ""
    """Why no authority vouches for the signer."""
    revocation: str = ""
    """What the revocation lists at hand say of the signer, or that there are none."""

    @property
    def intact(self) -> bool:
        """Whether it holds, and nothing speaks against its signer."""
        return not self.wrong and self.vouched is not False


def labelled(role: Role, *, specimen: bool) -> str:
    """Return the role as it stands in a signature."""
    return f"{SPECIMEN}{role}" if specimen else role


def role_in(label: str) -> tuple[str, bool]:
    """Return role and whether it is a specimen's, from what stands in a signature."""
    return label.removeprefix(SPECIMEN), label.startswith(SPECIMEN)
