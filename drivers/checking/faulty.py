"""What a driver does when the wire fails: at every message of a measurement, a named error or the right reading."""

import time

from calib.drivers.checking.exercises import Measurement, measurements_of, reading
from calib.drivers.checking.report import Finding
from calib.drivers.checking.subject import UNIT, Subject, Traffic, told
from calib.drivers.simulation.fault_rules import rule
from calib.errors import CalibError

NONSENSE = "nonsense"
KINDS = ("silence", "garbage", NONSENSE, "half", "duplicate")
CLOSE = 0.01
"""A reading under a fault may differ from the one without by this part of it, and of 1: noise, no wrong value."""
PATIENCE_S = 30.0


def faults_are_named(subject: Subject) -> Finding:
    """Prove that each fault at each message leaves the right reading or a named error, and readings after it."""
    wrong: list[str] = []
    tried = 0
    for measurement in measurements_of(subject.driver):
        traffic: Traffic = []
        bench = subject.bench()
        with subject.signal(bench, measurement):
            right = reading(subject.opened(bench, traffic), measurement)
        messages = sum(direction == ">" for direction, _ in traffic)
        for kind in KINDS:
            for nth in range(1, messages + 1):
                tried += 1
                fault = _under(subject, measurement, kind, nth, right)
                if fault is not None:
                    wrong.append(f"{measurement.read}: {kind} at message {nth} of {messages}: {fault}")
    if not tried:
        return Finding("faults", "not applicable")
    return Finding("faults", "broken" if wrong else "ok", tuple(wrong) or (f"{tried} faults",))


def _under(subject: Subject, measurement: Measurement, kind: str, nth: int, right: float) -> str | None:
    """Return what is wrong with a measurement under one fault; None where nothing is."""
    bench = subject.bench()
    with subject.signal(bench, measurement):
        if kind != NONSENSE:
            bench.faults.add(rule(kind=kind, instrument=UNIT, nth=nth))
        begun_s = time.monotonic()
        try:
            instrument = subject.misheard(bench, nth) if kind == NONSENSE else subject.opened(bench)
            value = reading(instrument, measurement)
        except CalibError:
            pass
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return f"{told(error)}: not one of calib's errors"
        else:
            if abs(value - right) > CLOSE * (1 + abs(right)):
                return f"reads {value:g} where {right:g} is right"
        if time.monotonic() - begun_s > PATIENCE_S:
            return f"took more than {PATIENCE_S:g} s"
        bench.faults.clear()
        try:
            again = reading(subject.opened(bench), measurement)
        except CalibError as error:
            return f"cannot be used afterwards: {told(error)}"
    return None if abs(again - right) <= CLOSE * (1 + abs(right)) else f"reads {again:g} afterwards"
