"""Who and where: laboratories, customers, makers, persons, places; names of things; certificates referred to."""

from dataclasses import dataclass

from calib.dcc.bind import Node, Part, many, maybe, one, parts
from calib.dcc.quantities import Real
from calib.dcc.words import Bytes, Rich, Words


@dataclass(frozen=True, kw_only=True)
class Coordinates(Node):
    """A position."""

    system: str = one("dcc:positionCoordinateSystem")
    reference: str | None = maybe("dcc:reference")
    declaration: Rich | None = maybe("dcc:declaration", Rich)
    first: Real = one("dcc:positionCoordinate1", Real)
    second: Real = one("dcc:positionCoordinate2", Real)
    third: Real | None = maybe("dcc:positionCoordinate3", Real)
    link: str | None = maybe("dcc:link")


@dataclass(frozen=True, kw_only=True)
class Location(Node):
    """An address; its parts in the order of the file."""

    parts: tuple[Part, ...] = parts(
        {
            "dcc:city": str,
            "dcc:countryCode": str,
            "dcc:postCode": str,
            "dcc:postOfficeBox": str,
            "dcc:state": str,
            "dcc:street": str,
            "dcc:streetNo": str,
            "dcc:further": Rich,
            "dcc:positionCoordinates": Coordinates,
        }
    )

    def in_(self, language: str) -> str:
        """Return the address in one line."""
        shown = (p.value.in_(language) if isinstance(p.value, Rich) else p.value for p in self.parts)
        return ", ".join(part for part in shown if isinstance(part, str) and part)


@dataclass(frozen=True, kw_only=True)
class Contact(Node):
    """A laboratory, firm or person; of customers and laboratories the schema also asks for the location."""

    name: Words = one("dcc:name", Words)
    email: str | None = maybe("dcc:eMail")
    phone: str | None = maybe("dcc:phone")
    fax: str | None = maybe("dcc:fax")
    link: str | None = maybe("dcc:link")
    location: Location | None = maybe("dcc:location", Location)
    data: Bytes | None = maybe("dcc:descriptionData", Bytes)


@dataclass(frozen=True, kw_only=True)
class Identification(Node):
    """A number or name that somebody gave to a thing."""

    issuer: str = one("dcc:issuer")
    """`manufacturer`, `calibrationLaboratory`, `customer`, `owner` or `other`."""
    value: str = one("dcc:value")
    name: Words | None = maybe("dcc:name", Words)


@dataclass(frozen=True, kw_only=True)
class Identifications(Node):
    """All numbers of a thing."""

    all: tuple[Identification, ...] = many("dcc:identification", Identification)


@dataclass(frozen=True, kw_only=True)
class EquipmentClass(Node):
    """A class of equipment in some classification."""

    reference: str = one("dcc:reference")
    class_id: str = one("dcc:classID")
    link: str | None = maybe("dcc:link")


@dataclass(frozen=True, kw_only=True)
class Hash(Node):
    """Another document: its number, and its digest where it is a file."""

    referral: Words = one("dcc:referral", Words)
    number: str = one("dcc:referralID")
    procedure: str = one("dcc:procedure")
    """Name of the hash algorithm, or `analogue` for a document on paper."""
    value: str = one("dcc:value")
    description: Rich | None = maybe("dcc:description", Rich)
    in_validity_range: str | None = maybe("dcc:inValidityRange")
    traceable: str | None = maybe("dcc:traceable")
    linked: "Hash | None" = maybe("dcc:linkedReport", lambda: Hash)


@dataclass(frozen=True, kw_only=True)
class Software(Node):
    """A program and its version."""

    name: Words = one("dcc:name", Words)
    release: str = one("dcc:release")
    type: str | None = maybe("dcc:type")
    description: Rich | None = maybe("dcc:description", Rich)


@dataclass(frozen=True, kw_only=True)
class SoftwareList(Node):
    """Programs."""

    all: tuple[Software, ...] = many("dcc:software", Software)
