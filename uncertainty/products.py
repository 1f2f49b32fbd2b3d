"""Matrix products over trials."""

import numpy as np
from numpy.typing import NDArray

_NARROW = 16


def product(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a @ b; narrow ones without BLAS, whose threads cost more than they bring there and fight with ours."""
    if min(a.shape) <= _NARROW:
        return np.asarray(np.einsum("ij,jk->ik", a, b))
    return np.asarray(a @ b)
