"""A fault in a measurement gives the right reading or a named error, and a safe source: tools/fault_matrix.py, small.

The tool lets every fault happen at every message on every wire; here each happens to a reading and to one more message.
"""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.meters import multimeter

TOOL = Path(__file__).parents[2] / "tools" / "fault_matrix.py"
WIRES = ("memory", "socket", "hislip", "vxi11", "prologix", "pty-direct")
MORE = (("source", "^OUT 5"), ("source", "^STBY;"), ("meter", "^FUNC"), ("source", "^ISR"), ("source", "^OPER;"))
"""Messages to which faults happen too, in turn; regular expressions, by instrument."""


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = spec_from_file_location("fault_matrix", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyvisa-py leaves its socket open
@pytest.mark.parametrize("wire", WIRES)
def test_a_fault_gives_the_right_reading_or_a_named_error_and_a_safe_source(
    tool: Any, wire: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multimeter, "SPARE_S", multimeter.SPARE_S)  # the tool's is shorter
    more = cycle(MORE)
    cases = []
    for fault in tool.FAULTS:
        for instrument, message in (("meter", "^READ"), next(more)):
            cases.append(tool.Case(wire, fault, instrument, message=message))
    with ThreadPoolExecutor(8) as pool:  # they mostly wait
        outcomes = list(pool.map(tool.judge, cases))
    gc.collect()  # here, where what pyvisa-py left open is known of
    assert [outcome for outcome in outcomes if outcome.verdict in tool.BAD] == []
    assert [outcome for outcome in outcomes if not outcome.reached] == []
    at_a_reading = {outcome.case.fault: outcome for outcome in outcomes if outcome.case.instrument == "meter"}
    for fault in ("answer lost", "message lost", "garbage", "disconnect", "overload"):
        assert (fault, at_a_reading[fault].verdict) == (fault, "named error")


def test_the_judge_sees_a_wrong_reading_and_an_output_left_on(tool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multimeter, "SPARE_S", multimeter.SPARE_S)
    case = tool.Case("memory", "error", "meter", nth=1000)
    assert tool.judge(case).verdict == "right"
    monkeypatch.setitem(tool.FAULTS, "drift", {"kind": "drift", "offset": 0.1})
    assert tool.judge(tool.Case("memory", "drift", "meter", message="^READ")).verdict == "wrong"
    monkeypatch.setattr("calib.drivers.calibrators.fluke.FlukeCalibrator.safe", lambda _: None)
    assert tool.judge(tool.Case("memory", "overload", "meter", message="^READ")).verdict == "unsafe"
