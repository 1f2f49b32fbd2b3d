"""Results as tables for other programs: CSV for spreadsheets, JSON with full budgets.

CSV: UTF-8 with a byte-order mark, because spreadsheets on Windows read a file without one in the local 8-bit code page
and break every Vietnamese letter; comma between fields, decimal point, RFC 4180 quoting. Numbers are in the coherent SI
unit of the header; `reported` ones carry the digits of the certificate, the others are not rounded.

JSON, schema `calib-results/1`::

    format         "calib-results/1"
    certificate    number of the certificate
    record         SHA-256 of the record
    simulated      true where any instrument was simulated
    status         how the run ended
    item           the item under calibration, as in the job
    exceptions     standards that a named person allowed: what, why, by
    results        list of results as `Result.as_json` gives them, each with its budget:
                   numbers in the result's `unit`, not rounded but for `reported_error` and `reported_U`;
                   infinities and nan are the strings "inf", "-inf", "nan"

A reader takes what it knows and ignores other keys; a change that breaks one gets a new schema version.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from calib.errors import FileError
from calib.numbers import at_place, last_place
from calib.record.result import Result
from calib.report.atomic import write_atomic
from calib.report.content import is_simulated
from calib.report.source import Source, find, text_at

SCHEMA = "calib-results/1"


def csv_table(source: Source) -> str:
    """Return the results as CSV text, one line a result."""
    results = source.results
    units = {r.unit for r in results}
    unit = units.pop() if len(units) == 1 else "see unit"
    lines = [_line(r, simulated=is_simulated(source)) for r in results]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([header.format(unit=unit) for header in _HEADERS])
    writer.writerows(lines)
    return buffer.getvalue()


_HEADERS = (
    "point", "phase", "attempt", "group (vi)", "group (en)", "quantity", "unit",
    "range [{unit}]", "nominal [{unit}]", "reference [{unit}]", "indicated [{unit}]", "readings", "s [{unit}]",
    "error [{unit}]", "u [{unit}]", "dof", "k", "coverage probability", "U [{unit}]",
    "reported error [{unit}]", "reported U [{unit}]",
    "lower limit [{unit}]", "upper limit [{unit}]", "lower acceptance [{unit}]", "upper acceptance [{unit}]",
    "verdict", "verdict unguarded", "conformance probability", "TUR", "route", "remarks", "simulated",
    "scope", "CMC [{unit}]", "U raised to CMC", "frequency [Hz]",
)  # fmt: skip


def _line(r: Result, *, simulated: bool) -> list[object]:
    place = last_place(r.reported_U)
    reported = [format(at_place(v, place, r.unit, r.unit), "f") for v in (r.reported_error, r.reported_U)]
    return [
        r.point, r.phase, r.attempt, r.group.vi, r.group.en, r.quantity, r.unit,
        r.measuring_range, r.nominal, r.reference, r.indicated, r.n, r.s,
        r.error, r.u, r.dof, r.k, r.probability, r.U,
        *reported,
        r.lower_limit, r.upper_limit, r.lower_acceptance, r.upper_acceptance,
        r.verdict, r.verdict_unguarded, r.conformance_probability, r.tur, r.route,
        " ".join(remark.en for remark in r.remarks), "yes" if simulated else "no",
        r.scope, r.cmc, "yes" if r.raised else "no", r.frequency_Hz or "",
    ]  # fmt: skip


def json_table(source: Source) -> dict[str, Any]:
    """Return the results as plain JSON values, schema `calib-results/1`."""
    return {**_head(source), "results": [result.as_json() for result in source.results]}


def _head(source: Source) -> dict[str, Any]:
    return {
        "format": SCHEMA,
        "certificate": text_at(source.snapshot, "job.certificate_number").en,
        "record": source.digest,
        "simulated": is_simulated(source),
        "status": source.status,
        "item": find(source.snapshot, "job.item") or {},
        "exceptions": list(find(source.snapshot, "exceptions") or ()),
    }


def write_csv(source: Source, path: Path) -> Path:
    """Write the results as CSV, UTF-8 with a byte-order mark; raise `FileError` where it cannot be written."""
    write_atomic(path, csv_table(source).encode("utf-8-sig"))
    return path


def write_json(source: Source, path: Path) -> Path:
    """Write the results as JSON, each on a line of its own; raise `FileError` where it cannot be written."""
    write_atomic(path, (line.encode("utf-8") for line in _json_lines(source)))
    return path


def _json_lines(source: Source) -> Iterator[str]:
    """Yield the text of `json_table` line by line: all budgets of a long record at once would take much memory."""
    plain = partial(json.dumps, ensure_ascii=False, allow_nan=False, default=str)
    yield plain(_head(source), indent=2).removesuffix("\n}") + ',\n  "results": ['
    for i, result in enumerate(source.results):
        yield ("," if i else "") + "\n    " + plain(result.as_json())
    yield "\n  ]\n}\n"


def read_json(path: Path) -> tuple[Result, ...]:
    """Return the results of a JSON file that `write_json` wrote.

    Raises
    ------
    FileError
        The file cannot be read, or is of another schema.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON results: {error}"
        raise FileError(msg) from error
    form = table.get("format") if isinstance(table, Mapping) else None
    if form != SCHEMA:
        msg = f"{path}: format: {form!r} is not known here; this version reads {SCHEMA!r}"
        raise FileError(msg)
    rows: Sequence[Mapping[str, Any]] = table["results"]
    return tuple(Result.from_json(row) for row in rows)
