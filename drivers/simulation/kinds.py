"""Kinds of simulated instruments and worlds by name: ours and a laboratory's own.

A kind is found by an entry point of the group `calib.simulation`, or by file path (`twins/dvm7.py:DVM7`), in the same
way as a driver. The bench file's `kind` names it; the rest of the instrument's table is read into its file model.
"""

import difflib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, Field, field_validator

from calib.drivers.simulation.device import Device
from calib.drivers.simulation.drive import Port
from calib.drivers.simulation.pan import Pan
from calib.drivers.simulation.terminals import Input
from calib.drivers.simulation.truth_file import Function, SpecificationTruth, Truth
from calib.drivers.simulation.wires.files import Wires
from calib.errors import InputError
from calib.files import Strict

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from calib.drivers.simulation.setup import Setup
    from calib.drivers.simulation.world import World

GROUP = "calib.simulation"
SIMULATED = "SIM"
"""What the serial number of every simulated unit begins with: by it a run on sockets is known for what it is."""
MAIN = ""
"""Name of an instrument's only, or usual, terminals."""


class KnowledgeFile(Strict):
    """By what the true errors of a unit are drawn."""

    specification: str | None = None
    """Id of an accuracy specification; absent for the kind's generic one."""
    interval: str = "1 year"
    """Which of the specification's intervals."""
    truth: Truth = SpecificationTruth(model="specification")


class UnitFile(KnowledgeFile):
    """What every simulated unit states; a kind of its own adds to it."""

    kind: str
    serial_number: str
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """TCP port of the socket, where `wires` says nothing; 0 for a free one."""
    wires: Annotated[Wires, Field(min_length=1)] | None = None
    """What it answers on, such as `["socket", "hislip"]`; absent for a socket."""
    functions: Mapping[Function, KnowledgeFile] = {}
    """Where a function has another specification, interval or truth than the unit."""

    @field_validator("serial_number")
    @classmethod
    def _is_marked(cls, serial_number: str) -> str:
        """Refuse a number that a real unit may have; a comma would break the answer to `*IDN?`."""
        if not serial_number.startswith(SIMULATED) or "," in serial_number:
            msg = f"{serial_number!r} must begin with {SIMULATED} and hold no comma, so that it passes for no real unit"
            raise ValueError(msg)
        return serial_number


class WorldFile(Strict):
    """What every further world states; a kind of its own adds to it."""

    kind: str


@dataclass(frozen=True)
class Twin:
    """A simulated unit: what wires see of it, and what leads are joined to."""

    device: Device
    outputs: Mapping[str, Port] = field(default_factory=dict)
    """By the name of the terminals."""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    pan: Pan | None = None
    """Of a balance."""


@dataclass(frozen=True)
class InstrumentKind:
    """A kind of simulated instrument."""

    what: ClassVar[str] = "instrument"
    base: ClassVar[type[Strict]] = UnitFile
    make: Callable[[Any, "Setup"], Twin]
    """Makes a unit from its table in the bench file."""
    file: type[UnitFile] = UnitFile
    generic: str | None = None
    """Specification of what the unit's own does not cover, in an interval of 1 year; named as no maker's."""
    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    has_pan: bool = False


@dataclass(frozen=True)
class WorldKind:
    """A kind of world: another field of measurement than electricity, such as a stirred bath or a pressure line."""

    what: ClassVar[str] = "world"
    base: ClassVar[type[Strict]] = WorldFile
    make: Callable[[Any, "Setup"], "World"]
    file: type[WorldFile] = WorldFile


Kind = InstrumentKind | WorldKind


def find_kind(name: str) -> Kind:
    """Return the kind called `name`, or the one in a file: `path.py:NAME`.

    Raises
    ------
    InputError
        No kind of that name, or what stands under it is none.
    """
    path, _, attribute = name.rpartition(":")
    found = _from_file(Path(path), attribute) if path.endswith(".py") else _from_entry_point(name)
    if not isinstance(found, InstrumentKind | WorldKind):
        msg = f"kind {name!r} is neither an InstrumentKind nor a WorldKind of calib.drivers.simulation"
        raise InputError(msg)
    return found


def file_of(table: Mapping[str, Any], what: type[InstrumentKind] | type[WorldKind]) -> BaseModel:
    """Return a table of the bench file as the model of its kind; mistakes are a `ValueError`."""
    name = table.get("kind")
    if not isinstance(name, str):
        return what.base.model_validate(table)  # which says what is missing
    kind = find_kind(name)
    if not isinstance(kind, what):
        msg = f"kind {table['kind']!r} is a kind of {kind.what}, not of {what.what}"
        raise ValueError(msg)  # noqa: TRY004  pydantic turns it into a mistake of the file
    return kind.file.model_validate(table)


@cache
def _installed() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _from_entry_point(name: str) -> object:
    entry = _installed().get(name)
    if entry is None:
        near = difflib.get_close_matches(name, _installed(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"installed: {', '.join(sorted(_installed()))}"
        msg = f"no kind {name!r} of simulated instrument or world: {hint}"
        raise InputError(msg)
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        msg = f"kind {name!r} ({entry.value}) cannot be loaded: {error}"
        raise InputError(msg) from error


@cache
def _from_file(path: Path, attribute: str) -> object:
    spec = importlib.util.spec_from_file_location(f"calib_simulation_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        msg = f"{path}: no such Python file"
        raise InputError(msg)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look themselves up there
    try:
        spec.loader.exec_module(module)
        return getattr(module, attribute)
    except Exception as error:
        msg = f"{path}: {attribute} cannot be loaded: {type(error).__name__}: {error}"
        raise InputError(msg) from error
