"""The command sets of the Fluke 5520A and 5522A calibrators (5520A Operators Manual, chapter 6)."""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import Handler, table
from calib.drivers.simulation.fluke_calibrator import FlukeCalibrator, programmed, refused
from calib.drivers.simulation.fluke_commands import FLUKE_COMMON, nothing, stored, words
from calib.drivers.simulation.fluke_temperature import TemperatureOutput
from calib.drivers.simulation.fluke_values import FAMILY_5500, Amount, Suffixes, amounts, word
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import EXACT
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.source import THERMOCOUPLE, Output, OutputTerminals, Setpoint, SourceFile
from calib.drivers.simulation.truth import ErrorLaw
from calib.drivers.simulation.truth_file import Function

AUX = "aux"
TERMINALS = (MAIN, AUX, THERMOCOUPLE)
WARNED_ABOVE_V = 33.0
"""HIVOLT: "programmed to a voltage above 33 Volts" (5500A Operator Manual, figure 5-11)."""
SAVING_S = 2.0
"""In which it does not respond while it saves its limits (5520A Operators Manual, page 6-25)."""
GENERIC = "generic-calibrator-33"
_FUNCTIONS: tuple[Function, ...] = (
    "dc_voltage",
    "ac_voltage",
    "dc_current",
    "ac_current",
    "resistance",
    "frequency",
    "thermocouple",
)
_TIED = ("OPEN", "TIED")
_FUNCTION_WORDS = {
    "dc_voltage": "DCV",
    "ac_voltage": "ACV",
    "dc_current": "DCI",
    "ac_current": "ACI",
    "resistance": "RES",
    "thermocouple": "TC_OUT",
}
"""RTD and TC_OUT are unverified against the manual."""


class Calibrator5522A(FlukeCalibrator):
    """A 5520A or 5522A: voltage and resistance at NORMAL, current at AUX, thermocouples at TC."""

    commands: ClassVar[Mapping[str, Handler]]
    suffixes: ClassVar[Suffixes] = FAMILY_5500
    high_V: ClassVar[float] = 33.0

    def __init__(self, identity: str, output: Output, setup: Setup) -> None:
        super().__init__(identity, output, setup)
        self.remote = False
        self.temperature = TemperatureOutput(self._junction_C, self._at_zero)
        self._preset()

    def reset(self, _: str = "") -> None:
        """`*RST`, and power-on."""
        super().reset()
        self._preset()

    def setpoint_of(self, amplitude: Amount, hertz: float) -> tuple[Setpoint, float]:
        """Return what is programmed; a temperature is a voltage or a resistance."""
        if amplitude.unit != "CEL":
            return super().setpoint_of(amplitude, hertz)
        if hertz:
            raise refused(540)
        setpoint = self.temperature.setpoint(amplitude.value)
        return setpoint, self.full_scale(setpoint.function, setpoint.value)

    def set_limit(self, arguments: str) -> None:
        """`LIMIT`: silent while it saves."""
        super().set_limit(arguments)
        self.clock.sleep(SAVING_S)

    def changed_output(self, *, same: bool) -> None:
        """Forget the compensation of the resistance output once there is another quantity."""
        if not same:
            self.compensation = "NONE"

    def compensate(self, arguments: str) -> None:
        """`ZCOMP NONE|WIRE2|WIRE4`: of the resistance output."""
        wanted = word(arguments, ("NONE", "WIRE2", "WIRE4"))
        if wanted != "NONE" and self.output.now.setpoint.function != "resistance":
            raise refused(539)
        self.compensation = wanted

    def set_offset(self, arguments: str) -> None:
        """`DC_OFFSET 0 V`: no other is simulated."""
        if [(a.value, a.unit) for a in amounts(arguments, self.suffixes)] != [(0.0, "V")]:
            raise refused(540)

    def go_remote(self, _: str) -> None:
        """`REMOTE`."""
        self.remote = True

    def go_local(self, _: str) -> None:
        """`LOCAL`."""
        self.remote = False

    def instrument_status(self) -> int:
        """Return `ISR?`: bit 7 high voltage programmed, bit 11 remote."""
        high = abs(self.output.now.setpoint_V) > WARNED_ABOVE_V
        return super().instrument_status() | high << 7 | self.remote << 11

    def is_operating(self, _: str) -> str:
        """`OPER?`."""
        return "1" if self.output.now.operating else "0"

    def read_output(self, _: str) -> str:
        """`OUT?`: value and unit of the first and second output, and the frequency."""
        now = self.output.now.setpoint
        shown = programmed(now)
        return f"{shown.value:.6E},{shown.unit},0E+00,0,{now.frequency_Hz:.2E}"

    def read_function(self, _: str) -> str:
        """`FUNC?`."""
        now = self.output.now.setpoint
        if now.function == "resistance" and now.temperature_C is not None:
            return "RTD"
        return _FUNCTION_WORDS[now.function]

    def _junction_C(self) -> float:
        """Return what the sensor at the TC terminals takes for their temperature."""
        true_C = self.output.terminal_C()
        law: ErrorLaw = self.laws.get("reference_junction", EXACT)
        highest = next(iter(self.laws.ranges("reference_junction")), 0.0)
        return true_C + law.error(true_C, highest, true_C, at_s=self.clock.elapsed())

    def _at_zero(self) -> None:
        """Reset a temperature output to 0 °C, of another sensor now."""
        now = self.output.now
        if now.setpoint.temperature_C is not None:
            setpoint = self.temperature.setpoint(0.0)
            range_ = self.full_scale(setpoint.function, setpoint.value)
            operating = now.operating and setpoint.function == now.setpoint.function
            self.output.change(operating=operating, setpoint=setpoint, range_=range_)

    def _preset(self) -> None:
        self.temperature.preset()
        self.earth = self.lows = "TIED"
        self.compensation = "NONE"
        self.inductive = "OFF"


