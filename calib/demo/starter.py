"""A laboratory folder to start from, with a simulated bench that works at once."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from string import Template

from calib.errors import FileError
from calib.run import make_key

_STARTER = Path(__file__).parent / "starter"
_FOLDERS = ("equipment", "specifications", "benches", "jobs", "keys", "records")
_BENCH = Path("benches") / "simulated.toml"
_AGE_DAYS = 30  # of the simulated standard's calibration, as its bench file says


@dataclass(frozen=True)
class Ports:
    """TCP ports of the simulated laboratory, below those that systems give to outgoing connections; 0 for free ones."""

    control: int = 15200
    source: int = 15201
    meter: int = 15202


def write_starter(folder: Path, *, ports: Ports | None = None, keys: Path | None = None) -> list[Path]:
    """Write a laboratory into `folder`, which must be new or empty, and make its sealing key; return the files.

    `keys` is where the private key goes, else this person's own folder of keys.

    Raises
    ------
    FileError
        The folder holds something already, or cannot be written.
    """
    chosen = ports or Ports()
    try:
        if folder.exists() and any(folder.iterdir()):
            msg = f"{folder}: is not empty; name a new folder"
            raise FileError(msg)
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        values = _dates() | _addresses(chosen) | {"seal_key": make_key(folder / "keys", keys)}
        return [_write(path, folder, values) for path in sorted(_STARTER.rglob("*.toml"))]
    except OSError as error:
        msg = f"{folder}: cannot be written: {error.strerror}"
        raise FileError(msg) from error


def write_bench(folder: Path, *, source: str, meter: str, control: str, time_factor: float) -> Path:
    """Write the simulated bench of a starter again, for instruments that are reached elsewhere; return its path."""
    values = {"source": source, "meter": meter, "control": control, "time_factor": f"{time_factor:g}"}
    return _write(_STARTER / _BENCH, folder, values)


def _addresses(ports: Ports) -> dict[str, str]:
    return {
        "control_port": str(ports.control),
        "source_port": str(ports.source),
        "meter_port": str(ports.meter),
        "source": f"TCPIP::127.0.0.1::{ports.source}::SOCKET",
        "meter": f"TCPIP::127.0.0.1::{ports.meter}::SOCKET",
        "control": f"127.0.0.1:{ports.control}",
        "time_factor": "1",
    }


def _dates() -> dict[str, str]:
    today = dt.datetime.now().astimezone().date()
    calibrated = today - dt.timedelta(days=_AGE_DAYS)
    return {
        "calibrated": calibrated.isoformat(),
        "due": (calibrated + dt.timedelta(days=365)).isoformat(),
        "received": (today - dt.timedelta(days=2)).isoformat(),
    }


def _write(template: Path, folder: Path, values: dict[str, str]) -> Path:
    path = folder / template.relative_to(_STARTER)
    path.write_text(Template(template.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")
    return path
