"""`calib sim`: simulated instruments."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from calib.cli import options
from calib.text import Language, tr

_WIRES = "socket, hislip, vxi11, prologix, pty, serial, rfc2217"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Serve simulated instruments, on the same wires as real ones."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--wires", metavar="KINDS", help=f"For instruments whose table names none: {_WIRES}.  [default: socket]")
@click.option("--faults", type=click.Path(path_type=Path, dir_okay=False), help="File of what goes wrong.")
@click.option("--seed", type=int, help="Draw other instruments than the file's seed does.")
@click.option(
    "--time-factor", type=float, default=1.0, show_default=True, help="Run the simulated time this much faster."
)
@click.option(
    "--stop-with-parent", is_flag=True, help="Stop when standard input ends, so that no parent leaves it behind."
)
@options.language
def serve(
    file: Path,
    host: str,
    wires: str | None,
    faults: Path | None,
    seed: int | None,
    time_factor: float,
    language: str,
    *,
    stop_with_parent: bool,
) -> None:
    """Serve the simulated laboratory in FILE until Ctrl-C.

    The first line of output is JSON for programs, the table after it is for people: what to open on each wire.

    \b
        socket    TCPIP::host::port::SOCKET          hislip   TCPIP::host::hislip0,port::INSTR
        vxi11     TCPIP::host,port::inst0::INSTR     pty      ASRL/dev/pts/3::INSTR (POSIX)
        prologix  PRLGX-TCPIP::host::port::GPIB::22  serial   ASRLsocket://host:port::INSTR

    In a bench file of calib, give the same time factor under [simulation]. A table of an instrument in FILE may name
    its own wires, such as wires = ["hislip", { kind = "serial", baud = 9600 }].

    A file of faults, for instance the third reading never answered and one connection broken:

    \b
        format = "calib-faults/1"
        [[fault]]
        kind = "silence"
        instrument = "meter"
        message = "READ"
        nth = 3
        [[fault]]
        kind = "disconnect"
        wire = "hislip"

    'calib sim faults' changes them while the laboratory runs.
    """  # noqa: D301 - click keeps lines after a backspace
    import json

    from calib.drivers.simulation import serve as serve_file

    chosen: Language = "vi" if language == "vi" else "en"

    def ready(where: Mapping[str, Any]) -> None:
        click.echo(json.dumps(where))
        click.echo("\n".join(_table(where, chosen)))

    serve_file(
        file,
        host=host,
        seed=seed,
        time_factor=time_factor,
        ready=ready,
        stop_with_parent=stop_with_parent,
        wires=_kinds(wires),
        faults=faults,
    )


@command.command()
@click.argument("control", metavar="HOST:PORT")
@click.option("--add", "added", multiple=True, metavar="RULE", help="Such as 'kind=delay seconds=2 instrument=meter'.")
@click.option("--remove", type=int, multiple=True, metavar="NUMBER", help="Take a rule out of force.")
@click.option("--clear", is_flag=True, help="Take all out of force, and heal what they did.")
def faults(control: str, added: tuple[str, ...], remove: tuple[int, ...], *, clear: bool) -> None:
    """Let things go wrong on a laboratory that is served; HOST:PORT is its control, told at its start.

    Rules are cleared, removed and added in this order; those in force are then shown, one line of JSON each, with the
    number of messages that they met and of times that they happened.

    \b
        calib sim faults 127.0.0.1:40111 --add 'kind=stale message=READ nth=2'
        calib sim faults 127.0.0.1:40111 --add 'kind=reboot seconds=5 instrument=source'
        calib sim faults 127.0.0.1:40111 --clear
    """  # noqa: D301 - click keeps lines after a backspace
    import json

    from calib.drivers.simulation import Control
    from calib.errors import InputError

    with Control(control) as bench:
        if clear:
            bench.faults.clear()
        for number in remove:
            if not bench.faults.remove(number):
                msg = f"{control}: no fault {number} is in force"
                raise InputError(msg)
        for text in added:
            bench.faults.add(_rule(text))
        for each in bench.faults.active():
            click.echo(json.dumps(each))


def _kinds(wires: str | None) -> list[str]:
    return [kind.strip() for kind in (wires or "").split(",") if kind.strip()]


def _rule(text: str) -> Any:
    """Return the rule that `key=value` words state; a value is TOML, or else a word."""
    import shlex
    import tomllib

    from calib.drivers.simulation.fault_rules import rule
    from calib.errors import InputError

    fields: dict[str, Any] = {}
    for word in shlex.split(text):
        key, equals, value = word.partition("=")
        if not (key and equals):
            msg = f"--add {text!r}: {word!r} is not of the form key=value"
            raise InputError(msg)
        try:
            fields[key] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            fields[key] = value
    return rule(**fields)


def _table(where: Mapping[str, Any], language: Language) -> list[str]:
    """Return what to open on each wire, and where the control is, as lines for people."""
    rows = [(tr("instrument", language), tr("wire", language), tr("resource", language))]
    rows += [(name, kind, resource) for name, wires in where["wires"].items() for kind, resource in wires.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {resource}" for name, kind, resource in rows]
    if where["adapter"] is not None:
        said = tr("With PyVISA open {adapter} first, keep it open, then GPIB0::address::INSTR.", language)
        lines.append(said.format(adapter=where["adapter"]))
    return [*lines, tr("Control: {control}. Ctrl-C ends.", language).format(control=where["control"])]