Calibrator5522A.commands = table(
    {
        **FLUKE_COMMON,
        "*OPT?": lambda _unit, _: "0",
        "OUT?": Calibrator5522A.read_output,
        "OPER?": Calibrator5522A.is_operating,
        "FUNC?": Calibrator5522A.read_function,
        "ERR?": Calibrator5522A.read_error,
        "EARTH": words("earth", _TIED),
        "EARTH?": stored("earth"),
        "LOWS": words("lows", _TIED),
        "LOWS?": stored("lows"),
        "LCOMP": words("inductive", ("ON", "OFF")),
        "LCOMP?": stored("inductive"),
        "ZCOMP": Calibrator5522A.compensate,
        "ZCOMP?": stored("compensation"),
        "DC_OFFSET": Calibrator5522A.set_offset,
        "DC_OFFSET?": lambda _unit, _: "0.000000E+00",
        "TSENS_TYPE": lambda unit, arguments: unit.temperature.set_sensor(arguments),
        "TSENS_TYPE?": lambda unit, _: unit.temperature.sensor,
        "TC_TYPE": lambda unit, arguments: unit.temperature.set_tc_type(arguments),
        "TC_TYPE?": lambda unit, _: unit.temperature.tc_type,
        "TC_REF": lambda unit, arguments: unit.temperature.set_reference(arguments),
        "TC_REF?": lambda unit, _: unit.temperature.show_reference(),
        "RTD_TYPE": lambda unit, arguments: unit.temperature.set_rtd_type(arguments),
        "RTD_TYPE?": lambda unit, _: unit.temperature.rtd_type,
        "REMOTE": Calibrator5522A.go_remote,
        "LOCAL": Calibrator5522A.go_local,
        "LOCKOUT": nothing,
    }
)


class CalibratorFile(UnitFile):
    """A calibrator."""

    output: SourceFile = SourceFile()


def output_of(file: CalibratorFile, setup: Setup) -> Output:
    """Return the output of a calibrator, with the functions that its laws have."""
    ranges = {function: setup.laws.ranges(function) for function in _FUNCTIONS}
    return Output(file.output, setup.laws, ranges, setup.clock, setup.environment)


def _kind(identity: str) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` holds `{serial}`."""

    def make(file: CalibratorFile, setup: Setup) -> Twin:
        output = output_of(file, setup)
        device = Calibrator5522A(identity.format(serial=file.serial_number), output, setup)
        return Twin(device, outputs={name: OutputTerminals(output, name) for name in TERMINALS})

    return InstrumentKind(make, CalibratorFile, generic=GENERIC, outputs=TERMINALS)


FLUKE_5522A = _kind("FLUKE,5522A,{serial},3.0+2.0+1.9*")
FLUKE_5520A = _kind("FLUKE,5520A,{serial},3.0+2.0+1.9*")
GENERIC_CALIBRATOR = _kind("GENERIC,CALIBRATOR-33,{serial},1")
