"""`calib amend`: an amended record."""

from pathlib import Path

import click

from calib.cli import options


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field of the job, named as in the job file; may be given several times.",
)
@click.option("--note", default="", metavar="TEXT", help="Something that whoever reads the record must know.")
@click.option("--why", required=True, metavar="TEXT", help="Why it is amended.")
@click.option("--by", metavar="NAME", help="Your name, as the new record shall keep it.  [default: your user name]")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="The new file; else record-2.h5 beside RECORD."
)
@options.lab
def command(
    record: Path, fields: tuple[str, ...], note: str, why: str, by: str | None, output: Path | None, lab: Path | None
) -> None:
    """Amend RECORD: write a new record that names it by its digest, with who, when, why, and what was before.

    Only what no result rests on can be amended: number, certificate_number, customer, item, location, languages,
    recalibration, sampling, external; of a text in two languages both, or one with .vi or .en behind its name. For
    results there is 'calib re-evaluate'. The new record is sealed with the laboratory's key. RECORD is never changed
    (ISO/IEC 17025:2017, 7.5.2).

    \b
    Examples:
        calib amend record.h5 --set item.serial_number=MY41001234 --why "misread on receipt"
        calib amend record.h5 --set "customer.name.vi=Công ty A" --set certificate_number=HC-118-1 --why "name changed"
        calib amend record.h5 --note "standard found drifting on 2026-12-01" --why "intermediate check"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.amendment import amend
    from calib.reevaluation import sealing_key
    from calib.run import Laboratory

    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    key = sealing_key(record, laboratory)
    by_name = by or options.person()
    click.echo(
        amend(
            record, by_name, why, fields=given_fields(fields), note=note, laboratory=laboratory, target=output, key=key
        )
    )


def given_fields(given: tuple[str, ...]) -> dict[str, str]:
    """Return fields of the job with their new values, from what was given with --set."""
    from calib.errors import InputError

    found: dict[str, str] = {}
    for field in given:
        name, equals, value = field.partition("=")
        if not equals or not name.strip():
            msg = f"--set {field}: write FIELD=VALUE, such as item.serial_number=MY41001234"
            raise InputError(msg)
        found[name.strip().removeprefix("job.")] = value
    return found
