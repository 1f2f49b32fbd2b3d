"""A simulated bench in this process: instruments that answer, the lead between them, and the truth about them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from calib.clock import Clock
from calib.drivers.simulation.bench_file import BenchFile, CalibratorFile, MultimeterFile
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.dmm_34401_scpi import ScpiDmm34401
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.fluke_5522a import Calibrator5522A
from calib.drivers.simulation.meter import Meter
from calib.drivers.simulation.scpi_values import RANGES_V
from calib.drivers.simulation.seeds import new_seed, stream
from calib.drivers.simulation.source import Output, Transition
from calib.drivers.simulation.truth import ErrorLaw, draw
from calib.drivers.simulation.world import Lead
from calib.drivers.transport.base import Connector
from calib.drivers.transport.memory import MemoryTransport
from calib.errors import InputError, LinkError
from calib.files import read_model
from calib.ports import TrafficSink
from calib.specification import load_specification

MEMORY = "MEMORY::"


class SimulatedBench:
    """All instruments of a bench file. `truth` is for tests and studies in this process; no wire leads to it."""

    def __init__(
        self, file: BenchFile, *, clock: Clock, seed: int | None = None, specifications: Path | None = None
    ) -> None:
        self.seed = next(s for s in (seed, file.seed, new_seed()) if s is not None)
        self.clock = clock
        self.file = file
        self._environment = Environment(file.environment, clock)
        self._specifications = specifications
        self._laws = {name: self._law(name, unit) for name, unit in file.instruments.items()}
        self._outputs = {n: self._output(n, u) for n, u in file.instruments.items() if isinstance(u, CalibratorFile)}
        self._meters = {n: self._meter(n, u) for n, u in file.instruments.items() if isinstance(u, MultimeterFile)}
        self.lead = Lead(file.lead, self._outputs[file.lead.source], clock, stream(self.seed, "lead", "contacts"))
        self._meters[file.lead.meter].terminals = self.lead
        self.instruments: Mapping[str, CommandSet] = {n: self._command_set(n, u) for n, u in file.instruments.items()}
        self.truth = BenchTruth(self.lead, self._outputs[file.lead.source], self._meters[file.lead.meter])

    @classmethod
    def from_file(
        cls, path: Path, *, clock: Clock, seed: int | None = None, specifications: Path | None = None
    ) -> Self:
        """Read a bench file; `specifications` is the laboratory's folder of specifications of its own.

        Raises
        ------
        FileError
            The file, or a specification that it names, is wrong.
        """
        return cls(read_model(path, BenchFile), clock=clock, seed=seed, specifications=specifications)

    @property
    def resources(self) -> dict[str, str]:
        """The in-memory resource of every instrument, by its name in the file."""
        return {name: MEMORY + name for name in self.instruments}

    def open(self, resource: str, *, sink: TrafficSink | None = None) -> MemoryTransport:
        """Open an instrument by its in-memory resource, such as `MEMORY::meter`."""
        unit = self.instruments.get(resource.removeprefix(MEMORY))
        if unit is None:
            msg = f"{resource}: not on this simulated bench; there are {', '.join(self.resources.values())}"
            raise LinkError(msg)
        return MemoryTransport(resource, unit.handle, sink=sink)

    def connector(self, sink: TrafficSink | None = None) -> Connector:
        """Return what opens this bench's instruments, all their traffic going to `sink`."""
        return lambda resource: self.open(resource, sink=sink)

    def connect(self, node: str) -> None:
        """Move the lead's far end to `calibrator`, `short` or `open`."""
        self.lead.connect(node)

    def environment(self) -> dict[str, float]:
        """Return what a thermometer and a hygrometer on the bench show."""
        return {
            "temperature_C": round(self._environment.temperature_C(), 2),
            "humidity_percent": round(self._environment.humidity_percent(), 1),
        }

    def state(self) -> dict[str, Any]:
        """Return where the lead is, and for every output whether it operates, its voltage, and all its changes."""
        outputs = {name: self._output_state(output) for name, output in self._outputs.items()}
        return {"connected": self.lead.contact.node, "outputs": outputs}

    def _output_state(self, output: Output) -> dict[str, Any]:
        now = output.now
        return {
            "operating": now.operating,
            "setpoint_V": now.setpoint_V,
            "terminals_V": output.voltage(self.clock.elapsed()),
            "history": [self._change(t) for t in tuple(output.history)],
        }

    def _change(self, change: Transition) -> dict[str, Any]:
        at = self.clock.now() - timedelta(seconds=self.clock.elapsed() - change.at_s)
        return {"time": at.isoformat(), "operating": change.operating, "setpoint_V": change.setpoint_V}

    def _law(self, name: str, unit: CalibratorFile | MultimeterFile) -> ErrorLaw:
        specification = load_specification(unit.specification, self._specifications)
        lacking = set(RANGES_V) - set(specification.ranges("dc_voltage")) if isinstance(unit, MultimeterFile) else None
        if lacking:
            ranges = ", ".join(f"{r:g} V" for r in sorted(lacking))
            msg = f"simulated {name} ({unit.kind}): its specification {specification.id} lacks the range {ranges}"
            raise InputError(msg)
        return draw(unit.truth, specification, unit.interval, stream(self.seed, name, "truth"))

    def _output(self, name: str, unit: CalibratorFile) -> Output:
        ranges_V = load_specification(unit.specification, self._specifications).ranges("dc_voltage")
        return Output(unit.output, self._laws[name], ranges_V, self.clock, self._environment)

    def _meter(self, name: str, unit: MultimeterFile) -> Meter:
        rng = stream(self.seed, name, "noise")
        return Meter(unit.input, self._laws[name], self.clock, self._environment, rng)

    def _command_set(self, name: str, unit: CalibratorFile | MultimeterFile) -> CommandSet:
        if isinstance(unit, CalibratorFile):
            return Calibrator5522A(unit.serial_number, self._outputs[name])
        if unit.kind == "hp-34401a":  # it answers 0 for its serial number
            return ScpiDmm34401("HEWLETT-PACKARD,34401A,0,11-5-2", self._meters[name])
        return ScpiDmm34401(f"FLUKE,8846A,{unit.serial_number},08/02/10-11:53", self._meters[name])


class BenchTruth:
    """What nobody at a real bench can know."""

    def __init__(self, lead: Lead, output: Output, meter: Meter) -> None:
        self._lead = lead
        self._output = output
        self._meter = meter

    def meter_error(self, range_V: float, terminal_V: float) -> float:
        """Return the meter's noise-free, unquantised indication minus the voltage at its terminals, in volts."""
        return self._meter.error_V(range_V, terminal_V)

    def source_output(self, nominal_V: float, range_V: float | None = None) -> float:
        """Return the calibrator's true settled output in volts, in the range that it takes unless another is given."""
        chosen_V = self._output.range_for(nominal_V) if range_V is None else range_V
        return self._output.settled_V(nominal_V, chosen_V)

    def thermal_emf(self) -> float:
        """Return the thermal emf of the present contact, in volts."""
        return self._lead.contact.emf_V
