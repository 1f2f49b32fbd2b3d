"""`calib dcc`: Digital Calibration Certificates, one's own and other laboratories'."""

import sys
from pathlib import Path

import click

from calib.cli import options
from calib.text import Language

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show and check Digital Calibration Certificates (PTB, DCC 3.x)."""


@command.command()
@_FILE
@click.option("--json", "as_json", is_flag=True, help="The tables of values as JSON, in the units of the file.")
@options.language
def show(file: Path, language: str, *, as_json: bool) -> None:
    """Show what FILE says: laboratory, item, days, standards, conditions, every table with U, k and verdict.

    FILE is the XML, or a PDF that carries one.

    \b
    Examples:
        calib dcc show certificate.dcc.xml
        calib dcc show certificate.pdf --language vi
    """  # noqa: D301 - click keeps lines after a backspace
    import json

    from calib.cli.dccview import as_tables, told
    from calib.dcc import parse_dcc
    from calib.dcc.carrier import dcc_content

    dcc = parse_dcc(dcc_content(file), str(file))
    chosen: Language = "vi" if language == "vi" else "en"
    click.echo(json.dumps(as_tables(dcc), ensure_ascii=False, indent=2) if as_json else told(dcc, chosen))


@command.command()
@_FILE
@click.option(
    "--xsd",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with PTB's schemas as v3.3.0/dcc.xsd: the order and the types of elements are checked too.",
)
@options.language
def check(file: Path, xsd: Path | None, language: str) -> None:
    """Check FILE by PTB's rules for a DCC: references, languages, units, lists, methods, conditions.

    The rules are those of PTB's Schematron. Its XML schema is not shipped with calib: --xsd names a folder of it.
    Signatures are not checked.

    Exit status: 0 no errors (there may be warnings); 1 errors; 2 the file cannot be read as a DCC.
    """
    from calib.cli.dccview import told_mistakes
    from calib.dcc import check as check_rules
    from calib.dcc import check_schema, parse_dcc
    from calib.dcc.carrier import dcc_content

    content = dcc_content(file)
    dcc = parse_dcc(content, str(file))
    mistakes = list(check_rules(dcc))
    if xsd is not None:
        mistakes = [*check_schema(content, str(file), dcc.version, xsd), *mistakes]
    click.echo(told_mistakes(file.name, mistakes, "vi" if language == "vi" else "en", with_schema=xsd is not None))
    sys.exit(1 if any(m.severity == "error" for m in mistakes) else 0)
