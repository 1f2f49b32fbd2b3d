"""`calib demo`: the main job on a simulated laboratory."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--procedure", help="Another procedure (calib procedure list), on the sample laboratory.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="New folder for everything.  [default: calib-demo-DATE-TIME here]"
)
@click.option("--seed", type=click.IntRange(min=0), help="Which simulated instruments these are.  [default: 1]")
@options.language
@click.option("--plain", is_flag=True, help="Plain lines, even on a terminal.")
def command(procedure: str | None, output: Path | None, seed: int | None, language: str, *, plain: bool) -> None:
    """Calibrate a simulated multimeter, from the bench to the certificate.

    Starts a simulated laboratory in a process of its own: a calibrator and a multimeter on TCP sockets, joined by a
    lead. Runs the procedure dmm-dc-voltage on them through PyVISA, twenty times as fast as on a real bench, and makes
    the record and the certificate. Everything is marked SIMULATED.

    With --procedure another method is shown, on its bench of the sample laboratory, and faster still.

    \b
    Example:
        calib demo --procedure dmm-resistance

    The laboratory's files stay in the output folder: read them, and change them for a bench of your own.
    """  # noqa: D301 - click keeps lines after a backspace
    import datetime as dt

    from calib.cli.faces import face, tell
    from calib.demo import demonstrate, demonstrate_procedure

    chosen: Language = "vi" if language == "vi" else "en"
    folder = output or Path(f"calib-demo-{dt.datetime.now().astimezone():%Y%m%d-%H%M%S}")
    watcher, _ = face("demo", chosen, plain=plain)
    if procedure is None:
        tell(demonstrate(folder, seed=seed, watcher=watcher), chosen)
    else:
        tell(demonstrate_procedure(procedure, folder, seed=seed, watcher=watcher), chosen)
