"""Errors of which a job states bounds only: inputs of a method's budgets, and what a simulated bench is subject to.

One table says both, so that a study draws just what the budget declares; what it does to the readings is the bench's
physics, not the measurement equation.
"""

from dataclasses import dataclass

from calib.text import Text


@dataclass(frozen=True)
class Declared:
    """An error that a parameter of the job bounds, rectangular within ± its value."""

    parameter: str
    label: Text
    """Of the input in the budget."""
    of: str
    """What is subject to it on a simulated bench: a thermometer, a bath, a lead, by its name there."""
    effect: str
    """What that is called there, such as `place_K`; errors of one effect add up."""
    each: bool = False
    """Whether it is another at each point; else it is one for all."""


@dataclass(frozen=True)
class Bound:
    """How far a part of a simulated bench may err, by a job's data."""

    of: str
    effect: str
    half_width: float
    each: bool
