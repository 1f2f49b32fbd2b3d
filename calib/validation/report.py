"""The validation report: what was computed where, when, by which versions; signed by the laboratory's key."""

import datetime as dt
import json
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from calib.errors import FileError, IntegrityError
from calib.record import PublicKey, SigningKey
from calib.run.plan import software
from calib.study import Coverage, Task, calibrate_many, coverage
from calib.validation.cases import Finding, evaluate_case, reference_cases

FORMAT = "calib-validation/1"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """What this installation was found to compute."""

    begun: str
    """Machine time, ISO 8601 with offset."""
    by: str
    software: Mapping[str, str]
    """Versions, and the digest of calib's own source."""
    machine: str
    cases: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """Figures that are not the expected ones."""
        return tuple(f for f in self.cases if not f.holds)

    @property
    def valid(self) -> bool:
        """Whether every figure is the expected one, and every interval holds the truth as often as it says."""
        return not self.wrong and all(c.holds for c in self.coverage)


def validate(
    by: str, procedures: Sequence[str], runs: int, *, seed: int = 1, progress: Progress | None = None
) -> Report:
    """Evaluate all reference cases, and calibrate `runs` times with each procedure on the sample laboratory."""
    begun = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    tell = progress or (lambda what: None)
    findings: list[Finding] = []
    for case in reference_cases():
        tell(case.id)
        findings += evaluate_case(case)
    found = []
    for procedure in procedures:
        tell(procedure)
        found.append(coverage(calibrate_many(Task(procedure), runs, seed=seed), procedure, seed))
    machine = f"{platform.platform()}, {platform.machine()}, {platform.node()}"
    return Report(begun, by, dict(software()), machine, tuple(findings), tuple(found))


def write_report(report: Report, path: Path, key: SigningKey | None) -> Path:
    """Write the report as JSON, signed with `key` over everything but the signature itself."""
    content = _content(report)
    document: dict[str, Any] = dict(content)
    if key is not None:
        signed = key.sign(_canonical(content))
        document["signature"] = {"key": key.id, "public": key.public.pem, "ed25519": signed.hex()}
    try:
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise FileError(msg) from error
    return path


def read_report(path: Path) -> tuple[dict[str, Any], PublicKey | None]:
    """Return a report and the key that signed it, None where nobody did.

    Raises
    ------
    FileError
        It is no validation report.
    IntegrityError
        It was changed after it was signed.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as a validation report: {error}"
        raise FileError(msg) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        msg = f"{path}: is no validation report ({FORMAT})"
        raise FileError(msg)
    signature = document.pop("signature", None)
    if signature is None:
        return document, None
    try:
        key, signed = PublicKey(signature["public"]), bytes.fromhex(signature["ed25519"])
        good = key.id == signature["key"] and key.verifies(signed, _canonical(document))
    except (KeyError, TypeError, ValueError, FileError):
        good = False
    if not good:
        msg = f"{path}: was changed after it was signed, or its signature was"
        raise IntegrityError(msg)
    return document, key


def _content(report: Report) -> dict[str, Any]:
    return {"format": FORMAT, "valid": report.valid, **_plain(asdict(report))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
