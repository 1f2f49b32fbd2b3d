"""What `calib watch` shows: a table of points on a terminal, lines elsewhere."""

import math
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from calib.errors import CalibError, FileError
from calib.procedure import Context, Procedure
from calib.record import Attempt, Reading, Result, Sight, Watch
from calib.record.names import phase_name
from calib.run import find_procedure
from calib.run.lines import header, line
from calib.run.output import JOURNAL
from calib.run.plainlines import EACH_S
from calib.run.waiting import EVENT, Waiting
from calib.run.waitlines import lines as lines_of
from calib.text import Language, Text, both, tr

_WIDTH = 34
_STATES: dict[str, Text] = {
    "waiting": both("waiting"),
    "unfinished": both("measuring"),
    "complete": both("complete"),
    "repeated": both("set aside"),
    "skipped": both("skipped"),
    "failed": both("failed"),
}


def newest(records: Path) -> Path:
    """Return the folder of the run in a laboratory's records that was begun last."""
    runs = [path.parent for path in records.glob(f"*/{JOURNAL}")]
    if not runs:
        msg = f"{records}: no run is there to be watched; name its folder"
        raise FileError(msg)
    return max(runs, key=lambda folder: (folder / JOURNAL).stat().st_mtime)


def watched(journal: Path, language: Language, *, once: bool, live: bool, interval_s: float) -> int:
    """Show a run until it ends, or `once`; return the exit status."""
    with Watch(journal) as watch:
        watch.look()
        view = View(watch.sight.readings.snapshot, language)
        if once:
            click.echo("\n".join(view.table(watch.sight)))
        elif live:
            _live(watch, view, interval_s)
        else:
            _lines(watch, view, interval_s)
        sight = watch.sight
        return 0 if sight.status == "complete" or sight.alive else 1


def _live(watch: Watch, view: "View", interval_s: float) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text as RichText

    console = Console(highlight=False)

    def drawn() -> RichText:
        sight = watch.sight
        begun = len({(a.point, a.phase) for a in sight.readings.attempts})
        foot = len(view.standing(sight))
        return RichText("\n".join(fitted(view.table(sight), begun, console.size.height - 1, foot)), no_wrap=True)

    with Live(drawn(), console=console, auto_refresh=False) as screen:
        while watch.sight.alive:
            time.sleep(interval_s)
            if watch.look() or waiting_in(watch.sight) is not None:
                screen.update(drawn(), refresh=True)


