"""A check standard that is compared in every run, before anything is calibrated (NIST SP 676-II)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from calib.files import Strict
from calib.procedure.control import Tested, f_test, t_test
from calib.procedure.mass.standards import Load, Name, Positive
from calib.text import Text


class Accepted(Strict):
    """What the laboratory knows of a check standard."""

    name: Name
    error_kg: float
    """Accepted value: conventional mass minus nominal value."""
    s_kg: Positive
    """Standard deviation of the values found in runs before."""
    dof: Positive

    def tested(self, error_kg: float) -> Tested:
        """Return whether the value that was found is the accepted one."""
        return t_test(error_kg, self.error_kg, self.s_kg, self.dof)


class CheckStandard(Accepted):
    """A check standard that is no weight of the set."""

    nominal_kg: Positive
    against: Load
    density_kg_m3: Annotated[float, Field(gt=0)] = 8000.0


@dataclass(frozen=True)
class Control:
    """The tests of one run."""

    check: CheckStandard
    error_kg: float
    """The value that was found."""
    tests: Mapping[str, Tested]

    @classmethod
    def of(
        cls, check: CheckStandard, error_kg: float, found: NDArray[np.float64], process: tuple[float, float] | None
    ) -> "Control":
        """Test the value, and where there is a history, the scatter of the cycles."""
        tests = {"t": check.tested(error_kg)}
        if process is not None and len(found) > 1:
            tests["F"] = f_test(float(np.std(found, ddof=1)), len(found) - 1.0, *process)
        return cls(check, error_kg, tests)

    @property
    def states(self) -> dict[str, str]:
        """The tests, for the journal."""
        return {name: f"{one.statistic:.3g}, {one.state}" for name, one in self.tests.items()}

    @property
    def complaint(self) -> str:
        """What is wrong; empty where all is in control."""
        if all(one.state != "out of control" for one in self.tests.values()):
            return ""
        told = "; ".join(f"{n} = {one.statistic:.3g}, limit {one.action:.3g}" for n, one in self.tests.items())
        return (
            f"check standard {self.check.name}: found {self.error_kg * 1e6:.4g} mg where "
            f"{self.check.error_kg * 1e6:.4g} mg is accepted: out of control ({told}); "
            "look at balance, weights and air before anything is calibrated"
        )


def control_remark(test: str, found: Tested) -> Text:
    """Return what a test of a whole set says, for the certificate."""
    holds = found.state != "out of control"
    vi, en = ("trong tầm kiểm soát", "in control") if holds else ("NGOÀI TẦM KIỂM SOÁT", "OUT OF CONTROL")
    return Text(
        vi=f"{test} = {found.statistic:.3g}, giới hạn 99 % {found.action:.3g}: {vi}",
        en=f"{test} = {found.statistic:.3g}, limit at 99 % {found.action:.3g}: {en}",
    )


def precision_remark(found: NDArray[np.float64], process: tuple[float, float] | None) -> tuple[Text, ...]:
    """Return a remark where the cycles scatter more than the laboratory's history lets expect."""
    if process is None or len(found) < 2:
        return ()
    tested = f_test(float(np.std(found, ddof=1)), len(found) - 1.0, *process)
    if tested.state == "in control":
        return ()
    told = f"F = {tested.statistic:.3g} > {tested.warning:.3g}"
    return (
        Text(
            vi=f"Độ tản mạn lớn hơn độ lệch chuẩn của quá trình ({told}, mức tin cậy 95 %)",
            en=f"The cycles scatter more than the process does ({told}, at 95 %)",
        ),
    )
