"""What a certificate must carry, asked for all at once (ISO/IEC 17025:2017, 7.8.2.1 and 7.8.4.1)."""

from collections.abc import Mapping
from typing import Any

from calib.errors import InputError
from calib.record.model import Readings
from calib.report.source import Source, text_at
from calib.text import LANGUAGES, Language, Text, same

_ENTRIES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("name of the laboratory", ("laboratory.name",), "7.8.2.1 b"),
    ("address of the laboratory", ("laboratory.address",), "7.8.2.1 b"),
    ("certificate number", ("job.certificate_number",), "7.8.2.1 d"),
    ("name of the customer", ("job.customer.name",), "7.8.2.1 e"),
    ("address of the customer", ("job.customer.address",), "7.8.2.1 e"),
    ("method", ("procedure.method", "procedure.id"), "7.8.2.1 f"),
    ("name of the item", ("job.item.name",), "7.8.2.1 g"),
    ("serial or asset number of the item", ("job.item.serial_number", "job.item.asset"), "7.8.2.1 g"),
)


def job_languages(snapshot: Mapping[str, Any]) -> tuple[Language, ...]:
    """Return the languages of the certificate: those of the job, Vietnamese first; both where it names none."""
    job = snapshot.get("job")
    asked = (job.get("languages") if isinstance(job, Mapping) else None) or LANGUAGES
    unknown = [language for language in asked if language not in LANGUAGES]
    if unknown:
        msg = f"job.languages: {', '.join(map(str, unknown))}: not a language of certificates; known: vi, en"
        raise InputError(msg)
    return tuple(language for language in LANGUAGES if language in asked)


def require_complete(source: Source, readings: Readings) -> None:
    """Raise `InputError` with everything that is missing for a certificate."""
    entries = [
        f"{name} ({' or '.join(paths)}; ISO/IEC 17025 {clause})" for name, paths, clause in _absent(source.snapshot)
    ]
    _refuse(source.snapshot, entries + _missing_data(source, readings))


def require_data(source: Source, readings: Readings) -> None:
    """Raise `InputError` where there is nothing of which a certificate could be made: results, their days, the air."""
    _refuse(source.snapshot, _missing_data(source, readings))


def missing_entries(snapshot: Mapping[str, Any]) -> dict[str, list[Text]]:
    """Return the fields that laboratory and job leave empty, by the clause of ISO/IEC 17025:2017 that asks for them."""
    found: dict[str, list[Text]] = {}
    for _, paths, clause in _absent(snapshot):
        found.setdefault(clause, []).append(same(" / ".join(paths)))
    return found


def _refuse(snapshot: Mapping[str, Any], missing: list[str]) -> None:
    if missing:
        number = text_at(snapshot, "job.certificate_number").en or "without a number"
        lines = "\n".join(f"  {line}" for line in missing)
        msg = (
            f"certificate {number} cannot be made, its record lacks:\n{lines}\n"
            "Complete the laboratory's or the job's file; a record keeps what they said when its run began."
        )
        raise InputError(msg)


def _absent(snapshot: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...], str]]:
    return [entry for entry in _ENTRIES if not any(text_at(snapshot, path).en.strip() for path in entry[1])]


def _missing_data(source: Source, readings: Readings) -> list[str]:
    missing = []
    if not any(attempt.outcome == "complete" for attempt in readings.attempts):
        missing.append("dates of the calibration: no test point is complete (ISO/IEC 17025 7.8.2.1 i)")
    if not source.results:
        missing.append("results (ISO/IEC 17025 7.8.2.1 m)")
    if not readings.environment:
        missing.append("conditions of the environment (ISO/IEC 17025 7.8.4.1 b)")
    return missing
