"""`calib validate`: whether this installation computes rightly, on this machine, with these versions."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calib.cli import options
from calib.text import Language, tr

if TYPE_CHECKING:
    from calib.validation import Report


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--runs", type=click.IntRange(0), default=40, show_default=True, help="Calibrations of each procedure.")
@click.option("--procedure", "procedures", multiple=True, help="Which to study; else dmm-dc-voltage. Several times.")
@click.option("--all-procedures", is_flag=True, help="Study every installed procedure.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Report; else validation-DATE.json.")
@click.option("--by", default=None, help="Who validates; else the person at this computer.")
@click.option("--keys", type=click.Path(path_type=Path, file_okay=False), help="Folder of private keys.")
@click.option("--check", "checked", type=click.Path(path_type=Path, dir_okay=False), help="Check a report instead.")
@options.lab
@options.language
def command(
    runs: int,
    procedures: tuple[str, ...],
    output: Path | None,
    by: str | None,
    keys: Path | None,
    checked: Path | None,
    lab: Path | None,
    language: str,
    *,
    all_procedures: bool,
) -> None:
    """Validate this installation (ISO/IEC 17025:2017, 7.11.2), and write a report that the laboratory's key signs.

    All reference cases are computed: published examples of the GUM and its supplements, of EA-4/02, and figures on
    which other programs agree. Then a short coverage study shows that what a calibration states holds the truth as
    often as it says. Every figure is in the report, with its source, its tolerance, and the versions of all software.

    \b
    Examples:
        calib validate --lab mylab
        calib validate --runs 500 --all-procedures --output validation.json
        calib validate --check validation.json

    Exit code 0: everything is as expected; 1: something is not, or a report was changed; 2: it cannot be read.
    """  # noqa: D301 - click keeps lines after a backspace
    chosen: Language = "vi" if language == "vi" else "en"
    if checked is not None:
        _check(checked, chosen)
        return
    from calib.run import Laboratory, find_key, procedure_names
    from calib.validation import validate, write_report

    laboratory = Laboratory.find_any(lab, Path.cwd())
    seal_key = "" if laboratory is None else laboratory.about.seal_key
    key = find_key(seal_key, keys) if seal_key else None
    studied = procedure_names() if all_procedures else procedures or ("dmm-dc-voltage",)
    report = validate(by or options.person(), studied if runs > 1 else (), runs, progress=_telling())
    path = write_report(report, output or Path(f"validation-{dt.datetime.now().astimezone():%Y-%m-%d}.json"), key)
    for line in _lines(report, chosen):
        click.echo(line)
    unsigned = tr("not signed: no laboratory with a key was named", chosen)
    signed = f"{tr('signed by', chosen)} {key.id[:16]}" if key else unsigned
    click.echo(f"{path}: {signed}")
    if not report.valid:
        raise click.exceptions.Exit(1)


def _lines(report: "Report", language: Language) -> Iterator[str]:
    cases, good = len({f.case for f in report.cases}), len(report.cases) - len(report.wrong)
    figures = f"{tr('figures as expected', language)}: {good}/{len(report.cases)}"
    yield f"{tr('reference cases', language)}: {cases}; {figures}"
    for f in report.wrong:
        yield f"  {f.case}: {f.figure} = {f.found!r}, {tr('expected', language)} {f.expected!r} ({f.source})"
    for one in report.coverage:
        bounds = f"({one.lower:.2%} … {one.upper:.2%})"
        yield f"{one.procedure}: {tr('coverage', language)} {one.coverage:.2%} {bounds}"


def _check(path: Path, language: Language) -> None:
    from calib.errors import IntegrityError
    from calib.validation import read_report

    try:
        document, key = read_report(path)
    except IntegrityError as error:
        click.echo(f"error: {error}", err=True)
        raise click.exceptions.Exit(1) from None
    signed = f"{tr('signed by', language)} {key.id[:16]}" if key else tr("not signed", language)
    valid = tr("everything as expected", language) if document["valid"] else tr("NOT as expected", language)
    about = f"{document['begun']}, {document['by']}, calib {document['software']['calib-lab']}"
    click.echo(f"{path}: {about}: {valid}; {signed}")
    if not document["valid"]:
        raise click.exceptions.Exit(1)


def _telling() -> Callable[[str], None] | None:
    import sys

    if not sys.stderr.isatty():
        return None

    def tell(what: str) -> None:
        click.echo(f"\r{what[:70]:<70}", nl=False, err=True)

    return tell
