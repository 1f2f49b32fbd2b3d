"""Numbers of a DCC: the D-SI (2.x) with the uncertainty of single values and of lists.

Numbers stay the strings that the file has: digits are part of what a certificate says. Complex numbers, matrices and
the lists of D-SI 1.x in which each value has an element of its own are kept verbatim.
"""

from dataclasses import dataclass

from calib.dcc.bind import Listed, Node, Verbatim, many, maybe, one


@dataclass(frozen=True, kw_only=True)
class StandardMU(Node):
    """Standard uncertainty of a value."""

    value: str = one("si:valueStandardMU")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class ExpandedMU(Node):
    """Expanded uncertainty of a value."""

    value: str = one("si:valueExpandedMU")
    k: str = one("si:coverageFactor")
    probability: str = one("si:coverageProbability")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class IntervalMU(Node):
    """Coverage interval of a value."""

    u: str = one("si:valueStandardMU")
    lower: str = one("si:intervalMin")
    upper: str = one("si:intervalMax")
    probability: str = one("si:coverageProbability")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class UnivariateMU(Node):
    """Uncertainty of a value, D-SI 2.2."""

    standard: StandardMU | None = maybe("si:standardMU", StandardMU)
    expanded: ExpandedMU | None = maybe("si:expandedMU", ExpandedMU)
    interval: IntervalMU | None = maybe("si:coverageIntervalMU", IntervalMU)


@dataclass(frozen=True, kw_only=True)
class ExpandedUnc(Node):
    """Expanded uncertainty of a value, D-SI before 2.2."""

    value: str = one("si:uncertainty")
    k: str = one("si:coverageFactor")
    probability: str = one("si:coverageProbability")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class CoverageInterval(Node):
    """Coverage interval of a value, D-SI before 2.2."""

    u: str = one("si:standardUnc")
    lower: str = one("si:intervalMin")
    upper: str = one("si:intervalMax")
    probability: str = one("si:coverageProbability")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class Real(Node):
    """A value with its unit and uncertainty."""

    label: str | None = maybe("si:label")
    kind: str | None = maybe("si:quantityTypeQUDT")
    value: str = one("si:value")
    unit: str = one("si:unit")
    significant_digit: str | None = maybe("si:significantDigit")
    date_time: str | None = maybe("si:dateTime")
    univariate: UnivariateMU | None = maybe("si:measurementUncertaintyUnivariate", UnivariateMU)
    expanded: ExpandedUnc | None = maybe("si:expandedUnc", ExpandedUnc)
    interval: CoverageInterval | None = maybe("si:coverageInterval", CoverageInterval)


@dataclass(frozen=True, kw_only=True)
class Constant(Node):
    """A constant of nature or of mathematics."""

    label: str | None = maybe("si:label")
    kind: str | None = maybe("si:quantityTypeQUDT")
    value: str = one("si:value")
    unit: str = one("si:unit")
    significant_digit: str | None = maybe("si:significantDigit")
    date_time: str | None = maybe("si:dateTime")
    u: str | None = maybe("si:valueStandardMU")
    uncertainty: str | None = maybe("si:uncertainty")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class StandardMUs(Node):
    """Standard uncertainties of a list."""

    values: tuple[str, ...] = one("si:valueStandardMUXMLList", Listed)
    distributions: tuple[str, ...] | None = maybe("si:distributionXMLList", Listed)


@dataclass(frozen=True, kw_only=True)
class ExpandedMUs(Node):
    """Expanded uncertainties of a list; a list of one holds for all values."""

    values: tuple[str, ...] = one("si:valueExpandedMUXMLList", Listed)
    k: tuple[str, ...] = one("si:coverageFactorXMLList", Listed)
    probabilities: tuple[str, ...] = one("si:coverageProbabilityXMLList", Listed)
    distributions: tuple[str, ...] | None = maybe("si:distributionXMLList", Listed)


