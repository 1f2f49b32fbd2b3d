"""`calib driver`: the drivers that there are, and whether one keeps the rules."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from calib.cli import options
from calib.text import Language, both, tr

if TYPE_CHECKING:
    from calib.drivers import Instrument
    from calib.drivers.checking import Finding, Report

_VERDICTS = {"ok": both("ok"), "broken": both("VIOLATED"), "not applicable": both("not applicable")}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show the drivers of instruments, and check one of your own."""


@command.command("list")
def list_() -> None:
    """List the installed drivers: name, models, roles."""
    from calib.drivers import driver_names, find_driver
    from calib.drivers.checking.rules import roles_of
    from calib.errors import InputError

    for name in driver_names():
        try:
            driver = find_driver(name)
        except InputError as error:  # one broken package hides no other driver
            click.echo(f"{name}: {error}", err=True)
            continue
        click.echo(f"{name:<18} {_models(driver, 'en')}: {', '.join(roles_of(driver))}")


@command.command()
@click.argument("driver")
@options.language
def show(driver: str, language: str) -> None:
    """Show a driver: models, line, roles, settings with their bounds. DRIVER is a name, or the path of a file."""
    import dataclasses
    import inspect
    import math

    from calib.drivers import Line, find_driver
    from calib.drivers.checking.rules import roles_of
    from calib.drivers.checking.speaking import settings_of

    found, chosen = find_driver(driver), _chosen(language)
    unlike = [
        f"{f.name}={getattr(found.line, f.name)!r}"
        for f in dataclasses.fields(Line)
        if getattr(found.line, f.name) != getattr(Line(), f.name)
    ]
    click.echo(inspect.getdoc(found) or found.__name__)
    click.echo(f"{tr('models', chosen)}: {_models(found, chosen)}")
    click.echo(f"{tr('roles', chosen)}: {', '.join(roles_of(found))}")
    click.echo(f"{tr('line', chosen)}: {', '.join(unlike) or tr('as usual', chosen)}")
    for name, setting in settings_of(found).items():
        allowed = setting.refusal(math.nan) or ""
        unit = f" {setting.unit}" if setting.unit else ""
        click.echo(f"  {name} = {allowed}{unit}  {setting.__doc__}")


@command.command()
@click.argument("driver")
@click.option("--twin", help="Kind of its simulated twin, or file.py:NAME.  [default: the driver's name]")
@click.option("--specification", metavar="ID", help="What the twin errs by, where its kind has none.")
@click.option(
    "--specifications", type=click.Path(path_type=Path, file_okay=False), help="Folder of specifications of your own."
)
@options.language
def check(driver: str, twin: str | None, specification: str | None, specifications: Path | None, language: str) -> None:
    """Try a driver on its simulated twin, by the rules that all drivers keep.

    DRIVER is a name, or the path of a file. Tried are: documented settings with unit and bounds, refusal of a strange
    instrument, the error channel after every write, overload as an error, safe() from any state, a named error for
    every failure of the wire, and the same messages for the same calls.

    \b
        calib driver check hp-34401a
        calib driver check drivers/dvm7.py --twin drivers/dvm7_twin.py:DVM7

    Exit status: 1 where a rule is broken.
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.drivers.checking import check_driver

    report = check_driver(driver, twin, specification, specifications)
    click.echo("\n".join(_lines(report, _chosen(language))))
    if not report.kept:
        raise SystemExit(1)


def _lines(report: "Report", language: Language) -> list[str]:
    broken = sum(finding.verdict == "broken" for finding in report.findings)
    lines = [line for finding in report.findings for line in _told(finding, language)]
    end = tr("keeps all rules.", language) if report.kept else f"{tr('rules broken', language)}: {broken}"
    return [*lines, f"{report.driver}: {end}"]


def _told(finding: "Finding", language: Language) -> list[str]:
    verdict = _VERDICTS[finding.verdict].in_(language)
    if finding.verdict != "broken":
        return [f"{finding.rule:<14} {verdict:<8} {'; '.join(finding.details)}".rstrip()]
    shown = [f"    {detail}" for detail in finding.details[:10]]
    more = len(finding.details) - len(shown)
    return [f"{finding.rule:<14} {verdict}", *shown, *([f"    … +{more}"] if more else [])]


def _models(driver: "type[Instrument]", language: Language) -> str:
    return ", ".join(driver.models) or tr("any with its command set", language)


def _chosen(language: str) -> Language:
    return "vi" if language == "vi" else "en"
