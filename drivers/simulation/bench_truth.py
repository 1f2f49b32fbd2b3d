"""The truth about a simulated bench: what nobody at a real one can know, for tests and studies in this process."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from calib.clock import Clock
from calib.drivers.roles import plays
from calib.drivers.simulation.electrical import ElectricalWorld
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.kinds import Twin
from calib.drivers.simulation.lead import Lead
from calib.drivers.simulation.meter import Meter
from calib.drivers.simulation.setup import Laws
from calib.drivers.simulation.source import Output
from calib.drivers.simulation.temperature_indicator import IndicatorInput, Sensor
from calib.drivers.simulation.truth_file import Function
from calib.errors import InputError


@runtime_checkable
class KnowsItsError(Protocol):
    """A twin outside the electrical world that can tell its own error."""

    def true_error(self, quantity: str, value: float) -> float:
        """Return what it would indicate or give with `value` before it, minus what it should."""
        ...


class BenchTruth:
    """Errors without noise and digits, now, in SI. Without a name: of the first lead's meter, and of its source."""

    def __init__(
        self,
        laws: Mapping[str, Laws],
        units: Mapping[str, Twin],
        outputs: Mapping[str, Output],
        electrical: ElectricalWorld,
        environment: Environment,
        clock: Clock,
    ) -> None:
        self._laws = laws
        self._units = units
        self._outputs = outputs
        self._electrical = electrical
        self._environment = environment
        self._clock = clock

    def error(self, name: str, function: str, full_scale: float, value: float, frequency_Hz: float = 0.0) -> float:
        """Return the error of a unit's law at a value in one of the ranges of its specification."""
        law = self._laws[name][function]
        temperature_C, now_s = self._environment.temperature_C(), self._clock.elapsed()
        return law.error(value, full_scale, temperature_C, frequency_Hz=frequency_Hz, at_s=now_s)

    def source_error(
        self,
        function: Function,
        nominal: float,
        *,
        frequency_Hz: float = 0.0,
        range_: float | None = None,
        name: str | None = None,
    ) -> float:
        """Return the true settled output minus the nominal one, in the range that it takes unless one is given.

        A calibrator with stored resistances errs from their stored values, which are nominal here.
        """
        source = self._source() if name is None else name
        output = self._outputs[source]
        chosen = output.range_for(nominal, function) if range_ is None else range_
        return self.error(source, output.law_of(function), chosen, nominal, frequency_Hz)

    def indication_error(
        self,
        function: Function,
        range_: float,
        value: float,
        *,
        frequency_Hz: float = 0.0,
        leads_ohm: float = 0.0,
        name: str | None = None,
    ) -> float:
        """Return what a meter would indicate in a range with `value` at its terminals, minus that value.

        Its AC detector belongs to the meter, with the filter of its last readings. Resistance of leads only where
        they belong to the item: `leads_ohm` is theirs, seen with two wires.
        """
        device = None if name is None else self._units[name].device
        if plays(device, KnowsItsError):
            return device.true_error(function, value)
        meter, seen = self._meter(name), value + leads_ohm
        sensed, error = meter.exact(function, range_, seen, frequency_Hz, self._clock.elapsed())
        return sensed - value + error

    def error_of_indication(
        self,
        function: Function,
        range_: float,
        nominal: float,
        *,
        frequency_Hz: float = 0.0,
        leads_ohm: float = 0.0,
        meter: str | None = None,
        source: str | None = None,
    ) -> float:
        """Return the meter's `indication_error` at the source's true output for a nominal value."""
        true = nominal + self.source_error(function, nominal, frequency_Hz=frequency_Hz, name=source)
        return self.indication_error(function, range_, true, frequency_Hz=frequency_Hz, leads_ohm=leads_ohm, name=meter)

    def meter_error(self, range_V: float, terminal_V: float, name: str | None = None) -> float:
        """Return the meter's indication minus the direct voltage at its terminals, in volts."""
        return self.indication_error("dc_voltage", range_V, terminal_V, name=name)

    def source_output(self, nominal_V: float, range_V: float | None = None, name: str | None = None) -> float:
        """Return the calibrator's true settled output in volts, in the range that it takes unless another is given."""
        return nominal_V + self.source_error("dc_voltage", nominal_V, range_=range_V, name=name)

    def temperature_error(self, sensor: str, temperature_C: float, *, name: str | None = None) -> float:
        """Return by how much an indicator shows too much with an ideal sensor at a temperature, in kelvin.

        Sensors are named `thermocouple.K.internal` (compensated by the indicator), `thermocouple.K.0C`, `rtd.Pt100.4`.
        """
        meter = self._meter(name)
        if not isinstance(meter, IndicatorInput):
            msg = f"{name or self._lead().file.meter!r} is no simulated temperature indicator"
            raise InputError(msg)
        return meter.temperature_error(sensor, temperature_C)

    def source_temperature_error(
        self, sensor: str, temperature_C: float, *, reference_C: float | None = None, name: str | None = None
    ) -> float:
        """Return the temperature that a calibrator really stands for minus the one programmed, in kelvin.

        Of a thermocouple it is that at its terminals' true temperature, or at `reference_C` where that was programmed.
        """
        simulated, source = Sensor.named(sensor), self._source() if name is None else name
        ideal = simulated.signal(temperature_C)
        if not simulated.is_thermocouple:
            return simulated.temperature_C(ideal + self.source_error("resistance", ideal, name=source)) - temperature_C
        true_C, taken_C = (reference_C, reference_C) if reference_C is not None else self._junction_C(source)
        volts = ideal - simulated.signal(taken_C)
        volts += self.source_error("thermocouple", volts, name=source)
        return simulated.temperature_C(volts + simulated.signal(true_C)) - temperature_C

    def component(self, name: str, temperature_C: float | None = None) -> float:
        """Return the true value of a component: ohms, volts, effective turns, hertz; as it is, or at a temperature."""
        return self._electrical.components[name].value(temperature_C)

    def thermal_emf(self, lead: str | None = None) -> float:
        """Return the thermal emf of a lead's present contact, in volts."""
        return (self._lead() if lead is None else self._electrical.leads[lead]).contact.emf_V

    def lead_resistance(self, lead: str | None = None) -> float:
        """Return the resistance of a lead's two wires together, in ohms."""
        return (self._lead() if lead is None else self._electrical.leads[lead]).file.resistance_ohm

    def _junction_C(self, source: str) -> tuple[float, float]:
        """Return the true temperature of a calibrator's terminals, and what its sensor takes it for."""
        true_C = self._outputs[source].terminal_C()
        (highest,) = self._laws[source].ranges("reference_junction")
        return true_C, true_C + self.error(source, "reference_junction", highest, true_C)

    def _meter(self, name: str | None) -> Meter:
        named = self._lead().file.meter if name is None else name
        unit, _, terminals = named.partition(".")
        found = self._units[unit].inputs.get(terminals) if unit in self._units else None
        if not isinstance(found, Meter):
            msg = f"{named!r} is no input of a simulated meter"
            raise InputError(msg)
        return found

    def _source(self) -> str:
        return (self._lead().file.source or "").partition(".")[0]

    def _lead(self) -> Lead:
        return next(iter(self._electrical.leads.values()))
