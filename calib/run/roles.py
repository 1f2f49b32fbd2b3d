"""Whether the roles of a bench file, and the drivers that shall play them, are those that a procedure asks for."""

from calib.drivers import find_driver
from calib.drivers.roles import Thermohygrometer
from calib.errors import InputError
from calib.procedure import Procedure, protocols_of
from calib.run.benchfile import ENVIRONMENT, ITEM, BenchFile


def check_roles(procedure: type[Procedure], bench: BenchFile) -> None:
    """Raise `InputError` where a role is missing, unknown, or given to a driver that cannot play it."""
    wanted, given = set(procedure.roles), set(bench.roles)
    if missing := sorted(wanted - given):
        msg = f"bench '{bench.name}': role {_names(missing)} missing; {procedure.id} needs {_names(sorted(wanted))}"
        raise InputError(msg)
    if unknown := sorted(given - wanted - {ENVIRONMENT}):
        needed = _names(sorted(wanted))
        msg = f"bench '{bench.name}': role {_names(unknown)} unknown to {procedure.id}, which needs {needed}"
        raise InputError(msg)
    if unnamed := sorted(set(procedure.sources) - wanted):
        msg = f"procedure {procedure.id}: 'sources' names {_names(unnamed)}, which is none of its roles"
        raise InputError(msg)
    items = sorted(role for role, r in bench.roles.items() if r.equipment == ITEM)
    if items != [procedure.under_calibration]:
        msg = (
            f"bench '{bench.name}': roles.{procedure.under_calibration}.equipment must be '{ITEM}', the item under "
            f"calibration, and no other role's"
        )
        raise InputError(msg)
    _check_drivers(procedure, bench)


def _check_drivers(procedure: type[Procedure], bench: BenchFile) -> None:
    mistakes: list[str] = []
    for role, file in bench.roles.items():
        driver = find_driver(file.driver)
        missing = {
            kind.__name__: [m for m in sorted(_methods(kind)) if not hasattr(driver, m)]
            for kind in protocols_of(procedure.roles.get(role, Thermohygrometer))
        }
        if all(missing.values()):
            needs = "; ".join(f"a {kind} also has {', '.join(methods)}" for kind, methods in missing.items())
            mistakes.append(
                f"bench '{bench.name}': roles.{role}.driver: '{file.driver}' cannot play this role: {needs}"
            )
    if mistakes:
        raise InputError("\n".join(mistakes))


def _methods(protocol: type) -> set[str]:
    return {
        n for base in protocol.__mro__ for n in vars(base) if not n.startswith("_") and callable(getattr(protocol, n))
    }


def _names(names: list[str]) -> str:
    return ", ".join(f"'{n}'" for n in names)
