"""A new certificate of a piece of equipment: its file is kept by its digest, its values go into the register.

Values come as a table like one of `[[calibrations]]`. Where they come from is one function for each kind of file in
`READERS`; a reader of digital calibration certificates is one entry more.
"""

import csv
import io
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from calib.equipment.documents import kind_of, sha256_of
from calib.equipment.model import Equipment
from calib.equipment.register import Register
from calib.equipment.toml import array_of_tables, replace_file
from calib.errors import FileError, InputError
from calib.files import as_model, read_toml, toml_tables

CERTIFICATES = "certificates"
"""Folder of certificates within the folder of the register."""
_OF_THE_TABLE = (
    "quantity", "unit", "range", "k", "dof", "correlation",
    "drift_ppm_per_year", "drift_floor_per_year", "temperature_ppm_per_K", "interpolation_ppm",
)  # fmt: skip
_OF_THE_POINT = ("nominal", "correction", "U")
_WORDS = {"quantity", "unit", "correlation"}


def read_toml_calibration(path: Path) -> dict[str, Any]:
    """Return a calibration from a TOML file that holds the fields of one of `[[calibrations]]`."""
    return read_toml(path)


def read_csv_calibration(path: Path) -> dict[str, Any]:
    """Return `values` from a CSV file: a line for each point, its range's fields repeated on each line.

    Columns: quantity, unit, range, k, correlation, drift_ppm_per_year, temperature_ppm_per_K, nominal, correction, U;
    also dof, drift_floor_per_year, interpolation_ppm.

    Raises
    ------
    FileError
        A column is missing or unknown, a number is none, or lines of one range say different things of it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as CSV in UTF-8: {error}"
        raise FileError(msg) from error
    reader = csv.DictReader(io.StringIO(text))
    unknown = [name for name in reader.fieldnames or () if name not in (*_OF_THE_TABLE, *_OF_THE_POINT)]
    if unknown or not reader.fieldnames:
        msg = (
            f"{path}: unknown column {', '.join(map(repr, unknown))}; known: {', '.join(_OF_THE_TABLE + _OF_THE_POINT)}"
        )
        raise FileError(msg)
    tables: dict[tuple[Any, Any], dict[str, Any]] = {}
    for line in reader:
        where = f"{path}: line {reader.line_num}"
        if None in line or None in line.values():
            msg = f"{where}: has not as many fields as the first line"
            raise FileError(msg)
        row = {name: _value(name, cell, where) for name, cell in line.items() if cell.strip()}
        about = {name: row[name] for name in _OF_THE_TABLE if name in row}
        table = tables.setdefault((row.get("quantity"), row.get("range")), about | {"points": []})
        if {k: v for k, v in table.items() if k != "points"} != about:
            msg = f"{where}: says something else of this range than the lines before"
            raise FileError(msg)
        table["points"].append({name: row[name] for name in _OF_THE_POINT if name in row})
    return {"values": list(tables.values())}


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {".toml": read_toml_calibration, ".csv": read_csv_calibration}
"""What reads a calibration's table from a file, by the end of its name."""


def read_calibration(path: Path) -> dict[str, Any]:
    """Return a calibration's table from a file of values; raise `InputError` where no reader knows its kind."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        msg = f"{path}: values are read from {', '.join(READERS)}"
        raise InputError(msg)
    return reader(path)


def add_calibration(
    register: Register, id: str, calibration: Mapping[str, Any], certificate: Path | None = None
) -> Equipment:
    """Add a calibration to the file of an equipment, and keep the certificate's file; return the equipment.

    Nothing is changed where anything is wrong.

    Raises
    ------
    InputError
        The equipment is not in a TOML file, or has this certificate already.
    FileError
        The calibration is not one; every mistake is listed.
    """
    equipment, path = register[id], register.file_of(id)
    if path.suffix != ".toml":
        msg = f"{path}: is a register of another program; add the certificate there"
        raise InputError(msg)
    table = {k: v for k, v in calibration.items() if v is not None}
    if any(c.certificate == table.get("certificate") for c in equipment.calibrations):
        msg = f"{equipment.name}: has a calibration with the certificate {table['certificate']} already"
        raise InputError(msg)
    target = None
    if certificate is not None:
        target = register.folder / CERTIFICATES / f"{_file_name(id)}-{_file_name(str(table.get('certificate', '')))}"
        target = target.with_name(target.name + certificate.suffix.lower())
        kept = target.relative_to(register.folder).as_posix()
        table["document"] = {"path": kept, "sha256": sha256_of(certificate), "kind": kind_of(certificate)}
    text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n\n" + array_of_tables("calibrations", table)
    changed = as_model(toml_tables(text, str(path)), Equipment, f"{path}, with the new calibration")
    if target is not None and certificate is not None:
        _keep(certificate, target, table["document"]["sha256"])
    replace_file(path, text)
    return changed


def _value(name: str, cell: str, where: str) -> float | str:
    if name in _WORDS:
        return cell.strip()
    try:
        return float(cell)
    except ValueError:
        msg = f"{where}: {name}: must be a number with a decimal point (got {cell!r})"
        raise FileError(msg) from None


def _keep(certificate: Path, target: Path, digest: str) -> None:
    """Copy a certificate to its place; raise `FileError` where another file lies there."""
    if target.exists() and sha256_of(target) != digest:
        msg = f"{target}: another file lies there; move it away or correct the number of the certificate"
        raise FileError(msg)
    try:
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            shutil.copyfile(certificate, target)
    except OSError as error:
        msg = f"{target}: cannot be written ({error.strerror})"
        raise FileError(msg) from error


def _file_name(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in text) or "certificate"
