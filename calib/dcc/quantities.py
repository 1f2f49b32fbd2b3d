"""Numbers of a DCC: the D-SI (2.x) with the uncertainty of single values and of lists.

Numbers stay the strings that the file has: digits are part of what a certificate says. A single value is held as a
list of one; lists have the same elements, each with `XMLList` behind its name, and one entry holds for all. Complex
numbers and lists of complex numbers are kept verbatim.
"""

from dataclasses import dataclass

from calib.dcc.bind import Listed, Node, Verbatim, many, maybe, one

Entries = tuple[str, ...]
_LIST = "XMLList"


@dataclass(frozen=True, kw_only=True)
class StandardMU(Node):
    """Standard uncertainty of a value."""

    value: Entries = one("si:valueStandardMU", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class ExpandedMU(Node):
    """Expanded uncertainty of a value."""

    value: Entries = one("si:valueExpandedMU", Listed)
    k: Entries = one("si:coverageFactor", Listed)
    probability: Entries = one("si:coverageProbability", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class IntervalMU(Node):
    """Coverage interval of a value."""

    u: Entries = one("si:valueStandardMU", Listed)
    lower: Entries = one("si:intervalMin", Listed)
    upper: Entries = one("si:intervalMax", Listed)
    probability: Entries = one("si:coverageProbability", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class UnivariateMU(Node):
    """Uncertainty of a value, D-SI 2.2."""

    standard: StandardMU | None = maybe("si:standardMU", StandardMU)
    expanded: ExpandedMU | None = maybe("si:expandedMU", ExpandedMU)
    interval: IntervalMU | None = maybe("si:coverageIntervalMU", IntervalMU)


@dataclass(frozen=True, kw_only=True)
class ExpandedUnc(Node):
    """Expanded uncertainty of a value, D-SI before 2.2."""

    value: Entries = one("si:uncertainty", Listed)
    k: Entries = one("si:coverageFactor", Listed)
    probability: Entries = one("si:coverageProbability", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class CoverageInterval(Node):
    """Coverage interval of a value, D-SI before 2.2."""

    u: Entries = one("si:standardUnc", Listed)
    lower: Entries = one("si:intervalMin", Listed)
    upper: Entries = one("si:intervalMax", Listed)
    probability: Entries = one("si:coverageProbability", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class Covariance(Node):
    """Covariances with the values of the list, in the products of their units: one in each element, or all in one."""

    value: Entries = one("si:value", Listed)
    unit: Entries = one("si:unit", Listed)


@dataclass(frozen=True, kw_only=True)
class CovarianceColumn(Node):
    """A column of a covariance matrix."""

    entries: tuple[Covariance, ...] = many("si:covariance", Covariance)


@dataclass(frozen=True, kw_only=True)
class CovarianceMatrix(Node):
    """Covariances of the values of a list, column by column."""

    columns: tuple[CovarianceColumn, ...] = many("si:column", CovarianceColumn)


@dataclass(frozen=True, kw_only=True)
class Region(Node):
    """A coverage region of all values of a list: an ellipsoid or a box about them, by their covariance matrix."""

    covariance: CovarianceMatrix = one("si:covarianceMatrix", CovarianceMatrix)
    k: Entries = one("si:coverageFactor", Listed)
    probability: Entries = one("si:coverageProbability", Listed)
    distribution: Entries | None = maybe("si:distribution", Listed)


@dataclass(frozen=True, kw_only=True)
class Number(Node):
    """A value with its unit."""

    label: Entries | None = maybe("si:label", Listed)
    kind: Entries | None = maybe("si:quantityTypeQUDT", Listed)
    value: Entries = one("si:value", Listed)
    unit: Entries = one("si:unit", Listed)
    significant_digit: Entries | None = maybe("si:significantDigit", Listed)
    date_time: Entries | None = maybe("si:dateTime", Listed)


@dataclass(frozen=True, kw_only=True)
class Constant(Number):
    """A constant of nature or of mathematics."""

    u: str | None = maybe("si:valueStandardMU")
    uncertainty: str | None = maybe("si:uncertainty")
    distribution: str | None = maybe("si:distribution")


@dataclass(frozen=True, kw_only=True)
class Real(Number):
    """A value with its unit and uncertainty."""

    univariate: UnivariateMU | None = maybe("si:measurementUncertaintyUnivariate", UnivariateMU)
    expanded: ExpandedUnc | None = maybe("si:expandedUnc", ExpandedUnc)
    interval: CoverageInterval | None = maybe("si:coverageInterval", CoverageInterval)


class StandardMUs(StandardMU, suffix=_LIST):
    """Standard uncertainties of a list."""


class ExpandedMUs(ExpandedMU, suffix=_LIST):
    """Expanded uncertainties of a list; a list of one holds for all values."""


class IntervalMUs(IntervalMU, suffix=_LIST):
    """Coverage intervals of a list."""


class ExpandedUncs(ExpandedUnc, suffix=_LIST):
    """Expanded uncertainties of a list, D-SI before 2.2."""


class CoverageIntervals(CoverageInterval, suffix=_LIST):
    """Coverage intervals of a list, D-SI before 2.2."""


@dataclass(frozen=True, kw_only=True)
class UnivariateMUs(UnivariateMU, suffix=_LIST):
    """Uncertainties of a list, D-SI 2.2."""

    standard: StandardMUs | None = maybe("si:standardMU", StandardMUs)
    expanded: ExpandedMUs | None = maybe("si:expandedMU", ExpandedMUs)
    interval: IntervalMUs | None = maybe("si:coverageIntervalMU", IntervalMUs)


class Covariances(Covariance, suffix=_LIST):
    """A column's covariances, D-SI 2.2."""


@dataclass(frozen=True, kw_only=True)
class CovarianceColumns(CovarianceColumn, suffix=_LIST):
    """A column of a covariance matrix, D-SI 2.2."""

    entries: tuple[Covariances, ...] = many("si:covariance", Covariances)


@dataclass(frozen=True, kw_only=True)
class CovarianceMatrices(CovarianceMatrix, suffix=_LIST):
    """Covariances of the values of a list, D-SI 2.2."""

    columns: tuple[CovarianceColumns, ...] = many("si:column", CovarianceColumns)


@dataclass(frozen=True, kw_only=True)
class RegionMUs(Region, suffix=_LIST):
    """A coverage region of all values of a list, D-SI 2.2."""

    covariance: CovarianceMatrices = one("si:covarianceMatrix", CovarianceMatrices)


@dataclass(frozen=True, kw_only=True)
class MultivariateMUs(Node, suffix=_LIST):
    """Uncertainty of all values of a list together, D-SI 2.2."""

    ellipsoidal: RegionMUs | None = maybe("si:ellipsoidalRegionMU", RegionMUs)
    rectangular: RegionMUs | None = maybe("si:rectangularRegionMU", RegionMUs)


@dataclass(frozen=True, kw_only=True)
class RealList(Real, suffix=_LIST):
    """Values with their units and uncertainties; a list of one holds for all values."""

    univariate: UnivariateMUs | None = maybe("si:measurementUncertaintyUnivariate", UnivariateMUs)
    expanded: ExpandedUncs | None = maybe("si:expandedUnc", ExpandedUncs)
    interval: CoverageIntervals | None = maybe("si:coverageInterval", CoverageIntervals)
    multivariate: MultivariateMUs | None = maybe("si:measurementUncertaintyMultivariate", MultivariateMUs)
    ellipsoidal: Region | None = maybe("si:ellipsoidalRegion", Region)
    rectangular: Region | None = maybe("si:rectangularRegion", Region)

    @property
    def region(self) -> Region | None:
        """What it says of the covariance of its values, in whatever form."""
        mu = self.multivariate or MultivariateMUs()
        return self.ellipsoid or mu.rectangular or self.rectangular

    @property
    def ellipsoid(self) -> Region | None:
        """The same, where its region is an ellipsoid."""
        return (self.multivariate or MultivariateMUs()).ellipsoidal or self.ellipsoidal


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
