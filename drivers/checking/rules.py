"""The rules, each a function of the driver on its twin that returns what it found."""

from collections.abc import Callable
from pathlib import Path

from calib.drivers import roles
from calib.drivers.checking.exercises import measurements_of, outputs_of
from calib.drivers.checking.faulty import faults_are_named
from calib.drivers.checking.report import Finding, Report
from calib.drivers.checking.speaking import (
    errors_are_checked,
    identity_is_proven,
    overload_is_an_error,
    replay_is_strict,
    settings_are_declared,
)
from calib.drivers.checking.subject import Subject, told
from calib.drivers.checking.terminals import safe_from_any_state
from calib.drivers.instrument import Instrument
from calib.drivers.registry import driver_file, find_driver
from calib.errors import InputError

Rule = Callable[[Subject], Finding]

RULES: dict[str, Rule] = {
    "settings": settings_are_declared,
    "identity": identity_is_proven,
    "error channel": errors_are_checked,
    "overload": overload_is_an_error,
    "safe": safe_from_any_state,
    "faults": faults_are_named,
    "replay": replay_is_strict,
}


def check_driver(
    name: str, twin: str | None = None, specification: str | None = None, specifications: Path | None = None
) -> Report:
    """Try a driver on its simulated twin.

    Parameters
    ----------
    name
        Name of the driver, or path of its file.
    twin
        Kind of the simulated instrument, or `file.py:NAME`; of the driver's own name where absent.
    specification
        What the twin errs by, where its kind has no generic one.
    specifications
        Folder of the laboratory's own specifications.

    Raises
    ------
    InputError
        There is no such driver, or no such twin.
    """
    driver = find_driver(name)
    if twin is None:
        if driver_file(name)[0] is not None:
            msg = f"{name}: a driver in a file wants its twin named, such as --twin dvm7_twin.py:DVM7"
            raise InputError(msg)
        twin = name
    subject = Subject(driver, twin, specification, specifications)
    findings = [_useful(driver), *(_tried(rule, check, subject) for rule, check in RULES.items())]
    return Report(name, twin, roles_of(driver), tuple(findings))


def roles_of(driver: type[Instrument]) -> tuple[str, ...]:
    """Return the names of the roles that a driver fills; those that every instrument fills tell nothing."""
    found = []
    for name, role in vars(roles).items():
        if isinstance(role, type) and role.__module__ == roles.__name__:
            methods = {m for base in role.__mro__ for m in vars(base) if not m.startswith("_")}
            own = methods - set(vars(Instrument))
            if own and all(hasattr(driver, method) for method in methods):
                found.append(name)
    return tuple(found)


def _useful(driver: type[Instrument]) -> Finding:
    placed = issubclass(driver, roles.WeightHandler | roles.ThermometerProbe)
    if placed or measurements_of(driver) or outputs_of(driver):
        return Finding("role", "ok", (", ".join(roles_of(driver)),))
    return Finding("role", "broken", ("it fills no role of calib/drivers/roles.py: no procedure can use it",))


def _tried(rule: str, check: Rule, subject: Subject) -> Finding:
    try:
        return check(subject)
    except Exception as error:  # noqa: BLE001 - whatever a driver under check raises is a finding
        return Finding(rule, "broken", (told(error),))
