"""30 V rms, 60 V DC, 42.4 V peak: what is above them is let out by a confirmation only, by AC sources too."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from calib.drivers import Instrument
from calib.errors import DeviceError, FileError, InputError
from calib.files import as_model
from calib.ports import Answer, Prompt
from calib.run import Bench as OpenBench
from calib.run import BenchFile
from calib.run.interlock import Hazard, Interlock

Make = Callable[..., Any]
AC = """
roles = {**DmmDcVoltage.roles, "source": Both}

def points(self):
    from dataclasses import replace
    return [p if p.group == "short" else replace(p, hazard_V=0.0, hazard_ac_V=%s) for p in super().points()]

def measure(self, point, station):
    super().measure(point, station) if point.group == "short" else self.measure_ac(point, station)

def measure_ac(self, point, station):
    source, meter = station.role("source", Both), station.role("meter", self.roles["meter"])
    station.note("limits", limits=source.dc_voltage_limits())
    source.source_ac_voltage(point.nominal, 1000.0)
    for _ in range(5):
        station.record("meter", point.nominal, "V")
"""
BOTH = """
from typing import Protocol, runtime_checkable
from calib.drivers.roles import AcVoltageSource


@runtime_checkable
class Both(DcVoltageSource, AcVoltageSource, Protocol):
    pass


class Changed("""


@pytest.fixture
def ac_file(procedure_file: Callable[[str], str]) -> Callable[[str], str]:
    def write(hazard: str) -> str:
        from pathlib import Path

        path = Path(procedure_file(AC % hazard))
        path.write_text(path.read_text(encoding="utf-8").replace("class Changed(", BOTH, 1), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize(("level_V", "asked"), [(30.0, 0), (90.0, 1)])
def test_ac_above_30_volts_is_confirmed_and_the_limit_goes_no_higher(
    bench: Make, refusing: Any, ac_file: Callable[[str], str], level_V: float, asked: int
) -> None:
    bench_ = bench(((100.0, level_V),), ac_file("p.nominal"), parameters={"reference": "specification"})
    operator = refusing(bench_.operator(), "")
    outcome = bench_.calibrate(operator)
    assert outcome.status == "complete", outcome.error
    hazards = [p.text.en for p in operator.asked if p.hazard]
    assert len(hazards) == asked
    assert all(f"up to {level_V:g} V AC (rms) will" in text for text in hazards)
    assert bench_.simulated.open("MEMORY::source").query("LIMIT?").startswith("30")


def test_a_procedure_that_hides_its_ac_voltage_is_refused_by_the_instrument_itself(
    bench: Make, ac_file: Callable[[str], str]
) -> None:
    bench_ = bench(((100.0, 50.0),), ac_file("0.0"), parameters={"reference": "specification"})
    outcome = bench_.calibrate()
    assert outcome.status == "failed"
    assert isinstance(outcome.error, DeviceError)
    assert not bench_.operating
    assert all(abs(c["setpoint_V"]) < 50 for c in bench_.history if c["operating"])


class OneLimit:
    """A source of DC and AC with one limit for both; it keeps what it was told."""

    def __init__(self) -> None:
        self.limits: list[float] = []

    def limit_dc_voltage(self, maximum_V: float) -> None:
        self.limits.append(maximum_V)

    limit_ac_voltage = limit_dc_voltage

    def safe(self) -> None: ...

    def source_dc_voltage(self, output_V: float) -> None: ...

    def source_ac_voltage(self, rms_V: float, frequency_Hz: float) -> None: ...

    def standby(self) -> None: ...

    def is_operating(self) -> bool:
        return False


def _interlock(source: OneLimit, asked: list[Prompt], **given: Any) -> Interlock:
    def ask(prompt: Prompt) -> Answer:
        asked.append(prompt)
        return Answer(value=True, by="An")

    bench_ = OpenBench({"source": cast("Instrument", source)}, ("source",))
    made = Interlock(bench_, ask, ac_roles=frozenset({"source"}), **given)
    made.close()
    return made


@pytest.mark.parametrize(
    ("hazard", "dangerous"),
    [
        (Hazard(30.0, 0.0), False),
        (Hazard(30.1, 0.0), True),  # a role of AC is held to 30 V, DC or not
        (Hazard(0.0, 30.0), False),  # its peak of 42.43 V is the 42.4 V of the same rule
        (Hazard(0.0, 30.1), True),
        (Hazard(12.0, 21.4), False),  # 42.3 V peak
        (Hazard(12.0, 21.6), True),  # 42.5 V peak
    ],
)
def test_the_three_limits(hazard: Hazard, dangerous: bool) -> None:
    asked: list[Prompt] = []
    interlock = _interlock(OneLimit(), asked)
    assert interlock.require(hazard, hazard) is dangerous
    assert len(asked) == dangerous
    assert interlock.require(hazard, hazard) is False  # once for a connection
    interlock.close()
    assert interlock.require(hazard, hazard) is dangerous  # and anew for the next


def test_one_limit_for_both_ends_at_what_was_agreed_to() -> None:
    source = OneLimit()
    interlock = _interlock(source, [])
    assert source.limits[-1] == 30.0
    interlock.require(Hazard(0.0, 50.0), Hazard(200.0, 100.0))
    assert source.limits[-1] == 200.0
    interlock.close()
    assert source.limits[-1] == 30.0


def test_a_lower_level_of_dc_lowers_that_of_ac_and_none_goes_up() -> None:
    source = OneLimit()
    _interlock(source, [], harmless_V=20.0)
    assert source.limits[-1] == 20.0
    with pytest.raises(InputError, match=r"may only be lowered: 0 V to 30 V, not 31 V"):
        _interlock(source, [], harmless_ac_V=31.0)
    with pytest.raises(FileError, match="harmless_ac_V"):
        as_model({"format": "calib-bench/1", "name": "b", "roles": {}, "harmless_ac_V": 31}, BenchFile, "bench")
