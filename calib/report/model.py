"""A certificate's content as data: everything printed is here, rounded and formatted, in both languages.

The PDF, and later the DCC, are two faces of this one model.
"""

from dataclasses import dataclass

from calib.record.model import Phase
from calib.record.result import InScope, Verdict
from calib.text import Language, Text


@dataclass(frozen=True)
class Fact:
    """One labelled entry of the certificate."""

    label: Text
    value: Text
    clause: str
    """Where ISO/IEC 17025:2017 asks for it, such as `7.8.2.1 e`."""
    by_customer: bool = False
    """True where the customer supplied it (7.8.2.2)."""
    source: str = ""
    """Where it comes from: a dotted path of the record's snapshot, or `readings`, `results`, `issue`, `laboratory`."""


@dataclass(frozen=True)
class Section:
    """Facts under one heading."""

    heading: Text
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Standard:
    """A measurement standard that was used, and the certificate that links it to the SI."""

    description: Text
    identity: str
    """Manufacturer, model, serial number."""
    certificate: str
    laboratory: Text
    """Laboratory, with its accreditation."""
    date: str
    due: str


@dataclass(frozen=True)
class Drawing:
    """A row drawn against its tolerance: parts of it, −1 the lower limit, +1 the upper one."""

    error: float
    lower: float
    """Error − U."""
    upper: float
    """Error + U."""


@dataclass(frozen=True)
class Row:
    """One row of the results; numbers as printed, an empty string where there is none."""

    point: str
    measuring_range: str
    """Upper value of the range in use, with its unit."""
    frequency: str
    """Frequency of what alternates, with its unit."""
    nominal: str
    reference: str
    indicated: str
    error: str
    U: str
    k: str
    lower_limit: str
    upper_limit: str
    limit: str
    """The tolerance in one cell: `±40.0`, or both limits."""
    lower_acceptance: str
    upper_acceptance: str
    acceptance: str
    tur: str
    verdict: Text
    conformity: Verdict
    tur_is_low: bool
    notes: tuple[int, ...]
    drawing: Drawing | None
    scope: InScope = "none"
    raised: bool = False
    """Whether U is the laboratory's CMC, which is greater than the U computed."""


@dataclass(frozen=True)
class Group:
    """Rows under one heading, printed in the same units."""

    heading: Text
    phase: Phase
    phase_name: Text
    value_unit: str
    error_unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Member:
    """One of results that belong together, with the digits that calculations need."""

    point: str
    symbol: str
    value: str
    value_unit: str
    u: str
    """Standard uncertainty."""
    u_unit: str
    error_unit: str
    """Unit of u as the row has it, without the power of ten that `u_unit` may name."""
    correlation: tuple[str, ...]
    """With each member before it, and with itself: a line of the lower triangle."""


@dataclass(frozen=True)
class CorrelatedSet:
    """Results that belong together: who uses several of them needs their correlation."""

    name: str
    heading: Text
    phase: Phase
    phase_name: Text
    equation: str
    """Of whose coefficients it is made; empty where there is none."""
    within: str
    """Where the equation holds."""
    members: tuple[Member, ...]
    contributions: tuple[tuple[Text, tuple[str, ...]], ...]
    """Shares of each kind of input in u² of every member, in percent."""
    raised: bool
    """Whether a u was raised with its U to the CMC."""


@dataclass(frozen=True)
class Pair:
    """One point before and after the adjustment: the rows of both tables."""

    found: Row
    left: Row


@dataclass(frozen=True)
class Comparison:
    """Points of one heading as found and as left, side by side (7.8.4.1 d)."""

    heading: Text
    found_name: Text
    left_name: Text
    value_unit: str
    error_unit: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Segment:
    """The part of a plot that belongs to one group of rows."""

    label: str
    """Number of the group among the results, from 1."""
    start: float
    end: float
    """Parts of the plot's width."""


@dataclass(frozen=True)
class Plot:
    """Errors with U as parts of their limits, drawn one beside the other."""

    svg: str
    alt: Text
    """What a reader who does not see the drawing is told."""
    span: float
    """The lower edge of the plot is −span, the upper one +span, in parts of the limit."""
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Contribution:
    """One line of a budget, as printed."""

    label: Text
    value: str
    u: str
    dof: str
    distribution: Text
    sensitivity: str
    contribution: str
    share: str
    share_of_one: float


@dataclass(frozen=True)
class BudgetPage:
    """The budget of one row, with what it sums up to."""

    title: Text
    why: Text
    """Why this row was chosen."""
    equation: str
    """Measurement equation of the method, empty where its procedure names none."""
    unit: str
    """Unit of the contributions."""
    rows: tuple[Contribution, ...]
    summary: tuple[Fact, ...]


@dataclass(frozen=True)
class ChainBox:
    """One link of the chain to the SI, and where it stands in the picture."""

    kind: str
    lines: tuple[Text, ...]
    column: int
    row: float
    """From 0; what stands between two rows has a half."""
    broken: bool


@dataclass(frozen=True)
class ChainPicture:
    """The chain from the results to the SI."""

    boxes: tuple[ChainBox, ...]
    links: tuple[tuple[int, int], ...]
    """Places of two boxes: the first is traceable to the second."""
    columns: int
    rows: int


@dataclass(frozen=True)
class Opinion:
    """An opinion or interpretation, never part of the results (7.8.7)."""

    text: Text
    by: str
    """Who is authorised to give it, and does."""


@dataclass(frozen=True)
class Picture:
    """A logo or a mark."""

    data: bytes
    alt: Text
    """What a reader who does not see it is told."""


@dataclass(frozen=True)
class Signature:
    """A place for a person to sign; `name` is empty until one does."""

    role: Text
    name: str
    approves: bool = False
    """Whether it is the signature that issues the certificate."""


@dataclass(frozen=True)
class Laboratory:
    """Who issues the certificate."""

    name: Text
    address: Text
    contact: str
    accreditation: str
    logo: Picture | None = None
    marks: tuple[Picture, ...] = ()
    """Marks of accreditation in force on the day of issue."""


@dataclass(frozen=True)
class CertificateContent:
    """Everything that a certificate says."""

    title: Text
    number: str
    issue_date: str
    """ISO 8601."""
    languages: tuple[Language, ...]
    decimal_sign: str
    simulated: bool
    digest: str
    laboratory: Laboratory
    sections: tuple[Section, ...]
    standards: tuple[Standard, ...]
    groups: tuple[Group, ...]
    guarded: bool
    binary: bool
    has_limits: bool
    has_frequencies: bool
    mixed_ranges: bool
    """True where rows under one heading were measured in different ranges, so that each names its own."""
    notes: tuple[Text, ...]
    """Footnotes of the table of results, from 1."""
    comparisons: tuple[Comparison, ...]
    """Rows that were measured before and after an adjustment."""
    plots: tuple[Plot, ...]
    statements: tuple[Fact, ...]
    deviations: tuple[Text, ...]
    signatures: tuple[Signature, ...]
    budget: BudgetPage
    software: str
    chain: ChainPicture | None = None
    """None for a record that holds no chain."""
    opinions: tuple[Opinion, ...] = ()
    sets: tuple[CorrelatedSet, ...] = ()
    """Results that belong together."""
    interval_agreed: str = ""
    """Where the customer agreed that a date or an interval of recalibration is printed (7.8.4.3)."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows of the results."""
        return tuple(row for group in self.groups for row in group.rows)
