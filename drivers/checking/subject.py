"""A driver on its simulated twin, in memory on a virtual clock, with a calibrator beside it where it has an input."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from calib.clock import VirtualClock
from calib.drivers.checking.exercises import Measurement
from calib.drivers.instrument import Instrument
from calib.drivers.simulation.bench import MEMORY, SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.kinds import InstrumentKind, find_kind
from calib.drivers.simulation.wires.memory import MemoryWire
from calib.drivers.transport.memory import MemoryTransport
from calib.errors import CalibError, InputError
from calib.files import as_model
from calib.ports import Direction

UNIT, SIGNAL, LEAD = "unit", "signal", "lead"
SIGNAL_KIND = "fluke-5522a"
Traffic = list[tuple[Direction, bytes]]


class Subject:
    """The driver that is checked, and its twin. Every `bench` is a fresh one of the same seed."""

    def __init__(
        self, driver: type[Instrument], twin: str, specification: str | None, specifications: Path | None = None
    ) -> None:
        self.driver = driver
        self.twin = twin
        kind = find_kind(twin)
        if not isinstance(kind, InstrumentKind):
            msg = f"{twin!r} is a kind of world, not of instrument"
            raise InputError(msg)
        self.has_input = bool(kind.inputs)
        self.can_be_overloaded = self.has_input or kind.has_pan
        self._input = UNIT + (f".{kind.inputs[0]}" if kind.inputs and kind.inputs[0] else "")
        self._unit = {"kind": twin, "serial_number": "SIMCHECK1"}
        self._unit |= {} if specification is None else {"specification": specification}
        self._specifications = specifications
        self._file = as_model(self._tables(), BenchFile, f"bench of {twin}")

    def bench(self) -> SimulatedBench:
        """Return a fresh bench."""
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        return SimulatedBench(self._file, clock=clock, seed=1, specifications=self._specifications)

    def misheard(self, bench: SimulatedBench, nth: int) -> Instrument:
        """Return the driver on the twin, whose nth answer comes as words that mean nothing."""
        device = _Misheard(MemoryWire(bench.outlets[UNIT].port("memory")), nth)
        return self.driver(MemoryTransport(MEMORY + UNIT, device), bench.clock)

    def opened(self, bench: SimulatedBench, traffic: Traffic | None = None) -> Instrument:
        """Return the driver on the twin; what is said goes into `traffic`."""

        def sink(resource: str, direction: Direction, message: bytes) -> None:
            del resource
            if traffic is not None:
                traffic.append((direction, message))

        return self.driver(bench.open(MEMORY + UNIT, sink=sink), bench.clock)

    @contextmanager
    def signal(self, bench: SimulatedBench, measurement: Measurement) -> Iterator[None]:
        """Put on the twin's input what a measurement is of."""
        if not self.has_input:
            yield
            return
        if measurement.signal is None:
            bench.connect("short", LEAD)
            yield
            return
        from calib.drivers.calibrators.fluke_5522a import Fluke5522A

        method, arguments = measurement.signal
        source = Fluke5522A(bench.open(MEMORY + SIGNAL), bench.clock)
        getattr(source, method)(*arguments)
        bench.connect(SIGNAL, LEAD)
        yield

    def is_putting_out(self, bench: SimulatedBench) -> bool | None:
        """Return whether the twin's output is on its terminals; None where it tells nobody."""
        outputs: dict[str, Any] = bench.state()["outputs"]
        return None if UNIT not in outputs else bool(outputs[UNIT]["operating"])

    def _tables(self) -> dict[str, Any]:
        tables: dict[str, Any] = {"format": "calib-simulation/1", "instruments": {UNIT: self._unit}}
        if self.has_input:
            tables["instruments"][SIGNAL] = {
                "kind": SIGNAL_KIND,
                "specification": SIGNAL_KIND,
                "interval": "90 days",
                "serial_number": "SIMCHECK2",
            }
            tables["leads"] = {LEAD: {"meter": self._input, "source": SIGNAL, "connected": "short"}}
        return tables


class _Misheard:
    """A wire on which one answer is text, and no sense."""

    def __init__(self, wire: MemoryWire, nth: int) -> None:
        self.talk, self.status_byte, self.clear = wire.talk, wire.status_byte, wire.clear
        self._wire = wire
        self._left = nth

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message and return its answer, or nonsense."""
        answer = self._wire.handle(message)
        self._left -= 1
        return b"%Q7~x\n" if answer is not None and self._left == 0 else answer


def told(error: BaseException) -> str:
    """Return an error as one line of a report; a bug is shown with its type."""
    text = str(error).splitlines()[0] if str(error) else ""
    return text if isinstance(error, CalibError) else f"{type(error).__name__}: {text}"
