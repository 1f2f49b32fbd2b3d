"""What is drawn, and how: from one generator, bounded errors by the prior that a study takes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Prior = Literal["declared", "edge", "triangular"]
"""How bounded errors are really distributed: as the budget declares, at the ends of their bounds, or in a triangle."""


@dataclass(frozen=True)
class Chance:
    """What is drawn, and how."""

    rng: np.random.Generator
    prior: Prior = "declared"
    drift: float = 1.0
    """By how much the true drift exceeds what the register says: a study with another one than 1 must fail."""

    def bounded(self, half_width: float) -> float:
        """Return an error within ± `half_width`."""
        match self.prior:
            case "edge":
                return half_width * (1.0 if self.rng.random() < 0.5 else -1.0)
            case "triangular":
                return half_width * float(self.rng.triangular(-1, 0, 1))
        return half_width * float(self.rng.uniform(-1, 1))
