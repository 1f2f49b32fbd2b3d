"""Who may sign certificates, and how: the table `[signing]` of `laboratory.toml`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from calib.files import Strict
from calib.record.names import Role


class Person(Strict):
    """A person of the laboratory."""

    name: Annotated[str, Field(min_length=1)]
    """As in the person's certificate (common name)."""
    also: tuple[str, ...] = ()
    """Other names of the same person: as operator of runs, as user of the computer."""
    roles: tuple[Role, ...] = ()
    """What the person is authorised to sign (ISO/IEC 17025:2017, 6.2.6)."""


class Signing(Strict):
    """Rules for signatures."""

    required: tuple[Role, ...] = ("approved",)
    """Roles without whose signatures nothing is a certificate."""
    apart: tuple[tuple[Role, Role], ...] = (("performed", "checked"), ("performed", "approved"))
    """Pairs of roles that no person may have both: the four-eyes rule."""
    persons: tuple[Person, ...] = ()
    """Who may sign; where nobody is named, whoever has a certificate of the laboratory's authorities."""
    time_stamps: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = ""
    """Address of an authority for time-stamps (RFC 3161), empty where there is none."""

    def person(self, name: str) -> Person | None:
        """Return the person of that name, under whatever of the names; None where nobody is."""
        wanted = folded(name)
        return next((p for p in self.persons if wanted in {folded(n) for n in (p.name, *p.also)}), None)

    def same_person(self, one: str, other: str) -> bool:
        """Return whether two names are one person's."""
        persons = [self.person(name) for name in (one, other)]
        if persons[0] is not None and persons[0] is persons[1]:
            return True
        return folded(one) == folded(other)


def folded(name: str) -> str:
    """Return a name as it is compared: without differences of case, blanks and of how letters are composed."""
    from unicodedata import normalize

    return " ".join(normalize("NFC", name).casefold().split())
