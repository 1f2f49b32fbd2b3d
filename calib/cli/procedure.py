"""`calib procedure`: the methods that are installed, each as a document."""

import click

from calib.cli import options
from calib.text import Language


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show the calibration procedures: methods with their sections, roles, parameters and points."""


@command.command("list")
@options.language
def list_(language: str) -> None:
    """List the installed procedures."""
    from calib.run import find_procedure, procedure_names

    chosen = _chosen(language)
    for name in procedure_names():
        click.echo(f"{name:<26} {find_procedure(name).title.in_(chosen)}")


@command.command()
@click.argument("procedure")
@options.language
def show(procedure: str, language: str) -> None:
    """Show a procedure as its document: scope to results, roles, equation, parameters, points.

    PROCEDURE is a name, or the path of a file.

    \b
    Example:
        calib procedure show dmm-dc-voltage --language vi
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.procedureview import lines
    from calib.run import find_procedure

    click.echo("\n".join(lines(find_procedure(procedure), _chosen(language))))


def _chosen(language: str) -> Language:
    return "vi" if language == "vi" else "en"
