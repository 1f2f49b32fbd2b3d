"""The bench, open: an instrument for each role, each proven to be the one that the register or the job names."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from calib.clock import Clock
from calib.drivers import Identity, Instrument, Transport, find_driver
from calib.drivers.roles import Source
from calib.errors import CalibError, IdentityError, InputError, InstrumentError
from calib.ports import Operator, Prompt, TrafficSink
from calib.run.benchfile import ITEM
from calib.run.plan import Plan
from calib.text import both

Connect = Callable[[str, TrafficSink | None], Transport]
"""Opens a resource: over VISA, or in memory to a simulated instrument."""


class Bench:
    """Open instruments by role."""

    def __init__(self, instruments: Mapping[str, Instrument], sources: tuple[str, ...]) -> None:
        self.instruments = instruments
        self._sources = sources

    @classmethod
    def open(cls, plan: Plan, connect: Connect, clock: Clock, sink: TrafficSink | None) -> "Bench":
        """Open every role's instrument; raise one `InstrumentError` that lists all that failed."""
        opened: dict[str, Instrument] = {}
        failed: dict[str, CalibError] = {}
        bench = cls(opened, tuple(plan.procedure.sources))
        try:
            for role, file in plan.bench.roles.items():
                try:
                    opened[role] = _opened(find_driver(file.driver), connect(file.resource, sink), clock)
                except CalibError as error:
                    failed[role] = error
            _all_opened(plan, failed)
        except BaseException:
            bench.close()
            raise
        return bench

    def identify(self, plan: Plan, operator: Operator) -> dict[str, dict[str, Any]]:
        """Compare each instrument with the register or the job, and return the identities by role.

        Raises
        ------
        IdentityError
            An instrument is another one than the files name; the message lists all such.
        """
        found: dict[str, dict[str, Any]] = {}
        wrong: list[str] = []
        for role, instrument in self.instruments.items():
            identity = instrument.identify()
            expected_model, expected_serial = _expected(plan, role)
            confirmed_by = ""
            serial = identity.serial_number
            if serial is None:
                answer = operator.ask(_nameplate(role, identity, expected_serial))
                serial, confirmed_by = str(answer.value).strip(), answer.by
            where = plan.bench.roles[role].resource
            if identity.model != expected_model:
                wrong.append(f"{role} ({where}): is a {identity.model}; {_named(plan, role)} is a {expected_model}")
            elif serial != expected_serial:
                wrong.append(
                    f"{role} ({where}): serial number is {serial}; that of {_named(plan, role)} is {expected_serial}"
                )
            found[role] = asdict(identity) | {"serial_number": serial, "resource": where, "confirmed_by": confirmed_by}
        if wrong:
            raise IdentityError("\n".join([*wrong, "connect the right instrument, or correct the register or the job"]))
        return found

    def make_safe(self) -> dict[str, str]:
        """Make every source safe, in the order that the procedure names; return `safe` or the failure by role.

        Each is tried even when another fails.
        """
        outcome: dict[str, str] = {}
        first = [role for role in self._sources if role in self.instruments]
        for role in [*first, *(r for r in self.instruments if r not in first)]:
            instrument = self.instruments[role]
            if not isinstance(instrument, Source):
                continue
            try:
                instrument.safe()
                outcome[role] = "safe"
            except Exception as error:  # noqa: BLE001 - the next source must be tried whatever happened to this one
                outcome[role] = f"NOT SAFE: {error}"
        return outcome

    def close(self) -> None:
        """Close every instrument; those that cannot be closed are gone already."""
        for instrument in self.instruments.values():
            with suppress(CalibError):
                instrument.close()


def _all_opened(plan: Plan, failed: Mapping[str, CalibError]) -> None:
    if not failed:
        return
    lines = [f"{role} ({plan.bench.roles[role].resource}): {error}" for role, error in failed.items()]
    kind = InstrumentError if any(isinstance(e, InstrumentError) for e in failed.values()) else InputError
    raise kind("bench '" + plan.bench.name + "' cannot be opened:\n  " + "\n  ".join(lines))


def _opened(driver: type[Instrument], transport: Transport, clock: Clock) -> Instrument:
    try:
        return driver(transport, clock)
    except BaseException:
        transport.close()
        raise


def _expected(plan: Plan, role: str) -> tuple[str, str]:
    if plan.bench.roles[role].equipment == ITEM:
        return plan.job.item.model, plan.job.item.serial_number
    return plan.standards[role].model, plan.standards[role].serial_number


def _named(plan: Plan, role: str) -> str:
    named = plan.bench.roles[role].equipment
    return "the job's item" if named == ITEM else f"'{named}' in the register"


def _nameplate(role: str, identity: Identity, expected: str) -> Prompt:
    text = both(
        "The {model} does not tell its serial number over the wire. Read it from the nameplate (expected: {expected}).",
        model=identity.model,
        expected=expected,
    )
    return Prompt(f"identity.{role}", text, kind="text", default=expected)
