"""What `calib verify` says of a file."""

from pathlib import Path
from typing import Any

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
