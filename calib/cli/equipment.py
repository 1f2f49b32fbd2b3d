"""`calib equipment`: the register of equipment."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from calib.cli import options
from calib.text import Language, tr

if TYPE_CHECKING:
    from calib.equipment import Register

_on = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="State on another day, such as 2026-12-31.  [default: today]"
)
_on_day = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Since when.  [default: today]")
_by = click.option("--by", metavar="NAME", required=True, help="Who decides it.")
_why = click.option("--why", metavar="TEXT", required=True, help="Why.")
_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_file = click.Path(path_type=Path, dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look after the register: what it holds, what falls due, whether its certificates are intact."""


@command.command("list")
@_on
@_json
@options.lab
@options.language
def list_(on: dt.datetime | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """List all equipment with its state: in service, out of service, overdue, barred, not calibrated."""
    from calib.cli.equipmentview import inspected_json, list_text
    from calib.equipment.inspection import inspect

    found = inspect(_register(lab), _day(on), files=False)
    _print([inspected_json(i) for i in found] if as_json else list_text(found, _language(language)))


@command.command()
@click.argument("id_", metavar="ID")
@_on
@_json
@options.lab
@options.language
def show(id_: str, on: dt.datetime | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """Show what the register says of the equipment ID: calibrations, checks, maintenance, what speaks against it."""
    import json

    from calib.cli.equipmentview import show_text
    from calib.equipment.inspection import inspect

    register = _register(lab)
    equipment = register[id_]
    if as_json:
        _print(json.loads(equipment.model_dump_json(exclude_none=True)))
        return
    (found,) = [i for i in inspect(register, _day(on)) if i.equipment.id == id_]
    chosen = _language(language)
    _print(show_text(equipment, [r.in_(chosen) for r in found.reasons], _day(on), chosen))


@command.command()
@click.option("--days", type=click.IntRange(0, 3650), default=60, show_default=True, help="How far to look ahead.")
@_on
@_json
@options.lab
@options.language
def due(days: int, on: dt.datetime | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """List what is overdue, or falls due within some days; the earliest first."""
    from calib.cli.equipmentview import inspected_json, list_text
    from calib.equipment.inspection import inspect

    until = _day(on) + dt.timedelta(days=days)
    found = [i for i in inspect(_register(lab), _day(on), files=False) if i.due is not None and i.due <= until]
    found = [i for i in found if i.standing != "out of service"]
    found.sort(key=lambda i: (i.due or dt.date.max, i.equipment.id))
    chosen = _language(language)
    if as_json:
        _print([inspected_json(i) for i in found])
    else:
        _print(list_text(found, chosen) if found else tr("Nothing is due until {day}.", chosen).format(day=until))


@command.command()
@_on
@_json
@options.lab
@options.language
def check(on: dt.datetime | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """Check the whole register: dates, checks, maintenance, certificates against their digests, chains to the SI.

    Exit status: 0 nothing speaks against any equipment in service; 1 something does; 2 a file is wrong.
    """
    import sys

    from calib.cli.equipmentview import inspected_json
    from calib.equipment.inspection import inspect

    register = _register(lab)
    found = inspect(register, _day(on))
    wrong = [i for i in found if not i.sound]
    chosen = _language(language)
    if as_json:
        _print([inspected_json(i) for i in wrong])
    else:
        counted = tr("{n} pieces of equipment, {wrong} not fit for use.", chosen)
        lines = [f"{i.equipment.id}: {reason.in_(chosen)}" for i in wrong for reason in i.reasons]
        _print("\n".join([*lines, *register.left_out, counted.format(n=len(found), wrong=len(wrong))]))
    sys.exit(1 if wrong else 0)


@command.command("add-certificate")
@click.argument("id_", metavar="ID")
@click.argument("certificate", type=_file, required=False)
@click.option("--values", type=_file, help="TOML with a calibration's fields, or CSV with a line for each point.")
@click.option("--dcc", is_flag=True, help="CERTIFICATE is a PDF that carries a DCC: take what that states.")
@click.option("--number", help="Number of the certificate.")
@click.option("--laboratory", help="Who issued it.")
@click.option("--accreditation", help="Accreditation number of that laboratory.")
@click.option("--traceability", help="To what the certificate says that its values are traceable.")
@click.option("--date", "date_", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the calibration.")
@click.option("--due", "due_", type=click.DateTime(["%Y-%m-%d"]), help="Until when the laboratory relies on it.")
@click.option("--temperature", nargs=2, type=float, metavar="LOW HIGH", help="Temperature during it, in °C.")
@click.option("--complies/--does-not-comply", default=None, help="Whether it shows compliance with the specification.")
@click.option("--accepted-by", help="Who checked it and accepts it.")
@options.lab
def add_certificate(
    id_: str, certificate: Path | None, values: Path | None, lab: Path | None, *, dcc: bool, **given: Any
) -> None:
    """Add a calibration to the file of the equipment ID, and keep its CERTIFICATE (PDF, DCC or any file) by its digest.

    Fields come from the CERTIFICATE where it is a DCC (its tables as printed), from --values, and from the options;
    the later wins. The CSV has the columns quantity, unit, range, k, correlation, drift_ppm_per_year,
    temperature_ppm_per_K, nominal, correction, U; also dof, drift_floor_per_year, interpolation_ppm. Nothing is
    changed where anything is wrong.

    Tables of a DCC that shall give corrections are named in the TOML of --values by [[from_dcc]]: table (its number),
    quantity, unit, range, correlation, drift_ppm_per_year, temperature_ppm_per_K; also drift_floor_per_year,
    interpolation_ppm, error_is ("indicated - value" or, as of weights, "value - nominal"), names.

    \b
    Example:
        calib equipment add-certificate CAL-01 V10-0211.pdf --values V10-0211.csv --number V10.0211 \\
            --laboratory VMI --traceability "national standard of VMI" --date 2026-08-18 --due 2027-08-18 \\
            --temperature 22.8 23.2 --complies --accepted-by "Nguyễn Văn An"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.equipment.documents import kind_of
    from calib.equipment.incoming import add_calibration, read_calibration

    calibration: dict[str, Any] = {} if values is None else read_calibration(values)
    wanted = calibration.pop("from_dcc", [])
    if certificate is not None and (dcc or wanted or kind_of(certificate) == "dcc"):
        from calib.dcc.incoming import calibration_from_dcc

        stated = calibration_from_dcc(certificate, wanted)
        lists = {name: [*stated.get(name, []), *calibration.get(name, [])] for name in ("values", "tables")}
        calibration = stated | calibration | {name: rows for name, rows in lists.items() if rows}
    elif dcc or wanted:
        msg = "--dcc and 'from_dcc' take values out of the CERTIFICATE: name its file"
        raise click.UsageError(msg)
    renamed = {"number": "certificate", "date_": "date", "due_": "due", "temperature": "temperature_C"}
    for name, value in given.items():
        if value is not None:
            calibration[renamed.get(name, name)] = value.date() if isinstance(value, dt.datetime) else value
    register = _register(lab)
    equipment = add_calibration(register, id_, calibration, certificate)
    added = equipment.calibrations[-1]
    click.echo(f"{register.file_of(id_)}: certificate {added.certificate}, due {added.due}")
    if added.document is not None:
        click.echo(f"{register.folder / added.document.path}: SHA-256 {added.document.sha256}")


@command.command()
@click.argument("id_", metavar="ID")
@_by
@_why
@_on_day
@options.lab
def withdraw(id_: str, by: str, why: str, on: dt.datetime | None, lab: Path | None) -> None:
    """Take the equipment ID out of service; its file keeps who, when and why.

    \b
    Example:
        calib equipment withdraw CAL-01 --by "Nguyễn Văn An" --why "dropped"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.equipment.service import withdraw as withdrawn

    register = _register(lab)
    equipment = withdrawn(register, id_, by=by, why=why, on=_day(on))
    click.echo(f"{register.file_of(id_)}: {equipment.state}: {equipment.state_reason}")


@command.command()
@click.argument("id_", metavar="ID")
@_by
@_why
@_on_day
@options.lab
def release(id_: str, by: str, why: str, on: dt.datetime | None, lab: Path | None) -> None:
    """Put the equipment ID back into service: a named person releases what bars its use.

    That is its state, what happened to it since its last calibration, and its last intermediate check where it failed.
    A calibration that is overdue stays so. Its file keeps who, when and why (ISO/IEC 17025:2017, 6.4.13).

    \b
    Example:
        calib equipment release CAL-01 --by "Nguyễn Văn An" --why "checked against the Zener standard, protocol 118"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.equipment import standing
    from calib.equipment.service import release as released

    register = _register(lab)
    equipment = released(register, id_, by=by, why=why, on=_day(on))
    click.echo(f"{register.file_of(id_)}: {standing(equipment, _day(on))}")


@command.command()
@click.argument("target", type=_file)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--weights", is_flag=True, help="Of a set of weights, a label for each weight too.")
@_on
@options.lab
@options.language
def labels(
    target: Path, ids: tuple[str, ...], on: dt.datetime | None, lab: Path | None, language: str, *, weights: bool
) -> None:
    """Write labels with QR codes as PDF to TARGET, 50 mm × 25 mm each: of the equipment named, else of all in use.

    A run takes them from a scanner wherever it asks what is in hand.
    """
    from calib.report.atomic import write_atomic
    from calib.report.equipment_labels import labels_pdf

    register = _register(lab)
    chosen = [register[i] for i in ids] if ids else [e for e in register if e.state == "in service"]
    write_atomic(target, labels_pdf(chosen, _day(on), _language(language), weights=weights))
    click.echo(target)


@command.command()
def schema() -> None:
    """Print the JSON Schema of an equipment file, for editors."""
    from calib.equipment.schema import equipment_schema

    _print(equipment_schema())


def _register(lab: Path | None) -> "Register":
    from calib.run import Laboratory

    return Laboratory.find(lab, Path.cwd()).register()


def _language(language: str) -> Language:
    return "vi" if language == "vi" else "en"


def _day(on: dt.datetime | None) -> dt.date:
    return on.date() if on is not None else dt.datetime.now().astimezone().date()


def _print(what: Any) -> None:
    import json

    click.echo(what if isinstance(what, str) else json.dumps(what, ensure_ascii=False, indent=2))
