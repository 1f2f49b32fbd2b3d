"""`calib watch`: a run seen from another terminal."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("run", required=False, type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Show it once and end.")
@click.option(
    "--interval", type=click.FloatRange(0.05, 3600), default=1.0, show_default=True, help="Seconds between looks."
)
@click.option("--plain", is_flag=True, help="Plain lines, even on a terminal.")
@options.lab
@options.language
def command(run: Path | None, interval: float, lab: Path | None, language: str, *, once: bool, plain: bool) -> None:
    """Watch RUN while it lives: every point with its state, its readings and its provisional result.

    RUN is the folder of a run or its run.journal; without it, the newest run of the laboratory. Watching never holds
    the run back, and ends when the run does; Ctrl-C ends it, not the run. Where the output is no terminal, each point
    gets a line when it is done.

    \b
    Examples:
        calib watch
        calib watch records/2026-11-23-081500-118
        calib watch records/2026-11-23-081500-118 --once

    Exit status: 0 the run is going on or was completed; 1 it stopped before its end, or nobody writes it any more.
    """  # noqa: D301 - click keeps lines after a backspace
    import sys

    from calib.cli.watchview import newest, watched
    from calib.run import Laboratory
    from calib.run.output import JOURNAL

    chosen: Language = "vi" if language == "vi" else "en"
    if run is None:
        run = newest(Laboratory.find(lab, Path.cwd()).folder / "records")
    journal = run / JOURNAL if run.is_dir() else run
    live = not plain and not once and sys.stdout.isatty()
    sys.exit(watched(journal, chosen, once=once, live=live, interval_s=interval))
