"""How a model is propagated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from concurrent.futures import Executor

Model = Callable[..., Any]


@dataclass(frozen=True)
class Options:
    """How to propagate; what they mean stands at `propagate`."""

    trials: int | None = None
    seed: "int | np.random.SeedSequence | None" = None
    tolerance: ArrayLike | None = None
    probability: float = 0.95
    workers: "int | Executor" = 1
    vectorize: bool = True
    linearise: bool = False
