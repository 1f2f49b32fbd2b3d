"""Parameters that methods of direct comparison share, in the job's table `[parameters]`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from calib.files import Strict

OWN_S_NEEDS = 5
"""Readings from which a standard deviation of one's own is taken."""
INTEGRATION_TIMES_PLC = (10.0, 100.0)
"""Only with these do all digits count, and the limits hold without a term for noise (8846A users manual, 34401A)."""
LINE_HZ = 50.0


class Pooled(Strict):
    """Standard deviation of single readings in a range, from the laboratory's history of such measurements."""

    range: Annotated[float, Field(gt=0)]
    frequency_Hz: float | None = None
    s: Annotated[float, Field(ge=0)]
    """In the quantity's SI unit."""
    dof: Annotated[float, Field(gt=0)]


class DirectParameters(Strict):
    """Parameters of every direct comparison, in the job's table `[parameters]`."""

    reference: Literal["specification", "certificate"] = "specification"
    """How the standard's value gets its uncertainty."""
    readings: Annotated[int, Field(ge=1, le=1000)] = 5
    """Readings at each point; fewer than five need `pooled`."""
    pooled: tuple[Pooled, ...] = ()
    """Standard deviations from history, instead of those of the few readings of a point."""
    warm_up_s: Annotated[float, Field(ge=0)] = 0.0
    """Time to wait before the first point, for an item that was just switched on; again after a long interruption."""
    settle_s: Annotated[float, Field(ge=0)] = 2.0
    """Time to wait after the source says that it has settled."""

    @model_validator(mode="after")
    def _few_readings_need_history(self) -> "DirectParameters":
        if self.readings < OWN_S_NEEDS and not self.pooled:
            msg = f"'readings' must be {OWN_S_NEEDS} or more, or 'pooled' give the standard deviation from history"
            raise ValueError(msg)
        return self

    @property
    def reading_s(self) -> float:
        """About how long one reading takes."""
        return 0.5


def integration_time(nplc: float) -> float:
    """Return an integration time in power-line cycles; refuse one at which digits and limits do not hold."""
    if nplc not in INTEGRATION_TIMES_PLC:
        msg = f"must be one of {', '.join(f'{n:g}' for n in INTEGRATION_TIMES_PLC)} power-line cycles"
        raise ValueError(msg)
    return nplc


class IntegratingParameters(DirectParameters):
    """Parameters of a method for meters that integrate what is direct."""

    nplc: Annotated[float, AfterValidator(integration_time)] = 10.0
    """Integration time of a reading in power-line cycles."""

    @property
    def reading_s(self) -> float:
        """The time of a reading with autozero."""
        return 2 * self.nplc / LINE_HZ
