"""Kinds of simulated nanovoltmeters, counters and weather stations."""

from collections.abc import Callable
from typing import Literal

from calib.drivers.simulation.counter import Counter, CounterFile, CounterInput, ReferenceInput
from calib.drivers.simulation.counter_commands import HP53131A, Keysight53230A
from calib.drivers.simulation.keithley_2182a_commands import Nanovoltmeter
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.meter_kinds import EIGHT, FittedLaws
from calib.drivers.simulation.setup import Setup

SECOND, REFERENCE = "channel_2", "reference"
_ENDS = {"lf": b"\n", "cr": b"\r", "crlf": b"\r\n"}


class NanovoltmeterFile(UnitFile):
    """A nanovoltmeter; both channels have the same input."""

    input: MeterFile = MeterFile(noise_fraction=2e-8, noise_floor_V=5e-9, bias_A=5e-12, zero_drift_V=2e-8)
    answer_end: Literal["lf", "cr", "crlf"] = "lf"
    """What ends an answer: chosen at the panel for RS-232."""


def _nanovoltmeter(file: NanovoltmeterFile, setup: Setup) -> Twin:
    laws = FittedLaws(setup.laws)
    meters = [Meter(file.input, laws, setup.clock, setup.environment, setup.rng(f"noise{number}")) for number in (1, 2)]
    identity = f"KEITHLEY INSTRUMENTS INC.,MODEL 2182A,{file.serial_number},C04  /A02"
    twin = Nanovoltmeter(identity, (meters[0], meters[1]), _ENDS[file.answer_end])
    return Twin(twin, inputs={MAIN: meters[0], SECOND: meters[1]})


def _counter(make_: Callable[..., Counter], identity: str) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` may hold `{serial}`."""

    def make(file: CounterFile, setup: Setup) -> Twin:
        laws = FittedLaws(setup.laws)
        inputs = [
            CounterInput(file.input, laws, setup.clock, setup.environment, setup.rng(f"noise{number}"))
            for number in (1, 2)
        ]
        reference = ReferenceInput(file)
        twin = make_(identity.format(serial=file.serial_number), (inputs[0], inputs[1]), file, reference)
        return Twin(twin, inputs={MAIN: inputs[0], SECOND: inputs[1], REFERENCE: reference})

    return InstrumentKind(make, CounterFile, generic="generic-counter", inputs=(MAIN, SECOND, REFERENCE))


KEITHLEY_2182A = InstrumentKind(_nanovoltmeter, NanovoltmeterFile, generic=EIGHT, inputs=(MAIN, SECOND))
HP_53131A = _counter(HP53131A, "HEWLETT-PACKARD,53131A,0,3944")  # it answers 0 for its serial number
KEYSIGHT_53230A = _counter(Keysight53230A, "Agilent Technologies,53230A,{serial},02.05-1519.666-1.19-4.15-127-155-35")
