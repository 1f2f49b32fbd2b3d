"""The bench, open: an instrument for each role, each proven to be the one that the register or the job names."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from calib.clock import Clock
from calib.drivers import Identity, Instrument, Transport, find_driver
from calib.drivers.operated.person import MODEL
from calib.drivers.roles import Source
from calib.equipment.labels import Thing
from calib.errors import CalibError, IdentityError, InputError, InstrumentError
from calib.ports import Answer, Prompt, TrafficSink
from calib.run.benchfile import ITEM
from calib.run.plan import Plan
from calib.run.scanning import is_scanned, labels_of, scanned
from calib.text import Text, both

Connect = Callable[[str, TrafficSink | None], Transport]
"""Opens a resource: over VISA, or in memory to a simulated instrument."""
_MEND = "connect the right instrument, or correct the register or the job"


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

    def identify(self, plan: Plan) -> dict[str, Identity]:
        """Ask each instrument who it is and compare it with the register or the job; return the identities by role.

        Raises
        ------
        IdentityError
            An instrument is another one than the files name; the message lists all such.
        """
        found = {role: _whose(instrument.identify(), plan, role) for role, instrument in self.instruments.items()}
        wrong = [line for role, identity in found.items() for line in _differences(plan, role, identity)]
        if wrong:
            raise IdentityError("\n".join([*wrong, _MEND]))
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


def read_nameplates(
    plan: Plan, found: Mapping[str, Identity], ask: Callable[[Prompt], Answer]
) -> dict[str, dict[str, Any]]:
    """Have the serial numbers read that no wire tells; return all identities as data, with who confirmed them.

    Raises
    ------
    IdentityError
        What is read is not what the register or the job names.
    """
    identities: dict[str, dict[str, Any]] = {}
    labels = labels_of(plan)
    for role, identity in found.items():
        about = asdict(identity) | {"resource": plan.bench.roles[role].resource, "confirmed_by": ""}
        if identity.serial_number is None or is_scanned(plan, role):
            wanted = Thing(plan.bench.roles[role].equipment)
            what = _label(role, labels.called(wanted)) if is_scanned(plan, role) else _nameplate(role, identity)
            answer, why = scanned(ask, labels, wanted, f"identity.{role}", what)
            if why is not None:
                read = replace(identity, serial_number=str(answer.value).strip())
                raise IdentityError("\n".join([*_differences(plan, role, read), why.en, _MEND]))
            about |= {"serial_number": _expected(plan, role)[1], "confirmed_by": answer.by}
        identities[role] = about
    return identities


def _whose(identity: Identity, plan: Plan, role: str) -> Identity:
    """Return the identity; what a person reads has that of the files, until its nameplate is read."""
    if identity.model != MODEL:
        return identity
    return replace(identity, manufacturer="", model=_expected(plan, role)[0], firmware="")


def _differences(plan: Plan, role: str, identity: Identity) -> list[str]:
    model, serial = _expected(plan, role)
    where = f"{role} ({plan.bench.roles[role].resource})"
    if identity.model != model:
        return [f"{where}: is a {identity.model}; {_named(plan, role)} is a {model}"]
    if identity.serial_number not in {None, serial}:
        return [f"{where}: serial number is {identity.serial_number}; that of {_named(plan, role)} is {serial}"]
    return []


def _expected(plan: Plan, role: str) -> tuple[str, str]:
    if plan.bench.roles[role].equipment == ITEM:
        return plan.job.item.model, plan.job.item.serial_number
    return plan.standards[role].model, plan.standards[role].serial_number


def _named(plan: Plan, role: str) -> str:
    named = plan.bench.roles[role].equipment
    return "the job's item" if named == ITEM else f"'{named}' in the register"


def _label(role: str, thing: Text) -> Text:
    return both("Scan the label of {thing} ({role}).", thing=thing, role=role)


def _nameplate(role: str, identity: Identity) -> Text:
    return both(
        "The {model} ({role}) does not tell its serial number over the wire: read it from the nameplate, or scan it.",
        model=identity.model,
        role=role,
    )
