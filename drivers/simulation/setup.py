"""What a simulated unit is made with: its clock, its air, its random streams, its true errors by function."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from calib.clock import Clock
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.kinds import KnowledgeFile, UnitFile
from calib.drivers.simulation.seeds import stream
from calib.drivers.simulation.truth import ErrorLaw, Spoiled
from calib.drivers.simulation.truth_draw import check, draw
from calib.drivers.simulation.truth_file import CertificateTruth, Function, StatedTruth, Truth
from calib.drivers.simulation.world import World
from calib.errors import InputError
from calib.specification import Specification, load_specification


@dataclass(frozen=True)
class Setup:
    """Of one unit, or of one world, called `name` in the bench file."""

    name: str
    seed: int
    clock: Clock
    environment: Environment
    laws: "Laws"
    """True errors by function."""
    worlds: Mapping[str, World] = field(default_factory=dict)
    """Worlds other than the electrical one, by their names."""
    truths: Mapping[str, object] = field(default_factory=dict)
    """Stated truths of the whole bench, by the name on it: for worlds, whose parts are no instruments."""

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the unit's own random stream for a purpose, such as "noise"."""
        return stream(self.seed, self.name, purpose)

    def needs(self, function: Function, ranges: tuple[float, ...]) -> None:
        """Raise `InputError` where the unit's specification lacks one of its ranges."""
        specification = self.laws.specification(function)
        lacking = [r for r in ranges if r not in specification.ranges(function)]
        if lacking:
            unit = next(t.unit for t in specification.accuracy if t.quantity == function)
            shown = ", ".join(f"{r:g} {unit}" for r in lacking)
            msg = f"simulated {self.name}: its specification {specification.id} lacks the range {shown}"
            raise InputError(msg)


@dataclass(frozen=True)
class Knowledge:
    """By what the errors of one function are drawn."""

    specification: Specification
    interval: str
    truth: Truth


class Laws(Mapping[str, Spoiled]):
    """The error laws of one unit, by function: of its own specification, else of the generic one of its kind."""

    def __init__(self, name: str, unit: UnitFile | None, generic: str | None, seed: int, folder: Path | None) -> None:
        self._name = name
        self._seed = seed
        self._known = {} if unit is None else _known(unit, generic, folder)
        for function, known in self._known.items():
            check(known.truth, known.specification, known.interval, function)
        self._drawn: dict[str, Spoiled] = {}
        self._ranges: dict[str, tuple[float, ...]] = {}

    def __getitem__(self, function: str) -> Spoiled:
        """Return a law, drawn when it is first asked for: from a stream of its own, so the order does not matter."""
        drawn = self._drawn.get(function)
        if drawn is None:
            drawn = self._drawn[function] = self._draw(function)
        return drawn

    def __contains__(self, function: object) -> bool:
        return function in self._known

    def state(self, function: str, truth: Truth) -> None:
        """Let a function err by another law from now on.

        Raises
        ------
        InputError
            The unit has no such function, or not the ranges that are stated.
        """
        check(truth, self.specification(function), self._known[function].interval, function)
        self._known[function] = replace(self._known[function], truth=truth)
        if function in self._drawn:
            self._drawn[function].law = self._law(function)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def specification(self, function: str) -> Specification:
        """Return the specification that a function's errors are drawn by."""
        if function not in self._known:
            msg = (
                f"simulated {self._name}: no specification of {function}; there are {', '.join(self._known) or 'none'}"
            )
            raise InputError(msg)
        return self._known[function].specification

    def ranges(self, function: str) -> tuple[float, ...]:
        """Return the ranges of a function, ascending; none where the unit has no such function."""
        found = self._ranges.get(function)
        if found is None:
            known = self._known.get(function)
            found = self._ranges[function] = () if known is None else known.specification.ranges(function)
        return found

    def resolution(self, function: str, full_scale: float) -> float | None:
        """Return the least digit of a function's range; None where its specification states none."""
        if function not in self._known:
            return None
        known = self._known[function]
        row = known.specification.table(function, known.interval).row(full_scale)
        return None if row is None else row.resolution

    def limit(self, function: str, value: float, full_scale: float, frequency_Hz: float) -> float | None:
        """Return the half-width of a function's limits at a value; None where its specification has none there."""
        known = self._known[function]
        band_Hz = frequency_Hz if frequency_Hz else None
        row = known.specification.table(function, known.interval).row(full_scale, band_Hz)
        return None if row is None else row.limit(value)

    def _draw(self, function: str) -> Spoiled:
        return Spoiled(self._law(function))

    def _law(self, function: str) -> ErrorLaw:
        known = self._known[function]
        # DC voltage keeps the stream that it had when it was alone, so that a seed still means the same unit
        names = ("truth",) if function == "dc_voltage" else ("truth", function)
        rng = stream(self._seed, self._name, *names)
        return draw(known.truth, known.specification, known.interval, rng, function)


def _known(unit: UnitFile, generic: str | None, folder: Path | None) -> dict[str, Knowledge]:
    """Return what is known of each function, the most particular statement first."""
    known: dict[str, Knowledge] = {}
    for function, own in unit.functions.items():
        if own.specification is not None:
            known |= _functions_of(load_specification(own.specification, folder), own, function)
    if unit.specification is not None:
        known = _functions_of(load_specification(unit.specification, folder), unit) | known
    if generic is not None:
        truth = unit.truth if isinstance(unit.truth, StatedTruth) else _portable(unit.truth)
        rest = _functions_of(load_specification(generic, folder), KnowledgeFile(truth=truth))
        known = rest | known
    truths: dict[str, Truth] = {function: own.truth for function, own in unit.functions.items()}
    return {f: replace(k, truth=truths.get(f, k.truth)) for f, k in known.items()}


def _functions_of(
    specification: Specification, knowledge: KnowledgeFile, wanted: str | None = None
) -> dict[str, Knowledge]:
    """Return the knowledge of all functions that a specification covers in the interval, or of the one wanted.

    An interval that it does not know is an error: nothing falls back on the generic specification by a misprint.
    """
    specification.table(wanted or specification.accuracy[0].quantity, knowledge.interval)
    return {
        table.quantity: Knowledge(specification, knowledge.interval, _truth(knowledge.truth, table.quantity))
        for table in specification.accuracy
        if table.interval == knowledge.interval and wanted in {None, table.quantity}
    }


def _truth(truth: Truth, function: str) -> Truth:
    """Return the law of a function: a unit's certificate tells its ranges of DC voltage."""
    return truth if function == "dc_voltage" else _portable(truth)


def _portable(truth: Truth) -> Truth:
    """Return a law that goes with any ranges: a certificate's, and a stated one, go with their own only."""
    return KnowledgeFile().truth if isinstance(truth, CertificateTruth | StatedTruth) else truth
