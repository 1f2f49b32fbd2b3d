"""No dangerous voltage without a confirmation: the simulated calibrator's own history is the witness."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from calib.drivers import Instrument
from calib.errors import Aborted, DeviceError, InputError, LinkError
from calib.run import Bench as OpenBench
from calib.run.control import Request, ScriptedControl
from calib.run.interlock import HARMLESS_DC_V, Interlock

Make = Callable[..., Any]


def test_an_operator_who_refuses_keeps_the_voltage_harmless(bench: Make, refusing: Any) -> None:
    bench_ = bench(((10.0, 5.0), (100.0, 60.0), (100.0, 90.0)), parameters={"reference": "specification"})
    operator = refusing(bench_.operator(), "hazard.voltage")
    outcome = bench_.calibrate(operator)
    assert outcome.status == "aborted"
    assert isinstance(outcome.error, Aborted)
    assert operator.asked[-1].hazard
    assert "90 V" in operator.asked[-1].text.vi
    assert len(outcome.results) == 4  # the zeros of both ranges, 5 V and 60 V
    assert bench_.highest_V() == 60.0
    assert not bench_.operating
    source = bench_.simulated.open("MEMORY::source")
    assert source.query("LIMIT?").startswith("60")


def test_the_question_is_asked_once_for_a_connection_and_again_for_the_next(bench: Make, refusing: Any) -> None:
    bench_ = bench(((100.0, 90.0), (100.0, 100.0)))
    operator = refusing(bench_.operator(), "")
    control = ScriptedControl({"calibrator/100 V/90 V": ["repeat: the lead was touched"]})
    assert bench_.calibrate(operator, control=control).status == "complete"
    assert ["100 V" in p.text.en for p in operator.asked if p.hazard] == [True]  # once for three attempts
    bench_ = bench(((100.0, 90.0), (100.0, 100.0)))
    operator = refusing(bench_.operator(), "")
    control = ScriptedControl({"calibrator/100 V/100 V": ["pause"]})
    assert bench_.calibrate(operator, control=control).status == "complete"
    assert len([p for p in operator.asked if p.hazard]) == 2
    assert len([p for p in operator.asked if p.id == "connect.calibrator"]) == 2


def test_the_limit_is_down_again_at_every_group(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Any
) -> None:
    from calib.record import Record

    path = procedure_file("""
def prepare(self, group, station):
    station.note("limits", group=group.id, limits=station.role("source", DcVoltageSource).dc_voltage_limits())
    super().prepare(group, station)

def groups(self):
    return (CALIBRATOR, SHORT)
""")
    outcome = bench(((100.0, 100.0),), path).calibrate(folder=tmp_path / "run")
    assert outcome.status == "complete"
    events = Record.open(outcome.record).events()
    limits = [e.details for e in events if e.kind == "limits"]
    assert limits == [{"group": g, "limits": [60.0, -60.0]} for g in ("calibrator", "short")]
    assert [e.details for e in events if e.kind == "dangerous voltage allowed"] == [
        {"highest_V": 100.0, "highest_ac_V": 0.0}
    ]


def test_a_procedure_that_hides_its_voltage_is_refused_by_the_instrument_itself(
    bench: Make, procedure_file: Callable[[str], str]
) -> None:
    path = procedure_file("""
def points(self):
    from dataclasses import replace
    return [replace(p, hazard_V=0.0) for p in super().points()]
