"""The commands that all simulated calibrators of Fluke have."""

from collections.abc import Callable, Mapping
from typing import Any

from calib.drivers.simulation.command_set import Handler
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.fluke_calibrator import FlukeCalibrator
from calib.drivers.simulation.fluke_status import DOWN, UP
from calib.drivers.simulation.fluke_values import whole_number, word


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
    """Return the handler of `ISCR?`, `ISCR0?`, `ISCR1?`."""

    def handler(unit: FlukeCalibrator, _: str) -> str:
        unit.note_changes()
        return str(unit.changes.read(*which))

    return handler


def _enable(*which: int) -> Handler:
    """Return the handler of `ISCE`, `ISCE0`, `ISCE1`: which changes set bit 2 of the status byte."""
    return lambda unit, arguments: unit.changes.enable(whole_number(arguments, 32767), *which)


FLUKE_COMMON: Mapping[str, Handler] = {
    **COMMON,
    "*CLS": FlukeCalibrator.clear_status,
    "*OPC?": FlukeCalibrator.when_complete,
    "*WAI": FlukeCalibrator.wait,
    "OUT": FlukeCalibrator.set_output,
    "OPER": FlukeCalibrator.operate,
    "STBY": FlukeCalibrator.standby,
    "ISR?": lambda unit, _: str(unit.instrument_status()),
    "ISCR?": _changes(UP, DOWN),
    "ISCR0?": _changes(UP),
    "ISCR1?": _changes(DOWN),
    "ISCE": _enable(UP, DOWN),
    "ISCE0": _enable(UP),
    "ISCE1": _enable(DOWN),
    "ISCE?": lambda unit, _: str(unit.changes.enabled[UP] | unit.changes.enabled[DOWN]),
    "ISCE0?": lambda unit, _: str(unit.changes.enabled[UP]),
    "ISCE1?": lambda unit, _: str(unit.changes.enabled[DOWN]),
    "FAULT?": FlukeCalibrator.read_fault,
    "EXPLAIN?": FlukeCalibrator.explain,
    "LIMIT": lambda unit, arguments: unit.set_limit(arguments),
    "LIMIT?": FlukeCalibrator.read_limit,
}
