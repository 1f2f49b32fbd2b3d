"""The frame of a DCC: what it is about, who made it for whom and when."""

from dataclasses import dataclass

from calib.dcc.bind import Node, Verbatim, attribute, many, maybe, one, text
from calib.dcc.measurement import Measurements, MetaData, Quantity
from calib.dcc.parties import Contact, EquipmentClass, Hash, Identifications, SoftwareList
from calib.dcc.words import Bytes, Rich, Words


@dataclass(frozen=True, kw_only=True)
class RefTypeDefinition(Node):
    """Where the meaning of reference types is written."""

    name: Words = one("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    namespace: str = one("dcc:namespace")
    link: str = one("dcc:link")
    release: str | None = maybe("dcc:release")
    value: str | None = maybe("dcc:value")
    procedure: str | None = maybe("dcc:procedure")


@dataclass(frozen=True, kw_only=True)
class RefTypeDefinitions(Node):
    """Vocabularies of reference types."""

    all: tuple[RefTypeDefinition, ...] = many("dcc:refTypeDefinition", RefTypeDefinition)


@dataclass(frozen=True, kw_only=True)
class Place(Node):
    """Where it was calibrated: `laboratory`, `customer`, `laboratoryBranch`, `customerBranch` or `other`."""

    text: str = text()


@dataclass(frozen=True, kw_only=True)
class Replaced(Node):
    """The certificate that this one amends or substitutes."""

    change: str = one("dcc:typeOfChange")
    """`amended` or `substituted`."""
    number: str = one("dcc:replacedUniqueIdentifier")


@dataclass(frozen=True, kw_only=True)
class CoreData(Node):
    """Number, languages, days."""

    country: str = one("dcc:countryCodeISO3166_1")
    languages: tuple[str, ...] = many("dcc:usedLangCodeISO639_1")
    mandatory: tuple[str, ...] = many("dcc:mandatoryLangCodeISO639_1")
    number: str = one("dcc:uniqueIdentifier")
    identifications: Identifications | None = maybe("dcc:identifications", Identifications)
    received: str | None = maybe("dcc:receiptDate")
    begun: str = one("dcc:beginPerformanceDate")
    ended: str = one("dcc:endPerformanceDate")
    place: Place = one("dcc:performanceLocation", Place)
    issued: str | None = maybe("dcc:issueDate")
    replaced: Replaced | None = maybe("dcc:reportAmendedSubstituted", Replaced)
    previous: Hash | None = maybe("dcc:previousReport", Hash)


@dataclass(frozen=True, kw_only=True)
class ItemQuantities(Node):
    """Quantities of an item."""

    all: tuple[Quantity, ...] = many("dcc:itemQuantity", Quantity)


@dataclass(frozen=True, kw_only=True)
class Item(Node):
    """What was calibrated."""

    name: Words = one("dcc:name", Words)
    classes: tuple[EquipmentClass, ...] = many("dcc:equipmentClass", EquipmentClass)
    description: Rich | None = maybe("dcc:description", Rich)
    owner: Contact | None = maybe("dcc:owner", Contact)
    software: SoftwareList | None = maybe("dcc:installedSoftwares", SoftwareList)
    manufacturer: Contact | None = maybe("dcc:manufacturer", Contact)
    model: str | None = maybe("dcc:model")
    identifications: Identifications = one("dcc:identifications", Identifications)
    quantities: ItemQuantities | None = maybe("dcc:itemQuantities", ItemQuantities)
    parts: "Items | None" = maybe("dcc:subItems", lambda: Items)


@dataclass(frozen=True, kw_only=True)
class Items(Node):
    """Items that were calibrated together."""

    name: Words | None = maybe("dcc:name", Words)
    classes: tuple[EquipmentClass, ...] = many("dcc:equipmentClass", EquipmentClass)
    description: Rich | None = maybe("dcc:description", Rich)
    owner: Contact | None = maybe("dcc:owner", Contact)
    manufacturer: Contact | None = maybe("dcc:manufacturer", Contact)
    identifications: Identifications | None = maybe("dcc:identifications", Identifications)
    all: tuple[Item, ...] = many("dcc:item", Item)


@dataclass(frozen=True, kw_only=True)
class Laboratory(Node):
    """Who calibrated."""

    code: str | None = maybe("dcc:calibrationLaboratoryCode")
    contact: Contact = one("dcc:contact", Contact)
    seal: str | None = maybe("dcc:cryptElectronicSeal")
    signature: str | None = maybe("dcc:cryptElectronicSignature")
    time_stamp: str | None = maybe("dcc:cryptElectronicTimeStamp")


@dataclass(frozen=True, kw_only=True)
class Person(Node):
    """A responsible person."""

    person: Contact = one("dcc:person", Contact)
    description: Rich | None = maybe("dcc:description", Rich)
    role: str | None = maybe("dcc:role")
    main_signer: str | None = maybe("dcc:mainSigner")
    seal: str | None = maybe("dcc:cryptElectronicSeal")
    signature: str | None = maybe("dcc:cryptElectronicSignature")
    time_stamp: str | None = maybe("dcc:cryptElectronicTimeStamp")


@dataclass(frozen=True, kw_only=True)
class Persons(Node):
    """Responsible persons."""

    all: tuple[Person, ...] = many("dcc:respPerson", Person)


@dataclass(frozen=True, kw_only=True)
class Statements(Node):
    """Statements about the certificate."""

    all: tuple[MetaData, ...] = many("dcc:statement", MetaData)


@dataclass(frozen=True, kw_only=True)
class AdministrativeData(Node):
    """All of the frame."""

    software: SoftwareList = one("dcc:dccSoftware", SoftwareList)
    ref_types: RefTypeDefinitions | None = maybe("dcc:refTypeDefinitions", RefTypeDefinitions)
    core: CoreData = one("dcc:coreData", CoreData)
    items: Items = one("dcc:items", Items)
    laboratory: Laboratory = one("dcc:calibrationLaboratory", Laboratory)
    persons: Persons = one("dcc:respPersons", Persons)
    customer: Contact = one("dcc:customer", Contact)
    statements: Statements | None = maybe("dcc:statements", Statements)


@dataclass(frozen=True, kw_only=True)
class Certificate(Node):
    """A Digital Calibration Certificate; signatures are no part of it: they hold for one file."""

    schema_version: str = attribute("schemaVersion")
    administrative: AdministrativeData = one("dcc:administrativeData", AdministrativeData)
    measurements: Measurements = one("dcc:measurementResults", Measurements)
    comment: str | None = maybe("dcc:comment", Verbatim)
    document: Bytes | None = maybe("dcc:document", Bytes)
