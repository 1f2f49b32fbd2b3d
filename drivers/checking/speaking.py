"""What a driver says and hears: settings, identity, error channel, overload, replay."""

import math
from collections.abc import Callable
from functools import partial

from calib.drivers.checking.exercises import Measurement, accepted, configured, measurements_of, outputs_of, reading
from calib.drivers.checking.report import Finding
from calib.drivers.checking.subject import UNIT, Subject, Traffic, told
from calib.drivers.instrument import Instrument
from calib.drivers.setting import Setting
from calib.drivers.transport.memory import MemoryTransport
from calib.drivers.transport.scripted import ScriptedTransport
from calib.errors import CalibError, DeviceError, IdentityError, Overload, ReplyError

STRANGER = b"NOBODY,STRANGER-1,1,1\n"


def settings_of(driver: type[Instrument]) -> dict[str, Setting[object]]:
    """Return the declared settings by name."""
    found: dict[str, Setting[object]] = {}
    for base in reversed(driver.__mro__):
        found |= {name: value for name, value in vars(base).items() if isinstance(value, Setting)}
    return found


def settings_are_declared(subject: Subject) -> Finding:
    """Prove that every setting says what it is, that its values are bounded, and that every method has a docstring."""
    wrong = []
    for name, setting in settings_of(subject.driver).items():
        if not (setting.__doc__ or "").strip():
            wrong.append(f"{name}: says nothing of itself (doc=…)")
        if setting.is_number and not setting.unit:
            wrong.append(f"{name}: is a number without a unit (unit=…)")
        unbounded = any(setting.refusal(value) is None for value in (math.inf, 1e300, -1e300))
        if unbounded:
            wrong.append(f"{name}: is unbounded: give allowed=…, or lower=… and upper=…")
        if not unbounded and setting.refusal(math.nan) is None:
            wrong.append(f"{name}: takes what is not a number")
    undocumented = [
        name
        for name, method in vars(subject.driver).items()
        if callable(method) and not name.startswith("_") and not (method.__doc__ or "").strip()
    ]
    wrong += [f"{name}(): has no docstring; say what it returns and in which unit" for name in undocumented]
    return _finding("settings", wrong, f"{len(settings_of(subject.driver))} settings")


def identity_is_proven(subject: Subject) -> Finding:
    """Prove that the twin is known for what it is, and that a stranger is refused."""
    identity = subject.opened(subject.bench()).identify()
    models = subject.driver.models
    wrong = [] if not models or identity.model in models else [f"identify() returns {identity.model!r}"]

    def stranger(message: bytes) -> bytes:
        return STRANGER

    impostor = subject.driver(MemoryTransport("MEMORY::stranger", stranger), subject.bench().clock)
    try:
        told_ = impostor.identify()
    except (IdentityError, ReplyError):
        pass
    else:
        wrong.append(f"identify() takes {STRANGER.decode().strip()!r} for {told_}: it must raise IdentityError")
    return _finding("identity", wrong, str(identity))


def errors_are_checked(subject: Subject) -> Finding:
    """Prove that after every write the instrument's errors are asked for, and raised once and only once."""
    wrong, tried = [], 0
    for name, act in _writes(subject.driver).items():
        tried += 1
        bench = subject.bench()
        instrument = subject.opened(bench)
        try:
            act(instrument)
            bench.instruments[UNIT].push(-300, "Device-specific error")
            act(instrument)
        except DeviceError:
            pass
        except CalibError as error:
            wrong.append(f"{name}: {told(error)}")
            continue
        else:
            wrong.append(f"{name}: an error in the instrument's channel goes unnoticed; use write() of Instrument")
            continue
        try:
            act(instrument)
        except CalibError as error:
            wrong.append(f"{name}: still blamed once the error was raised: {told(error)}")
    return _finding("error channel", wrong, f"{tried} ways to write", applies=tried > 0)


def overload_is_an_error(subject: Subject) -> Finding:
    """Prove that what exceeds the range is `Overload`, never a number."""
    wrong, tried = [], 0
    for measurement in measurements_of(subject.driver):
        if not (measurement.overloads and subject.can_be_overloaded):
            continue
        tried += 1
        bench = subject.bench()
        instrument = subject.opened(bench)
        with subject.signal(bench, measurement):
            reading(instrument, measurement)
            physics = bench.outlets[UNIT].physics
            assert physics is not None
            physics.overload(None)
            try:
                value = getattr(instrument, measurement.read)()
            except Overload:
                continue
            except CalibError as error:
                wrong.append(f"{measurement.read}: an overload is {type(error).__name__}, not Overload: {told(error)}")
                continue
            wrong.append(f"{measurement.read}: an overload is read as {value:g}; it must raise Overload")
    return _finding("overload", wrong, f"{tried} readings", applies=tried > 0)


def replay_is_strict(subject: Subject) -> Finding:
    """Prove that the same calls send the same messages: what was recorded can be replayed."""
    wrong, tried = [], 0
    for measurement in measurements_of(subject.driver):
        tried += 1
        traffic: Traffic = []
        bench = subject.bench()
        with subject.signal(bench, measurement):
            first = reading(subject.opened(bench, traffic), measurement)
        try:
            with ScriptedTransport(_script(traffic), status_bytes=None) as line:
                again = reading(subject.driver(line, subject.bench().clock), measurement)
        except (AssertionError, CalibError) as error:
            wrong.append(f"{measurement.read}: {told(error)}")
            continue
        if again != first:
            wrong.append(f"{measurement.read}: {first!r} at first, {again!r} from the same answers")
    return _finding("replay", wrong, f"{tried} measurements", applies=tried > 0)


def _script(traffic: Traffic) -> list[tuple[str, str | bytes | None]]:
    """Return recorded traffic as a script: each message with its answer."""
    script: list[tuple[str, str | bytes | None]] = []
    for direction, message in traffic:
        text = message.decode("latin-1").strip("\r\n")
        if direction == ">":
            script.append((text, None))
        elif script:
            script[-1] = (script[-1][0], text)
    return script


def _writes(driver: type[Instrument]) -> dict[str, Callable[[Instrument], object]]:
    """Return what writes to the instrument, by name: settings (what they are now, again), configurations, outputs."""

    def again(name: str) -> Callable[[Instrument], object]:
        def act(instrument: Instrument) -> None:
            value = instrument.known[name] if name in instrument.known else getattr(instrument, name)
            setattr(instrument, name, value)

        return act

    def configure(measurement: Measurement) -> Callable[[Instrument], object]:
        return lambda instrument: configured(instrument, measurement)

    found = {name: again(name) for name in settings_of(driver)}
    found |= {m.configure: configure(m) for m in measurements_of(driver) if m.configure is not None}
    return found | {o.method: partial(accepted, method=o.method, candidates=o.candidates) for o in outputs_of(driver)}


def _finding(rule: str, wrong: list[str], tried: str, *, applies: bool = True) -> Finding:
    if not applies:
        return Finding(rule, "not applicable")
    return Finding(rule, "broken", tuple(wrong)) if wrong else Finding(rule, "ok", (tried,))
