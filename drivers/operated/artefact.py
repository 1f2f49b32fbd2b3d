"""A standard without an interface, such as a resistor: a person reads its nameplate, and nothing else is asked."""

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.operated.person import MODEL


class Artefact(Instrument):
    """Whatever has a value and a nameplate."""

    models = (MODEL,)
    dialect = SCPI
