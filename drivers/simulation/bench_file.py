"""The file of a simulated bench, format `calib-simulation/1` (TOML)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from calib.drivers.simulation.component_kinds import fed_by
from calib.drivers.simulation.electrical import ElectricalFile, node_name
from calib.drivers.simulation.environment import EnvironmentFile
from calib.drivers.simulation.kinds import InstrumentKind, UnitFile, WorldFile, WorldKind, file_of, find_kind
from calib.drivers.simulation.lead import CALIBRATOR, NOWHERE, SHORT, LeadFile
from calib.drivers.simulation.nodes import REVERSED, plain
from calib.files import as_model, read_toml

LEAD = "lead"
"""Name of the one lead of a file that has `[lead]`."""


def _by_kind(what: type[InstrumentKind] | type[WorldKind]) -> BeforeValidator:
    """Return what reads a table into the file model of its kind."""
    return BeforeValidator(lambda table: file_of(table, what) if isinstance(table, Mapping) else table)


Unit = Annotated[UnitFile, _by_kind(InstrumentKind)]
OtherWorld = Annotated[WorldFile, _by_kind(WorldKind)]


class BenchFile(ElectricalFile):
    """A bench: instruments, what joins them, the air round them."""

    format: Literal["calib-simulation/1"]
    seed: Annotated[int | None, Field(ge=0)] = None
    """Which units these are; absent for others each time."""
    environment: EnvironmentFile = EnvironmentFile()
    instruments: Annotated[Mapping[str, Unit], Field(min_length=1)]
    worlds: Mapping[str, OtherWorld] = {}
    """Worlds other than the electrical one."""
    lead: LeadFile | None = None
    """The short form of `leads` for one lead."""
    control_port: Annotated[int, Field(ge=0, le=65535)] = 0

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file; paths of a laboratory's own kinds in it are relative to its folder."""
        tables = read_toml(path)
        for section in ("instruments", "worlds"):
            for unit in _tables(tables.get(section)):
                if isinstance(unit.get("kind"), str):
                    unit["kind"] = _located(unit["kind"], path.parent)
        return as_model(tables, cls, str(path), path)

    @property
    def all_leads(self) -> dict[str, LeadFile]:
        """The leads by name, with that of the short form."""
        return dict(self.leads) if self.lead is None else {LEAD: self.lead, **self.leads}

    def kind_of(self, name: str) -> InstrumentKind:
        """Return the kind of an instrument."""
        kind = find_kind(self.instruments[name].kind)
        assert isinstance(kind, InstrumentKind)
        return kind

    @model_validator(mode="after")
    def _leads_join_what_is_there(self) -> Self:
        outputs = [node_name(n, t) for n in self.instruments for t in self.kind_of(n).outputs]
        inputs = [node_name(n, t) for n in self.instruments for t in self.kind_of(n).inputs]
        nodes = _either_way([*outputs, *self.components, *self.switches])
        for name, lead in self.all_leads.items():
            where = "lead" if lead is self.lead else f"leads.{name}"
            _is_among(f"{where}.meter", lead.meter, inputs)
            if lead.source is not None:
                _is_among(f"{where}.source", lead.source, outputs)
            ends = [*nodes, SHORT, NOWHERE, *(_either_way([CALIBRATOR]) if lead.source else [])]
            _is_among(f"{where}.connected", lead.connected, ends)
        for name, switch in self.switches.items():
            for channel, node in switch.channels.items():
                _is_among(f"switches.{name}.channels.{channel}", node, [*nodes, SHORT, NOWHERE])
            _is_among(f"switches.{name}.closed", switch.closed, [*switch.channels, NOWHERE])
        for name, component in self.components.items():
            for field, node in fed_by(component).items():
                _is_among(f"components.{name}.{field}", node, nodes)
        self._refuse_circles()
        return self

    def _refuse_circles(self) -> None:
        """Refuse a node that is fed by itself through switches and components."""
        behind: dict[str, list[str]] = {n: [plain(c) for c in s.channels.values()] for n, s in self.switches.items()}
        behind |= {n: [plain(f) for f in fed_by(c).values()] for n, c in self.components.items()}
        for start in behind:
            reached, ahead = set[str](), [start]
            while ahead:
                ahead = [n for at in ahead for n in behind.get(at, []) if n not in reached]
                reached.update(ahead)
            if start in reached:
                msg = f"{start} is fed by itself"
                raise ValueError(msg)


def _either_way(nodes: list[str]) -> list[str]:
    """Return the nodes in both polarities."""
    return [*nodes, *(REVERSED + node for node in nodes)]


def _is_among(field: str, name: str, known: list[str]) -> None:
    if name not in known:
        shown = ", ".join(n for n in known if plain(n) == n) or "none"
        msg = f"{field}: {name!r} is not among the fitting ones ({shown})"
        raise ValueError(msg)


def _tables(section: object) -> list[dict[str, Any]]:
    return [t for t in section.values() if isinstance(t, dict)] if isinstance(section, dict) else []


def _located(kind: str, folder: Path) -> str:
    """Return a kind with the path in it, if any, made absolute."""
    path, _, attribute = kind.rpartition(":")
    return f"{(folder / path).resolve()}:{attribute}" if path.endswith(".py") else kind
