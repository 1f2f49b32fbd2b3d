"""How a Digital Calibration Certificate is told on the console and as JSON."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from calib.dcc import Column, Dcc, Mistake, Table, Values, tables
from calib.dcc.dsi import unit_of
from calib.dcc.measurement import Condition, MeasurementResult
from calib.dcc.values import column
from calib.errors import InputError
from calib.text import Language, tr


def told(dcc: Dcc, language: Language) -> str:
    """Return what a certificate says, for a person."""
    return _printable("\n".join([*_frame(dcc, language), *_used(dcc, language), *_results(dcc, language)]))


def _printable(text: str) -> str:
    """Return a text from outside without letters that steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def told_mistakes(name: str, mistakes: Sequence[Mistake], language: Language, *, with_schema: bool) -> str:
    """Return what is wrong with a certificate, a line for each; and what was not looked at."""
    lines = [f"{name}: {tr(m.severity, language)}: {m.where}: {m.what}" for m in mistakes]
    if not mistakes:
        lines.append(f"{name}: {tr('No mistakes found.', language)}")
    if not with_schema:
        hint = "{name}: without a schema folder (--xsd) the order and the types of elements were not checked"
        lines.append(tr(hint, language).format(name=name))
    return _printable("\n".join(lines))


def as_tables(dcc: Dcc) -> dict[str, Any]:
    """Return number, digest and tables as plain JSON values; numbers are the strings of the file."""
    return {
        "certificate": dcc.certificate.administrative.core.number,
        "sha256": dcc.sha256,
        "schemaVersion": dcc.version,
        "tables": [
            {
                "names": [name.in_("en") for name in table.names],
                "status": table.status,
                "columns": [_as_column(c) for c in table.columns],
            }
            for table in tables(dcc.certificate)
        ],
    }


def _as_column(found: Column) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": "" if found.name is None else found.name.in_("en"),
        "refType": list(found.ref_types),
        "values": [] if found.values is None else [_as_values(v) for v in (found.values, *found.also)],
        "words": list(found.words),
        "conformity": list(found.conformity),
        "others": [_as_column(other) for other in found.others],
    }
    return plain


def _as_values(values: Values) -> dict[str, Any]:
    names = ("values", "U", "k", "probability", "u", "lower", "upper")
    stated = {name: getattr(values, name) for name in names}
    plain: dict[str, Any] = {"units": list(values.units)}
    plain |= {n: [str(v) for v in s] for n, s in stated.items() if s is not None}
    if values.labels is not None:
        plain["labels"] = list(values.labels)
    if values.covariance is not None:
        plain["covariance"] = [[str(v) for v in row] for row in values.covariance]
        plain["covariance_units"] = [list(row) for row in values.covariance_units]
    return plain


def _frame(dcc: Dcc, language: Language) -> list[str]:
    frame = dcc.certificate.administrative
    core, laboratory = frame.core, frame.laboratory
    signed = "signed, the signature was not verified" if dcc.signatures else "not signed"
    code = f" ({laboratory.code})" if laboratory.code else ""
    days = core.begun if core.begun == core.ended else f"{core.begun} … {core.ended}"
    lines = [
        f"{core.number}  DCC {dcc.version}, {tr(signed, language)}",
        f"{tr('SHA-256 of the file', language)}: {dcc.sha256}",
        f"{tr('Laboratory', language)}: {laboratory.contact.name.in_(language)}{code}",
        f"{tr('Customer', language)}: {frame.customer.name.in_(language)}",
    ]
    for item in frame.items.all:
        numbers = ", ".join(i.value for i in item.identifications.all)
        parts = (item.name.in_(language), item.model or "", numbers)
        lines.append(f"{tr('Item', language)}: {', '.join(part for part in parts if part)}")
    lines.append(f"{tr('Calibrated on', language)}: {days}")
    if core.issued:
        lines.append(f"{tr('Issued on', language)}: {core.issued}")
    lines += [f"{tr('not read', language)}: {place}" for place in dcc.unread]
    for statement in frame.statements.all if frame.statements else ():
        if statement.valid == "false" and statement.declaration is not None:
            lines.append(statement.declaration.in_(language))
    return lines


def _used(dcc: Dcc, language: Language) -> list[str]:
    lines: list[str] = []
    for measurement in dcc.certificate.measurements.all:
        lines += _equipment(measurement, language)
        for condition in measurement.conditions.all if measurement.conditions else ():
            if line := _condition(condition, language):
                lines.append(line)
    return list(dict.fromkeys(lines))


def _equipment(measurement: MeasurementResult, language: Language) -> list[str]:
    lines = []
    for used in measurement.equipment.all if measurement.equipment else ():
        number = "" if used.certificate is None else f": {used.certificate.number}"
        lines.append(f"{tr('Standard', language)}: {used.name.in_(language)}{number}")
    return lines


def _condition(condition: Condition, language: Language) -> str:
    shown = (column(q).shown for q in condition.data.quantities)
    values = dict.fromkeys(f"{v} {_unit(s.units[i])}" for s in shown if s is not None for i, v in enumerate(s.values))
    return f"{condition.name.in_(language)}: {' … '.join(values)}" if values else ""


def _results(dcc: Dcc, language: Language) -> list[str]:
    lines = []
    for table in tables(dcc.certificate):
        lines += [
            "",
            " / ".join(name.in_(language) for name in table.names) + (f" ({table.status})" if table.status else ""),
        ]
        lines += _grid(_columns(table, language))
    return lines


def _columns(table: Table, language: Language) -> list[list[str]]:
    """Return the columns with their headings; an uncertainty and a verdict are columns of their own."""
    made = []
    for found in table.columns:
        name = "" if found.name is None else found.name.in_(language)
        shown = found.shown
        if shown is None:
            made.append([name, *found.words])
            continue
        unit = f" [{_unit(shown.units[0])}]" if len(set(shown.units)) == 1 else ""
        units = ["" if unit else f" {_unit(u)}" for u in shown.units]
        made.append([name + unit, *(f"{_digits(v)}{u}" for v, u in zip(shown.values, units, strict=True))])
        stated = found.with_uncertainty or shown
        other = "" if stated.units == shown.units else f" [{_unit(stated.units[0])}]"
        for heading, numbers in (("U" + other, stated.U), ("k", stated.k), ("u" + other, stated.u)):
            if numbers is not None:
                made.append([heading, *map(_digits, numbers)])
        if found.conformity:
            made.append([tr("Conformity", language), *found.conformity])
        if shown.covariance is not None:
            made += _correlation(shown)
    return made


def _correlation(values: Values) -> list[list[str]]:
    """Return the lower triangle of the correlation matrix, a column for each value."""
    matrix = values.covariance_in_SI()
    u = [row[i] ** 0.5 if row[i] > 0 else float("nan") for i, row in enumerate(matrix)]
    names = values.labels or [str(i + 1) for i, _ in enumerate(u)]
    return [
        [f"r({names[j]})", *("" if i < j else f"{row[j] / (u[i] * u[j]):.6g}" for i, row in enumerate(matrix))]
        for j, _ in enumerate(u)
    ]


def _digits(number: Decimal) -> str:
    return "–" if number.is_nan() else str(number)


def _unit(name: str) -> str:
    try:
        return unit_of(name)
    except InputError:
        return name


def _grid(columns: list[list[str]]) -> list[str]:
    height = max((len(c) for c in columns), default=0)
    filled = [c + [""] * (height - len(c)) for c in columns]
    widths = [max(map(len, c)) for c in filled]
    rows = zip(*filled, strict=True)
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
