"""`calib run`: a procedure on a bench."""

from pathlib import Path

import click

from calib.cli import options
from calib.text import Language


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("procedure")
@click.option(
    "--bench", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Bench file: roles and resources."
)
@click.option(
    "--job",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Job file: item, customer, decision rule.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder for journal, record and certificate; else records/ of the laboratory.",
)
@options.lab
@options.language
@click.option("--operator", help="Your name, as the record shall keep it.  [default: your user name]")
@click.option(
    "--allow-overdue",
    metavar="REASON",
    help="Use a standard past its due date or interval; the record and the certificate say who allowed it and why.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with [answers], and perhaps [control], for a run without an operator.",
)
@click.option("--plain", is_flag=True, help="Plain lines, even on a terminal.")
@options.open_pictures
@click.option(
    "--dry-run",
    is_flag=False,
    flag_value="files",
    type=click.Choice(["files", "ask"]),
    help="Begin nothing: check bench, roles, points and ranges, standards, folder, disk and key; estimate the time. "
    "No instrument is touched; with --dry-run=ask each is asked who it is, and nothing is set.",
)
def command(
    procedure: str,
    bench: Path,
    job: Path,
    output: Path | None,
    lab: Path | None,
    language: str,
    operator: str | None,
    allow_overdue: str | None,
    answers: Path | None,
    dry_run: str | None,
    *,
    plain: bool,
    open_pictures: bool,
) -> None:
    """Run PROCEDURE on a bench and make the certificate.

    PROCEDURE is the name of an installed procedure, such as dmm-dc-voltage, or the path of a file that holds one.

    Everything is checked before an instrument is touched: the files, the roles, the state of the standards. Then every
    instrument must prove its identity. However the run ends, the sources are made safe first.

    \b
    Examples:
        calib run dmm-dc-voltage --bench benches/simulated.toml --job jobs/example.toml
        calib run dmm-dc-voltage --bench benches/b1.toml --job jobs/2026-118.toml --operator "Trần Thị B"
        calib run dmm-dc-voltage --bench benches/b1.toml --job jobs/2026-118.toml --dry-run

    Exit status of a dry run: 0 nothing stands in the way; 1 something does, each on a line; 2 a file is wrong.
    """  # noqa: D301 - click keeps lines after a backspace
    import sys

    from calib import workflow
    from calib.cli.faces import dry, face, scripted, scripted_control, tell
    from calib.errors import InputError
    from calib.run import Permission

    chosen: Language = "vi" if language == "vi" else "en"
    if allow_overdue is not None and (operator is None or not allow_overdue.strip()):
        msg = "--allow-overdue needs a reason, and --operator with the name of the person who allows it"
        raise InputError(msg)
    name = operator or options.person()
    permission = Permission(by=name, why=allow_overdue) if allow_overdue is not None else None
    if dry_run is not None:
        ask = dry_run == "ask"
        sys.exit(
            dry(
                workflow.dry_run(
                    procedure, bench, job, lab=lab, output=output, operator=name, permission=permission, ask=ask
                ),
                chosen,
            )
        )
    watcher, asked = face(name, chosen, plain=plain, open_pictures=open_pictures)
    done = workflow.calibrate(
        procedure,
        bench,
        job,
        lab=lab,
        output=output,
        operator=scripted(answers, name) or asked,
        watcher=watcher,
        control=scripted_control(answers),
        permission=permission,
    )
    tell(done, chosen)
