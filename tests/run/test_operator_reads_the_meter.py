"""A meter without an interface: a person is told what to set, types what the display shows, and is asked again."""

import datetime as dt
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.demo import in_memory
from calib.drivers.operated.meter import OperatorReadMeter
from calib.drivers.operated.person import Desk, open_person
from calib.drivers.operated.process_calibrator import OperatorSetCalibrator
from calib.drivers.roles import AcAmmeter, AcVoltmeter, DcAmmeter, DcVoltmeter, FrequencyCounter, Ohmmeter
from calib.errors import InputError, LinkError, Overload, RunError
from calib.ports import Answer, Prompt
from calib.record import Record
from calib.run import ScriptedOperator, SimulatedHands, SimulatedOperator, make_plan, run


class Typing:
    """A person who types one entry after the other."""

    def __init__(self, entries: Iterable[str]) -> None:
        self.entries = list(entries)
        self.asked: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return Answer(True if prompt.kind == "confirm" else self.entries.pop(0), "Lan")


def meter_of(typing: Typing, expected_V: float | None = None) -> OperatorReadMeter:
    desk = Desk(typing, lambda unit: expected_V if unit == "V" else None)
    clock = VirtualClock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return OperatorReadMeter(open_person("OPERATOR::meter", desk, None), clock)


def test_it_fills_the_roles_of_a_meter_and_tells_no_serial_number() -> None:
    meter = meter_of(Typing([]))
    for role in (DcVoltmeter, AcVoltmeter, DcAmmeter, AcAmmeter, Ohmmeter, FrequencyCounter):
        assert isinstance(meter, role)
    assert meter.identify().serial_number is None


def test_the_person_is_told_what_to_set_and_to_read_in_both_languages() -> None:
    typing = Typing(["9.998"])
    meter = meter_of(typing)
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == 9.998
    setting, reading = typing.asked
    assert setting.kind == "confirm"
    assert setting.text.en == "Set meter to DC voltage, range 10 V."
    assert setting.text.vi != setting.text.en
    assert (reading.unit, reading.lower, reading.upper) == ("V", -20.0, 20.0)
    assert "DC voltage in V" in reading.text.en


@pytest.mark.parametrize(
    ("entry", "value_V"),
    [
        ("9,998", 9.998),
        ("-0.5", -0.5),
        ("\N{MINUS SIGN}0.5", -0.5),
        ("12.34 mV", 0.01234),
        ("5V", 5.0),
        (" 1e-3 ", 1e-3),
        ("3µ", 3e-6),
    ],
)
def test_an_entry_is_understood_as_it_is_written(entry: str, value_V: float) -> None:
    meter = meter_of(Typing([entry]))
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == pytest.approx(value_V, rel=1e-12)


@pytest.mark.parametrize("entry", ["OL", "ol", "0L"])
def test_an_overload_on_the_display_is_an_error(entry: str) -> None:
    meter = meter_of(Typing([entry]))
    meter.configure_dc_voltage(10.0, 1.0)
    with pytest.raises(Overload, match=r"meter \(read by a person\): overload"):
        meter.read_dc_voltage()


def test_what_cannot_be_is_asked_again() -> None:
    typing = Typing(["ten", "", "nan", "99.98", "9.998"])
    meter = meter_of(typing)
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == 9.998
    whys = [prompt.text.en for prompt in typing.asked[2:]]
    assert "'ten' is no number." in whys[0]
    assert "'nan' is no number." in whys[2]
    assert "99.98 V exceeds the range." in whys[3]


def test_somebody_who_never_types_a_number_is_not_asked_for_ever() -> None:
    meter = meter_of(Typing(["?"] * 20))
    meter.configure_dc_voltage(10.0, 1.0)
    with pytest.raises(InputError, match="no reading after 5 entries"):
        meter.read_dc_voltage()


def test_what_is_far_from_expected_is_asked_once_more_and_then_believed() -> None:
    """A slip (1.2 for 12) is mended; what is typed twice is what the display shows."""
    slipped = Typing(["0.9998", "9.998"])
    meter = meter_of(slipped, expected_V=10.0)
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == 9.998
    assert "999.8 mV is far from what is expected" in slipped.asked[-1].text.en
    sure = Typing(["2.5", "2.5"])
    meter = meter_of(sure, expected_V=10.0)
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == 2.5
    near = Typing(["9.5"])
    meter = meter_of(near, expected_V=10.0)
    meter.configure_dc_voltage(10.0, 1.0)
    assert meter.read_dc_voltage() == 9.5


@pytest.mark.parametrize(
    ("entries", "value_ohm"),
    [
        (["53.92k"], 53920.0),
        (["53920"], 53920.0),  # in ohms; the display's last digit is 10 Ω
        (["54000"], 54000.0),
        (["53921", "53932"], 53932.0),  # no display of this range shows them; the last digits flicker
        (["53.9k", "53.92k"], 53920.0),
        (["53.9k", "5.4k", "53.92k"], 53920.0),  # what is near nothing that was typed before confirms nothing
    ],
)
def test_digits_of_another_range_are_asked_once_more(entries: list[str], value_ohm: float) -> None:
    typing = Typing(entries)
    desk = Desk(typing, digit=lambda unit: 10.0 if unit == "Ω" else None)
    clock = VirtualClock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    meter = OperatorReadMeter(open_person("OPERATOR::meter", desk, None), clock)
    meter.configure_resistance(60e3, 1.0, wires=2)
    assert meter.read_resistance() == value_ohm
    assert typing.entries == []
    assert sum("Look again" in prompt.text.en for prompt in typing.asked) == len(entries) - 1


