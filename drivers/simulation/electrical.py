"""The electrical world: outputs, components, switches, and the leads from them to the meters' inputs."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from calib.clock import Clock
from calib.drivers.simulation.component_kinds import Component, ComponentFile, make_component
from calib.drivers.simulation.drive import Port, parallel
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.kinds import MAIN, Twin
from calib.drivers.simulation.lead import NOWHERE, Lead, LeadFile
from calib.drivers.simulation.seeds import stream
from calib.drivers.simulation.switches import Switch, SwitchFile
from calib.drivers.simulation.terminals import Input
from calib.drivers.simulation.thermocouple_wire import ThermocoupleWire
from calib.drivers.simulation.world import check_effects
from calib.errors import InputError
from calib.files import Strict


class ElectricalFile(Strict):
    """What is joined to what."""

    leads: Mapping[str, LeadFile] = {}
    switches: Mapping[str, SwitchFile] = {}
    components: Mapping[str, ComponentFile] = {}


class ElectricalWorld:
    """Leads, switches and components of one bench. A node is named as in the file: `source`, `source.aux`, `R10k`."""

    def __init__(
        self,
        file: ElectricalFile,
        leads: Mapping[str, LeadFile],
        clock: Clock,
        environment: Environment,
        seed: int,
    ) -> None:
        self._file = file
        self._leads = leads
        self._clock = clock
        self._environment = environment
        self._seed = seed
        self.nodes: dict[str, Port] = {}
        self.leads: dict[str, Lead] = {}
        self.switches: dict[str, Switch] = {}
        self.components: dict[str, Component] = {}
        self._inputs: dict[str, Input] = {}

    def join(self, units: Mapping[str, Twin]) -> None:
        """Make what the file names, and join the meters' inputs to their leads."""
        for name, unit in units.items():
            self.nodes |= {node_name(name, terminals): port for terminals, port in unit.outputs.items()}
        for name, component in self._file.components.items():
            rng = stream(self._seed, name, "truth")
            self.components[name] = make_component(component, self.nodes, self._clock, self._environment, rng)
        self.nodes |= self.components
        for name, switch in self._file.switches.items():
            self.switches[name] = Switch.of(switch, self.nodes, stream(self._seed, name, "contacts"))
        self.nodes |= self.switches
        self._inputs = inputs = {node_name(n, t): i for n, u in units.items() for t, i in u.inputs.items()}
        for name, file in self._leads.items():
            rng = stream(self._seed, name, "contacts")
            wire = self._wire(name, file, inputs[file.meter])
            lead = self.leads[name] = Lead(file, self.nodes, self._shared_ohm, self._clock, rng, wire)
            inputs[file.meter].terminals = lead

    @property
    def joints(self) -> Mapping[str, str]:
        """What hands can move: each lead's far end and each switch, and where it is."""
        leads = {name: lead.contact.node for name, lead in self.leads.items()}
        return leads | {name: switch.closed for name, switch in self.switches.items()}

    def connect(self, joint: str, node: str) -> None:
        """Move a lead's far end to a node, or a switch to a channel.

        Of several leads that an input has, the one that was last joined to something is at its terminals.
        """
        moved: Lead | Switch | None = self.leads.get(joint) or self.switches.get(joint)
        if moved is None:
            msg = f"nothing called {joint!r} can be moved; there are {', '.join(self.joints)}"
            raise InputError(msg)
        moved.connect(node)
        if isinstance(moved, Lead) and node != NOWHERE:
            self._inputs[moved.file.meter].terminals = moved

    def impose(self, part: str, effects: Mapping[str, Sequence[float]]) -> bool:
        """Impose effects on a lead; return whether it is here."""
        lead = self.leads.get(part)
        if lead is None:
            return False
        check_effects(part, effects, lead.effects)
        lead.impose(effects)
        return True

    def state(self) -> dict[str, Any]:
        """Return where leads and switches are."""
        return {"joints": dict(self.joints)}

    def _wire(self, name: str, file: LeadFile, near: Input) -> ThermocoupleWire | None:
        if file.thermocouple is None:
            return None
        rng = stream(self._seed, name, "thermocouple wire")
        return ThermocoupleWire(file.thermocouple, near, self._environment.temperature_C, rng)

    def _shared_ohm(self, lead: Lead) -> float:
        """Return the load that the other leads at the same node are."""
        ohm = math.inf
        for other in self.leads.values():
            if other is not lead and other.far_end == lead.far_end:
                ohm = parallel(ohm, other.load_ohm)
        return ohm


def node_name(unit: str, terminals: str) -> str:
    """Return how a unit's terminals are called on the bench."""
    return unit if terminals == MAIN else f"{unit}.{terminals}"
