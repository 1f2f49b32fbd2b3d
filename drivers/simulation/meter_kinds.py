"""Kinds of simulated multimeters."""

from calib.drivers.simulation.dmm_34401_scpi import ScpiDmm34401
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.scpi_values import RANGES_V
from calib.drivers.simulation.setup import Setup


class MultimeterFile(UnitFile):
    """A multimeter."""

    input: MeterFile = MeterFile()


def _multimeter(identity: str, file: MultimeterFile, setup: Setup) -> Twin:
    setup.needs("dc_voltage", RANGES_V)
    meter = Meter(file.input, setup.laws["dc_voltage"], setup.clock, setup.environment, setup.rng("noise"))
    return Twin(ScpiDmm34401(identity, meter), inputs={MAIN: meter})


def _hp_34401a(file: MultimeterFile, setup: Setup) -> Twin:
    return _multimeter("HEWLETT-PACKARD,34401A,0,11-5-2", file, setup)  # it answers 0 for its serial number


def _fluke_8846a(file: MultimeterFile, setup: Setup) -> Twin:
    return _multimeter(f"FLUKE,8846A,{file.serial_number},08/02/10-11:53", file, setup)


HP_34401A = InstrumentKind(_hp_34401a, MultimeterFile, inputs=(MAIN,))
FLUKE_8846A = InstrumentKind(_fluke_8846a, MultimeterFile, inputs=(MAIN,))
