"""Weights that a person puts on a pan: each step is asked for, and is confirmed once it is done."""

from collections.abc import Sequence

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.operated.person import MODEL, NAME
from calib.errors import OutOfRange
from calib.pictures import Turn


class OperatorWeightHandler(Instrument):
    """The person at the balance. The equipment behind the role is the set of weights, whose nameplate is read."""

    models = (MODEL,)
    dialect = SCPI

    def load(self, weights: Sequence[str], position: str = "", *, turn: Turn | None = None) -> None:
        """Have these weights put on the pan, and all others taken off; `turn` is shown with them."""
        for name in (*weights, *([position] if position else [])):
            if not NAME.fullmatch(name):
                msg = f"{self.who}: {name!r} cannot be said: letters, digits, and . _ - within; no spaces"
                raise OutOfRange(msg)
        if len(set(weights)) < len(weights):
            msg = f"{self.who}: {', '.join(weights)}: a weight is there once"
            raise OutOfRange(msg)
        shown = "" if turn is None else f" {turn.pattern},{turn.number},{turn.of}"
        self.write(f"LOAD {'+'.join(weights) or 'empty'}{'@' + position if position else ''}{shown}")

    def unload(self) -> None:
        """Have everything taken off the pan."""
        self.load(())
