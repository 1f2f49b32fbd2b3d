"""Kinds of simulated multimeters."""

from collections.abc import Callable, Iterator, Mapping

from calib.drivers.simulation.device import Device
from calib.drivers.simulation.dmm_34401 import DC_V, Dmm34401A, Fluke8845A, Fluke8846A
from calib.drivers.simulation.fluke_8508a import Fluke8508A
from calib.drivers.simulation.fluke_8588a import Fluke8588A
from calib.drivers.simulation.hp_3458a import Hp3458A
from calib.drivers.simulation.keysight_344xx import Keysight34461A, Keysight34465A, Keysight34470A
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.setup import Laws, Setup
from calib.drivers.simulation.truth import ErrorLaw

SIX, EIGHT = "generic-multimeter-6-digits", "generic-multimeter-8-digits"
"""Of what a unit's own specification does not cover: no maker's numbers."""


class MultimeterFile(UnitFile):
    """A multimeter."""

    input: MeterFile = MeterFile()


class FineMultimeterFile(UnitFile):
    """A multimeter of 8½ digits."""

    input: MeterFile = MeterFile(noise_fraction=2e-8, noise_floor_V=2e-8, bias_A=2e-12, zero_drift_V=1e-7)


class Fitted:
    """A law by the ranges of its specification: a range that it lacks errs as the next one above, else the last."""

    def __init__(self, law: ErrorLaw, ranges: tuple[float, ...]) -> None:
        self._law = law
        self._ranges = ranges

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        for range_ in self._ranges:
            if full_scale <= range_ * (1 + 1e-9):
                break
        return self._law.error(value, range_, temperature_C, frequency_Hz=frequency_Hz, at_s=at_s)


class FittedLaws(Mapping[str, ErrorLaw]):
    """The laws of a unit whose ranges need not be those of its specification."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._fitted: dict[str, Fitted] = {}

    def __getitem__(self, function: str) -> ErrorLaw:
        fitted = self._fitted.get(function)
        if fitted is None:
            fitted = self._fitted[function] = Fitted(self._laws[function], self._laws.ranges(function))
        return fitted

    def __iter__(self) -> Iterator[str]:
        return iter(self._laws)

    def __len__(self) -> int:
        return len(self._laws)


def _meter(file: MultimeterFile | FineMultimeterFile, setup: Setup) -> Meter:
    return Meter(file.input, FittedLaws(setup.laws), setup.clock, setup.environment, setup.rng("noise"))


def _kind(
    twin: Callable[[str, Meter], Device],
    identity: str,
    *,
    ranges_V: tuple[float, ...] = DC_V,
    file: type[UnitFile] = MultimeterFile,
    generic: str = SIX,
) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` may hold `{serial}`; its specification must have `ranges_V`."""

    def make(file: MultimeterFile, setup: Setup) -> Twin:
        setup.needs("dc_voltage", ranges_V)
        meter = _meter(file, setup)
        return Twin(twin(identity.format(serial=file.serial_number), meter), inputs={MAIN: meter})

    return InstrumentKind(make, file, generic=generic, inputs=(MAIN,))


def _8508a(file: FineMultimeterFile, setup: Setup) -> Twin:
    meter = _meter(file, setup)
    twin = Fluke8508A(f"FLUKE,8508A,{file.serial_number},2.03", meter)
    return Twin(twin, inputs={MAIN: meter, REAR: twin.rear})


REAR = "rear"
_FIRMWARE = "A.03.03-02.40-03.03-00.52-04-02"

HP_34401A = _kind(Dmm34401A, "HEWLETT-PACKARD,34401A,0,11-5-2")  # it answers 0 for its serial number
FLUKE_8845A = _kind(Fluke8845A, "FLUKE,8845A,{serial},08/02/10-11:53")
FLUKE_8846A = _kind(Fluke8846A, "FLUKE,8846A,{serial},08/02/10-11:53")
GENERIC_MULTIMETER = _kind(Fluke8846A, "GENERIC,MULTIMETER-6,{serial},1", generic="generic-multimeter-6")
KEYSIGHT_34461A = _kind(Keysight34461A, f"Keysight Technologies,34461A,{{serial}},{_FIRMWARE}")
KEYSIGHT_34465A = _kind(Keysight34465A, f"Keysight Technologies,34465A,{{serial}},{_FIRMWARE}")
KEYSIGHT_34470A = _kind(Keysight34470A, f"Keysight Technologies,34470A,{{serial}},{_FIRMWARE}")
KEYSIGHT_3458A = _kind(Hp3458A, "HP3458A", file=FineMultimeterFile, generic=EIGHT)  # it does not know its serial number
FLUKE_8588A = _kind(Fluke8588A, "FLUKE,8588A,{serial},1.24", ranges_V=(), file=FineMultimeterFile, generic=EIGHT)
FLUKE_8508A = InstrumentKind(_8508a, FineMultimeterFile, generic=EIGHT, inputs=(MAIN, REAR))
