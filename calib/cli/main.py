"""The command and its sub-commands; each is imported only when it is used, so that `calib --help` answers at once."""

import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from calib import __version__
from calib.errors import CalibError

_COMMANDS = {
    "amend": ("calib.cli.amend", "Amend a record: a new file that names its parent."),
    "bench": ("calib.cli.bench", "Look for instruments; record and replay what is said on their wires."),
    "budget": ("calib.cli.budget", "Evaluate an uncertainty budget from a file."),
    "certificate": ("calib.cli.certificate", "Make, check, sign, verify and amend certificates; keys for signers."),
    "dcc": ("calib.cli.dcc", "Show and check Digital Calibration Certificates."),
    "demo": ("calib.cli.demo", "Calibrate a simulated multimeter, from the bench to the certificate."),
    "driver": ("calib.cli.driver", "Show the drivers of instruments; check one of your own."),
    "equipment": ("calib.cli.equipment", "Look after the register of equipment."),
    "export": ("calib.cli.export", "Write a record as CSV, Parquet, Excel or netCDF."),
    "init": ("calib.cli.init", "Make a laboratory folder to start from."),
    "procedure": ("calib.cli.procedure", "Show the calibration procedures, each as a document."),
    "run": ("calib.cli.run", "Run a calibration procedure on a bench."),
    "re-evaluate": ("calib.cli.reevaluate", "Evaluate a record again: newer software, or a corrected standard."),
    "resume": ("calib.cli.resume", "Go on with a run that was cut off or stopped."),
    "show": ("calib.cli.show", "Show what a record holds."),
    "sim": ("calib.cli.sim", "Simulated instruments."),
    "study": ("calib.cli.study", "Coverage, risk and effort of a procedure, where the truth is known."),
    "validate": ("calib.cli.validate", "Validate this installation: reference cases, coverage, a signed report."),
    "verify": ("calib.cli.verify", "Verify that records and journals are intact."),
    "watch": ("calib.cli.watch", "Watch a run from another terminal."),
}
_ABORTED = 130


class _Commands(click.Group):
    """Sub-commands by name, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(error.message + hint, ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="calib")
def cli() -> None:
    """From instruments on the bench to a sealed record and its calibration certificate.

    A first look, with simulated instruments and nothing else:

    \b
        calib demo

    A laboratory of your own, and a run on its simulated bench (two terminals):

    \b
        calib init mylab
        cd mylab
        calib sim serve benches/simulated-laboratory.toml
        calib run dmm-dc-voltage --bench benches/simulated.toml --job jobs/example.toml

    Then write your own equipment, bench and job files after these examples. 'calib COMMAND --help' tells more.

    Exit status: 0 done; 1 a run that stopped, or a record that is not intact; 2 wrong input, or an instrument
    that cannot be reached or refuses; 130 aborted.
    """  # noqa: D301 - click keeps lines after a backspace


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; a mistake of a person, a file or an instrument is one message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles default to a code page without Vietnamese letters
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli.main(args=arguments, standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CalibError as error:
        if error.exit_code == _ABORTED:
            _end_quietly()
        click.echo("\n".join([f"calib: {error}", *getattr(error, "__notes__", [])]), err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end_quietly()
        click.echo("calib: aborted", err=True)
        sys.exit(_ABORTED)


def _end_quietly() -> None:
    """Ignore Ctrl-C from now on: the command ends already, and another one shall not change how."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
