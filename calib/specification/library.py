"""Where specifications are found: those that calib ships, and the laboratory's own folder."""

import difflib
from functools import cache
from pathlib import Path

from calib.errors import FileError
from calib.files import read_model
from calib.specification.model import Specification

GENERIC = "generic-"
"""How ids of specifications begin that are assumed for simulated instruments; nobody else is offered them."""
_DATA = Path(__file__).parent / "data"


def shipped() -> tuple[str, ...]:
    """Return the ids of the specifications that calib ships."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.toml")))


def load_specification(id: str, folder: Path | None = None) -> Specification:
    """Return the specification `id`, from the laboratory's `folder` or else from those shipped.

    Raises
    ------
    FileError
        It is unknown, or its file is wrong, or the laboratory's folder redefines one that is shipped.
    """
    own = folder / f"{id}.toml" if folder is not None else None
    if own is not None and own.exists():
        if id in shipped():
            msg = f"{own}: id '{id}' belongs to a specification that calib ships; give yours another id"
            raise FileError(msg)
        return _read(own)
    if id in shipped():
        return _shipped(id)
    real = [id_ for id_ in shipped() if not id_.startswith(GENERIC)]
    known = [*real, *(sorted(p.stem for p in folder.glob("*.toml")) if folder is not None else [])]
    near = difflib.get_close_matches(id, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    msg = f"specification '{id}' is unknown — {hint}"
    raise FileError(msg)


@cache
def _shipped(id: str) -> Specification:
    return _read(_DATA / f"{id}.toml")


def _read(path: Path) -> Specification:
    specification = read_model(path, Specification)
    if specification.id != path.stem:
        msg = f"{path}: id: is '{specification.id}'; it must be the file's name, '{path.stem}'"
        raise FileError(msg)
    return specification
