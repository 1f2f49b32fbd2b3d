"""The common commands that every instrument of IEEE 488.2 understands (10.2 to 10.38)."""

from collections.abc import Mapping

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler


def _register(arguments: str) -> int:
    """Return the new value of an enable register, 0 to 255 (IEEE 488.2, 10.10 and 10.34)."""
    try:
        value = round(float(arguments))
    except ValueError:
        raise CommandError(-104, "Data type error") from None
    if not 0 <= value <= 255:
        raise CommandError(-222, "Data out of range")
    return value


def _enable_events(unit: CommandSet, arguments: str) -> None:
    unit.event_enable = _register(arguments)


def _enable_service(unit: CommandSet, arguments: str) -> None:
    unit.service_enable = _register(arguments) & ~64


COMMON: Mapping[str, Handler] = {
    "*IDN?": lambda unit, _: unit.identity,
    "*RST": lambda unit, _: unit.reset(),
    "*CLS": CommandSet.clear_status,
    "*OPC": CommandSet.complete,
    "*OPC?": lambda _unit, _: "1",
    "*WAI": lambda _unit, _: None,
    "*TST?": lambda _unit, _: "0",
    "*ESR?": CommandSet.read_event_status,
    "*ESE": _enable_events,
    "*ESE?": lambda unit, _: str(unit.event_enable),
    "*SRE": _enable_service,
    "*SRE?": lambda unit, _: str(unit.service_enable),
    "*STB?": CommandSet.read_status_byte,
}
"""For the start of a twin's own table: `table({**COMMON, "OUT": …})`."""


def _next_error(unit: CommandSet, _: str) -> str:
    """Take the oldest error out of the queue (SCPI 1999.0, volume 2, 21.8)."""
    code, text = unit.errors.popleft() if unit.errors else (0, "No error")
    return f'{code},"{text}"'


def _registers(name: str) -> dict[str, Handler]:
    """Return a status register in which nothing ever happens (SCPI 1999.0, volume 2, 20)."""

    def enable(unit: CommandSet, arguments: str) -> None:
        try:
            unit.register_enables[name] = round(float(arguments)) & 0x7FFF
        except ValueError:
            raise CommandError(-104, "Data type error") from None

    return {
        f"STATus:{name}[:EVENt]?": lambda _unit, _: "0",
        f"STATus:{name}:CONDition?": lambda _unit, _: "0",
        f"STATus:{name}:ENABle": enable,
        f"STATus:{name}:ENABle?": lambda unit, _: str(unit.register_enables.get(name, 0)),
    }


REGISTERS: Mapping[str, Handler] = {**_registers("OPERation"), **_registers("QUEStionable")}
SCPI_COMMON: Mapping[str, Handler] = {**COMMON, **REGISTERS, "SYSTem:ERRor[:NEXT]?": _next_error}
"""The same with the error queue and the status registers of SCPI."""
