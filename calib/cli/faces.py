"""Which face a run gets: a live console on a terminal, plain lines elsewhere; and how its end is told."""

import sys
from pathlib import Path

import click

from calib.errors import CalibError, InputError, RunError
from calib.ports import Operator
from calib.record.names import verdict_name
from calib.record.result import Verdict
from calib.run import Check, Control, PlainLines, PlainOperator, ScriptedControl, ScriptedOperator, Watcher
from calib.text import Language, both, same, tr
from calib.workflow import Calibration

_MARKS = {"ok": both("OK"), "refused": both("NO"), "unknown": both("?")}
_KINDS = {"certificate": both("certificate"), "dcc": same("DCC"), "csv": same("CSV"), "json": same("JSON")}


def face(name: str, language: Language, *, plain: bool, open_pictures: bool = False) -> tuple[Watcher, Operator]:
    """Return watcher and operator; with `open_pictures` each picture comes on the screen when it is shown first."""
    opened: set[str] = set()

    def open_picture(path: str) -> None:
        if open_pictures and path not in opened:
            opened.add(path)
            click.launch(path)

    if not plain and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        from calib.run.console import Console

        console = Console(name, language, open_picture=open_picture)
        return console, console
    return PlainLines(language), PlainOperator(name, language, open_picture=open_picture)


def scripted(answers: Path | None, name: str) -> Operator | None:
    """Return the operator who answers from a file, if there is one."""
    return ScriptedOperator.from_file(answers, name) if answers is not None else None


def scripted_control(answers: Path | None) -> Control | None:
    """Return what steers a run from the same file, if there is one."""
    return ScriptedControl.from_file(answers) if answers is not None else None


def dry(checks: tuple[Check, ...], language: Language) -> int:
    """Say what a dry run found, each check with its mark; return the exit status."""
    for check in checks:
        first, *more = check.told.in_(language).splitlines()
        click.echo(f"{_MARKS[check.state].in_(language):<8}{check.what.in_(language)}: {first}")
        for line in more:
            click.echo(f"{'':<8}  {line}")
    refused = sum(check.state == "refused" for check in checks)
    if refused:
        click.echo(tr("{count} things stand in the way of this run.", language).format(count=refused))
    else:
        click.echo(tr("Nothing stands in the way of this run. Nothing was set.", language))
    return 1 if refused else 0


def tell(done: Calibration, language: Language) -> None:
    """Say how it ended and where everything is.

    Raises
    ------
    CalibError
        The run stopped; this is why, with where its record is.
    """
    outcome = done.outcome
    for role, state in outcome.safe.items():
        click.echo(f"{role}: {tr('safe', language) if state == 'safe' else state}")
    if outcome.status == "complete":
        click.echo(_verdicts(done, language))
    if outcome.record is not None:
        click.echo(f"{tr('record', language)}: {outcome.record}")
    for kind, path in done.documents.items():
        click.echo(f"{_KINDS[kind].in_(language)}: {path}")
    if outcome.status != "complete":
        raise _stopped(outcome.error, outcome.record or outcome.journal)


def _stopped(error: CalibError | None, kept: Path | None) -> CalibError:
    """Return what the command ends with: a run that had begun is a `RunError`, whatever instrument stopped it."""
    why = f"{error or 'the run stopped'}\n  all that was measured is in {kept}"
    return type(error)(why) if isinstance(error, RunError | InputError) else RunError(why)


def _verdicts(done: Calibration, language: Language) -> str:
    counts: dict[Verdict, int] = {}
    for result in done.results:
        counts[result.verdict] = counts.get(result.verdict, 0) + 1
    told = ", ".join(f"{verdict_name(verdict).in_(language)} {n}" for verdict, n in counts.items())
    return f"{len(done.results)} {tr('points', language)}: {told}"