def test_several_readings_are_typed_one_by_one() -> None:
    meter = meter_of(Typing(["1.01", "1.02", "1.00"]))
    meter.configure_resistance(10.0, 1.0, wires=2)
    assert list(meter.take(3)) == [1.01, 1.02, 1.00]


def test_a_person_is_asked_nothing_but_what_a_person_can_do() -> None:
    meter = meter_of(Typing([]))
    with pytest.raises(LinkError, match="'VOLT:NPLC 1' is nothing that a person is asked"):
        meter.transport.query("VOLT:NPLC 1")
    with pytest.raises(InputError, match="names no instrument"):
        open_person("OPERATOR::", Desk(Typing([])), None)


@pytest.fixture
def lab(starter: Path, tmp_path: Path) -> Path:
    """The example's laboratory, whose meter has lost its interface."""
    folder = tmp_path / "lab"
    shutil.copytree(starter, folder)
    served = folder / "benches" / "simulated-laboratory.toml"
    changed = served.read_text(encoding="utf-8").replace('kind = "hp-34401a"', 'kind = "operator-read-meter"')
    served.write_text(changed, encoding="utf-8")
    bench = folder / "benches" / "simulated.toml"
    changed = bench.read_text(encoding="utf-8").replace('"hp-34401a"', '"operator-read-meter"')
    bench.write_text(changed, encoding="utf-8")
    return folder


def carried_out(lab: Path, folder: Path, *, panel: bool = True) -> tuple[Any, Any]:
    """Run a short job whose meter is read by the simulated operator."""
    laboratory = in_memory(lab, parameters={"reference": "certificate", "settle_s": 1.0})
    roles = dict(laboratory.bench.roles)
    roles["meter"] = roles["meter"].model_copy(update={"resource": "OPERATOR::meter"})
    bench = laboratory.simulated_bench(5)
    rows = [{"range": 10.0, "nominal": v} for v in (5.0, -9.0)]
    job = type(laboratory.job).model_validate(laboratory.job.model_dump(exclude_none=True) | {"points": rows})
    plan = make_plan(
        laboratory.procedure,
        laboratory.laboratory,
        laboratory.bench.model_copy(update={"roles": roles}),
        job,
        operator="somebody",
        today=dt.datetime.now().astimezone().date(),
    )
    operator = SimulatedOperator(bench.environment, panel=bench.panel if panel else None)
    return bench, run(
        plan,
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(operator, bench.connect),
        folder=folder,
    )


def test_a_whole_calibration_by_reading_a_display(lab: Path, tmp_path: Path) -> None:
    """Item, points and verdicts as ever; questions, entries and who typed them are in the record."""
    bench, outcome = carried_out(lab, tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    truth = bench.truth
    results = {result.nominal: result for result in outcome.results}
    for nominal_V in (5.0, -9.0):
        result = results[nominal_V]
        output_V = truth.source_output(nominal_V)
        indicated_V = output_V + truth.error("meter", "dc_voltage", 10.0, output_V)
        assert result.indicated == pytest.approx(indicated_V, abs=2e-3)  # a digit of 6000 counts
    assert record.snapshot["identities"]["meter"]["serial_number"] == "SIM34401001"
    assert record.snapshot["identities"]["meter"]["confirmed_by"] == "simulated operator"
    assert record.snapshot["simulated"] is True
    typed = [answer for answer in record.answers() if answer.prompt == "reading.meter"]
    assert len(typed) >= 2
    assert {answer.by for answer in typed} == {"simulated operator"}
    assert [m for m in record.traffic() if m.resource == "OPERATOR::meter"]


def test_on_a_bench_where_nobody_can_look_the_run_ends_and_the_source_is_off(lab: Path, tmp_path: Path) -> None:
    bench, outcome = carried_out(lab, tmp_path / "run", panel=False)
    assert outcome.status == "failed"
    assert isinstance(outcome.error, RunError)
    assert "reading.meter" in str(outcome.error)
    assert not bench.state()["outputs"]["source"]["operating"]


def test_a_script_types_no_readings_on_a_real_bench() -> None:
    from calib.run.asking import AtTheBench

    asked = AtTheBench(ScriptedOperator({"reading.meter": 5.0, "*": True}), simulated=False)
    meter = OperatorReadMeter(
        open_person("OPERATOR::meter", Desk(asked.ask), None), VirtualClock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    )
    with pytest.raises(RunError, match="must be answered by a person"):
        meter.configure_dc_voltage(10.0, 1.0)


def test_nobody_is_told_to_leave_a_knob_where_it_is() -> None:
    typing = Typing(["1.0", "2.0", "3.0"])
    meter = meter_of(typing)
    for range_V in (10.0, 10.0, 100.0):
        meter.configure_dc_voltage(range_V, 1.0)
        meter.read_dc_voltage()
    assert [prompt.text.en for prompt in typing.asked if prompt.kind == "confirm"] == [
        "Set meter to DC voltage, range 10 V.",
        "Set meter to DC voltage, range 100 V.",
    ]


def test_a_person_is_told_what_to_put_out_and_when_to_switch_it_off() -> None:
    typing = Typing([])
    clock = VirtualClock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    item = OperatorSetCalibrator(open_person("OPERATOR::item", Desk(typing), None), clock)
    item.safe()
    item.source_dc_current(0.012)
    item.standby()
    item.safe()
    assert [prompt.text.en for prompt in typing.asked] == [
        "Switch the output of item off.",
        "Set item to put out DC current: 12 mA. Switch its output on, and wait until it is steady.",
        "Switch the output of item off.",
    ]
    assert typing.asked[1].panel == ("item", "SOUR dc_current,0.012")
