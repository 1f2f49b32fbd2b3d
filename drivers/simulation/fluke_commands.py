"""The commands that all simulated calibrators of Fluke have."""

from collections.abc import Callable, Mapping
from typing import Any

from calib.drivers.simulation.command_set import Handler
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.fluke_calibrator import FlukeCalibrator
from calib.drivers.simulation.fluke_values import word


def nothing(_unit: FlukeCalibrator, _: str) -> None:
    """Carry out a command that changes nothing here."""


def words(name: str, allowed: tuple[str, ...]) -> Handler:
    """Return the handler of a command that stores one of several words."""

    def handler(unit: FlukeCalibrator, arguments: str) -> None:
        setattr(unit, name, word(arguments, allowed))

    return handler


def stored(name: str, show: Callable[[Any], str] = str) -> Handler:
    """Return the handler of a query that shows what is stored."""
    return lambda unit, _: show(getattr(unit, name))


def _changes(*which: int) -> Handler:
    return lambda unit, _: unit.read_changes(which)


def _enable(*which: int) -> Handler:
    return lambda unit, arguments: unit.enable_changes(which, arguments)


FLUKE_COMMON: Mapping[str, Handler] = {
    **COMMON,
    "*CLS": FlukeCalibrator.clear_status,
    "*OPC?": FlukeCalibrator.when_complete,
    "*WAI": FlukeCalibrator.wait,
    "OUT": FlukeCalibrator.set_output,
    "OPER": FlukeCalibrator.operate,
    "STBY": FlukeCalibrator.standby,
    "ISR?": lambda unit, _: str(unit.instrument_status()),
    "ISCR?": _changes(0, 1),
    "ISCR0?": _changes(0),
    "ISCR1?": _changes(1),
    "ISCE": _enable(0, 1),
    "ISCE0": _enable(0),
    "ISCE1": _enable(1),
    "ISCE?": lambda unit, _: str(unit.change_enable[0] | unit.change_enable[1]),
    "ISCE0?": lambda unit, _: str(unit.change_enable[0]),
    "ISCE1?": lambda unit, _: str(unit.change_enable[1]),
    "FAULT?": FlukeCalibrator.read_fault,
    "EXPLAIN?": FlukeCalibrator.explain,
    "LIMIT": lambda unit, arguments: unit.set_limit(arguments),
    "LIMIT?": FlukeCalibrator.read_limit,
}
