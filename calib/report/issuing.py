"""The certificate of a sealed record, on the page of its laboratory, with the tables of its results beside it."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from calib.errors import InputError
from calib.record import PublicKey, Record
from calib.report.certificate import make_certificate
from calib.report.model import Opinion
from calib.report.names import CERTIFICATE, DCC, OPINIONS
from calib.report.opinions import read_opinions
from calib.report.stationery import Stationery
from calib.report.tables import write_csv, write_json
from calib.run import Laboratory, require_final


def issue(
    record: Path,
    folder: Path,
    issue_date: date,
    trusted: Collection[PublicKey] | None = None,
    laboratory: Laboratory | None = None,
) -> dict[str, Path]:
    """Make certificate (PDF with its DCC inside, and the DCC), results as CSV and as JSON; return their paths by kind.

    `trusted` are the keys of the laboratory (`Laboratory.public_keys`); None takes any key that holds. The certificate
    stands on the page of the `laboratory`, and carries the opinions that lie beside the record (`opinions.toml`).

    Raises
    ------
    IntegrityError
        The record's seal is broken or was taken off, or its key is not one of `trusted`.
    InputError
        Something lacks, or an opinion is that of a person who is not authorised.
    """
    source = Record.open(record)
    require_final(source, trusted)
    return {
        "certificate": make_certificate(
            source,
            folder / CERTIFICATE,
            issue_date=issue_date,
            dcc_path=folder / DCC,
            stationery=None if laboratory is None else Stationery.load(laboratory.folder),
            opinions=authorised_opinions(record, laboratory),
        ),
        "dcc": folder / DCC,
        "csv": write_csv(source, folder / "results.csv"),
        "json": write_json(source, folder / "results.json"),
    }


def authorised_opinions(record: Path, laboratory: Laboratory | None) -> tuple[Opinion, ...]:
    """Return the opinions beside a record; raise `InputError` for one whose giver the laboratory did not authorise."""
    opinions = read_opinions(record.parent)
    named = None if laboratory is None else laboratory.about.authorised_for_opinions or ()
    strangers = {o.by: None for o in opinions if named is not None and o.by not in named}
    if strangers:
        msg = (
            f"{record.parent / OPINIONS}: {', '.join(strangers)}: not authorised to give opinions (ISO/IEC 17025, "
            "7.8.7.1); name the persons in laboratory.toml, authorised_for_opinions"
        )
        raise InputError(msg)
    return opinions