def fitted(table: list[str], begun: int, height: int, foot: int = 1) -> list[str]:
    """Return a table that fits a screen: head, the points around the last of `begun`, and `foot` lines of its state."""
    head, points, state = table[:2], table[2:-foot], table[-foot:]
    room = max(1, height - len(head) - len(state))
    first = max(0, min(begun - (room + 1) // 2, len(points) - room))
    return [*head, *points[first : first + room], *state]


def _lines(watch: Watch, view: "View", interval_s: float) -> None:
    for said in view.head():
        click.echo(said)
    while True:
        for said in [*view.news(watch.sight), *view.new_waiting(watch.sight)]:
            click.echo(said)
        if not watch.sight.alive:
            click.echo(view.state(watch.sight))
            return
        time.sleep(interval_s)
        watch.look()


class View:
    """The lines that tell of one run."""

    def __init__(self, snapshot: Mapping[str, Any], language: Language) -> None:
        self._language = language
        self._snapshot = snapshot
        self._procedure = _procedure(snapshot)
        self._told: set[int] = set()
        self._results: dict[int, Result | None] = {}
        self._waited_s = -math.inf
        """How far a wait was when it was told last."""

    def head(self) -> list[str]:
        """Return what is measured."""
        procedure, job = self._snapshot.get("procedure", {}), self._snapshot.get("job", {})
        title = procedure.get("title", {}).get(self._language, procedure.get("id", ""))
        mark = f" [{tr('SIMULATED', self._language)}]" if self._snapshot.get("simulated") else ""
        return [f"{title}{mark}: {job.get('number', '')}".rstrip(": ")]

    def table(self, sight: Sight) -> list[str]:
        """Return the head, a line for each point, and the state of the run."""
        latest = {(a.point, a.phase): a for a in sight.readings.attempts}
        points = [str(p["id"]) for p in self._snapshot.get("points", [])]
        unbegun = [p for p in points if p not in {point for point, _ in latest}]
        lines = [*self.head(), f"{tr('Point', self._language):<{_WIDTH}}  {'':<12}{header(self._language)}"]
        taken = _by_attempt(sight)
        lines += [self._point(attempt, sight, taken.get(attempt.id, [])) for attempt in latest.values()]
        lines += [f"{point:<{_WIDTH}}  {_STATES['waiting'].in_(self._language)}" for point in unbegun]
        return [*lines, *self.standing(sight)]

    def standing(self, sight: Sight) -> list[str]:
        """Return what the run waits for, where it does, and how it stands."""
        waiting = waiting_in(sight)
        return [*(() if waiting is None else lines_of(waiting, self._language)), self.state(sight)]

    def new_waiting(self, sight: Sight) -> list[str]:
        """Return one line of what the run waits for, once a minute."""
        waiting = waiting_in(sight)
        if waiting is None:
            self._waited_s = -math.inf
        elif waiting.waited_s >= self._waited_s + EACH_S:
            self._waited_s = waiting.waited_s
            return ["; ".join(lines_of(waiting, self._language))]
        return []

    def news(self, sight: Sight) -> list[str]:
        """Return a line for each attempt that ended since this was asked last."""
        ended = [a for a in sight.readings.attempts if a.outcome != "unfinished" and a.id not in self._told]
        self._told |= {a.id for a in ended}
        taken = _by_attempt(sight) if ended else {}
        return [self._point(attempt, sight, taken.get(attempt.id, [])) for attempt in ended]

    def state(self, sight: Sight) -> str:
        """Return how the run stands, in one line."""
        if sight.status == "unfinished" and not sight.alive:
            return tr(
                "Nobody writes this run any more: it was cut off. All that was acknowledged is kept.", self._language
            )
        since = datetime.fromtimestamp(sight.last).astimezone()
        if sight.alive:
            return (
                f"{tr('running', self._language)}, {sight.writer}; {tr('last entry', self._language)} {since:%H:%M:%S}"
            )
        why = f": {sight.stopped}" if sight.stopped else ""
        return f"{sight.status}, {since:%Y-%m-%d %H:%M:%S}{why}"

    def _point(self, attempt: Attempt, sight: Sight, readings: Sequence[Reading]) -> str:
        state = _STATES[attempt.outcome].in_(self._language)
        name = attempt.point if attempt.phase == "as-found" else f"{attempt.point} ({phase_name(attempt.phase)})"
        result = self._result(attempt, sight)
        if result is not None:
            told = line(result, self._language)
        else:
            last = f", {readings[-1].channel} {readings[-1].value:.9g} {readings[-1].unit}" if readings else ""
            told = f"{len(readings)} {tr('readings', self._language)}{last}"
        reason = f" — {attempt.reason}" if attempt.reason else ""
        return f"{name:<{_WIDTH}}  {state:<12}{told}{reason}"

    def _result(self, attempt: Attempt, sight: Sight) -> Result | None:
        """Return the provisional result of a complete attempt, where the procedure is installed here too."""
        if self._procedure is None or attempt.outcome != "complete":
            return None
        if attempt.id not in self._results:
            self._results[attempt.id] = _evaluated(self._procedure, attempt, sight)
        return self._results[attempt.id]


def waiting_in(sight: Sight) -> Waiting | None:
    """Return what a living run waits for, as far as it is by now; time that is not the machine's own is not guessed."""
    if not sight.alive or sight.newest is None or sight.newest.kind != EVENT:
        return None
    simulated = bool(sight.readings.snapshot.get("simulated"))
    return Waiting.of(sight.newest.details, 0.0 if simulated else max(0.0, time.time() - sight.newest.time))


def _by_attempt(sight: Sight) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = {}
    for reading in sight.readings.readings:
        found.setdefault(reading.attempt, []).append(reading)
    return found


def _procedure(snapshot: Mapping[str, Any]) -> Procedure | None:
    try:
        return find_procedure(snapshot["procedure"]["id"])(Context(snapshot))
    except (CalibError, KeyError, TypeError):
        return None


def _evaluated(procedure: Procedure, attempt: Attempt, sight: Sight) -> Result | None:
    points = {p.id: p for p in procedure.context.points}
    if attempt.point not in points:
        return None
    try:
        return procedure.evaluate_point(points[attempt.point], attempt, sight.readings)
    except CalibError:
        return None
