"""The reference thermometer of a comparison: how its signal is read, and which temperature that means.

A method knows signals only, ohms or volts. What kind of thermometer they come from, its certificate in the register
says.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from calib.drivers.roles import DcVoltmeter, ThermometerReadout
from calib.equipment import (
    CertifiedThermocouple,
    CertifiedThermometer,
    ReferenceTemperature,
    ThermometerLaw,
    reference_temperature,
    thermometer_of,
)
from calib.errors import InputError
from calib.inputs import Argument
from calib.physics import thermocouples
from calib.procedure.context import Context
from calib.procedure.declared import Declared
from calib.procedure.station import Station
from calib.procedure.thermalparameters import REFERENCE, ReferenceParameters
from calib.specification import Specification
from calib.text import Text

READOUT = "readout"
"""Role of what reads the reference thermometer."""
Known = Callable[[str, float], Argument]
"""Gives an error of which the job states bounds, by its name and a factor."""


class ReferenceThermometer(ABC):
    """A certified thermometer and what reads it."""

    called: ClassVar[str]
    """As a refusal calls it."""
    certified: ClassVar[type[ThermometerLaw]]
    """What its certificate states."""
    declared: ClassVar[Mapping[str, Declared]]
    """What a job states bounds of, by the names of the inputs."""
    readout: ClassVar[type]
    """Of the role `readout`."""

    def __init__(self, law: ThermometerLaw, context: Context, settings: ReferenceParameters, known: Known) -> None:
        self.law = law
        self._context = context
        self._settings = settings
        self._known = known

    @classmethod
    def of(
        cls,
        context: Context,
        settings: ReferenceParameters,
        known: Known,
        kinds: Sequence[type["ReferenceThermometer"]],
    ) -> "ReferenceThermometer":
        """Return the one that the register's certificate describes; raise `InputError` where the method has no use."""
        equipment = context.standard(REFERENCE).equipment
        law, _, _ = thermometer_of(equipment, context.date)
        for kind in kinds:
            if isinstance(law, kind.certified):
                return kind(law, context, settings, known)
        told = " or ".join(kind.called for kind in kinds)
        msg = f"{equipment.name}: this method takes {told} as its reference"
        raise InputError(msg)

    @abstractmethod
    def configure(self, station: Station) -> None:
        """Set the readout for its signal."""

    @abstractmethod
    def read(self, station: Station) -> float:
        """Take one reading of its signal, in `law.unit`."""

    @abstractmethod
    def temperature(self, signal: float) -> ReferenceTemperature:
        """Return the temperature that a mean signal means, with all that is uncertain of it but for the readout."""

    def shown_C(self, signal: float) -> float:
        """Return the temperature that one reading shows, while it is waited for."""
        return self.law.temperature_C(signal)

    def signal(self, t_C: float) -> float:
        """Return about what is read at a temperature."""
        return self.law.signal(t_C)

    def range_in(self, specification: Specification) -> float | None:
        """Return which range of the readout's specification is in use; None for the lowest that holds the signal."""
        del specification
        return None

    @property
    @abstractmethod
    def connected_at(self) -> str:
        """Where it is connected, as a message asks whether it is there."""

    def _certified(self, signal: float) -> ReferenceTemperature:
        equipment = self._context.standard(REFERENCE).equipment
        return reference_temperature(equipment, self._context.date, signal, REFERENCE, _CALLED)


class ResistanceReference(ReferenceThermometer):
    """A platinum resistance thermometer at a readout of resistance."""

    called = "a resistance thermometer"
    certified = CertifiedThermometer
    readout = ThermometerReadout
    declared: ClassVar[Mapping[str, Declared]] = {
        "reference.self-heating": Declared(
            "reference_self_heating_K",
            Text(vi="Nhiệt kế chuẩn, tự đốt nóng", en="Reference thermometer, self-heating"),
            REFERENCE,
            "self_heating_K",
        )
    }

    def configure(self, station: Station) -> None:
        """Do nothing: a readout is set at its panel."""

    def read(self, station: Station) -> float:
        """Take one reading in ohms."""
        return station.role(READOUT, ThermometerReadout).read_thermometer_ohm(self._settings.reference_channel)

    @property
    def connected_at(self) -> str:
        """The readout's channel."""
        return f"channel {self._settings.reference_channel}"

    def temperature(self, signal: float) -> ReferenceTemperature:
        """Return the certificate's temperature, and self-heating, which is the same at all temperatures."""
        found = self._certified(signal)
        return replace(found, inputs=(*found.inputs, *self._known("reference.self-heating", 1.0).inputs))


