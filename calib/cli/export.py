"""`calib export`: a record for other programs."""

from pathlib import Path

import click

from calib.cli import options


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="NAME",
    help="Which table; may be given several times.  [default: readings for .csv and .parquet, else all]",
)
@options.lab
def command(record: Path, target: Path, tables: tuple[str, ...], lab: Path | None) -> None:
    """Write tables of RECORD to TARGET, whose name tells the format: .csv, .parquet, .xlsx (Excel) or .nc (netCDF).

    Tables: readings, results, budgets, attempts, environment, samples (of blocks), events, answers, traffic, about.
    An .xlsx has a sheet for each, an .nc a group; .csv and .parquet hold one, and several become several files. Times
    are in UTC, numbers in the unit beside them, not rounded. Nothing is overwritten.

    A record that is not intact is not exported. RECORD itself opens in xarray and h5py without calib.

    \b
    Examples:
        calib export record.h5 readings.csv
        calib export record.h5 results.parquet --table results
        calib export record.h5 record.xlsx

    Parquet needs pyarrow, Excel openpyxl, netCDF xarray: pip install "calib-lab[parquet,excel,xarray]".
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.export import export
    from calib.record import Record
    from calib.run import Laboratory, require_seal

    opened = Record.open(record)
    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    require_seal(opened, None if laboratory is None else laboratory.public_keys())
    for path in export(opened, target, tables):
        click.echo(path)
