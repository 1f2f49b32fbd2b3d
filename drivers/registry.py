"""Drivers by name: entry points of the group `calib.drivers`, ours and those of a laboratory's own packages."""

import difflib
from functools import cache
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
    """Return the driver class called `name`, to be made with (transport, clock).

    Raises
    ------
    InputError
        No driver of that name, or what stands under it is none.
    """
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
    if not (isinstance(driver, type) and issubclass(driver, Instrument)):
        msg = f"driver {name!r} ({entry.value}) is no subclass of calib.drivers.Instrument"
        raise InputError(msg)
    return driver