class ThermocoupleReference(ReferenceThermometer):
    """A thermocouple at a voltmeter, its reference junction at a known temperature (EA-4/02, supplement, S5.4).

    Its temperature is t(V + E_ref(t_0)): t(E) is the inverse of E_ref(t) + d(t), the type's reference function and the
    certificate's deviation from it; t_0 is the temperature of the reference junction.
    """

    called = "a thermocouple"
    certified = CertifiedThermocouple
    readout = DcVoltmeter
    declared: ClassVar[Mapping[str, Declared]] = {
        "reference.junction": Declared(
            "reference_junction_K",
            Text(vi="δt_0R: đầu tự do của cặp nhiệt chuẩn", en="δt_0R: reference junction of the reference"),
            REFERENCE,
            "ice_K",
        ),
        "reference.inhomogeneity": Declared(
            "reference_inhomogeneity",
            Text(vi="Cặp nhiệt chuẩn, độ không đồng nhất", en="Reference thermocouple, inhomogeneity"),
            REFERENCE,
            "inhomogeneity",
        ),
        "reference.leads": Declared(
            "reference_leads_V",
            Text(vi="Cặp nhiệt chuẩn, dây bù", en="Reference thermocouple, extension leads"),
            REFERENCE,
            "leads_V",
        ),
        "reference.thermal": Declared(
            "reference_thermal_emf_V",
            Text(
                vi="Cặp nhiệt chuẩn, sức điện động nhiệt của chuyển mạch, dây nối",
                en="Reference thermocouple, thermal emf of switch and leads",
            ),
            "reference-emf",
            "thermal_emf_V",
        ),
    }

    def __init__(self, law: ThermometerLaw, context: Context, settings: ReferenceParameters, known: Known) -> None:
        super().__init__(law, context, settings, known)
        if settings.reference_inhomogeneity is None:
            msg = (
                "the reference is a thermocouple: the job's parameters must state 'reference_inhomogeneity', the "
                "half-width of its effect relative to the emf, such as 2e-4; 0 where the certificate's U has it"
            )
            raise InputError(msg)

    def configure(self, station: Station) -> None:
        """Set the voltmeter's range and integration time."""
        voltmeter = station.role(READOUT, DcVoltmeter)
        voltmeter.configure_dc_voltage(self._settings.reference_range_V, self._settings.reference_nplc)

    def read(self, station: Station) -> float:
        """Take one reading in volts."""
        return station.role(READOUT, DcVoltmeter).read_dc_voltage()

    def shown_C(self, signal: float) -> float:
        """Return the temperature that one reading shows; an emf that means none is on the tangent at the nearest one.

        So a type B can be watched on its way from room temperature, and wires the wrong way round show what cannot be.
        """
        assert isinstance(self.law, CertifiedThermocouple)
        from_0_V = signal + self._junction_V
        low_V, high_V = (thermocouples.emf_V(self.law.type, t) for t in thermocouples.invertible_C(self.law.type))
        nearest_V = min(max(from_0_V, low_V), high_V)
        t_C = self.law.temperature_C(nearest_V)
        return t_C + (from_0_V - nearest_V) / self._V_per_K(t_C)

    def signal(self, t_C: float) -> float:
        """Return about what is read at a temperature."""
        return self.law.signal(t_C) - self._junction_V

    def range_in(self, specification: Specification) -> float | None:
        """Return the range that is set, in volts."""
        return specification.range_for(self.law.quantity, self._settings.reference_range_V)

    @property
    def connected_at(self) -> str:
        """The voltmeter, by way of the reference junction."""
        junction_C = self._settings.reference_junction_C
        return (
            f"the voltmeter of the role '{READOUT}', its reference junction at {junction_C:g} °C, the right way round"
        )

    def temperature(self, signal: float) -> ReferenceTemperature:
        """Return the certificate's temperature, and what junction, wires and leads leave unknown of it."""
        from_0_V = signal + self._junction_V
        found = self._certified(from_0_V)
        V_per_K = found.signal_per_K
        junction_K = self._V_per_K(self._settings.reference_junction_C) / V_per_K
        without_C = self.law.reference_function_C(signal)
        junction = [
            replace(one, offset=found.uncorrected_C - without_C)
            for one in self._known("reference.junction", junction_K).inputs
        ]
        wires = [
            *self._known("reference.inhomogeneity", from_0_V / V_per_K).inputs,
            *self._known("reference.leads", 1 / V_per_K).inputs,
            *self._known("reference.thermal", 1 / V_per_K).inputs,
        ]
        return replace(found, uncorrected_C=without_C, inputs=(*found.inputs, *junction, *wires))

    def _V_per_K(self, t_C: float) -> float:
        assert isinstance(self.law, CertifiedThermocouple)
        return thermocouples.seebeck_V_per_K(self.law.type, t_C)

    @cached_property
    def _junction_V(self) -> float:
        assert isinstance(self.law, CertifiedThermocouple)
        return thermocouples.emf_V(self.law.type, self._settings.reference_junction_C)


_CALLED = Text(vi="Nhiệt kế chuẩn", en="Reference thermometer")
