"""Whether a source can be made safe, from any state and any number of times."""

from collections.abc import Callable

from calib.drivers.checking.exercises import accepted, outputs_of
from calib.drivers.checking.report import Finding
from calib.drivers.checking.subject import UNIT, Subject, told
from calib.drivers.instrument import Instrument
from calib.drivers.roles import Source
from calib.drivers.simulation.bench import SimulatedBench
from calib.drivers.simulation.fault_rules import rule
from calib.errors import CalibError

Trouble = Callable[[SimulatedBench, Instrument], object]


def safe_from_any_state(subject: Subject) -> Finding:
    """Prove that `safe()` takes every output off: twice, operating or not, with errors waiting or an answer lost."""
    outputs = outputs_of(subject.driver)
    if not issubclass(subject.driver, Source):
        if outputs:
            why = f"it has {outputs[0].method}() but no safe(): what can put out energy must be made safe"
            return Finding("safe", "broken", (why,))
        return Finding("safe", "not applicable")
    wrong, tried = [], 0
    for name, trouble in _TROUBLES.items():
        for output in (None, *outputs):
            bench = subject.bench()
            instrument = subject.opened(bench)
            where = f"safe() {name}" + ("" if output is None else f", after {output.method}")
            tried += 1
            try:
                if output is not None:
                    accepted(instrument, output.method, output.candidates)
                trouble(bench, instrument)
                assert isinstance(instrument, Source)
                instrument.safe()
                instrument.safe()
            except (CalibError, ValueError, TypeError, AttributeError) as error:
                wrong.append(f"{where}: {told(error)}")
            if subject.is_putting_out(bench):
                wrong.append(f"{where}: the output is still on the terminals")
    return Finding("safe", "broken" if wrong else "ok", tuple(wrong) or (f"{tried} states",))


def _nothing(_bench: SimulatedBench, _instrument: Instrument) -> None:
    return


def _error(bench: SimulatedBench, _: Instrument) -> None:
    bench.instruments[UNIT].push(-300, "Device-specific error")


def _lost(kind: str) -> Trouble:
    return lambda bench, _: bench.faults.add(rule(kind=kind, instrument=UNIT))


_TROUBLES: dict[str, Trouble] = {
    "alone": _nothing,
    "with an error waiting": _error,
    "when an answer is lost": _lost("silence"),
    "when an answer is garbage": _lost("garbage"),
}
