"""`calib show`: what a record holds."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--point", metavar="ID", help="Only this point: its attempts, readings and messages on the wires.")
@click.option("--json", "as_json", is_flag=True, help="Results with full budgets, as JSON; with the state of the seal.")
@options.lab
@options.language
def command(record: Path, point: str | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """Show RECORD: what was calibrated, when, with what, every result, and whether its seal is intact.

    The key of the seal is compared with the public keys of the laboratory: that of --lab, or of the folder in which
    the record lies. --point follows one number further: its readings, and every message on the wires.

    \b
    Examples:
        calib show record.h5 --lab mylab
        calib show record.h5 --point "calibrator/10 V/5 V"

    Exit status: 1 where the seal is broken or gone, or its key is not one of the laboratory's.
    """  # noqa: D301 - click keeps lines after a backspace
    import json

    from calib.cli.pointview import point_json, point_text
    from calib.cli.recordview import record_json, seal_line, show_text
    from calib.errors import CalibError, IntegrityError
    from calib.record import Record
    from calib.record.opening import DAMAGE
    from calib.run import Laboratory, seal_state

    chosen: Language = "vi" if language == "vi" else "en"
    opened = Record.open(record)
    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    state = seal_state(opened, None if laboratory is None else laboratory.public_keys())
    try:
        if as_json:
            table = record_json(opened, state)
            table |= {} if point is None else {"point": point, "attempts": point_json(opened, point)}
            told = json.dumps(table, ensure_ascii=False, indent=2)
        elif point is not None:
            told = f"{point_text(opened, point, chosen)}\n\n{seal_line(state, chosen)}"
        else:
            told = show_text(opened, state, chosen)
    except CalibError:
        raise
    except DAMAGE as error:
        msg = state.why or f"{record}: holds something that calib did not write: {error!r}"
        raise IntegrityError(msg) from error
    click.echo(told)
    if state.doubt:
        raise IntegrityError(state.why)
