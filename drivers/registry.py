"""Drivers by name: entry points of the group `calib.drivers`, ours and those of a laboratory's packages; or by file.

A file holds one driver, `drivers/dvm7.py`, or says which one: `drivers/dvm7.py:DVM7`.
"""

import difflib
import importlib.util
import sys
import traceback
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from calib.drivers.instrument import Instrument
from calib.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "calib.drivers"


@cache
def _found() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP)}


def driver_names() -> tuple[str, ...]:
    """Return the names of all installed drivers, sorted."""
    return tuple(sorted(_found()))


def find_driver(name: str) -> type[Instrument]:
    """Return the driver class called `name`, or the one in a file, to be made with (transport, clock).

    Raises
    ------
    InputError
        No driver of that name, or what stands under it is none.
    """
    path, attribute = driver_file(name)
    if path is not None:
        return _in_file(path.resolve(), attribute)
    entry = _found().get(name)
    if entry is None:
        near = difflib.get_close_matches(name, driver_names(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"installed: {', '.join(driver_names())}"
        msg = f"no driver {name!r}: {hint}"
        raise InputError(msg)
    try:
        driver = entry.load()
    except (ImportError, AttributeError) as error:
        msg = f"driver {name!r} ({entry.value}) cannot be loaded: {error}"
        raise InputError(msg) from error
    return _a_driver(driver, f"{name!r} ({entry.value})")


def driver_file(name: str) -> tuple[Path | None, str]:
    """Return the file that a driver's name is the path of, and the class in it, if named; no file for an installed one.

    The path may begin with a Windows drive.
    """
    if name.endswith(".py"):
        return Path(name), ""
    path, colon, attribute = name.rpartition(":")
    return (Path(path), attribute) if colon and path.endswith(".py") else (None, "")


def located(name: str, folder: Path) -> str:
    """Return a driver's name with the path in it, if any, made absolute; it is relative to `folder`."""
    path, attribute = driver_file(name)
    if path is None:
        return name
    return f"{(folder / path).resolve()}{':' if attribute else ''}{attribute}"


@cache
def _in_file(path: Path, attribute: str) -> type[Instrument]:
    module = _module(path)
    if attribute:
        return _a_driver(getattr(module, attribute, None), f"{path}: {attribute}")
    own = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Instrument) and each.__module__ == module.__name__
    ]
    named = [each for each in own if getattr(each, "models", ())]
    if len(named) != 1:
        found = ", ".join(each.__name__ for each in named)
        msg = (
            f"{path}: holds {'no driver' if not named else f'the drivers {found}; say which one, as {path.name}:NAME'}"
        )
        raise InputError(msg)
    return named[0]


def _module(path: Path) -> ModuleType:
    """Return the file, run as a module under a name of its own."""
    name = f"calib_driver_{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        msg = f"{path}: no such file; the path of a driver is relative to the bench file"
        raise InputError(msg)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        frames = traceback.extract_tb(error.__traceback__)
        line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else None)
        msg = f"{path}: cannot be loaded: line {line}: {type(error).__name__}: {error}"
        raise InputError(msg) from error
    return module


def _a_driver(driver: object, what: str) -> type[Instrument]:
    if not (isinstance(driver, type) and issubclass(driver, Instrument)):
        msg = f"driver {what} is no subclass of calib.drivers.Instrument"
        raise InputError(msg)
    return driver
