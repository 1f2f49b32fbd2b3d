"""How a budget file is evaluated: as it says itself, or as it is asked."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from calib.uncertainty.budgetfile.model import BudgetFile


class Asked(TypedDict, total=False):
    """What may be asked of an evaluation; where it is missing or None, the file says."""

    method: str | None
    probability: float | None
    side: str | None
    coverage: str | None
    dof_policy: str | None
    trials: int | None
    tolerance: float | str | None
    workers: int | None
    seed: int | None


@dataclass(frozen=True)
class How:
    """How to evaluate; the fields mean what they mean in the file."""

    method: str
    probability: float
    side: str
    coverage: str
    dof_policy: str | None
    trials: int | None
    tolerance: float | str | None
    workers: int
    seed: int
    digits: int

    @classmethod
    def of(cls, file: BudgetFile, asked: Asked) -> "How":
        """Return what the file says with what is asked in its place; a seed is drawn where neither has one."""
        facts = {name: getattr(file, name) for name in cls.__dataclass_fields__}
        facts |= {name: fact for name, fact in asked.items() if fact is not None}
        if facts["seed"] is None:
            facts["seed"] = int(np.random.SeedSequence().generate_state(1)[0])
        return cls(**facts)
