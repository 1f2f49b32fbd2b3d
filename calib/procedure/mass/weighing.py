"""Comparing loads on a balance by substitution: what is weighed in which order, and the differences that follow.

Loads A (reference) and B are weighed in turns that lie symmetrically in time, A B B A or A B A, so that a drift of the
balance cancels (OIML R 111-1:2004, annex C; NIST SOP 4). Every load is put on anew for each weighing.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from calib.drivers.roles import Balance, WeightHandler
from calib.errors import RunError
from calib.inputs import Argument
from calib.pictures import Turn
from calib.procedure.estimates import indication
from calib.procedure.mass.air import record_air
from calib.procedure.mass.method import BALANCE, MassParameters, NotNegative
from calib.procedure.mass.standards import ROLE
from calib.procedure.station import Station
from calib.text import Text

EACH_S = 20.0
"""What it takes to change a load and to read, besides the settling: for the estimate of the time only."""
HISTORY = {"process_s_kg": "process_dof"}


class WeighingParameters(MassParameters):
    """Parameters of every comparison of weights."""

    pattern: Literal["ABBA", "ABA"] = "ABBA"
    cycles: Annotated[int, Field(ge=1, le=100)] = 3
    """Of the pattern; OIML R 111-1, annex C, says how many a class needs. One alone needs `process_s_kg`."""
    process_s_kg: NotNegative = 0.0
    """Standard deviation of the difference of one cycle, from the laboratory's history; 0: that of the cycles."""
    process_dof: Annotated[float, Field(gt=0)] = math.inf
    """Its degrees of freedom."""
    sensitivity: NotNegative = 0.005
    """Half-width of the relative error of the balance in the difference of two loads, where it is not measured."""

    model_config = MassParameters.model_config | {"allow_inf_nan": True}

    @model_validator(mode="after")
    def _one_cycle_needs_history(self) -> "WeighingParameters":
        if self.cycles < 2 and not self.process_s_kg:
            msg = "'cycles' must be 2 or more, or 'process_s_kg' give the standard deviation from history"
            raise ValueError(msg)
        return self

    @property
    def process(self) -> tuple[float, float] | None:
        """Standard deviation of one cycle and its degrees of freedom, from history; None where there is none."""
        return (self.process_s_kg, self.process_dof) if self.process_s_kg else None

    @property
    def resolution_kg(self) -> float:
        """The resolution of a difference: that of two indications, √2 d/√12 as a standard uncertainty."""
        return self.digit_kg * math.sqrt(2)

    @property
    def estimate_s(self) -> float:
        """How long a comparison takes."""
        return (self.settle_s + EACH_S) * len(self.pattern) * self.cycles


Loading = tuple[Sequence[str], float]
"""Weights on the pan, and their nominal value in kilograms."""


def loadings(a: Sequence[str], b: Sequence[str], nominal_kg: float, settings: WeighingParameters) -> list[Loading]:
    """Return the loads of a comparison in their order."""
    loads = {"A": a, "B": b}
    return [(loads[which], nominal_kg) for which in settings.pattern * settings.cycles]


def weigh(station: Station, order: Sequence[Loading], settings: WeighingParameters) -> None:
    """Weigh loads in turns and record each indication; the air before and after."""
    record_air(station)
    for shown_kg in indications(station, order, settings):
        station.record(BALANCE, shown_kg, "kg")
    record_air(station)


def indications(station: Station, order: Sequence[Loading], settings: WeighingParameters) -> Iterator[float]:
    """Set zero, put the loads on in their turns, and return the indications in kilograms.

    Raises
    ------
    RunError
        The balance shows what these loads cannot be.
    """
    handler, balance = station.role(ROLE, WeightHandler), station.role(BALANCE, Balance)
    handler.unload()
    balance.zero()
    for number, (names, nominal_kg) in enumerate(order, start=1):
        handler.load(names, turn=Turn(settings.pattern, number, len(order)))
        yield settled_kg(station, names, nominal_kg, settings, 1e4)


def settled_kg(
    station: Station, names: Sequence[str], nominal_kg: float, settings: MassParameters, digits: float
) -> float:
    """Return the indication once the balance has settled, in kilograms; it may be off by 1 % or so many digits.

    Raises
    ------
    RunError
        The balance shows what this load cannot be.
    """
    station.wait(settings.settle_s, Text(vi="chờ cân ổn định", en="balance settling"))
    shown_kg = station.role(BALANCE, Balance).read_mass_kg()
    if abs(shown_kg - nominal_kg) > max(0.01 * nominal_kg, digits * settings.digit_kg):
        what = "+".join(names)
        msg = f"{what}: the balance shows {shown_kg:.9g} kg where {nominal_kg:g} kg was put on; look at the pan"
        raise RunError(msg)
    return shown_kg


def differences(indications: NDArray[np.float64], pattern: str) -> NDArray[np.float64]:
    """Return B minus A of every cycle, shape (cycles,), free of a linear drift."""
    cycles = indications.reshape(-1, len(pattern))
    of_a, of_b = ([cycles[:, n] for n, load in enumerate(pattern) if load == which] for which in "AB")
    return np.asarray(np.mean(of_b, axis=0) - np.mean(of_a, axis=0))


def difference_argument(found: NDArray[np.float64], settings: WeighingParameters) -> Argument:
    """Return the mean difference; its u is that of the cycles or of the process, and never below the resolution."""
    return indication(found, settings.resolution_kg, _DIFFERENCE, name="difference", pooled=settings.process)


_DIFFERENCE = Text(vi="ΔI: hiệu số chỉ của cân", en="ΔI: difference of indications")