@dataclass(frozen=True, kw_only=True)
class IntervalMUs(Node):
    """Coverage intervals of a list."""

    u: tuple[str, ...] = one("si:valueStandardMUXMLList", Listed)
    lower: tuple[str, ...] = one("si:intervalMinXMLList", Listed)
    upper: tuple[str, ...] = one("si:intervalMaxXMLList", Listed)
    probabilities: tuple[str, ...] = one("si:coverageProbabilityXMLList", Listed)
    distributions: tuple[str, ...] | None = maybe("si:distributionXMLList", Listed)


@dataclass(frozen=True, kw_only=True)
class UnivariateMUs(Node):
    """Uncertainties of a list, D-SI 2.2."""

    standard: StandardMUs | None = maybe("si:standardMUXMLList", StandardMUs)
    expanded: ExpandedMUs | None = maybe("si:expandedMUXMLList", ExpandedMUs)
    interval: IntervalMUs | None = maybe("si:coverageIntervalMUXMLList", IntervalMUs)


@dataclass(frozen=True, kw_only=True)
class ExpandedUncs(Node):
    """Expanded uncertainties of a list, D-SI before 2.2."""

    values: tuple[str, ...] = one("si:uncertaintyXMLList", Listed)
    k: tuple[str, ...] = one("si:coverageFactorXMLList", Listed)
    probabilities: tuple[str, ...] = one("si:coverageProbabilityXMLList", Listed)
    distributions: tuple[str, ...] | None = maybe("si:distributionXMLList", Listed)


@dataclass(frozen=True, kw_only=True)
class CoverageIntervals(Node):
    """Coverage intervals of a list, D-SI before 2.2."""

    u: tuple[str, ...] = one("si:standardUncXMLList", Listed)
    lower: tuple[str, ...] = one("si:intervalMinXMLList", Listed)
    upper: tuple[str, ...] = one("si:intervalMaxXMLList", Listed)
    probabilities: tuple[str, ...] = one("si:coverageProbabilityXMLList", Listed)
    distributions: tuple[str, ...] | None = maybe("si:distributionXMLList", Listed)


@dataclass(frozen=True, kw_only=True)
class RealList(Node):
    """Values with their units and uncertainties; a list of one holds for all values."""

    labels: tuple[str, ...] | None = maybe("si:labelXMLList", Listed)
    kinds: tuple[str, ...] | None = maybe("si:quantityTypeQUDTXMLList", Listed)
    values: tuple[str, ...] = one("si:valueXMLList", Listed)
    units: tuple[str, ...] = one("si:unitXMLList", Listed)
    significant_digits: tuple[str, ...] | None = maybe("si:significantDigitXMLList", Listed)
    date_times: tuple[str, ...] | None = maybe("si:dateTimeXMLList", Listed)
    univariate: UnivariateMUs | None = maybe("si:measurementUncertaintyUnivariateXMLList", UnivariateMUs)
    expanded: ExpandedUncs | None = maybe("si:expandedUncXMLList", ExpandedUncs)
    interval: CoverageIntervals | None = maybe("si:coverageIntervalXMLList", CoverageIntervals)
    multivariate: str | None = maybe("si:measurementUncertaintyMultivariateXMLList", Verbatim)
    ellipsoidal: str | None = maybe("si:ellipsoidalRegionXMLList", Verbatim)
    rectangular: str | None = maybe("si:rectangularRegionXMLList", Verbatim)


@dataclass(frozen=True, kw_only=True)
class Hybrid(Node):
    """The same quantity in the SI first, and then in other units."""

    reals: tuple[Real, ...] = many("si:real", Real)
    complexes: tuple[str, ...] = many("si:complex", Verbatim)
    lists: tuple[str, ...] = many("si:list", Verbatim)
    single_lists: tuple[str, ...] = many("si:realList", Verbatim)
    real_lists: tuple[RealList, ...] = many("si:realListXMLList", RealList)
    complex_single_lists: tuple[str, ...] = many("si:complexList", Verbatim)
    complex_lists: tuple[str, ...] = many("si:complexListXMLList", Verbatim)
    constants: tuple[Constant, ...] = many("si:constant", Constant)
