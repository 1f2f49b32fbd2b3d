"""Steering: what the operator wishes between two points is asked for its reason, carried out, and kept.

Nobody chooses among attempts: an earlier one is set aside only for a cause that invalidates it, and all are shown.
"""

from collections.abc import Callable, Sequence

from calib.errors import Aborted, InputError, InstrumentError, RunError
from calib.ports import Prompt
from calib.procedure import Phase, Point
from calib.record import Journal
from calib.record.model import Attempt
from calib.run.agenda import Agenda
from calib.run.control import Control, Request
from calib.run.failing import repeats
from calib.run.interrupts import Interrupts
from calib.run.station import JournalStation
from calib.text import Text, both, joined, same

ABORTED = "aborted by the operator"
_INVALID = ("yes", both("yes: it is set aside"))
_VALID = ("no", both("no: the first one stands, and the new one is kept beside it"))


class Steering:
    """Carries out wishes in one phase of a run."""

    def __init__(
        self,
        phase: Phase,
        points: Sequence[Point],
        agenda: Agenda,
        journal: Journal,
        station: JournalStation,
        control: Control,
        interrupts: Interrupts,
        pause: Callable[[], None],
        *,
        simulated: bool,
    ) -> None:
        self._phase: Phase = phase
        self._points = points
        self._agenda = agenda
        self._journal = journal
        self._station = station
        self._control = control
        self._interrupts = interrupts
        self._pause = pause
        self._simulated = simulated
        self._reasons = _reasons_of_repeats(journal, phase)

    def before(self, point: Point) -> bool:
        """Carry out what is wished before a point; return whether the agenda or the bench is another one now."""
        request = self._control.requested("before", point.id)
        if request is None:
            return False
        match request.what:
            case "abort":
                raise Aborted(ABORTED)
            case "pause":
                self._pause()
            case "skip":
                self._skip(point, request)
            case "go to":
                self._go_to(request)
        return True

    def after(self, point: Point) -> None:
        """Carry out what is wished once a point is complete."""
        while (request := self._control.requested("after", point.id)) is not None:
            match request.what:
                case "abort":
                    raise Aborted(ABORTED)
                case "pause":
                    self._pause()
                case "repeat":
                    self._repeat(point, request)

    def reason(self, point: Point) -> str | None:
        """Return why a point is measured again, where it is."""
        return self._reasons.get(point.id)

    def failed(self, point: Point, error: InstrumentError) -> None:
        """Have a person decide what becomes of a point at which an instrument failed; the sources are safe."""
        while not repeats(self._station, point, error):
            self._skip(point, Request("skip"))
            if point not in self._agenda.waiting:
                return
        self._reasons[point.id] = f"the attempt before failed: {error}"

    def measured(self, point: Point) -> None:
        """Forget why a point was measured again."""
        self._reasons.pop(point.id, None)

    def _skip(self, point: Point, request: Request) -> None:
        text = both("Why is the point {point} skipped? Its technical reason is printed.", point=point.id)
        why = self._why(Prompt("control.skip", text, kind="text", optional=True, decision=True), request)
        if why is None:
            return
        with self._interrupts.held_back():
            attempt = self._journal.begin_attempt(point.id, self._phase, reason=why)
            self._journal.end_attempt(attempt, "skipped", why)
        self._agenda.done(point)

    def _repeat(self, point: Point, request: Request) -> None:
        standing = self._journal.readings().standing(point.id, self._phase)
        if standing is None:
            return
        text = both("Why is the point {point} measured again? The technical reason is printed.", point=point.id)
        why = self._why(Prompt("control.repeat", text, kind="text", optional=True, decision=True), request)
        if why is None:
            return
        invalid = bool(request.by) or self._is_invalid(standing)
        self._station.note("repeat", point=point.id, phase=self._phase, attempt=standing.number, why=why, aside=invalid)
        if invalid:
            with self._interrupts.held_back():
                self._journal.end_attempt(standing, "repeated", why)
        self._reasons[point.id] = why
        self._agenda.go_to(point)

    def _is_invalid(self, attempt: Attempt) -> bool:
        text = both(
            "Does this cause invalidate attempt {number} at {point}? Only then it is set aside.",
            number=attempt.number,
            point=attempt.point,
        )
        asked = Prompt("control.invalidates", text, kind="choice", choices=(_INVALID, _VALID), decision=True)
        return self._station.ask(asked).value == _INVALID[0]

    def _go_to(self, request: Request) -> None:
        point = self._named(request.argument) if request.argument else self._chosen()
        if point is None:
            return
        self._station.note("go to", point=point.id, by=request.by or self._station.operator)
        if self._journal.readings().standing(point.id, self._phase) is None:
            self._agenda.go_to(point)
        else:
            self._repeat(point, Request("repeat"))

    def _chosen(self) -> Point | None:
        lines = tuple(self._line(number, point) for number, point in enumerate(self._points, 1))
        text = both("Go to which point? Its number or its name; those that are passed over come at the end.")
        prompt = Prompt("control.go-to", text, kind="text", optional=True, checklist=lines)
        while True:
            answer = self._station.ask(prompt)
            if answer.value == "":
                return None
            try:
                return self._named(str(answer.value))
            except InputError:
                if answer.scripted:
                    raise

    def _named(self, name: str) -> Point:
        for number, point in enumerate(self._points, 1):
            if name in {point.id, str(number)}:
                return point
        msg = f"go to '{name}': no such point in this phase; there are {', '.join(p.id for p in self._points)}"
        raise InputError(msg)

    def _line(self, number: int, point: Point) -> Text:
        state = both("waiting") if point in self._agenda.waiting else both("complete")
        return joined([same(f"{number}  {point.id}"), state])

    def _why(self, prompt: Prompt, request: Request) -> str | None:
        """Return the reason with the name of who gave it; None where there is none, and nothing is changed."""
        if request.argument:
            if not self._simulated:
                msg = f"'{request.what}' must be decided by a person at the bench, not by a script ({request.by})"
                raise RunError(msg)
            return f"{request.argument} ({request.by})"
        answer = self._station.ask(prompt)
        why = str(answer.value).strip()
        return f"{why} ({answer.by})" if why else None


def _reasons_of_repeats(journal: Journal, phase: Phase) -> dict[str, str]:
    """Return why points were set aside whose new attempt is not complete: a run that goes on measures them again."""
    readings = journal.readings()
    aside = [a for a in readings.attempts if a.phase == phase and a.outcome == "repeated"]
    return {a.point: a.reason or "" for a in aside if readings.standing(a.point, phase) is None}
