"""Finding a procedure: by the name of its entry point, or by the path of a file."""

import difflib
import importlib.util
import inspect
import sys
import traceback
from importlib.metadata import entry_points
from pathlib import Path

from calib.errors import InputError
from calib.procedure import Procedure

_NEEDED = ("id", "version", "title", "method", "roles", "sources", "under_calibration", "conditions", "Parameters")


def procedure_names() -> tuple[str, ...]:
    """Return the names of the procedures that are installed."""
    return tuple(sorted({e.name for e in entry_points(group="calib.procedures")}))


def find_procedure(name: str | type[Procedure]) -> type[Procedure]:
    """Return the procedure `name`, or the one in the file of that path; a class is one already.

    Raises
    ------
    InputError
        There is none of that name, or the file holds none or several.
    """
    if not isinstance(name, str):
        return name
    if name.endswith(".py"):
        return _from_file(Path(name))
    for entry in entry_points(group="calib.procedures"):
        if entry.name == name:
            found = entry.load()
            assert isinstance(found, type)
            assert issubclass(found, Procedure)
            return found
    near = difflib.get_close_matches(name, procedure_names(), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"installed: {', '.join(procedure_names())}"
    msg = f"procedure '{name}' is unknown — {hint} A procedure in a file of yours is named by its path, ending in .py."
    raise InputError(msg)


def _from_file(path: Path) -> type[Procedure]:
    if not path.is_file():
        msg = f"{path}: no such file"
        raise InputError(msg)
    name = f"calib_procedure_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        line = getattr(error, "lineno", None) or traceback.extract_tb(error.__traceback__)[-1].lineno
        msg = f"{path}: line {line}: cannot be loaded: {type(error).__name__}: {error}"
        raise InputError(msg) from error
    found = [
        c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == name and issubclass(c, Procedure)
    ]
    found = [c for c in found if hasattr(c, "id")] or found  # a class that others derive from needs no name
    if len(found) != 1:
        msg = f"{path}: must define one procedure, a class derived from calib.procedure.Procedure; found {len(found)}"
        raise InputError(msg)
    lacking = sorted(n for n in _NEEDED if not hasattr(found[0], n)) + sorted(found[0].__abstractmethods__)
    if lacking:
        msg = f"{path}: the procedure {found[0].__name__} lacks {', '.join(lacking)}"
        raise InputError(msg)
    return found[0]
