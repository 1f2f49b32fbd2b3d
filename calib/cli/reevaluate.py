"""`calib re-evaluate`: a record with newer software or a corrected standard."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--standard",
    "standards",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Corrected file of a standard, as in equipment/ of the laboratory; may be given several times.",
)
@click.option("--procedure", metavar="NAME", help="Name or path of the procedure, where it moved since.")
@click.option("--why", metavar="TEXT", help="Why; without it the changes are only shown, and nothing is written.")
@click.option("--by", metavar="NAME", help="Your name, as the new record shall keep it.  [default: your user name]")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="The new file; else record-2.h5 beside RECORD."
)
@options.lab
@options.language
def command(
    record: Path,
    standards: tuple[Path, ...],
    procedure: str | None,
    why: str | None,
    by: str | None,
    output: Path | None,
    lab: Path | None,
    language: str,
) -> None:
    """Evaluate RECORD again, and show what changes.

    What was measured stays as it is. It is evaluated with the procedure as it is installed now, and with the
    certificates of corrected standards, as the register states them. With --why a new record is written that names
    RECORD by its digest, holds the table of changes, and is sealed with the laboratory's key. RECORD is never changed.

    \b
    Examples:
        calib re-evaluate record.h5
        calib re-evaluate record.h5 --standard equipment/cal-5522a.toml
        calib re-evaluate record.h5 --standard equipment/cal-5522a.toml --why "certificate 0417 corrected by 0417-1"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.changes import table_of_changes
    from calib.reevaluation import evaluate_again, keep, sealing_key
    from calib.run import Laboratory

    chosen: Language = "vi" if language == "vi" else "en"
    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    again = evaluate_again(record, standards, procedure, laboratory)
    click.echo(table_of_changes(again, chosen))
    if why is not None:
        key = sealing_key(record, laboratory)
        click.echo(keep(again, by or options.person(), why, output, key))
