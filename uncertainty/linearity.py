"""The warning that a first-order result is zero or misleading, and where the user's own line stands."""

import sys
import warnings
from pathlib import Path

_HERE = str(Path(__file__).parent)


class FirstOrderWarning(UserWarning):
    """First order gives no uncertainty, or a misleading one, where the model is not linear (JCGM 100:2008, 5.1.2)."""


def warn(message: str) -> None:
    """Warn at the caller's line outside this package, so that Python says it once for each such line."""
    level, frame = 2, sys._getframe(1)  # noqa: SLF001  the documented way to look at the stack
    while frame.f_back is not None and str(Path(frame.f_code.co_filename).parent) == _HERE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, FirstOrderWarning, stacklevel=level)


def vanished() -> None:
    """Warn that all first-order sensitivities of a result are zero although its arguments are uncertain."""
    warn(
        "u = 0: every first-order sensitivity is zero here, such as of a product of two zeros, although the arguments "
        "are uncertain; use propagate(model, inputs, method='second-order') or 'monte-carlo'"
    )
