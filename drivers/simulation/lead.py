"""A lead: a pair of wires, or two of them, from a meter's input to what hands have joined its far end to.

The meter loads what it measures; each new contact has a thermal emf of its own; wires have a resistance and a
capacitance, their insulation conducts; an open lead floats.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.drive import OPEN, Drive, Port, impedance, parallel
from calib.drivers.simulation.nodes import REVERSED, drive_of, plain
from calib.drivers.simulation.terminals import NOTHING, Alternating, Wires
from calib.drivers.simulation.thermocouple_wire import ThermocoupleWire, ThermocoupleWireFile
from calib.errors import InputError
from calib.files import Strict

SHORT, NOWHERE, CALIBRATOR = "short", "open", "calibrator"


class JawsFile(Strict):
    """In place of a lead the jaws of a clamp meter, round a coil; each closing of them is another position."""

    position: Annotated[float, Field(ge=0)] = 0.0
    """Half-width, relative, within which the position changes what they see."""
    external_A: Annotated[float, Field(ge=0)] = 0.0
    """Half-width of the direct current that a field from outside seems to be."""


class LeadFile(Strict):
    """A lead of two wires, four where a meter measures resistance with four."""

    meter: str
    """Instrument at this end, with the name of its input where it has several: `meter` or `meter.channel2`."""
    source: str | None = None
    """What `calibrator` stands for as the far end."""
    connected: str = NOWHERE
    """Where the far end is at first: an instrument's output, a switch, a component, `short` or `open`."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.05
    """Of both wires together."""
    resistance_half_width_ohm: Annotated[float, Field(ge=0)] = 0.0
    """Half-width within which it is off that."""
    capacitance_F: Annotated[float, Field(ge=0)] = 0.0
    insulation_ohm: Annotated[float | None, Field(gt=0)] = None
    """Leakage from wire to wire; absent for none."""
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.2e-6
    """Half-width within which each contact's emf is drawn."""
    short_emf_V: Annotated[float, Field(ge=0)] = 0.02e-6
    """The same for the low-thermal short."""
    floating_V: Annotated[float, Field(ge=0)] = 0.6
    """How far an open high-resistance input wanders."""
    jaws: JawsFile | None = None
    thermocouple: ThermocoupleWireFile | None = None
    imbalance_ohm: float = 0.0
    """Of what two of three wires differ; such a pair's resistance is in a measurement with three wires."""


@dataclass(frozen=True)
class Contact:
    """What the lead is joined to, and the thermal emf that this contact brings."""

    node: str
    """`-NODE` with the two wires exchanged."""
    emf_V: float
    position: float = 0.0
    """Of jaws: how much more they see, relative."""
    external_A: float = 0.0


