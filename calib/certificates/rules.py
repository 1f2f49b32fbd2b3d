"""Which signatures a certificate needs, and who may give them: roles, authorisation, four eyes."""

from collections.abc import Mapping, Sequence

from calib.record.names import ROLES, Role
from calib.run import Signing
from calib.signing import Signed


def by_role(signatures: Sequence[Signed], *, specimen: bool) -> dict[Role, str]:
    """Return who signed which role; a specimen's signatures count for a specimen alone, and the reverse."""
    signed = {s.role: s.name for s in signatures if s.specimen == specimen and not s.wrong}
    return {role: signed[role] for role in ROLES if role in signed}


def against_signing(role: Role, name: str, signed: Mapping[Role, str], operator: str, rules: Signing) -> list[str]:
    """Return what speaks against a person's signing a role now; `operator` performed the calibration."""
    wrong = []
    if role == "performed" and not rules.same_person(name, operator):
        wrong.append(
            f"the record says that {operator} performed the calibration, not {name}; where both are one person, name "
            "both in [[signing.persons]] of laboratory.toml (name, also)"
        )
    if role == "approved":
        lacking = [r for r in rules.required if r not in (*signed, "approved")]
        if lacking:
            wrong.append(f"it cannot be approved before it is signed as {' and '.join(lacking)}")
    elif "approved" in signed:
        wrong.append(f"it is approved already, by {signed['approved']}; a correction is an amendment")
    return wrong + against_persons({**signed, role: name}, operator, rules)


def against_persons(signed: Mapping[Role, str], operator: str, rules: Signing) -> list[str]:
    """Return whose signatures break the laboratory's rules."""
    wrong = []
    for role, name in signed.items():
        person = rules.person(name)
        if rules.persons and (person is None or role not in person.roles):
            wrong.append(f"{name} is not authorised for the role '{role}' ([[signing.persons]] of laboratory.toml)")
    known: dict[Role, str] = {"performed": operator, **signed} if operator else dict(signed)
    for one, other in rules.apart:
        if one in known and other in known and rules.same_person(known[one], known[other]):
            wrong.append(
                f"four-eyes rule: {known[other]} cannot sign as {other}, having signed or done it as {one} "
                "([signing] apart, of laboratory.toml)"
            )
    return wrong


def lacking(signed: Mapping[Role, str], rules: Signing) -> list[Role]:
    """Return the required roles that nobody signed."""
    return [role for role in rules.required if role not in signed]
