"""Balances: what is on the display becomes exactly that many kilograms, or a named error."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.balances.mt_sics import MtSicsBalance
from calib.drivers.balances.sartorius_sbi import SartoriusBalance
from calib.drivers.operated.person import Desk, open_person
from calib.drivers.operated.weights import OperatorWeightHandler
from calib.drivers.roles import Balance, WeightHandler
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.transport import MemoryTransport, ScriptedTransport
from calib.errors import DeviceError, InputError, InstrumentError, OutOfRange, Overload, ReplyError
from calib.files import as_model
from calib.ports import Answer, Prompt

Script = list[tuple[str, str | bytes | None]]
PRINT = "\x1bP"


def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


def weighed_by_sics(*answers: str) -> float:
    with ScriptedTransport([("S", answer) for answer in answers]) as line:
        return MtSicsBalance(line, clock()).read_mass_kg()


def weighed_by_sbi(*lines: str) -> float:
    with ScriptedTransport([(PRINT, line) for line in lines]) as line:
        return SartoriusBalance(line, clock()).read_mass_kg()


@pytest.mark.parametrize(
    ("answer", "kg"),
    [
        ("S S     100.00 g", 0.1),
        ("S S   100.0003 g", 0.1000003),  # 100.0003 * 1e-3 is another float
        ("S S    -0.0082 g", -0.0000082),
        ("S S   1.000007 kg", 1.000007),
        ("S S   100.0003 mg", 1.000003e-4),
        ("S S     500.00 ct", 0.1),
        ("S S         12 g", 0.012),
    ],
)
def test_a_weight_by_sics_is_exactly_what_is_shown_in_kilograms(answer: str, kg: float) -> None:
    assert weighed_by_sics(answer) == kg


@pytest.mark.parametrize(
    ("line", "kg"),
    [
        ("+ 100.0003 g  ", 0.1000003),
        ("-   0.0082 g  ", -8.2e-6),
        ("N     + 100.0003 g  ", 0.1000003),
        ("+  99.99[3]g  ", 0.099993),
        ("+   500.00 ct ", 0.1),
        (" 1.0000070 kg ", 1.000007),
    ],
)
def test_a_weight_by_sbi_is_exactly_what_is_shown_in_kilograms(line: str, kg: float) -> None:
    assert weighed_by_sbi(line) == kg


@pytest.mark.parametrize(
    "answer",
    [
        "S S    100.00 g",  # a digit was lost on the way
        "S S     100.00 lb",
        "S S     100.00",
        "S S     1.0E02 g",
        "S S       - -  g",
        "SI S     100.00 g",
        'I4 A "123"',
        "",
    ],
)
def test_what_is_no_weight_by_sics_is_an_error(answer: str) -> None:
    with pytest.raises(ReplyError, match=r"asked 'S', answered .*; expected S S"):
        weighed_by_sics(answer)


@pytest.mark.parametrize(
    "line",
    [
        "+ 100.003 g  ",  # a character was lost on the way
        "+ 100.0003 lb ",
        "+ 1 0.0003 g  ",
        "T     + 100.0003 g  ",  # the tare is not what is on the display
        "SIM200S",
        "",
    ],
)
def test_what_is_no_weight_by_sbi_is_an_error(line: str) -> None:
    with pytest.raises(ReplyError, match=r"expected 16 or 22 characters"):
        weighed_by_sbi(line)


@pytest.mark.parametrize(("sign", "told"), [("+", "too much"), ("-", "too little")])
def test_overload_and_underload_by_sics_are_errors(sign: str, told: str) -> None:
    with pytest.raises(Overload, match=told):
        weighed_by_sics(f"S {sign}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("     High     ", "too much"),
        ("      H       ", "too much"),
        ("Stat       Low      ", "too little"),
        ("      L       ", "too little"),
    ],
)
def test_overload_and_underload_by_sbi_are_errors(line: str, told: str) -> None:
    with pytest.raises(Overload, match=told):
        weighed_by_sbi(line)


def test_errors_that_a_balance_reports_are_errors() -> None:
    with pytest.raises(DeviceError, match="Err 054"):
        weighed_by_sbi("   Err 054    ")
    for answer, told in (("ES", "does not know"), ("ET", "parity"), ("EL", "cannot carry out"), ("S L", "parameter")):
        with pytest.raises(DeviceError, match=told):
            weighed_by_sics(answer)


def test_what_is_not_stable_or_busy_is_asked_again() -> None:
    assert weighed_by_sics("S I", "S D     100.00 g", "S S     100.01 g") == 0.10001
    assert weighed_by_sbi("+   100.00    ", "     Cal.     ", "+   100.01 g  ") == 0.10001


def test_a_balance_that_never_comes_to_rest_is_told_with_what_to_look_for() -> None:
    with pytest.raises(InstrumentError, match=r"S I.* for 60 s: it is not stable.*draught"):
        MtSicsBalance(MemoryTransport("M", lambda _: b"S I\r\n"), clock()).read_mass_kg()
    with pytest.raises(InstrumentError, match=r"after 60 s: it is not stable.*draught"):
        SartoriusBalance(MemoryTransport("M", lambda _: b"+   100.00    \r\n"), clock()).read_mass_kg()


@pytest.mark.parametrize("answers", [["T S       0.10 g"], ["T I", "T S       0.10 g"]])
def test_tare_is_confirmed_by_the_balance(answers: list[str]) -> None:
    with ScriptedTransport([("T", answer) for answer in answers]) as line:
        MtSicsBalance(line, clock()).tare()


def test_a_zero_out_of_its_range_is_refused() -> None:
    with ScriptedTransport([("Z", "Z +")]) as line, pytest.raises(Overload, match=r"'Z' was answered with Z \+"):
        MtSicsBalance(line, clock()).zero()


def test_a_balance_without_answers_is_at_zero_once_it_shows_that() -> None:
    script: Script = [("\x1bV", None), (PRINT, "+     0.02 g  ")]
    with ScriptedTransport(script) as line:
        SartoriusBalance(line, clock()).zero()
    with pytest.raises(InstrumentError, match="does not go to zero"):
        SartoriusBalance(MemoryTransport("M", lambda _: b"+   100.00 g  \r\n"), clock()).zero()


def test_who_it_is_is_read_in_the_words_of_its_command_set() -> None:
    """`I2` as public drivers have read it off an XS204."""
    script: Script = [("I2", 'I2 A "XS204 Excellence 220.0090 g"'), ("I4", 'I4 A "1126493049"'), ("I3", 'I3 A "1.10"')]
    with ScriptedTransport(script) as line:
        balance = MtSicsBalance(line, clock())
        identity = balance.identify()
        assert (identity.model, identity.serial_number, identity.firmware) == ("XS204", "1126493049", "1.10")
        assert balance.who == "Mettler-Toledo XS204 1126493049 (SCRIPT::1)"
    with ScriptedTransport([("\x1bx1_", "Model        BP221S"), ("\x1bx2_", "SerNo.     12345678")]) as line:
        found = SartoriusBalance(line, clock()).identify()
        assert (found.model, found.serial_number) == ("BP221S", "12345678")


def test_one_that_prints_by_itself_is_no_name() -> None:
    with (
        ScriptedTransport([("\x1bx1_", "+   100.00 g  ")]) as line,
        pytest.raises(DeviceError, match="prints by itself; set it to print on request"),
    ):
        SartoriusBalance(line, clock()).identify()


def lab(**balance: Any) -> SimulatedBench:
    """A balance, the person at it, two weights."""
    tables = {
        "format": "calib-simulation/1",
        "instruments": {
            "balance": {"serial_number": "SIM1", "noise_kg": 1e-7, **balance},
            "weights": {"kind": "operator-weight-handler", "serial_number": "SIM2", "pan": "balance"},
        },
        "worlds": {
            "mass": {"kind": "mass", "weights": {name: {"nominal_kg": 0.1, "class": "F1"} for name in ("A", "B")}}
        },
    }
    return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock(), seed=4)


@pytest.mark.parametrize(
    "balance",
    [
        {"kind": "mettler-mt-sics"},
        {"kind": "mettler-mt-sics", "unit": "ct"},
        {"kind": "sartorius-sbi", "unit": "mg", "digit_kg": 1e-8},
        {"kind": "sartorius-sbi", "characters": 22, "unverified_digits": 1, "printing": "request-stable"},
    ],
    ids=str,
)
def test_a_driver_reads_what_lies_on_the_simulated_pan(balance: dict[str, Any]) -> None:
    bench = lab(**balance)
    driver: Any = find_driver(balance["kind"])(bench.open("MEMORY::balance"), bench.clock)
    hands = OperatorWeightHandler(bench.open("MEMORY::weights"), bench.clock)
    assert isinstance(driver, Balance)
    assert isinstance(hands, WeightHandler)
    driver.zero()
    hands.load(["A", "B"])
    world: Any = bench.worlds["mass"]
    truth = sum(world.weights[name].conventional_kg for name in ("A", "B"))
    assert driver.read_mass_kg() == pytest.approx(truth, abs=5e-7)
    driver.tare()
    assert driver.read_mass_kg() == pytest.approx(0.0, abs=5e-7)
    hands.load(["A"], "front-left")
    assert world.joints == {"balance": "A@front-left"}
    hands.unload()
    assert driver.read_mass_kg() == pytest.approx(-truth, abs=1e-6)
    with pytest.raises(DeviceError, match="no weight C; there are A, B"):
        hands.load(["C"])


def test_a_person_is_told_what_to_put_on_the_pan_and_where() -> None:
    asked: list[Prompt] = []

    def ask(prompt: Prompt) -> Answer:
        asked.append(prompt)
        return Answer(value=True, by="A. Nguyen")

    hands = OperatorWeightHandler(open_person("OPERATOR::weights", Desk(ask), None), clock())
    hands.load(["R500", "R200"])
    hands.load(["T200"], "front-left")
    hands.unload()
    assert [prompt.text.en for prompt in asked] == [
        "On the pan, and nothing else: R500 + R200",
        "On the pan, at the position front left, and nothing else: T200",
        "Take everything off the pan.",
    ]
    assert asked[1].text.vi == "Trên đĩa cân, ở vị trí phía trước bên trái, không có gì khác: T200"
    assert all(prompt.id == "load.weights" and prompt.kind == "confirm" and prompt.personal for prompt in asked)


@pytest.mark.parametrize("weights", [["A B"], ["A", "A"], ["Ä"], ["A@x"]])
def test_names_that_cannot_be_said_are_refused_before_anybody_is_asked(weights: list[str]) -> None:
    with ScriptedTransport([]) as line, pytest.raises(OutOfRange):
        OperatorWeightHandler(line, clock()).load(weights)


def test_a_person_without_a_world_of_mass_is_a_mistake_of_the_file() -> None:
    tables = {
        "format": "calib-simulation/1",
        "instruments": {"weights": {"kind": "operator-weight-handler", "serial_number": "SIM2", "pan": "balance"}},
    }
    with pytest.raises(InputError, match="there is no world 'mass'"):
        SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock())
