"""What `calib verify` and `calib certificate verify` say of files."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from calib.errors import CalibError
from calib.text import Language, tr
from calib.verification import FileCheck


def told(found: FileCheck | tuple[Path, CalibError], language: Language) -> str:
    """Return one line for the file and one for each check."""
    if isinstance(found, tuple):
        path, error = found
        return f"{path}: {tr('CANNOT BE READ', language)}\n  {error}"
    state = tr("intact", language) if found.intact else tr("NOT INTACT", language)
    lines = [f"{found.path}: {state}"]
    for finding in found.findings:
        mark = "+" if finding.intact else "!"
        lines.append(f"  {mark} {finding.check}: {finding.what}")
    return "\n".join(lines)


def told_json(found: FileCheck | tuple[Path, CalibError]) -> dict[str, Any]:
    """Return the same as plain JSON values."""
    if isinstance(found, tuple):
        path, error = found
        return {"file": str(path), "readable": False, "intact": False, "why": str(error)}
    checks = [{"check": f.check, "intact": f.intact, "what": f.what} for f in found.findings]
    return {"file": str(found.path), "readable": True, "intact": found.intact, "checks": checks}


def tell_all(files: Iterable[Path], check: Callable[[Path], FileCheck], language: Language, *, as_json: bool) -> int:
    """Check files, tell of each, and return the exit status: 0 all intact, 1 one is not, 2 one cannot be read."""
    verdicts: list[FileCheck | tuple[Path, CalibError]] = []
    for file in files:
        try:
            verdicts.append(check(file))
        except CalibError as error:
            verdicts.append((file, error))
        if not as_json:
            click.echo(told(verdicts[-1], language))
    if as_json:
        click.echo(json.dumps([told_json(v) for v in verdicts], ensure_ascii=False, indent=2))
    unreadable = any(isinstance(v, tuple) for v in verdicts)
    intact = all(isinstance(v, FileCheck) and v.intact for v in verdicts)
    return 2 if unreadable else 0 if intact else 1
