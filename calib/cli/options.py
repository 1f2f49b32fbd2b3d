"""Options that several commands share."""

import getpass
from pathlib import Path

import click

lab = click.option(
    "--lab",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the laboratory; else CALIB_LAB, else the nearest laboratory.toml upward.",
)
language = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="en",
    show_default=True,
    envvar="CALIB_LANGUAGE",
    help="Language of the console.",
)

open_pictures = click.option(
    "--open-pictures",
    is_flag=True,
    help="Open the picture of a prompt in this computer's viewer when it is shown first; its path is always told.",
)


def person() -> str:
    """Return the name of the person at this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # the last: Windows without a user name, before Python 3.13
        return "unknown"
