"""Slewing: a source is stepped until a display, which only a person reads, shows the nominal value.

The source's setpoint at that moment is the reading, so the display's resolution is no limit: the usual way with
analogue meters, and with meters that have no line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from calib.errors import InputError
from calib.ports import Prompt
from calib.procedure.station import Station
from calib.text import Text, both

Approach = Literal["either", "rising", "falling"]
MOST_STEPS = 1000


@dataclass(frozen=True)
class Slew:
    """How a source is stepped. Numbers in the coherent SI unit of its output."""

    shown: Text
    """What the display shall show, as it is written on it, such as `10.00 V`."""
    start: float
    step: float
    """By how much one step changes the output; parts of a step are fine steps."""
    lower: float
    upper: float
    """The output is never set beyond these; the point's `hazard_V` must cover them."""
    unit: str
    approach: Approach = "either"
    """Whether the last step must go up or down: a pointer that sticks shows another value from the other side."""

    def __post_init__(self) -> None:
        if not (self.lower <= self.start <= self.upper and self.step > 0):
            msg = (
                f"slew to {self.shown.en}: the start must lie within the limits ({self.lower:g} to {self.upper:g} "
                f"{self.unit}, not {self.start:g}), and the step be above 0, not {self.step:g}"
            )
            raise InputError(msg)


def slew(station: Station, set_output: Callable[[float], None], how: Slew, channel: str = "source") -> float:
    """Step until the operator says that the display shows it; record the setpoint as a reading, and return it.

    The operator types by how many steps to go: 5, -1, 0.1 for a fine one; 0 once it is there. Every step is kept.
    """
    setpoint, last_step = how.start, 0.0
    set_output(setpoint)
    doubt: Text | None = None
    while True:
        steps = float(station.ask(_prompt(how, setpoint, doubt)).value)
        if steps == 0:
            doubt = _against(how, last_step)
            if doubt is None:
                station.record(channel, setpoint, how.unit)
                return setpoint
            continue
        wanted = setpoint + steps * how.step
        if not how.lower <= wanted <= how.upper:
            doubt = both(
                "{wanted:.9g} {unit} is beyond the limits of this point, {lower:g} to {upper:g} {unit}.",
                wanted=wanted,
                unit=how.unit,
                lower=how.lower,
                upper=how.upper,
            )
            continue
        doubt = None
        set_output(wanted)
        setpoint, last_step = wanted, steps
        station.note("slewed", steps=steps, setpoint=setpoint, unit=how.unit)


def _prompt(how: Slew, setpoint: float, doubt: Text | None) -> Prompt:
    text = both(
        "The source is at {setpoint:.9g} {unit}. By how many steps of {step:g} {unit} shall it go, up (5) or down "
        "(-5), fine steps in parts (0.1), until the display shows {shown}? 0: it shows it.",
        setpoint=setpoint,
        unit=how.unit,
        step=how.step,
        shown=how.shown,
    )
    if doubt is not None:
        text = Text(vi=f"{doubt.vi} {text.vi}", en=f"{doubt.en} {text.en}")
    return Prompt("slew", text, kind="number", unit="×", lower=-MOST_STEPS, upper=MOST_STEPS)


def _against(how: Slew, last_step: float) -> Text | None:
    """Return what is wrong with the side from which the value was approached."""
    if how.approach == "rising" and last_step <= 0:
        return both("The value must be approached from below: go down beyond it, then up.")
    if how.approach == "falling" and last_step >= 0:
        return both("The value must be approached from above: go up beyond it, then down.")
    return None