""")
    bench_ = bench(((100.0, 100.0),), path)
    outcome = bench_.calibrate()
    assert outcome.status == "failed"
    assert isinstance(outcome.error, DeviceError)
    assert bench_.highest_V() <= HARMLESS_DC_V
    assert not bench_.operating


def test_an_output_that_somebody_left_on_is_taken_off_before_anything_else(bench: Make, refusing: Any) -> None:
    bench_ = bench()
    source = bench_.simulated.open("MEMORY::source")
    source.write("OUT 500 V, 0 HZ")
    source.write("OPER")
    assert bench_.operating
    operator = refusing(bench_.operator(), "environment.temperature")
    bench_.calibrate(operator)
    assert [c["operating"] for c in bench_.history if c["setpoint_V"] == 500] == [False, True, False]
    assert not bench_.operating
    assert source.query("LIMIT?").startswith("60")
    assert source.query("ERR?").startswith("0")


@pytest.mark.parametrize("harmless_V", [60.1, 1000.0, 0.0, -10.0])
def test_the_harmless_voltage_can_only_be_lowered(harmless_V: float) -> None:
    with pytest.raises(InputError, match="may only be lowered"):
        Interlock(OpenBench({}, ()), lambda _: pytest.fail("asked"), harmless_V=harmless_V)


class _Source:
    """A source that may fail to be made safe; it notes the order."""

    def __init__(self, name: str, order: list[str], failure: Exception | None = None) -> None:
        self.name, self.order, self.failure = name, order, failure
        self.limit_V: float | None = None

    def safe(self) -> None:
        self.order.append(self.name)
        if self.failure is not None:
            raise self.failure

    def limit_dc_voltage(self, maximum_V: float) -> None:
        self.limit_V = maximum_V

    def source_dc_voltage(self, output_V: float) -> None:
        raise AssertionError

    def standby(self) -> None:
        raise AssertionError

    def is_operating(self) -> bool:
        return False


def test_a_lower_harmless_voltage_is_the_sources_limit() -> None:
    source = _Source("source", [])
    Interlock(
        OpenBench({"source": cast("Instrument", source)}, ("source",)), lambda _: pytest.fail("asked"), harmless_V=30
    ).close()
    assert source.limit_V == 30


def test_every_source_is_made_safe_though_the_first_fails() -> None:
    order: list[str] = []
    sources = {
        "a": _Source("a", order),
        "b": _Source("b", order, LinkError("b: the line broke")),
        "c": _Source("c", order, ZeroDivisionError("a driver's mistake")),
    }
    bench_ = OpenBench(cast("dict[str, Instrument]", sources), ("c", "not on this bench", "b"))
    assert bench_.make_safe() == {
        "c": "NOT SAFE: a driver's mistake",
        "b": "NOT SAFE: b: the line broke",
        "a": "safe",
    }
    assert order == ["c", "b", "a"]


@pytest.fixture
def deaf(bench: Make) -> tuple[Any, Any]:
    """A bench whose calibrator takes no STBY once it was above 60 V."""
    bench_ = bench(((100.0, 100.0),))

    def connect(resource: str, sink: Any) -> Any:
        line = bench_.simulated.open(resource, sink=sink)
        write = line.write

        def half_deaf(message: str) -> None:
            if message.startswith("STBY") and bench_.highest_V() > 60:
                msg = f"{resource}: the line broke"
                raise LinkError(msg)
            write(message)

        line.write = half_deaf
        return line

    return bench_, connect


def test_a_source_that_cannot_be_made_safe_is_told_loudly_and_fails_a_complete_run(deaf: Any, tmp_path: Any) -> None:
    from calib.record import Record

    bench_, connect = deaf
    outcome = bench_.calibrate(connect=connect, folder=tmp_path / "run")
    assert outcome.status == "failed"
    assert outcome.error.exit_code == 1
    assert "source: NOT SAFE: MEMORY::source: the line broke" in str(outcome.error)
    assert "by hand before touching any terminal" in str(outcome.error)
    assert Record.open(outcome.record).status == "failed"
    assert len(outcome.results) == 2


def test_an_abort_does_not_hide_a_source_that_is_not_safe(deaf: Any, refusing: Any) -> None:
    bench_, connect = deaf

    class Impatient:
        """Aborts once 100 V is on the terminals."""

        def __getattr__(self, name: str) -> Any:
            if name == "requested":
                return lambda *_: Request("abort") if bench_.highest_V() > 60 else None
            return lambda *_, **__: None

    outcome = bench_.calibrate(connect=connect, watcher=cast("Any", Impatient()))
    assert outcome.status == "failed"
    assert str(outcome.error).startswith("source: NOT SAFE")
    assert "aborted by the operator" in str(outcome.error)
