"""The adjustment: only after a complete and sealed as-found, agreed with the customer, and by an authorised person.

calib adjusts nothing by itself: the procedure's own half, or a person with the item's manual in hand, does.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from calib.guard import RunLeases
from calib.guard.leases import COMPUTING_S
from calib.ports import Prompt
from calib.procedure import Point, Result
from calib.record import Journal, SigningKey, seal
from calib.record.child import build_in_child
from calib.record.model import Readings
from calib.run.faces import Watcher
from calib.run.guarding import PREPARING_S
from calib.run.interlock import Hazard, Interlock
from calib.run.interrupts import Interrupts
from calib.run.output import Files
from calib.run.plan import Plan
from calib.run.station import JournalStation
from calib.text import Text, both, same

POINT = "adjustment"
"""What an attempt at the adjustment is called, in the place of a test point."""
AS_FOUND = "as-found"
"""Name of the record of the as-found results, before its ending."""
_NOBODY = "n"


class Adjusting:
    """What lies between as-found and as-left, once in a run."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        station: JournalStation,
        watcher: Watcher,
        interrupts: Interrupts,
        leases: RunLeases,
        files: Files | None,
        key: SigningKey | None,
    ) -> None:
        self._procedure = plan.procedure
        self._points = plan.points
        self._agreement = plan.job.adjustment
        self._authorised: Sequence[str] = plan.snapshot["laboratory"].get("authorised_to_adjust", ())
        self._journal = journal
        self._station = station
        self._watcher = watcher
        self._interrupts = interrupts
        self._leases = leases
        self._files = files
        self._key = key

    def touched(self, make_safe: Callable[[], None], interlock: Interlock) -> tuple[Point, ...]:
        """Have the item adjusted where that is agreed and decided; return the points that as-left repeats.

        None where there was no adjustment. `make_safe` takes all sources off before anybody goes to the item.
        """
        if self._agreement is None:
            return ()
        if not self._is_done() and not self._carried_out(make_safe, interlock):
            return ()
        wanted = {p.id for p in self._procedure.touched_by_adjustment()}
        return tuple(p for p in self._points if p.id in wanted)

    def _is_done(self) -> bool:
        attempts = self._journal.readings().attempts
        return any(a.phase == "adjustment" and a.outcome == "complete" for a in attempts)

    def _carried_out(self, make_safe: Callable[[], None], interlock: Interlock) -> bool:
        readings = self._journal.readings()
        results = self._procedure.evaluate(readings)
        obstacle = self._obstacle(readings, results)
        if obstacle is not None:
            self._tell("adjustment not opened", obstacle)
            return False
        make_safe()
        self._seal_as_found(results)
        person = self._person(results)
        if person is None:
            self._tell("adjustment not opened", both("The person at the bench decided against an adjustment."))
            return False
        interlock.close()
        hazard = Hazard(self._procedure.adjustment_hazard_V, self._procedure.adjustment_hazard_ac_V)
        if interlock.require(hazard, hazard):
            self._station.note("dangerous voltage allowed", highest_V=hazard.dc_V, highest_ac_V=hazard.ac_V)
        self._adjust(person)
        return True

    def _obstacle(self, readings: Readings, results: Sequence[Result]) -> Text | None:
        """Return why there is to be no adjustment, without asking anybody."""
        lacking = [p.id for p in self._points if readings.standing(p.id) is None]
        if lacking:
            return both(
                "No adjustment: the as-found results are not complete, they lack {points}.", points=", ".join(lacking)
            )
        if self._files is not None and self._key is None:
            return both("No adjustment: the as-found results cannot be sealed, as there is no key to seal them with.")
        assert self._agreement is not None
        if self._agreement.when == "failed" and all(r.verdict == "pass" for r in results):
            return both("No adjustment: every as-found result passes, and that is what was agreed.")
        return None

    def _seal_as_found(self, results: Sequence[Result]) -> None:
        """Put the as-found results beyond change: a sealed record of their own, its digest in the journal's chain."""
        version = {"procedure": self._procedure.version}
        with self._interrupts.held_back():
            self._journal.results([r.as_json() for r in results], version)
        if self._files is None:
            self._station.note("as-found sealed", results=len(results))
            return
        assert self._key is not None
        path = _free(self._files.journal.parent)
        build_in_child(self._files.journal, path)
        digest = seal(path, self._key, unfinished=True)
        self._station.note("as-found sealed", file=path.name, sha256=digest, results=len(results), key=self._key.id)

    def _person(self, results: Sequence[Result]) -> str | None:
        """Return the authorised person who decides for the adjustment; None where the decision is against it."""
        assert self._agreement is not None
        passed = sum(r.verdict == "pass" for r in results)
        text = both(
            "As-found is complete and sealed: {passed} of {count} results pass. An adjustment is agreed ({agreed}). "
            "Who is authorised and adjusts the item now?",
            passed=passed,
            count=len(results),
            agreed=self._agreement.agreed,
        )
        names = [(str(number), same(name)) for number, name in enumerate(self._authorised, 1)]
        choices = (*names, (_NOBODY, both("nobody: no adjustment")))
        answer = self._station.ask(Prompt("adjustment.person", text, kind="choice", choices=choices, decision=True))
        return None if answer.value == _NOBODY else dict(names)[str(answer.value)].en

    def _adjust(self, person: str) -> None:
        assert self._agreement is not None
        reason = f"by {person}; agreed: {self._agreement.agreed}"
        with self._interrupts.held_back():
            attempt = self._journal.begin_attempt(POINT, "adjustment", reason=reason)
        try:
            self._station.attend(attempt)
            with self._leases.limit(PREPARING_S, POINT), self._leases.lease(COMPUTING_S, POINT):
                before = self._counter("before", both("before the adjustment"))
                self._procedure.adjust(self._station)
                after = self._counter("after", both("after the adjustment"))
        except BaseException as error:
            with self._interrupts.held_back():
                self._journal.end_attempt(attempt, "failed", str(error) or type(error).__name__)
            raise
        finally:
            self._station.attend(None)
        if before and before == after:
            told = both("The calibration counter is {count} as before: was the adjustment stored?", count=after)
            self._tell("calibration counter unchanged", told)
        with self._interrupts.held_back():
            self._journal.end_attempt(attempt, "complete")

    def _counter(self, when: str, told: Text) -> str:
        """Return the item's calibration counter, read or entered; empty where it has none."""
        read = self._procedure.calibration_counter(self._station)
        if read is None:
            text = both("Calibration counter of the item {when}, as it shows it; Enter where it has none.", when=told)
            answer = self._station.ask(Prompt(f"adjustment.counter-{when}", text, kind="text", optional=True))
            counter = str(answer.value).strip()
        else:
            counter = str(read)
        self._station.note("calibration counter", when=when, count=counter, read=read is not None)
        return counter

    def _tell(self, what: str, told: Text) -> None:
        self._station.note(what, why=told.en)
        self._watcher.message(told)


def _free(folder: Path) -> Path:
    """Return a name that no record has: one that was sealed before the run was cut off stays."""
    path, number = folder / f"{AS_FOUND}.h5", 1
    while path.exists():
        number += 1
        path = folder / f"{AS_FOUND}-{number}.h5"
    return path
