"""`calib budget`: an uncertainty budget from a file."""

import math
from pathlib import Path
from typing import Any

import click

from calib.cli import options
from calib.text import Language

METHODS = ("first-order", "second-order", "monte-carlo")
SIDES = ("both", "lower", "upper")
COVERAGE = ("auto", "t", "convolution", "ea-4/02")
DOF_POLICIES = ("willink", "smallest")


def _tolerance(ctx: click.Context, param: click.Parameter, value: str | None) -> float | str | None:
    """Return a number above 0, or the word `digits`."""
    if value is None or value == "digits":
        return value
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        msg = f"{value!r} is neither a number above 0 nor the word digits"
        raise click.BadParameter(msg, ctx, param)
    return number


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--method", type=click.Choice(METHODS), help="Method of propagation.")
@click.option(
    "--probability",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Coverage probability, such as 0.9545; 0.95 where nobody says.",
)
@click.option("--side", type=click.Choice(SIDES), help="One-sided coverage interval: where it ends.")
@click.option("--coverage", type=click.Choice(COVERAGE), help="Where k comes from, to first order.")
@click.option(
    "--dof-policy",
    type=click.Choice(DOF_POLICIES),
    help="Degrees of freedom of inputs that correlate and state unequal ones.",
)
@click.option("--trials", type=click.IntRange(2, 100_000_000), help="Trials of Monte Carlo; with --tolerance at most.")
@click.option(
    "--tolerance",
    metavar="NUMBER|digits",
    callback=_tolerance,
    help="Go on until the figures are stable within a number, or the digits of u (JCGM 101, 7.9).",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Threads of Monte Carlo; the digits do not depend on it.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of Monte Carlo: the same one gives the same digits."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all digits.")
@options.language
def command(file: Path, language: str, *, as_json: bool, **asked: Any) -> None:
    """Evaluate the uncertainty budget in FILE (TOML, or JSON where the name ends in .json).

    Inputs are written as certificates and data sheets state them, the model as an expression in their names. Prints
    the budget and the result with its expanded uncertainty, rounded; --json gives every number with all digits.
    Options go before what the file says. docs/budget-files.md tells all that a file may hold.

    \b
    Example of a file:
        format = "calib-budget/1"
        model = "standard + difference"
        unit = "g"
        [inputs]
        standard = { value = 10000.005, U = 0.045, k = 2 }
        difference = { readings = [0.018, 0.022, 0.020] }

    \b
    Examples:
        calib budget weight.toml --probability 0.9545
        calib budget weight.toml --method monte-carlo --tolerance digits --workers 2
        calib budget weight.toml --side upper --json
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.cli.progress import trials_shown
    from calib.uncertainty.budgetfile import evaluate, read_budget, results_json

    chosen: Language = "vi" if language == "vi" else "en"
    read = read_budget(file)
    with trials_shown(chosen) as progress:
        results = evaluate(read, progress, **asked)
    if as_json:
        click.echo(results_json(read, results))
        return
    from calib.cli.budgetview import budget_text

    click.echo(budget_text(read, results, chosen))
