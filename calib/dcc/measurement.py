"""What was measured: quantities and lists of them, with methods, equipment, conditions and statements."""

from dataclasses import dataclass

from calib.dcc.bind import Listed, Node, Part, Verbatim, many, maybe, one, parts
from calib.dcc.parties import Contact, EquipmentClass, Hash, Identifications, Location, SoftwareList
from calib.dcc.quantities import Constant, Hybrid, Real, RealList
from calib.dcc.words import Bytes, Formula, Rich, Words


@dataclass(frozen=True, kw_only=True)
class Relative(Node):
    """Relative uncertainty."""

    list: RealList | None = maybe("dcc:relativeUncertaintyXmlList", RealList)
    single: Real | None = maybe("dcc:relativeUncertaintySingle", Real)


@dataclass(frozen=True, kw_only=True)
class Quantity(Node):
    """One quantity: a value, a list of values, or words (quantityType and primitiveQuantityType)."""

    name: Words | None = maybe("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    nothing: Rich | None = maybe("dcc:noQuantity", Rich)
    chars: tuple[str, ...] | None = maybe("dcc:charsXMLList", Listed)
    real: Real | None = maybe("si:real", Real)
    nested: str | None = maybe("si:list", Verbatim)
    hybrid: Hybrid | None = maybe("si:hybrid", Hybrid)
    complex: str | None = maybe("si:complex", Verbatim)
    constant: Constant | None = maybe("si:constant", Constant)
    real_list: RealList | None = maybe("si:realListXMLList", RealList)
    complex_list: str | None = maybe("si:complexListXMLList", Verbatim)
    relative: Relative | None = maybe("dcc:relativeUncertainty", Relative)
    methods: "Methods | None" = maybe("dcc:usedMethods", lambda: Methods)
    software: SoftwareList | None = maybe("dcc:usedSoftware", SoftwareList)
    equipment: "EquipmentList | None" = maybe("dcc:measuringEquipments", lambda: EquipmentList)
    conditions: "Conditions | None" = maybe("dcc:influenceConditions", lambda: Conditions)
    metadata: "MetaDataList | None" = maybe("dcc:measurementMetaData", lambda: MetaDataList)


@dataclass(frozen=True, kw_only=True)
class List(Node):
    """Quantities side by side: a table, each of them a column."""

    name: Words | None = maybe("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    date_time: str | None = maybe("dcc:dateTime")
    date_times: tuple[str, ...] | None = maybe("dcc:dateTimeXMLList", Listed)
    parts: tuple[Part, ...] = parts({"dcc:list": lambda: List, "dcc:quantity": Quantity})
    methods: "Methods | None" = maybe("dcc:usedMethods", lambda: Methods)
    software: SoftwareList | None = maybe("dcc:usedSoftware", SoftwareList)
    equipment: "EquipmentList | None" = maybe("dcc:measuringEquipments", lambda: EquipmentList)
    conditions: "Conditions | None" = maybe("dcc:influenceConditions", lambda: Conditions)
    metadata: "MetaDataList | None" = maybe("dcc:measurementMetaData", lambda: MetaDataList)


@dataclass(frozen=True, kw_only=True)
class Data(Node):
    """Texts, files, formulas, quantities and lists in any order."""

    parts: tuple[Part, ...] = parts(
        {
            "dcc:text": Rich,
            "dcc:formula": Formula,
            "dcc:byteData": Bytes,
            "dcc:xml": Verbatim,
            "dcc:quantity": Quantity,
            "dcc:list": List,
        }
    )

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities that stand in it by themselves."""
        return tuple(part.value for part in self.parts if isinstance(part.value, Quantity))

    @property
    def lists(self) -> tuple[List, ...]:
        """The lists that stand in it."""
        return tuple(part.value for part in self.parts if isinstance(part.value, List))


@dataclass(frozen=True, kw_only=True)
class MetaData(Node):
    """A statement: about the certificate, or about values (statementMetaDataType)."""

    name: Words | None = maybe("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    countries: tuple[str, ...] = many("dcc:countryCodeISO3166_1")
    convention: str | None = maybe("dcc:convention")
    traceable: str | None = maybe("dcc:traceable")
    norms: tuple[str, ...] = many("dcc:norm")
    references: tuple[str, ...] = many("dcc:reference")
    links: tuple[str, ...] = many("dcc:link")
    declaration: Rich | None = maybe("dcc:declaration", Rich)
    valid: str | None = maybe("dcc:valid")
    valid_each: tuple[str, ...] | None = maybe("dcc:validXMLList", Listed)
    date: str | None = maybe("dcc:date")
    period: str | None = maybe("dcc:period")
    authority: Contact | None = maybe("dcc:respAuthority", Contact)
    conformity: str | None = maybe("dcc:conformity")
    conformity_each: tuple[str, ...] | None = maybe("dcc:conformityXMLList", Listed)
    data: Data | None = maybe("dcc:data", Data)
    non_si_definition: str | None = maybe("dcc:nonSIDefinition")
    non_si_unit: str | None = maybe("dcc:nonSIUnit")
    location: Location | None = maybe("dcc:location", Location)


@dataclass(frozen=True, kw_only=True)
class MetaDataList(Node):
    """Statements about values."""

    all: tuple[MetaData, ...] = many("dcc:metaData", MetaData)


@dataclass(frozen=True, kw_only=True)
class MethodQuantities(Node):
    """Quantities of a method."""

    all: tuple[Quantity, ...] = many("dcc:usedMethodQuantity", Quantity)


@dataclass(frozen=True, kw_only=True)
class Method(Node):
    """A method of measurement or evaluation."""

    name: Words = one("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    norms: tuple[str, ...] = many("dcc:norm")
    references: tuple[str, ...] = many("dcc:reference")
    links: tuple[str, ...] = many("dcc:link")
    quantities: MethodQuantities | None = maybe("dcc:usedMethodQuantities", MethodQuantities)


@dataclass(frozen=True, kw_only=True)
class Methods(Node):
    """Methods."""

    all: tuple[Method, ...] = many("dcc:usedMethod", Method)


@dataclass(frozen=True, kw_only=True)
class EquipmentQuantities(Node):
    """Quantities of a piece of equipment."""

    all: tuple[Quantity, ...] = many("dcc:measuringEquipmentQuantity", Quantity)


@dataclass(frozen=True, kw_only=True)
class MeasuringEquipment(Node):
    """A standard or another piece of equipment, with the certificate that links it to the SI."""

    name: Words = one("dcc:name", Words)
    classes: tuple[EquipmentClass, ...] = many("dcc:equipmentClass", EquipmentClass)
    description: Rich | None = maybe("dcc:description", Rich)
    certificate: Hash | None = maybe("dcc:certificate", Hash)
    manufacturer: Contact | None = maybe("dcc:manufacturer", Contact)
    model: str | None = maybe("dcc:model")
    identifications: Identifications | None = maybe("dcc:identifications", Identifications)
    quantities: EquipmentQuantities | None = maybe("dcc:measuringEquipmentQuantities", EquipmentQuantities)
    software: SoftwareList | None = maybe("dcc:installedSoftware", SoftwareList)


@dataclass(frozen=True, kw_only=True)
class EquipmentList(Node):
    """Equipment that was used."""

    name: Words | None = maybe("dcc:name", Words)
    classes: tuple[EquipmentClass, ...] = many("dcc:equipmentClass", EquipmentClass)
    description: Rich | None = maybe("dcc:description", Rich)
    owner: Contact | None = maybe("dcc:owner", Contact)
    identifications: Identifications | None = maybe("dcc:identifications", Identifications)
    all: tuple[MeasuringEquipment, ...] = many("dcc:measuringEquipment", MeasuringEquipment)


@dataclass(frozen=True, kw_only=True)
class Condition(Node):
    """A condition under which was measured."""

    name: Words = one("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    status: str | None = maybe("dcc:status")
    """`beforeAdjustment`, `afterAdjustment`, `beforeRepair` or `afterRepair`."""
    certificate: Hash | None = maybe("dcc:certificate", Hash)
    data: Data = one("dcc:data", Data)


@dataclass(frozen=True, kw_only=True)
class Conditions(Node):
    """Conditions."""

    all: tuple[Condition, ...] = many("dcc:influenceCondition", Condition)


@dataclass(frozen=True, kw_only=True)
class Result(Node):
    """One result: a table, a value, a picture."""

    name: Words = one("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    data: Data = one("dcc:data", Data)


@dataclass(frozen=True, kw_only=True)
class Results(Node):
    """Results."""

    all: tuple[Result, ...] = many("dcc:result", Result)


@dataclass(frozen=True, kw_only=True)
class MeasurementResult(Node):
    """Results with what holds for all of them."""

    name: Words = one("dcc:name", Words)
    description: Rich | None = maybe("dcc:description", Rich)
    methods: Methods | None = maybe("dcc:usedMethods", Methods)
    software: SoftwareList | None = maybe("dcc:usedSoftware", SoftwareList)
    equipment: EquipmentList | None = maybe("dcc:measuringEquipments", EquipmentList)
    conditions: Conditions | None = maybe("dcc:influenceConditions", Conditions)
    results: Results = one("dcc:results", Results)
    metadata: MetaDataList | None = maybe("dcc:measurementMetaData", MetaDataList)


@dataclass(frozen=True, kw_only=True)
class Measurements(Node):
    """All measurements, and what is common to them (3.3.0)."""

    methods: Methods | None = maybe("dcc:usedMethods", Methods)
    software: SoftwareList | None = maybe("dcc:usedSoftware", SoftwareList)
    equipment: EquipmentList | None = maybe("dcc:measuringEquipments", EquipmentList)
    conditions: Conditions | None = maybe("dcc:influenceConditions", Conditions)
    metadata: MetaDataList | None = maybe("dcc:measurementMetaData", MetaDataList)
    all: tuple[MeasurementResult, ...] = many("dcc:measurementResult", MeasurementResult)
