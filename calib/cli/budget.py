"""`calib budget`: an uncertainty budget from a file."""

from pathlib import Path

import click

METHODS = ("first-order", "second-order", "monte-carlo")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--method", type=click.Choice(METHODS), help="Method of propagation.  [default: as the file says]")
@click.option(
    "--trials", type=click.IntRange(2, 100_000_000), help="Trials of Monte Carlo.  [default: as the file says]"
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of Monte Carlo: the same one gives the same digits."
)
@click.option(
    "--probability",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Coverage probability, such as 0.9545.  [default: as the file says, else 0.95]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all digits.")
def command(
    file: Path, method: str | None, trials: int | None, seed: int | None, probability: float | None, *, as_json: bool
) -> None:
    """Evaluate the uncertainty budget in FILE (TOML, or JSON where the name ends in .json).

    Inputs are written as certificates and data sheets state them, the model as an expression in their names. Prints
    the budget and the result with its expanded uncertainty, rounded; --json gives every number with all digits.

    \b
    Example of a file:
        format = "calib-budget/1"
        model = "standard + difference"
        unit = "g"
        [inputs]
        standard = { value = 10000.005, U = 0.045, k = 2 }
        difference = { readings = [0.018, 0.022, 0.020] }
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.uncertainty.budgetfile import evaluate, read_budget, results_json, results_text

    read = read_budget(file)
    results = evaluate(read, method=method, trials=trials, seed=seed, probability=probability)
    click.echo(results_json(read, results) if as_json else results_text(read, results))
