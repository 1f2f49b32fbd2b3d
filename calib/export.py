"""A record written for other programs: CSV, Parquet, Excel, netCDF; xarray and h5py open it as it is.

Times are in UTC. Every table says whether instruments were simulated.
"""

import csv
import importlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calib.errors import FileError, InputError
from calib.record import Record
from calib.record.frames import Frame, frames

if TYPE_CHECKING:
    import xarray

_EXCEL_ROWS = 1_048_576
_EXCEL_LETTERS = 32_767
"""Rows of a sheet, and letters of a cell (Microsoft: Excel specifications and limits)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EXTRAS = {"pyarrow": ("Parquet", "parquet"), "openpyxl": ("Excel", "excel"), "xarray": ("netCDF", "xarray")}


def export(record: Record, target: Path, tables: Sequence[str] = ()) -> list[Path]:
    """Write tables of a record to `target`, whose suffix tells the format: .csv, .parquet, .xlsx or .nc.

    Without `tables` an .xlsx or .nc gets all of them, each in a sheet or group; .csv and .parquet hold one table, the
    readings. Several of them become several files, with the table's name behind the file's. Returns what was written.

    Raises
    ------
    InputError
        The suffix or a table is unknown, or the library for the format is not installed.
    FileError
        A file exists already or cannot be written.
    """
    kind = target.suffix.lower()
    if kind not in _WRITERS:
        msg = f"{target}: the end of the name tells the format: {', '.join(_WRITERS)}"
        raise InputError(msg)
    write, many = _WRITERS[kind]
    if many:
        return [_written(target, lambda part: write(part, frames(record, tables)))]
    chosen = list(tables) or ["readings"]
    paths = {n: target if len(chosen) == 1 else target.with_stem(f"{target.stem}-{n}") for n in chosen}
    for path in paths.values():
        _refuse_existing(path)
    made = frames(record, chosen)
    return [_written(paths[frame.name], lambda part, frame=frame: write(part, [frame])) for frame in made]  # type: ignore[misc]


def dataset(frame: Frame) -> "xarray.Dataset":
    """Return a table as an xarray Dataset on one dimension, which is named after it."""
    import numpy as np

    xarray = _library("xarray")
    made = {}
    for name, values in frame.columns.items():
        if any(isinstance(v, datetime) for v in values):
            naive = [None if v is None else v.replace(tzinfo=None) for v in values]
            made[name] = (frame.name, np.array(naive, dtype="datetime64[ns]"))
        elif values and isinstance(values[0], str):
            made[name] = (frame.name, np.array(values, dtype=object))
        else:
            made[name] = (frame.name, np.array(values))
    return xarray.Dataset(made, attrs={"table": frame.name})  # type: ignore[no-any-return]


def _csv(path: Path, tables: Sequence[Frame]) -> None:
    (frame,) = tables
    with path.open("w", newline="", encoding="utf-8-sig") as file:  # spreadsheets take UTF-8 only with its mark
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows([_plain(v) for v in row] for row in zip(*frame.columns.values(), strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _parquet(path: Path, tables: Sequence[Frame]) -> None:
    pa = _library("pyarrow")
    (frame,) = tables
    times = [n for n, values in frame.columns.items() if any(isinstance(v, datetime) for v in values)]
    arrays = {n: pa.array(v, pa.timestamp("us", tz="UTC") if n in times else None) for n, v in frame.columns.items()}
    importlib.import_module("pyarrow.parquet").write_table(pa.table(arrays), path)


def _excel(path: Path, tables: Sequence[Frame]) -> None:
    openpyxl = _library("openpyxl")
    written = importlib.import_module("openpyxl.cell").WriteOnlyCell
    book = openpyxl.Workbook(write_only=True)
    for frame in tables:
        if frame.rows >= _EXCEL_ROWS:
            msg = f"{frame.name}: {frame.rows} rows, and a sheet of Excel holds {_EXCEL_ROWS}; use .csv or .parquet"
            raise InputError(msg)
        sheet = book.create_sheet(frame.name)
        sheet.freeze_panes = "A2"
        as_text = partial(written, sheet)
        times = {n for n, values in frame.columns.items() if any(isinstance(v, datetime) for v in values)}
        sheet.append([f"{name} (UTC)" if name in times else name for name in frame.columns])
        for row in zip(*frame.columns.values(), strict=True):
            sheet.append([_cell(value, as_text) for value in row])
    book.save(path)


def _cell(value: Any, as_text: Callable[[str], Any]) -> Any:
    """Return what Excel takes: no zone, no infinities, no control characters, and no text that becomes a formula."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, float) and not -1e308 < value < 1e308:
        return str(value)
    if isinstance(value, str):
        cell = as_text(_CONTROL.sub("�", value)[:_EXCEL_LETTERS])
        cell.data_type = "s"
        return cell
    return value


def _netcdf(path: Path, tables: Sequence[Frame]) -> None:
    _library("xarray")
    for place, frame in enumerate(tables):
        named = dataset(frame)
        named.to_netcdf(path, group=frame.name, mode="w" if place == 0 else "a", engine="h5netcdf")


_WRITERS: dict[str, tuple[Callable[[Path, Sequence[Frame]], None], bool]] = {
    ".csv": (_csv, False),
    ".parquet": (_parquet, False),
    ".xlsx": (_excel, True),
    ".nc": (_netcdf, True),
}
"""How a format is written, and whether one file holds several tables."""


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        what, extra = _EXTRAS[name]
        msg = f'{what} needs {name}, which is not installed: pip install "calib-lab[{extra}]"'
        raise InputError(msg) from None


def _written(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file beside its place and put it there whole."""
    _refuse_existing(path)
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror or error})"
        raise FileError(msg) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _refuse_existing(path: Path) -> None:
    if path.exists():
        msg = f"{path}: exists already, and is not overwritten; choose another name"
        raise FileError(msg)
