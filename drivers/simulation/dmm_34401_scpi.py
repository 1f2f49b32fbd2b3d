"""The command set of the 34401A and of the 8845A/8846A, DC voltage (34401A User's Guide, chapter 4)."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from calib.drivers.simulation.command_set import Handler, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.dmm_34401 import Dmm34401
from calib.drivers.simulation.scpi_values import RESOLUTION, count, is_on


def _store(name: str, convert: Callable[[str], Any]) -> Handler:
    """Return the handler of a command that stores its converted argument."""

    def handler(unit: Dmm34401, arguments: str) -> None:
        setattr(unit, name, convert(arguments))

    return handler


def _tell(name: str, show: Callable[[Any], str]) -> Handler:
    """Return the handler of a query that shows what is stored."""

    def handler(unit: Dmm34401, _: str) -> str:
        return show(getattr(unit, name))

    return handler


def _nothing(_unit: Dmm34401, _: str) -> None:
    return None


_SCIENTIFIC = "{:+.8E}".format
_FLAG = "{:d}".format


class ScpiDmm34401(Dmm34401):
    """A 6½-digit multimeter that understands its commands."""

    commands: ClassVar[Mapping[str, Handler]] = table(
        {
            **COMMON,
            "*TST?": lambda _unit, _: "+0",
            "*TRG": Dmm34401.bus_trigger,
            "SYSTem:ERRor[:NEXT]?": Dmm34401.read_error,
            "SYSTem:VERSion?": lambda _unit, _: "1991.0",
            "SYSTem:REMote": _nothing,
            "SYSTem:LOCal": _nothing,
            "SYSTem:RWLock": _nothing,
            "SYSTem:BEEPer[:IMMediate]": _nothing,
            "SYSTem:BEEPer:STATe": _store("beeper_on", is_on),
            "SYSTem:BEEPer:STATe?": _tell("beeper_on", _FLAG),
            "DISPlay": _store("display_on", is_on),
            "DISPlay?": _tell("display_on", _FLAG),
            "DISPlay:TEXT": Dmm34401.set_text,
            "DISPlay:TEXT?": _tell("displayed", '"{}"'.format),
            "DISPlay:TEXT:CLEar": _store("displayed", lambda _: ""),
            "ROUTe:TERMinals?": lambda _unit, _: "FRON",
            "CONFigure:VOLTage[:DC]": Dmm34401.configure,
            "CONFigure?": Dmm34401.read_configuration,
            "MEASure:VOLTage[:DC]?": Dmm34401.measure,
            "[SENSe:]FUNCtion": Dmm34401.set_function,
            "[SENSe:]FUNCtion?": lambda _unit, _: '"VOLT"',
            "[SENSe:]VOLTage[:DC]:RANGe[:UPPer]": Dmm34401.set_range,
            "[SENSe:]VOLTage[:DC]:RANGe[:UPPer]?": _tell("range_V", _SCIENTIFIC),
            "[SENSe:]VOLTage[:DC]:RANGe:AUTO": _store("autorange", is_on),
            "[SENSe:]VOLTage[:DC]:RANGe:AUTO?": _tell("autorange", _FLAG),
            "[SENSe:]VOLTage[:DC]:RESolution": Dmm34401.set_resolution,
            "[SENSe:]VOLTage[:DC]:RESolution?": lambda unit, _: _SCIENTIFIC(unit.range_V * RESOLUTION[unit.nplc]),
            "[SENSe:]VOLTage[:DC]:NPLCycles": Dmm34401.set_nplc,
            "[SENSe:]VOLTage[:DC]:NPLCycles?": _tell("nplc", _SCIENTIFIC),
            "[SENSe:]ZERO:AUTO": Dmm34401.set_autozero,
            "[SENSe:]ZERO:AUTO?": _tell("autozero", _FLAG),
            "INPut:IMPedance:AUTO": _store("high_impedance", is_on),
            "INPut:IMPedance:AUTO?": _tell("high_impedance", _FLAG),
            "SAMPle:COUNt": _store("samples", count),
            "SAMPle:COUNt?": _tell("samples", "{:+d}".format),
            "TRIGger:COUNt": _store("triggers", count),
            "TRIGger:COUNt?": _tell("triggers", _SCIENTIFIC),
            "TRIGger:SOURce": Dmm34401.set_trigger_source,
            "TRIGger:SOURce?": _tell("trigger_source", str),
            "TRIGger:DELay": Dmm34401.set_delay,
            "TRIGger:DELay?": _tell("delay_s", _SCIENTIFIC),
            "TRIGger:DELay:AUTO": Dmm34401.set_auto_delay,
            "TRIGger:DELay:AUTO?": _tell("auto_delay", _FLAG),
            "INITiate[:IMMediate]": Dmm34401.initiate,
            "FETCh?": Dmm34401.fetch,
            "DATA:POINts?": Dmm34401.count_readings,
            "READ?": Dmm34401.read,
        }
    )
