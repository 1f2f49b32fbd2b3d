"""A rehearsal: every point is measured on lines that carry nothing, to find what a driver refuses before it is sent."""

import inspect
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.errors import CalibError, InputError, InstrumentError, NoReply
from calib.ports import Answer, Prompt
from calib.procedure import Point
from calib.run.interlock import Hazard
from calib.run.plan import Plan
from calib.text import Text

Role = TypeVar("Role")
_NO_ERROR = '0,"No error"'
"""What a line that carries nothing answers: most error channels are content with it."""
_MOST_QUESTIONS = 1000
"""By one call of a driver: more means that it waits for an answer that never comes."""
_log = logging.getLogger("calib.run.rehearsal")


@dataclass(frozen=True)
class Rehearsal:
    """What was found."""

    refused: tuple[str, ...]
    """What a driver, or the procedure, does not allow; with its point."""
    unknown: tuple[str, ...]
    """Points that could not be rehearsed to their end, with the reason: nothing is said of them."""


def rehearse(plan: Plan) -> Rehearsal:
    """Measure every point of a plan with its drivers, on lines that carry nothing; no instrument is touched."""
    refused: dict[str, None] = {}
    unknown: list[str] = []
    for point in plan.points:
        station = _Station(plan, point)
        try:
            plan.procedure.measure(point, station)
        except InputError as error:
            station.refused.append(str(error))
        except Exception as error:  # noqa: BLE001 - a made-up reading may break whatever a procedure does with it
            _log.debug("%s cannot be rehearsed", point.id, exc_info=True)
            if not station.refused:
                unknown.append(f"{point.id}: {error if isinstance(error, CalibError) else type(error).__name__}")
        refused |= dict.fromkeys(f"{point.id}: {what}" for what in station.refused)
    return Rehearsal(tuple(refused), tuple(unknown))


class _Station:
    """A station at which nothing is kept and nobody waits."""

    def __init__(self, plan: Plan, point: Point) -> None:
        self._plan = plan
        self._point = point
        self.refused: list[str] = []

    def role(self, name: str, kind: type[Role]) -> Role:
        del kind
        file = self._plan.bench.roles[name]
        driver = find_driver(file.driver)(_SilentLine(file.resource), VirtualClock(datetime.now(UTC)))
        return cast("Role", _Rehearsed(driver, self._point.nominal, self.refused))

    def record(self, channel: str, value: float, unit: str) -> None:
        del channel, value, unit

    def note(self, what: str, /, **details: object) -> None:
        del what, details

    def wait(self, seconds: float, why: Text) -> None:
        del seconds, why

    def wait_until_stable(self, read: Callable[[], float], **how: Any) -> None:
        del how
        read()

    def busy(self, seconds: float, why: Text) -> AbstractContextManager[object]:
        del seconds, why
        return nullcontext()

    def ask(self, prompt: Prompt) -> Answer:
        number = self._point.nominal if prompt.lower is None else prompt.lower
        values: dict[str, bool | float | str] = {"confirm": True, "number": number}
        return Answer(values.get(prompt.kind, ""), "rehearsal", scripted=True)


class _Rehearsed:
    """A driver whose refusals are noted; what it cannot read is made up: a reading is the point's nominal value."""

    def __init__(self, driver: Any, nominal: float, refused: list[str]) -> None:
        vars(self).update(_driver=driver, _nominal=nominal, _refused=refused)

    def __getattr__(self, name: str) -> Any:
        try:
            found = getattr(self._driver, name)
        except InstrumentError:
            return self._nominal  # a setting that is asked for
        return self._noting(found) if callable(found) else found

    def __setattr__(self, name: str, value: Any) -> None:
        self._noting(lambda: setattr(self._driver, name, value))()

    def _noting(self, call: Any) -> Any:
        def noted(*arguments: Any, **named: Any) -> Any:
            try:
                return call(*arguments, **named)
            except InputError as error:
                self._refused.append(str(error))
            except InstrumentError:
                pass  # the line is silent
            returned = inspect.signature(call).return_annotation
            return {float: self._nominal, bool: False}.get(returned)

        return noted


class _SilentLine:
    """A line that takes everything, and answers everything as an instrument without an error does."""

    lock: AbstractContextManager[object] = nullcontext()

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self._asked = 0

    def write(self, message: str) -> None:
        del message

    def read(self, *, timeout_s: float | None = None) -> str:
        del timeout_s
        self._asked += 1
        if self._asked > _MOST_QUESTIONS:
            msg = f"{self.resource}: nothing answers at a rehearsal"
            raise NoReply(msg)
        return _NO_ERROR

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        del message
        return self.read(timeout_s=timeout_s)

    def query_block(self, message: str, *, timeout_s: float | None = None) -> bytes:
        return self.query(message, timeout_s=timeout_s).encode()

    def read_bytes(self, count: int, *, timeout_s: float | None = None) -> bytes:
        del timeout_s
        return bytes(count)

    def status_byte(self) -> int | None:
        return None

    def clear(self) -> None:
        pass

    def resynchronise(self) -> None:
        pass

    def close(self) -> None:
        pass


def refused_limits(plan: Plan, sources: Sequence[str]) -> tuple[str, ...]:
    """Return which roles' drivers refuse a limit as high as the highest voltage of the points."""
    highest = Hazard.of(plan.points)
    refused: list[str] = []
    for role in sources:
        driver = find_driver(plan.bench.roles[role].driver)(_SilentLine(role), VirtualClock(datetime.now(UTC)))
        rehearsed = _Rehearsed(driver, 0.0, refused)
        if highest.dc_V > 0 and hasattr(driver, "limit_dc_voltage"):
            rehearsed.limit_dc_voltage(highest.dc_V)
        if highest.ac_V > 0 and hasattr(driver, "limit_ac_voltage"):
            rehearsed.limit_ac_voltage(highest.ac_V)
    return tuple(refused)