class Lead:
    """The meter's end of a lead, and where its other end is: the meter's `Terminals`."""

    effects: ClassVar[Sequence[str]] = ("thermal_emf_V",)
    """What can be imposed on it: the thermal emf of its present contact."""

    def __init__(
        self,
        file: LeadFile,
        nodes: Mapping[str, Port],
        shared_ohm: Callable[["Lead"], float],
        clock: Clock,
        rng: np.random.Generator,
        wire: ThermocoupleWire | None = None,
    ) -> None:
        if file.resistance_half_width_ohm:
            off_ohm = file.resistance_half_width_ohm * float(rng.uniform(-1, 1))
            file = file.model_copy(update={"resistance_ohm": file.resistance_ohm + off_ohm})
        self.file = file
        self._wire = wire
        self._nodes = nodes
        self._shared_ohm = shared_ohm
        self._clock = clock
        self._rng = rng
        self._phases = [float(p) for p in rng.uniform(0, 2 * math.pi, size=3)]
        self._insulation_ohm = math.inf if file.insulation_ohm is None else file.insulation_ohm
        self.load_ohm = math.inf
        """How the meter loaded the far end when it last read: what other leads there are loaded with, too."""
        self._last = (-math.inf, OPEN)
        """When a voltage was read last, and what arrived: the noise of the same reading is asked for next."""
        self.contact: Contact
        self.connect(file.connected)

    @property
    def far_end(self) -> str:
        """The node that the far end is joined to."""
        node = plain(self.contact.node)
        return self.file.source if node == CALIBRATOR and self.file.source is not None else node

    def connect(self, node: str) -> None:
        """Move the lead's far end; every contact brings an emf of its own. `-NODE` exchanges the two wires."""
        known = [*([] if self.file.source is None else [CALIBRATOR]), SHORT, NOWHERE, *self._nodes]
        if plain(node) not in known:
            msg = f"a lead is connected to one of {', '.join(known)}, not to {node!r}"
            raise InputError(msg)
        half_width_V = self.file.short_emf_V if node == SHORT else self.file.thermal_emf_V
        emf_V, jaws = half_width_V * float(self._rng.uniform(-1, 1)), self.file.jaws
        if jaws is None:
            self.contact = Contact(node, emf_V)
        else:
            position, external = (float(x) for x in self._rng.uniform(-1, 1, size=2))
            self.contact = Contact(node, emf_V, jaws.position * position, jaws.external_A * external)

    def impose(self, effects: Mapping[str, Sequence[float]]) -> None:
        """Let the present contact err as stated."""
        self.contact = replace(self.contact, emf_V=effects["thermal_emf_V"][0])

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return the true voltage at the meter's terminals, which load it with `input_ohm` and a bias current."""
        self.load_ohm = input_ohm
        drive = self._drive(at_s)
        self._last = self._clock.elapsed(), drive
        if drive.is_open:
            return self._floating(input_ohm, bias_A, at_s)
        return drive.voltage(parallel(input_ohm, self._insulation_ohm), bias_A)

    def noise_V(self, integration_s: float) -> float:
        """Return the standard deviation of what the lead brings, over an integration time, in volts."""
        now_s = self._clock.elapsed()
        read_s, drive = self._last
        return (drive if read_s == now_s else self._drive(now_s)).noise_V / math.sqrt(integration_s)

    def ac_voltage(self, input_ohm: float, input_F: float, at_s: float) -> Alternating:
        """Return the alternating voltage at the terminals; the lead's own capacitance is beside the meter's."""
        self.load_ohm = input_ohm
        drive = self._drive(at_s)
        if not drive.alternates:
            return NOTHING
        resistance_ohm = parallel(input_ohm, self._insulation_ohm)
        load_ohm = impedance(resistance_ohm, input_F + self.file.capacitance_F, drive.frequency_Hz)
        return Alternating(drive.ac_voltage(load_ohm), drive.frequency_Hz)

    def current(self, burden_ohm: float, at_s: float) -> float:
        """Return the direct current through a burden, in amperes."""
        self.load_ohm = burden_ohm + self.file.resistance_ohm
        amperes = self._drive(at_s).beside(self._insulation_ohm).current(burden_ohm)
        return amperes * (1 + self.contact.position) + self.contact.external_A

    def noise_A(self, integration_s: float) -> float:
        """Return the standard deviation of the current that the lead brings, over an integration time."""
        return self._drive(self._clock.elapsed()).noise_A / math.sqrt(integration_s)

    def ac_current(self, burden_ohm: float, at_s: float) -> Alternating:
        """Return the alternating current through a burden."""
        self.load_ohm = burden_ohm + self.file.resistance_ohm
        drive = self._drive(at_s)
        if not drive.alternates:
            return NOTHING
        rms_A = drive.beside(self._insulation_ohm).ac_current(burden_ohm) * (1 + self.contact.position)
        return Alternating(rms_A, drive.frequency_Hz)

    def resistance(self, wires: Wires, test_A: float, at_s: float) -> float:
        """Return voltage by test current: of the far end with 4 wires, of the leads too with 2."""
        self.load_ohm = math.inf
        drive = self._far(at_s)
        if drive.is_open:
            return self._insulation_ohm
        series_ohm = {2: self.file.resistance_ohm, 3: self.file.imbalance_ohm, 4: 0.0}[wires]
        seen = drive.through(series_ohm, self.contact.emf_V)
        volts = seen.beside(self._insulation_ohm).voltage(math.inf, test_A) if math.isfinite(seen.ohm) else math.inf
        return volts / test_A

    def frequency(self, at_s: float) -> float:
        """Return the frequency of what alternates, in hertz."""
        drive = self._drive(at_s)
        return drive.frequency_Hz if drive.alternates else 0.0

    def frequency_noise(self, gate_s: float) -> float:
        """Return the relative standard deviation of the frequency over a gate."""
        return self._drive(self._clock.elapsed()).frequency_noise_1s / math.sqrt(gate_s)

    def _far(self, at_s: float) -> Drive:
        """Return what the far end is joined to, loaded with what else hangs there."""
        node = self.far_end
        if node == SHORT:
            return Drive(ohm=0.0)
        if node == NOWHERE:
            return OPEN
        drive = drive_of(self._nodes, node, at_s)
        if drive.is_open:
            return OPEN
        loaded = drive.beside(self._shared_ohm(self))
        return loaded.reversed() if self.contact.node.startswith(REVERSED) else loaded

    def _drive(self, at_s: float) -> Drive:
        """Return what arrives at the meter's end."""
        emf_V = self.contact.emf_V
        if self._wire is not None:
            emf_V += self._wire.emf_V(self._nodes.get(self.far_end))
        return self._far(at_s).through(self.file.resistance_ohm, emf_V)

    def _floating(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return an open input's voltage: the divider holds it near zero, a very high resistance lets it wander."""
        held_ohm = parallel(input_ohm, self._insulation_ohm)
        if held_ohm <= 1e8:
            return bias_A * held_ohm
        a, b, c = self._phases
        slow = 0.5 * math.sin(at_s / 41.0 + a) + 0.35 * math.sin(at_s / 13.7 + b) + 0.15 * math.sin(at_s / 3.1 + c)
        return self.file.floating_V * slow
