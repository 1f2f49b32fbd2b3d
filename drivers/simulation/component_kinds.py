"""All kinds of components: what a bench file's `[components.NAME]` is, and what is made of it."""

from typing import Annotated

import numpy as np
from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.coil import Coil, CoilFile
from calib.drivers.simulation.components import (
    Cell,
    CellFile,
    Nodes,
    Opposition,
    OppositionFile,
    Resistor,
    ResistorFile,
)
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.oscillator import Oscillator, OscillatorFile
from calib.drivers.simulation.standard_value import StandardFile, StandardValue

ComponentFile = Annotated[
    ResistorFile | CellFile | OppositionFile | CoilFile | OscillatorFile, Field(discriminator="kind")
]
Component = Resistor | Cell | Opposition | Coil | Oscillator


def make_component(
    file: ComponentFile, nodes: Nodes, clock: Clock, environment: Environment, rng: np.random.Generator
) -> Component:
    """Make a component; its true value is drawn from `rng` unless it is stated."""

    def valued(nominal: float, standard: StandardFile) -> StandardValue:
        return StandardValue(nominal, standard, clock, environment, rng)

    match file:
        case ResistorFile():
            return Resistor(file, nodes, valued)
        case CellFile():
            return Cell(file, valued)
        case OppositionFile():
            return Opposition(file, nodes, rng)
        case CoilFile():
            return Coil(file, nodes, valued)
        case _:
            return Oscillator(file, valued)


def fed_by(file: ComponentFile) -> dict[str, str]:
    """Return the nodes behind a component, by the field that names them."""
    return {field: node for field in file.feeds if (node := getattr(file, field)) is not None}
