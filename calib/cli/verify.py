"""`calib verify`: whether records and journals are intact."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Compare the record with what this journal gives, object by object.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.lab
@options.language
def command(
    files: tuple[Path, ...],
    journal: Path | None,
    lab: Path | None,
    language: str,
    *,
    as_json: bool,
) -> None:
    """Verify FILES: records (record.h5), journals (run.journal), and folders that hold such.

    Of a record: that it has the shape of its format, that its content is what was sealed, and that the key of the seal
    is one of the laboratory's: that of --lab, or of the folder in which the file lies. Of a journal: that its rows hold
    together in their chain, that none lacks at its end, and that its signature holds. What differs is named by its
    place in the file.

    \b
    Examples:
        calib verify records/2026-118
        calib verify records/2026-118/record.h5 --journal records/2026-118/run.journal
        calib verify records/* --lab mylab

    Exit status: 0 every file is intact; 1 one is not; 2 one cannot be read, or is none of calib's.
    """  # noqa: D301 - click keeps lines after a backspace
    import sys

    from calib.cli.verifyview import tell_all
    from calib.errors import InputError
    from calib.run import Laboratory
    from calib.verification import FileCheck, verify_file

    files = tuple(file for named in files for file in _files(named))
    if journal is not None and len(files) > 1:
        msg = "--journal compares one record; name one file"
        raise InputError(msg)
    chosen: Language = "vi" if language == "vi" else "en"

    def check(file: Path) -> FileCheck:
        laboratory = Laboratory.find_any(lab, file.resolve().parent)
        return verify_file(file, None if laboratory is None else laboratory.public_keys(), journal)

    sys.exit(tell_all(files, check, chosen, as_json=as_json))


def _files(named: Path) -> list[Path]:
    """Return the records and the journal of a folder, or the file itself."""
    if not named.is_dir():
        return [named]
    found = [*sorted(named.glob("*.h5")), *sorted(named.glob("*.journal"))]
    if not found:
        msg = f"{named}: holds neither a record (*.h5) nor a journal (*.journal)"
        raise click.UsageError(msg)
    return found
