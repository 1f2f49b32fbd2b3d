"""Errors put into an evaluation on purpose, to prove that a study can fail."""

from dataclasses import dataclass, replace
from typing import Literal

from calib.errors import InputError
from calib.inputs import Argument, Input
from calib.procedure import Estimates

What = Literal["without", "half", "sign", "drift"]


@dataclass(frozen=True)
class Break:
    """One error: `without`, `half` and `sign` are done to an input of the budget, `drift` to all standards' true drift.

    * without: the correction is left out; its uncertainty stays.
    * half: its uncertainty is taken half as large.
    * sign: the correction is applied with the wrong sign.
    * drift: standards drift twice as much as the register says.
    """

    what: What
    input: str = ""

    def __str__(self) -> str:
        return f"{self.what}:{self.input}" if self.input else self.what

    def concerns(self, input_: str) -> bool:
        """Return whether it is done to an input of this name; `drift` to that of every standard."""
        return input_.endswith(".drift") if self.what == "drift" else input_ == self.input

    def altered(self, estimates: Estimates) -> Estimates:
        """Return the estimates with the error in them."""
        if self.what == "drift":
            return estimates
        arguments = {
            name: Argument(tuple(self._altered(i) for i in a.inputs), a.constant)
            for name, a in estimates.arguments.items()
        }
        return replace(estimates, arguments=arguments)

    def _altered(self, one: Input) -> Input:
        if one.name != self.input:
            return one
        match self.what:
            case "without":
                return replace(one, offset=0.0)
            case "half":
                return replace(one, terms=tuple((c / 2, error) for c, error in one.terms))
        return replace(one, offset=-one.offset)


def parse_break(text: str) -> Break:
    """Return what `without:source.certificate`, `half:INPUT`, `sign:INPUT` or `drift` means."""
    what, _, input_ = text.partition(":")
    if what == "drift" and not input_:
        return Break("drift")
    if what in {"without", "half", "sign"} and input_:
        return Break(what, input_)  # type: ignore[arg-type]
    msg = f"'{text}' is no error: use without:INPUT, half:INPUT, sign:INPUT (an input of the budget), or drift"
    raise InputError(msg)
