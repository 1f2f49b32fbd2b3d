"""`calib study`: what a procedure's certificates are worth, on the simulated laboratory where the truth is known."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from calib.cli import options
from calib.text import Language, tr

if TYPE_CHECKING:
    from calib.study import Task

Option = Callable[[Any], Any]


def _shared(command: Any) -> Any:
    """Add the options that all studies share."""
    several: Sequence[Option] = (
        click.argument("procedure"),
        click.option("--runs", type=click.IntRange(min=2), default=200, show_default=True, help="Calibrations."),
        click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Fixes the digits."),
        click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes."),
        click.option("--scheduler", metavar="ADDRESS", help="A dask scheduler, such as tcp://10.0.0.5:8786."),
        click.option("--lab", type=click.Path(path_type=Path, file_okay=False), help="Else the sample one."),
        click.option("--variant", default="", metavar="NAME", help="Bench and job of the name PROCEDURE-NAME."),
        click.option("--set", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the job."),
        click.option("--later", type=click.IntRange(0), default=0, help="Days from today: calibrations are older."),
        click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write JSON."),
        options.language,
    )
    for option in reversed(several):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Study a procedure on the simulated laboratory, where the truth is known.

    Each run draws other standards, another item and other noise; PROCEDURE is a name (`calib procedure list`) or the
    path of a file. It shows that method, drivers, evaluation and budget agree with each other; it does not replace a
    comparison with real instruments.
    """


@command.command()
@_shared
@click.option("--break", "broken", metavar="ERROR", help="An error: without:INPUT, half:INPUT, sign:INPUT, drift.")
@click.option(
    "--prior",
    type=click.Choice(["declared", "edge", "triangular"]),
    default="declared",
    show_default=True,
    help="How bounded errors of standards are really distributed.",
)
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture (SVG).")
def coverage(procedure: str, broken: str | None, prior: Any, picture: Path | None, **asked: Any) -> None:
    """Show how often the stated interval holds the truth, per point and in all.

    \b
    Examples:
        calib study coverage dmm-dc-voltage --runs 2000 --workers 2
        calib study coverage dmm-dc-voltage --break half:source.certificate
        calib study coverage my_method.py --lab mylab --json coverage.json --picture coverage.svg

    Exit code 0: the bounds over all points reach the stated probability; 1: the intervals are too short. With an error
    put in, 1 is that it is found; where it is not, the last lines tell how much the input weighs.
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.studyview import coverage_lines
    from calib.study import as_svg, parse_break
    from calib.study import coverage as covered

    task = _task(procedure, asked, broken=parse_break(broken) if broken else None, prior=prior)
    found = covered(_calibrations(task, asked), task.procedure, asked["seed"], prior=prior, broken=broken or "")
    _write(found.as_json(), asked["json_file"])
    if picture is not None:
        picture.write_text(as_svg(found), encoding="utf-8")
    click.echo("\n".join(coverage_lines(found, _chosen(asked))))
    if not found.holds:
        raise click.exceptions.Exit(1)


@command.command()
@_shared
@click.option("--rule", default="simple", show_default=True, help="Decision rule, as in a job: simple, ilac-g8, …")
@click.option(
    "--share",
    type=click.FloatRange(min=0, min_open=True),
    default=1.5,
    show_default=True,
    help="Gain and offset of items lie within ± so many limits.",
)
def risk(procedure: str, rule: str, share: float, **asked: Any) -> None:
    """Show risks that a decision rule really runs: the consumer's and the producer's.

    \b
    Example:
        calib study risk dmm-dc-voltage --rule ilac-g8 --runs 500
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.studyview import risk_lines
    from calib.study import risk as risked

    task = _task(procedure, asked, item_share=share, rule=(("rule", rule),))
    found = risked(_calibrations(task, asked), task.procedure, rule, asked["seed"], share)
    _write(found.as_json(), asked["json_file"])
    click.echo("\n".join(risk_lines(found, _chosen(asked))))


@command.command()
@_shared
@click.option("--readings", default="5,10,20,50", show_default=True, help="Readings at each point, one study for each.")
def effort(procedure: str, readings: str, **asked: Any) -> None:
    """Show expanded uncertainty and time against the number of readings.

    \b
    Example:
        calib study effort dmm-dc-voltage --readings 5,10,20 --runs 20
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.studyview import effort_lines
    from calib.study import effort as spent

    numbers = _numbers(readings)
    total = asked["runs"] * len(numbers)
    with _shown(total, _chosen(asked)) as progress:
        found = spent(_task(procedure, asked), numbers, asked["runs"], seed=asked["seed"], progress=progress)
    _write(found.as_json(), asked["json_file"])
    click.echo("\n".join(effort_lines(found, _chosen(asked))))


def _task(procedure: str, asked: dict[str, Any], **more: Any) -> "Task":
    from calib.study import Task

    parameters = tuple(_parameter(p) for p in asked["parameters"])
    return Task(
        procedure, asked["lab"], variant=asked["variant"], parameters=parameters, later_days=asked["later"], **more
    )


def _calibrations(task: "Task", asked: dict[str, Any]) -> Any:
    from calib.study import calibrate_many

    with _executor(asked) as executor, _shown(asked["runs"], _chosen(asked)) as progress:
        return calibrate_many(task, asked["runs"], seed=asked["seed"], executor=executor, progress=progress)


@contextmanager
def _executor(asked: dict[str, Any]) -> Iterator[Executor | None]:
    """Give what carries out: this process, others, or a cluster."""
    if asked["scheduler"]:
        try:
            from dask.distributed import Client
        except ImportError as error:
            msg = "--scheduler needs the extra: pip install 'calib-lab[cluster]'"
            raise click.UsageError(msg) from error
        with Client(asked["scheduler"]) as client:  # type: ignore[no-untyped-call]
            yield client.get_executor(pure=False)
        return
    from calib.study.collecting import collect_seldom

    if asked["workers"] == 1:
        as_before = collect_seldom()
        try:
            yield None
        finally:
            as_before()
        return
    import multiprocessing

    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked["workers"], mp_context=spawned, initializer=collect_seldom) as pool:
        yield pool


@contextmanager
def _shown(total: int, language: Language) -> Iterator[Callable[[int], None] | None]:
    """Show how far it is, on a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    label = tr("calibrations", language)
    with click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        msg = f"--set {text!r}: write NAME=VALUE, such as readings=10"
        raise click.UsageError(msg)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _numbers(text: str) -> list[int]:
    try:
        found = [int(n) for n in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        msg = f"--readings {text!r}: write whole numbers, such as 5,10,20"
        raise click.UsageError(msg)
    return found


def _write(found: dict[str, Any], path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _chosen(asked: dict[str, Any]) -> Language:
    return "vi" if asked["language"] == "vi" else "en"
