"""The job: what is calibrated, for whom, and what was agreed (ISO/IEC 17025:2017, 7.1, 7.4)."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from calib.files import BilingualText, Strict
from calib.procedure.pointlist import RequestedPoint
from calib.specification import Interval
from calib.text import Language
from calib.uncertainty.conformity import DecisionRule

NonEmpty = Annotated[str, Field(min_length=1)]


class Customer(Strict):
    """Who ordered the calibration, as it shall be printed."""

    name: BilingualText
    address: BilingualText


class Item(Strict):
    """What is calibrated."""

    name: BilingualText
    manufacturer: NonEmpty
    model: NonEmpty
    serial_number: NonEmpty
    asset: str = ""
    """The customer's own number."""
    condition: BilingualText | None = None
    """Condition on receipt."""
    accessories: str = ""
    received: dt.date | None = None
    specification: str | None = None
    """Id of the specification whose limits are the tolerance, and whose digits are the resolution."""
    specification_interval: Interval | None = None
    """Interval of the specification that was agreed for the tolerance, such as `1 year`; None for no tolerance."""


class Decision(Strict):
    """The decision rule that was agreed (7.1.3, 7.8.6; ILAC-G8:09/2019)."""

    rule: Literal["simple", "guarded", "ilac-g8", "iso-14253-1", "rss", "dobbert", "test-95", "rp-10", "none"] = (
        "simple"
    )
    """`guarded` with a guard band of one's own; the others by name (`calib.uncertainty.DecisionRule.named`)."""
    guard_band: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Guard band as a multiple r of U, w = r·U: 1 for ILAC-G8, 0.83 for ISO 14253-1; only for `guarded`."""
    binary: bool = True
    """False: results inside the guard band are conditional pass or conditional fail."""
    agreed: str = ""
    """Where it was agreed, such as the order's number and date."""
    minimum_tur: Annotated[float, Field(gt=0)] | None = None
    """Least test uncertainty ratio that was agreed; without it, rows below the customary 4 : 1 are flagged as such."""

    @property
    def conformity_rule(self) -> DecisionRule:
        """The rule, to be applied; `none` is simple acceptance without a tolerance."""
        if self.rule == "guarded":
            return DecisionRule(self.guard_band, binary=self.binary)
        return DecisionRule.named("simple" if self.rule == "none" else self.rule, binary=self.binary)


class Adjustment(Strict):
    """The customer's agreement to an adjustment; results before and after it are then given (7.8.4.1 d)."""

    agreed: NonEmpty
    """Where it was agreed, such as the order's number and date."""
    when: Literal["failed", "always"] = "failed"
    """Whether it is offered only where an as-found result does not pass."""


class Recalibration(Strict):
    """A day that the customer asked to be printed; a certificate recommends no interval otherwise (7.8.4.3)."""

    due: dt.date
    agreed: NonEmpty
    """Where it was agreed, such as the order's number and date."""


class Job(Strict):
    """One order for the calibration of one item."""

    format: Literal["calib-job/1"]
    number: NonEmpty
    certificate_number: NonEmpty
    customer: Customer
    item: Item
    decision: Decision = Decision()
    identify: Literal["scan"] | None = None
    """`scan`: the label of everything on the bench is scanned, whatever the bench file says."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("vi", "en")
    location: BilingualText | None = None
    """Where the calibration is done, unless in the laboratory."""
    adjustment: Adjustment | None = None
    """What was agreed of an adjustment; without it there is none."""
    recalibration: Recalibration | None = None
    sampling: BilingualText | None = None
    """How the item was sampled, where it stands for others (7.8.2.1 k)."""
    external: BilingualText | None = None
    """Which results are those of external providers, and whose (7.8.2.1 p)."""
    monte_carlo: Annotated[int, Field(ge=10_000, le=10_000_000)] | None = None
    """Trials of Monte Carlo with which every result is validated (JCGM 101:2008, 8); absent: none is."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the procedure; `docs/files.md` lists them."""
    points: tuple[RequestedPoint, ...] = ()
    """Test points instead of the method's own."""
