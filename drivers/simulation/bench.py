"""A simulated bench in this process: instruments that answer, the world that joins them, and the truth about them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from calib.clock import Clock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.bench_truth import BenchTruth
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.device import Device
from calib.drivers.simulation.electrical import ElectricalWorld
from calib.drivers.simulation.environment import Disturbance, Environment
from calib.drivers.simulation.fault_physics import UnitPhysics
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.kinds import Twin, WorldKind, find_kind
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.seeds import new_seed
from calib.drivers.simulation.setup import Laws, Setup
from calib.drivers.simulation.source import Output, OutputTerminals, Transition
from calib.drivers.simulation.truths import Truths, state_truths, with_components
from calib.drivers.simulation.wires.memory import MemoryWire
from calib.drivers.simulation.world import CanBeImposedOn, World
from calib.drivers.transport.base import Connector
from calib.drivers.transport.memory import MemoryTransport
from calib.errors import InputError, LinkError
from calib.ports import TrafficSink

MEMORY = "MEMORY::"


class SimulatedBench:
    """All instruments of a bench file. `truth` is for tests and studies in this process; no wire leads to it."""

    def __init__(
        self,
        file: BenchFile,
        *,
        clock: Clock,
        seed: int | None = None,
        specifications: Path | None = None,
        truths: Truths | None = None,
    ) -> None:
        known = self._truths = truths or {}
        file = with_components(file, known)
        self.seed = next(s for s in (seed, file.seed, new_seed()) if s is not None)
        self.clock = clock
        self.file = file
        self._environment = Environment(file.environment, clock)
        self._specifications = specifications
        self.worlds: dict[str, World] = {}
        for name in file.worlds:
            self.worlds[name] = self._world(name)
        self._laws = {name: self._laws_of(name) for name in file.instruments}
        state_truths(self._laws, known)
        self._units = {name: self._unit(name) for name in file.instruments}
        self.electrical = ElectricalWorld(file, file.all_leads, clock, self._environment, self.seed)
        for world in (self.electrical, *self.worlds.values()):
            world.join(self._units)
        self.instruments: Mapping[str, Device] = {name: unit.device for name, unit in self._units.items()}
        self.faults = Faults(seed=self.seed)
        self.outlets = {name: self._outlet(name, unit) for name, unit in self._units.items()}
        self.truth = BenchTruth(self._laws, self._units, self._outputs(), self.electrical, self._environment, clock)

    @classmethod
    def from_file(
        cls,
        path: Path,
        *,
        clock: Clock,
        seed: int | None = None,
        specifications: Path | None = None,
        truths: Truths | None = None,
    ) -> Self:
        """Read a bench file; `specifications` is the laboratory's folder of specifications of its own.

        `truths` go before what the file says: by instrument the law of each function, such as a `StatedTruth`, and
        by component its `StatedValue`.

        Raises
        ------
        FileError
            The file, or a specification that it names, is wrong.
        InputError
            A truth is stated of something that is not on the bench.
        """
        file = BenchFile.read(path)
        return cls(file, clock=clock, seed=seed, specifications=specifications, truths=truths)

    @property
    def resources(self) -> dict[str, str]:
        """The in-memory resource of every instrument, by its name in the file."""
        return {name: MEMORY + name for name in self.instruments}

    def open(self, resource: str, *, sink: TrafficSink | None = None) -> MemoryTransport:
        """Open an instrument by its in-memory resource, such as `MEMORY::meter`."""
        outlet = self.outlets.get(resource.removeprefix(MEMORY))
        if outlet is None:
            msg = f"{resource}: not on this simulated bench; there are {', '.join(self.resources.values())}"
            raise LinkError(msg)
        return MemoryTransport(resource, MemoryWire(outlet.port("memory")), sink=sink)

    def connector(self, sink: TrafficSink | None = None) -> Connector:
        """Return what opens this bench's instruments, all their traffic going to `sink`."""
        return lambda resource: self.open(resource, sink=sink)

    def connect(self, node: str, joint: str | None = None) -> None:
        """Move a lead's far end to a node, or a switch to a channel; without a name, the bench's only lead.

        Nodes are `calibrator` (the lead's source), `short`, `open`, and outputs, components, switches by name. A text
        such as `signal=gps, reference=open` moves several.
        """
        if joint is None and "=" in node:
            for part in node.split(","):
                moved, _, where = part.partition("=")
                self.connect(where.strip(), moved.strip())
            return
        if joint is None:
            joint = self._only_lead()
        world = next((w for w in (self.electrical, *self.worlds.values()) if joint in w.joints), self.electrical)
        world.connect(joint, node)

    def impose(self, part: str, effects: Mapping[str, Sequence[float]]) -> None:
        """Let a part of a world err as stated from now on, in place of what the bench file has drawn: for studies.

        Raises
        ------
        InputError
            There is no such part, or it has no such errors.
        """
        worlds = [w for w in (self.electrical, *self.worlds.values()) if isinstance(w, CanBeImposedOn)]
        if not any(world.impose(part, effects) for world in worlds):
            msg = f"nothing on this simulated bench called {part!r} can be subject to {', '.join(effects)}"
            raise InputError(msg)

    def disturb(self, disturbance: Disturbance) -> None:
        """Disturb the air from now on."""
        self._environment.disturb(disturbance)

    def panel(self, name: str, message: str) -> str:
        """Turn the knobs of an instrument that a person reads, or return what its display shows.

        Raises
        ------
        InputError
            There is no such instrument, or it has no such knob.
        """
        if name not in self.instruments:
            msg = f"no instrument {name!r} on this simulated bench; there are {', '.join(self.instruments)}"
            raise InputError(msg)
        device = self.instruments[name]
        before = len(device.errors) if isinstance(device, CommandSet) else 0
        shown = (device.handle(message.encode() + b"\n") or b"").decode("latin-1").strip()
        if isinstance(device, CommandSet) and len(device.errors) > before:
            code, text = device.errors.pop()
            msg = f"simulated {name}: {message!r} cannot be done to it ({code} {text})"
            raise InputError(msg)
        return shown

    def environment(self) -> dict[str, float]:
        """Return what a thermometer, a hygrometer and a barometer on the bench show."""
        return {
            "temperature_C": round(self._environment.temperature_C(), 2),
            "humidity_percent": round(self._environment.humidity_percent(), 1),
            "pressure_Pa": round(self._environment.pressure_Pa()),
        }

    def state(self) -> dict[str, Any]:
        """Return where everything is joined, and for every output whether it operates, its value, and all its changes.

        `connected` is where the first lead is.
        """
        outputs = {name: self._output_state(output) for name, output in self._outputs().items()}
        worlds = {name: world.state() for name, world in self.worlds.items()}
        first = next(iter(self.electrical.leads.values()), None)
        connected = None if first is None else first.contact.node
        return {"connected": connected, "outputs": outputs, "worlds": worlds, **self.electrical.state()}

    def _outlet(self, name: str, unit: Twin) -> Outlet:
        physics = UnitPhysics(self.clock, self._laws[name], unit.inputs.values(), unit.pan)
        return Outlet(name, unit.device, self.clock, self.faults, physics)

    def _only_lead(self) -> str:
        leads = tuple(self.electrical.leads)
        if len(leads) != 1:
            msg = f"say which lead: {', '.join(leads) or 'there is none'}"
            raise InputError(msg)
        return leads[0]

    def _outputs(self) -> dict[str, Output]:
        ports = ((name, port) for name, unit in self._units.items() for port in unit.outputs.values())
        return {name: port.output for name, port in ports if isinstance(port, OutputTerminals)}

    def _output_state(self, output: Output) -> dict[str, Any]:
        now, at_s = output.now, self.clock.elapsed()
        return {
            "operating": now.operating,
            "function": now.setpoint.function,
            "setpoint": now.setpoint.value,
            "setpoint_V": now.setpoint_V,
            "terminals": output.true_value(at_s) if now.operating else None,
            "terminals_V": output.voltage(at_s),
            "history": [self._change(t) for t in tuple(output.history)],
        }

    def _change(self, change: Transition) -> dict[str, Any]:
        at = self.clock.now() - timedelta(seconds=self.clock.elapsed() - change.at_s)
        return {
            "time": at.isoformat(),
            "operating": change.operating,
            "function": change.setpoint.function,
            "setpoint": change.setpoint.value,
            "setpoint_V": change.setpoint_V,
        }

    def _laws_of(self, name: str) -> Laws:
        unit = self.file.instruments[name]
        return Laws(name, unit, self.file.kind_of(name).generic, self.seed, self._specifications)

    def _setup(self, name: str, laws: Laws) -> Setup:
        return Setup(name, self.seed, self.clock, self._environment, laws, self.worlds, self._truths)

    def _unit(self, name: str) -> Twin:
        return self.file.kind_of(name).make(self.file.instruments[name], self._setup(name, self._laws[name]))

    def _world(self, name: str) -> World:
        kind = find_kind(self.file.worlds[name].kind)
        assert isinstance(kind, WorldKind)
        return kind.make(self.file.worlds[name], self._setup(name, Laws(name, None, None, self.seed, None)))
