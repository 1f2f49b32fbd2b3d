"""`calib show`: what a record holds."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Results with full budgets, as JSON.")
@options.language
def command(record: Path, language: str, *, as_json: bool) -> None:
    """Show RECORD: what was calibrated, when, with what, every result, and whether its seal is intact."""
    from calib.cli.recordview import show_json, show_text

    chosen: Language = "vi" if language == "vi" else "en"
    click.echo(show_json(record) if as_json else show_text(record, chosen))
