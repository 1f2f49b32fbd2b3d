"""`calib bench`: what stands on the bench, and what was said on its wires."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calib.cli import options
from calib.text import Language, tr

if TYPE_CHECKING:
    from calib.drivers.transport.trafficfile import Sign

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_visa = click.option("--visa", metavar="LIBRARY", help="VISA library, such as @ivi.  [default: calib's own and @py]")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look for instruments; record what is said on a wire, show it, replay it."""


@command.command()
@click.option("--host", "hosts", multiple=True, help="Look at the usual ports of this host too; may be given again.")
@click.option("--seconds", type=click.FloatRange(1, 600), default=15.0, show_default=True, help="Look no longer.")
@click.option("--no-identify", is_flag=True, help="Write nothing at all, not even the identity query.")
@click.option("--serial", is_flag=True, help="Ask on serial ports too, at 9600 Bd 8N1.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_visa
@options.language
def scan(
    hosts: tuple[str, ...],
    seconds: float,
    visa: str | None,
    language: str,
    *,
    no_identify: bool,
    serial: bool,
    as_json: bool,
) -> None:
    """List the instruments that can be found, with what they answer to *IDN?.

    Raw sockets announce themselves nowhere: name their hosts. To what is found nothing is written but the identity
    query; to serial ports not even that, since opening one may reset what is behind it.

    \b
    Examples:
        calib bench scan
        calib bench scan --host 192.168.1.20 --host 192.168.1.21 --no-identify
    """  # noqa: D301 - click keeps lines after a backspace
    import json
    from dataclasses import asdict

    from calib.drivers.transport.scan import scan as look

    found = look(seconds, hosts=hosts, visa=visa, identify=not no_identify, serial=serial)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo("  ".join(part for part in (each.resource, each.identity, each.note and f"({each.note})") if part))
    if not found:
        click.echo(tr("Nothing was found.", _chosen(language)))


@command.command()
@_file
@click.argument("commands", nargs=-1)
@click.option("--resource", help="Instrument to talk to.")
@click.option("--driver", help="Take the settings of the line from this driver.")
@click.option("--from", "record_", type=click.Path(path_type=Path, dir_okay=False), help="Take a run's record instead.")
@click.option("--sign", is_flag=True, help="Sign the end with the laboratory's key.")
@_visa
@options.lab
@options.language
def record(
    file: Path,
    commands: tuple[str, ...],
    resource: str | None,
    driver: str | None,
    record_: Path | None,
    visa: str | None,
    lab: Path | None,
    language: str,
    *,
    sign: bool,
) -> None:
    """Record in FILE what is said to an instrument and what it answers, or what was said in a run.

    COMMANDS are sent one after the other; without any, lines of standard input. What has a question mark is answered,
    '#' before it takes the answer for a block of bytes, and '<' alone reads without a question. FILE then serves as
    evidence, and as an instrument in tests: REPLAY::FILE.

    \b
    Examples:
        calib bench record idn.jsonl --resource GPIB0::22::INSTR "*IDN?" "VOLT:DC:NPLC?"
        calib bench record run.jsonl --from records/2026-118/record.h5
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.talk import record_run, talk
    from calib.drivers.transport.trafficfile import Recorder
    from calib.errors import InputError

    if (resource is None) == (record_ is None):
        msg = "name the instrument with --resource, or a run's record with --from"
        raise InputError(msg)
    signing = _signing(lab) if sign else None
    with Recorder(file, by=options.person()) as recorder:
        if record_ is not None:
            record_run(record_, recorder)
        elif resource is not None:
            talk(resource, commands or _typed(), driver=driver, visa=visa, sink=recorder, language=_chosen(language))
        recorder.close(signing)
    click.echo(f"{file}: {recorder.count} {tr('messages', _chosen(language))}")


@command.command()
@_file
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@options.lab
@options.language
def show(file: Path, lab: Path | None, language: str, *, as_json: bool) -> None:
    """Show the recording in FILE, and whether it is as it was written.

    Exit status: 1 where a line was changed, put in or taken out, or the signature is not of a key of the laboratory.
    """
    from calib.cli.talk import recording_json, recording_text, signature_doubt
    from calib.drivers.transport.trafficfile import Recording
    from calib.errors import IntegrityError

    recording = Recording.read(file, unfinished=True)
    click.echo(recording_json(recording) if as_json else recording_text(recording, _chosen(language)))
    doubt = signature_doubt(recording, lab)
    if doubt:
        raise IntegrityError(doubt)


@command.command()
@_file
@click.option("--resource", help="Which of the recording's instruments, where it has several.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="TCP port.  [default: a free one]")
@options.language
def replay(file: Path, resource: str | None, port: int, language: str) -> None:
    """Play the instrument of the recording in FILE on a TCP port, for one client of any kind.

    The client must send what was sent then, byte by byte and in the same order.

    Exit status: 2 where it sends something else, or leaves before the end.
    """
    from calib.cli.talk import play
    from calib.drivers.transport.trafficfile import Recording

    def ready(where: str) -> None:
        click.echo(where)

    count = play(Recording.read(file), resource, port, ready)
    click.echo(f"{file}: {count} {tr('messages', _chosen(language))}, {tr('as recorded', _chosen(language))}")


def _chosen(language: str) -> Language:
    return "vi" if language == "vi" else "en"


def _typed() -> Iterator[str]:
    """Return the lines of standard input; a prompt where a person types them."""
    import sys

    person = sys.stdin.isatty()
    while True:
        if person:
            click.echo("> ", nl=False)
        typed = sys.stdin.readline()
        if not typed:
            return
        if typed.strip():
            yield typed.strip()


def _signing(lab: Path | None) -> "Sign":
    from calib.errors import InputError
    from calib.run import Laboratory, find_key

    laboratory = Laboratory.find(lab, Path.cwd())
    if not laboratory.about.seal_key:
        msg = f"{laboratory.folder}: laboratory.toml names no seal_key; leave --sign out, or name one"
        raise InputError(msg)
    key = find_key(laboratory.about.seal_key)
    return lambda message: (key.public.pem, key.sign(message))
