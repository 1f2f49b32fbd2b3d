"""The distributions by name."""

from collections.abc import Callable

from calib.errors import UncertaintyError
from calib.uncertainty.bounded import Arcsine, CurvilinearTrapezoid, Rectangular, Trapezoidal, Triangular
from calib.uncertainty.shape import Distribution
from calib.uncertainty.unbounded import NORMAL, Exponential, Gamma, Poisson, StudentT

RECTANGULAR = Rectangular()
_MAKERS: dict[str, Callable[..., Distribution]] = {
    "normal": lambda: NORMAL,
    "t": StudentT,
    "rectangular": lambda: RECTANGULAR,
    "triangular": Triangular,
    "arcsine": Arcsine,
    "trapezoidal": Trapezoidal,
    "curvilinear-trapezoid": CurvilinearTrapezoid,
    "exponential": Exponential,
    "gamma": Gamma,
    "poisson": Poisson,
}
NAMES = tuple(_MAKERS)


def distribution(name: str, *parameters: float) -> Distribution:
    """Return the shape `name`; t takes dof, trapezoidal beta, curvilinear-trapezoid d/a, gamma (x/u)², poisson x."""
    if name not in _MAKERS:
        import difflib

        close = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        msg = f"distribution {name!r} is not known{hint} Known: {', '.join(NAMES)}"
        raise UncertaintyError(msg)
    return _MAKERS[name](*parameters)
