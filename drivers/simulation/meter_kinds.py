"""Kinds of simulated multimeters."""

from collections.abc import Callable

from calib.drivers.simulation.device import Device
from calib.drivers.simulation.dmm_34401 import DC_V, Dmm34401A, Fluke8845A, Fluke8846A
from calib.drivers.simulation.keysight_344xx import Keysight34461A, Keysight34465A, Keysight34470A
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.setup import Setup

GENERIC: str | None = None


class MultimeterFile(UnitFile):
    """A multimeter."""

    input: MeterFile = MeterFile()


def _kind(twin: Callable[[str, Meter], Device], identity: str, ranges_V: tuple[float, ...] = DC_V) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` may hold `{serial}`."""

    def make(file: MultimeterFile, setup: Setup) -> Twin:
        setup.needs("dc_voltage", ranges_V)
        meter = Meter(file.input, setup.laws, setup.clock, setup.environment, setup.rng("noise"))
        return Twin(twin(identity.format(serial=file.serial_number), meter), inputs={MAIN: meter})

    return InstrumentKind(make, MultimeterFile, generic=GENERIC, inputs=(MAIN,))


HP_34401A = _kind(Dmm34401A, "HEWLETT-PACKARD,34401A,0,11-5-2")  # it answers 0 for its serial number
FLUKE_8845A = _kind(Fluke8845A, "FLUKE,8845A,{serial},08/02/10-11:53")
FLUKE_8846A = _kind(Fluke8846A, "FLUKE,8846A,{serial},08/02/10-11:53")
_FIRMWARE = "A.03.03-02.40-03.03-00.52-04-02"
KEYSIGHT_34461A = _kind(Keysight34461A, "Keysight Technologies,34461A,{serial}," + _FIRMWARE)
KEYSIGHT_34465A = _kind(Keysight34465A, "Keysight Technologies,34465A,{serial}," + _FIRMWARE)
KEYSIGHT_34470A = _kind(Keysight34470A, "Keysight Technologies,34470A,{serial}," + _FIRMWARE)
