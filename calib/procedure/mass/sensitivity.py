"""The sensitivity of a balance by a small weight that is put to both loads (NIST SOP 4; OIML R 111-1:2004, annex C).

The turns are A, B, B + s, A + s: the second half of A B B A carries the sensitivity weight s, so that it drops out of
the difference of A and B, and the step from B to B + s tells the sensitivity::

    S = m_s / (I(B+s) − I(B))

m_s is a conventional mass, as the difference is; what the air does to the ratio is below 10⁻⁵ of the difference.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from calib.inputs import Argument, Input
from calib.procedure.estimates import bounded, indication
from calib.procedure.mass.standards import StandardWeight
from calib.procedure.mass.weighing import Loading, WeighingParameters
from calib.text import Text
from calib.uncertainty import Quantity, quantity

LEAST_DIGITS = 100
"""Below so many digits a weight tells nothing of the sensitivity."""


def with_sensitivity(order: Sequence[Loading], weight: StandardWeight | None) -> list[Loading]:
    """Return the loadings of A B B A with the sensitivity weight in the second half of each, where there is one."""
    if weight is None:
        return list(order)
    return [
        ((*names, weight.name), nominal_kg + weight.nominal_kg) if place % 4 >= 2 else (names, nominal_kg)
        for place, (names, nominal_kg) in enumerate(order)
    ]


def steps_kg(indications: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the sensitivity weight was shown as in every cycle, shape (cycles,)."""
    cycles = indications.reshape(-1, 4)
    return np.asarray(cycles[:, 2] - cycles[:, 1])


def measured(indications: NDArray[np.float64], weight: Argument, settings: WeighingParameters) -> Argument:
    """Return S by the sensitivity weight of a known mass; the errors are small, so that first order will do.

    What that mass has in common with the reference weights counts with ΔI/m_s only, and is left aside.
    """
    process = settings.process
    pooled = None if process is None else (math.sqrt(2) * process[0], process[1])
    steps = steps_kg(indications)
    (step,) = indication(steps, settings.resolution_kg, _STEP, name="sensitivity.step", pooled=pooled).inputs
    s = weight.estimate / step.offset
    known = weight.value
    assert isinstance(known, Quantity)
    mass = quantity(0.0, u=float(known.u), dof=float(known.dof), name="sensitivity.weight")
    inputs = (
        Input("sensitivity.weight", _WEIGHT, ((1 / step.offset, mass),)),
        Input(step.name, step.label, tuple((-s / step.offset * c, error) for c, error in step.terms)),
    )
    return Argument(inputs, s)


def bounded_only(settings: WeighingParameters, identity: str) -> Argument:
    """Return S of a balance that was adjusted: 1, within the half-width of the job."""
    return Argument(bounded(settings.sensitivity, SENSITIVITY, "sensitivity", identity=identity).inputs, 1.0)


SENSITIVITY = Text(vi="S: độ nhạy của cân", en="S: sensitivity of the balance")
_WEIGHT = Text(vi="m_s: quả cân đo độ nhạy", en="m_s: sensitivity weight")
_STEP = Text(vi="ΔI_s: chỉ thị của quả cân đo độ nhạy", en="ΔI_s: indication of the sensitivity weight")
