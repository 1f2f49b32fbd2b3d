"""A source is stepped until a display that only a person reads shows the nominal value; the setpoint is the reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.errors import InputError
from calib.ports import Answer, Operator, Prompt
from calib.procedure import Slew, slew
from calib.record import Record
from calib.text import same

Make = Callable[..., Any]
STEP_V, FINE = 1e-3, 0.02
SLEWED = """
def measure(self, point, station):
    if point.group == "short":
        return super().measure(point, station)
    from calib.procedure import Slew, slew
    from calib.text import same
    source = station.role("source", DcVoltageSource)
    how = Slew(same("5.00000 V"), start=4.98, step=1e-3, lower=4.9, upper=5.1, unit="V", approach="rising")
    reached = slew(station, source.source_dc_voltage, how)
    for _ in range(5):
        station.record("meter", point.nominal, "V")
"""


class AtTheDisplay:
    """A person who looks at the simulated meter and turns towards what it shall show, first far, then fine."""

    def __init__(self, operator: Operator, display: Callable[[], float], wanted_V: float) -> None:
        self.name = operator.name
        self.typed: list[float] = []
        self._operator, self._display, self._wanted_V = operator, display, wanted_V

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id != "slew":
            return self._operator.ask(prompt)
        away = (self._wanted_V - self._display()) / STEP_V
        coarse = float(int(away))
        self.typed.append(coarse or (round(away / FINE) * FINE if abs(away) > FINE else 0.0))
        return Answer(self.typed[-1], self.name)


def test_the_setpoint_at_which_the_display_shows_the_nominal_is_the_reading(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Path
) -> None:
    bench_ = bench(((10.0, 5.0),), procedure_file(SLEWED))
    display = bench_.simulated.open("MEMORY::meter")

    def shown_V() -> float:
        display.write("CONF:VOLT:DC 10")
        return float(display.query("READ?"))

    operator = AtTheDisplay(bench_.operator(), shown_V, 5.0)
    outcome = bench_.calibrate(operator, folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    (attempt,) = [a for a in record.readings().attempts if a.point.startswith("calibrator")]
    (reading,) = record.readings().values(attempt, "source")
    slewed = [c["setpoint_V"] for c in bench_.history if c["operating"] and c["setpoint_V"] > 4]
    assert slewed[0] == 4.98
    assert slewed[-1] == pytest.approx(reading, rel=1e-12)
    assert operator.typed[0] > 10
    assert operator.typed[-1] == 0
    bench_.simulated.open("MEMORY::source").write(f"OUT {reading:.9g} V, 0 HZ;OPER")
    bench_.simulated.clock.sleep(10)
    assert shown_V() == pytest.approx(5.0, abs=2 * FINE * STEP_V)  # the truth of it: there the display shows 5 V
    steps = [e.details for e in record.events() if e.kind == "slewed"]
    assert [s["steps"] for s in steps] == [t for t in operator.typed if t]


class Station:
    """Takes what is typed, one after the other, and keeps what was asked and recorded."""

    def __init__(self, *typed: float) -> None:
        self.typed = list(typed)
        self.asked: list[Prompt] = []
        self.recorded: list[tuple[str, float, str]] = []

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return Answer(self.typed.pop(0), "An")

    def record(self, channel: str, value: float, unit: str) -> None:
        self.recorded.append((channel, value, unit))

    def note(self, what: str, **details: object) -> None:
        pass


def _slewed(how: Slew, *typed: float) -> tuple[Any, list[float]]:
    station, outputs = Station(*typed), list[float]()
    slew(station, outputs.append, how)  # type: ignore[arg-type]  # it needs no more of a station than this
    return station, outputs


def test_the_output_never_leaves_the_limits_of_the_point() -> None:
    station, outputs = _slewed(Slew(same("10 V"), 9.0, 1.0, 8.0, 11.0, "V"), 3, -2, 2, 0)
    assert outputs == [9.0, 11.0]
    assert ["beyond the limits" in p.text.en for p in station.asked] == [False, True, True, False]
    assert station.recorded == [("source", 11.0, "V")]


def test_a_value_approached_from_the_wrong_side_is_not_taken() -> None:
    how = Slew(same("10 V"), 9.0, 1.0, 0.0, 20.0, "V", approach="rising")
    station, outputs = _slewed(how, 2, -1, 0, -1, 1, 0)
    assert outputs == [9.0, 11.0, 10.0, 9.0, 10.0]
    assert "từ phía dưới" in station.asked[3].text.vi
    assert station.recorded == [("source", 10.0, "V")]


def test_a_start_outside_the_limits_is_refused() -> None:
    with pytest.raises(InputError, match="within the limits"):
        Slew(same("10 V"), 12.0, 1.0, 8.0, 11.0, "V")
