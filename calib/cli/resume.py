"""`calib resume`: go on with a run that was cut off or stopped."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--bench",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Bench file, where an address has changed.  [default: the bench as the run had it]",
)
@click.option(
    "--procedure",
    help="File of the procedure, where the run used one that is not installed.",
)
@click.option(
    "--accept",
    metavar="REASON",
    help="Go on though something is not as it was; the record says who accepted it and why.",
)
@options.lab
@options.language
@click.option("--operator", help="Your name, as the record shall keep it.  [default: your user name]")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with [answers], and perhaps [control], for a run without an operator.",
)
@click.option("--plain", is_flag=True, help="Plain lines, even on a terminal.")
@options.open_pictures
def command(
    run: Path,
    bench: Path | None,
    procedure: str | None,
    accept: str | None,
    lab: Path | None,
    language: str,
    operator: str | None,
    answers: Path | None,
    *,
    plain: bool,
    open_pictures: bool,
) -> None:
    """Go on with RUN, the folder of a run that was cut off or stopped, at its first unfinished point.

    First the sources are made safe. Then equipment, identities, state of the standards, procedure and specifications
    are compared with what the journal says; a difference is refused, or accepted by a named person. What was measured
    stays as it is; the group of points that goes on is connected, proven and zeroed anew.

    \b
    Examples:
        calib resume records/2026-11-23-084500-2026-118
        calib resume records/2026-11-23-084500-2026-118 --bench benches/b2.toml \\
            --accept "bench 2: the first one lost its power" --operator "Trần Thị B"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.faces import face, scripted, scripted_control, tell
    from calib.errors import InputError
    from calib.run import Permission
    from calib.workflow import go_on

    chosen: Language = "vi" if language == "vi" else "en"
    if accept is not None and (operator is None or not accept.strip()):
        msg = "--accept needs a reason, and --operator with the name of the person who accepts it"
        raise InputError(msg)
    name = operator or options.person()
    watcher, asked = face(name, chosen, plain=plain, open_pictures=open_pictures)
    done = go_on(
        run,
        bench=bench,
        procedure=procedure,
        lab=lab,
        operator=scripted(answers, name) or asked,
        watcher=watcher,
        control=scripted_control(answers),
        accepted=Permission(by=name, why=accept) if accept is not None else None,
    )
    tell(done, chosen)
