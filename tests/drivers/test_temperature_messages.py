"""What is said to a calibrator that stands for a thermometer, and to a person at an indicator."""

from datetime import UTC, datetime

import pytest

from calib.clock import VirtualClock
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.operated.meter import OperatorReadMeter
from calib.drivers.operated.person import Desk, open_person
from calib.drivers.operated.temperature_indicator import OperatorReadIndicator
from calib.drivers.transport.scripted import ScriptedTransport
from calib.errors import InstrumentError, OutOfRange, Overload
from calib.ports import Answer, Prompt

SETTLED = [("OPER;ERR?", '0,"No Error"'), ("ISR?", "4097")]
NO_ERROR = '0,"No Error"'


def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("reference_C", "command"), [(None, "TC_REF INT"), (0.0, "TC_REF EXT, 0 CEL"), (25.6, "TC_REF EXT, 25.6 CEL")]
)
def test_a_thermocouple_in_the_words_of_the_manual(reference_C: float | None, command: str) -> None:
    message = f"TSENS_TYPE TC;TC_TYPE J;{command};OUT 100.5 CEL;ERR?"
    with ScriptedTransport([(message, NO_ERROR), *SETTLED]) as line:
        Fluke5522A(line, clock()).source_thermocouple("J", 100.5, reference_C=reference_C)


def test_a_resistance_thermometer_in_the_words_of_the_manual() -> None:
    script = [
        ("TSENS_TYPE RTD;RTD_TYPE PT385;ERR?", NO_ERROR),
        ("RTD_TYPE?", "PT385"),
        ("OUT -50 CEL;ZCOMP WIRE4;ERR?", NO_ERROR),
        *SETTLED,
    ]
    with ScriptedTransport(script) as line:
        Fluke5522A(line, clock()).source_rtd("Pt100", -50.0, wires=4)


def test_a_calibrator_that_took_another_thermometer_is_noticed_before_anything_is_put_out() -> None:
    script = [("TSENS_TYPE RTD;RTD_TYPE PT385_1000;ERR?", NO_ERROR), ("RTD_TYPE?", "PT385")]
    with ScriptedTransport(script) as line, pytest.raises(InstrumentError, match="asked for RTD_TYPE PT385_1000"):
        Fluke5522A(line, clock()).source_rtd("Pt1000", 20.0, wires=2)


def test_a_temperature_that_is_none_is_never_sent() -> None:
    with ScriptedTransport([]) as line, pytest.raises(OutOfRange, match="nan"):
        Fluke5522A(line, clock()).source_thermocouple("K", float("nan"), reference_C=None)


class Typing:
    """A person who types one entry after the other."""

    def __init__(self, *entries: str) -> None:
        self.entries = list(entries)
        self.asked: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return Answer(True if prompt.kind == "confirm" else self.entries.pop(0), "Lan")


def indicator(typing: Typing, expected_C: float | None = None) -> OperatorReadIndicator:
    desk = Desk(typing, lambda unit: expected_C if unit == "°C" else None)
    return OperatorReadIndicator(open_person("OPERATOR::item", desk, None), clock())


def test_a_person_is_told_the_sensor_and_types_degrees() -> None:
    typing = Typing("99,8 °C", "-10.2", "OL")
    item = indicator(typing)
    item.configure_thermocouple("K")
    assert item.read_temperature_C() == 99.8
    item.configure_rtd("Pt100", wires=3)
    assert item.read_temperature_C() == -10.2
    with pytest.raises(Overload):
        item.read_temperature_C()
    settings = [prompt.text for prompt in typing.asked if prompt.kind == "confirm"]
    assert [text.en for text in settings] == [
        "Set item to temperature, thermocouple type K, own compensation on.",
        "Set item to temperature, Pt100, 3 wires.",
    ]
    assert all(text.vi != text.en for text in settings)


def test_at_0_degrees_a_reading_is_not_doubted_for_a_few_kelvin() -> None:
    typing = Typing("1.3", "93.1", "0.1")
    item = indicator(typing, expected_C=0.0)
    item.configure_thermocouple("K")
    assert item.read_temperature_C() == 1.3
    assert item.read_temperature_C() == 0.1
    assert "far from what is expected" in typing.asked[-1].text.en


def test_a_person_is_told_to_press_zero() -> None:
    typing = Typing()
    clamp = OperatorReadMeter(open_person("OPERATOR::clamp", Desk(typing), None), clock())
    clamp.configure_dc_current(40.0)
    clamp.adjust_zero()
    assert typing.asked[-1].panel == ("clamp", "ZERO")
    assert "ZERO key of clamp" in typing.asked[-1].text.en
