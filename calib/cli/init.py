"""`calib init`: a laboratory folder to start from."""

from pathlib import Path

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a laboratory in DIR: register, bench and job files to change, and the key that seals its records.

    The private key goes to your own configuration folder (or the one that CALIB_KEYS names), never into DIR: whoever
    holds it can seal records in the laboratory's name. DIR gets its public half, and can be shared and versioned.
    """
    from calib.demo import write_starter
    from calib.run import key_folder

    for path in write_starter(folder):
        click.echo(path)
    click.echo(f"private key in {key_folder()} — keep a copy in a safe place")
    click.echo("next: cd there, 'calib sim serve benches/simulated-laboratory.toml', and in a second terminal")
    click.echo("      'calib run dmm-dc-voltage --bench benches/simulated.toml --job jobs/example.toml'")
