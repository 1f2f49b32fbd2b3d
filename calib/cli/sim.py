"""`calib sim`: simulated instruments."""

from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Serve simulated instruments, on the same wires as real ones."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--seed", type=int, help="Draw other instruments than the file's seed does.")
@click.option(
    "--time-factor", type=float, default=1.0, show_default=True, help="Run the simulated time this much faster."
)
@click.option(
    "--stop-with-parent", is_flag=True, help="Stop when standard input ends, so that no parent leaves it behind."
)
def serve(file: Path, host: str, seed: int | None, time_factor: float, *, stop_with_parent: bool) -> None:
    """Serve the simulated laboratory in FILE until Ctrl-C.

    Its instruments answer on TCP sockets that PyVISA opens as TCPIP::host::port::SOCKET. One line of JSON tells where;
    for a bench file, give the same time factor under [simulation].
    """
    import json

    from calib.drivers.simulation import serve as serve_file

    def ready(where: object) -> None:
        click.echo(json.dumps(where))

    serve_file(file, host=host, seed=seed, time_factor=time_factor, ready=ready, stop_with_parent=stop_with_parent)
