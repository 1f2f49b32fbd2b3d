"""What stops a certificate: what a reader would conclude from the printed digits is what the record says.

Every printed number is read back from its string. This is a second way to the verdict: it shares no code with the
evaluation that made it.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from calib.errors import InputError
from calib.numbers import Style, exact, power
from calib.record.result import Result, Verdict
from calib.report.clauses import missing_clauses
from calib.report.content import is_simulated
from calib.report.model import CertificateContent, Group, Row
from calib.report.rows import OUTSIDE, RAISED
from calib.report.setchecks import set_contradictions
from calib.report.source import Source

_LEAST_PART_OF_U = Decimal("0.95")
"""Rounding may not take more than 5 % of U (EA-4/02)."""


def check(content: CertificateContent, source: Source) -> None:
    """Raise `InputError` with all that lacks, and every contradiction between the certificate and its record."""
    wrong = [*missing_clauses(content), *contradictions(content, source)]
    if wrong:
        lines = "\n".join(f"  {line}" for line in wrong)
        msg = f"certificate {content.number} is stopped: it does not agree with its record or ISO/IEC 17025\n{lines}"
        raise InputError(msg)


def contradictions(content: CertificateContent, source: Source) -> list[str]:
    """Return every contradiction between the printed certificate and its record."""
    wrong: list[str] = []
    if is_simulated(source) and not content.simulated:
        wrong.append("the record is simulated, and the certificate does not say so")
    wrong += _untold(content, source)
    rows = [(group, row) for group in content.groups for row in group.rows]
    results = {(r.point, r.phase): r for r in source.results}
    if len(rows) != len(source.results) or len(results) != len(source.results):
        wrong.append(
            f"{len(source.results)} results in the record, {len(rows)} printed, {len(results)} different points"
        )
    for group, row in rows:
        result = results.get((row.point, group.phase))
        if result is None:
            wrong.append(f"point {row.point}: printed, but not in the record")
            continue
        wrong += [f"point {row.point}: {what}" for what in _row(content, group, row, result)]
    return wrong + set_contradictions(content, source.results)


def _untold(content: CertificateContent, source: Source) -> list[str]:
    """Return repeats, skips, failures and planned points without a result of which the certificate says nothing."""
    said = " ".join(text.en for text in content.deviations)
    told = {"repeated", "skipped", "failed"}
    attempts = [a for a in source.readings().attempts if a.outcome in told and f"Point {a.point} " not in said]
    found = [
        f"point {a.point}: attempt {a.number} was {a.outcome}, and the certificate does not say so" for a in attempts
    ]
    planned = [str(p.get("id")) for p in source.snapshot.get("points") or () if p.get("gives_row", True)]
    measured = {r.point for r in source.results}
    return found + [
        f"point {id_}: was planned, has no result, and the certificate does not say why"
        for id_ in planned
        if id_ not in measured and f"Point {id_} " not in said
    ]


def _row(content: CertificateContent, group: Group, row: Row, result: Result) -> list[str]:
    parse = Style(content.languages).parse
    found = [_verdict(content, row, result, parse), _uncertainty(group, row, result, parse)]
    found += [_difference(group, row, parse), _values(group, row, result, parse), _tur(row, parse)]
    found.append(_scope(content, group, row, result, parse))
    return [what for what in found if what]


def _verdict(content: CertificateContent, row: Row, result: Result, parse: Callable[[str], Decimal]) -> str:
    """Return what is wrong with the verdict, judged by the printed error and limits alone."""
    if row.conformity != result.verdict:
        return f"prints the verdict {row.conformity!r}, the record holds {result.verdict!r}"
    if row.conformity == "none":
        return ""
    implied = implied_verdict(row, parse, guarded=content.guarded, binary=content.binary)
    if implied == row.conformity:
        return ""
    acceptance = f", acceptance limits {row.acceptance}" if row.acceptance else ""
    return (
        f"prints the verdict {row.conformity!r}, but its printed error {row.error} against the tolerance "
        f"{row.limit or '(none)'}{acceptance} means {implied!r}; evaluate the record again"
    )


def implied_verdict(row: Row, parse: Callable[[str], Decimal], *, guarded: bool, binary: bool) -> Verdict:
    """Return the verdict that the printed digits of a row imply (ILAC-G8:09/2019; limits belong to the tolerance)."""
    if not row.limit:
        return "none"
    error = parse(row.error)
    in_tolerance = _inside(error, row.lower_limit, row.upper_limit, parse)
    if not guarded:
        return "pass" if in_tolerance else "fail"
    if _inside(error, row.lower_acceptance, row.upper_acceptance, parse):
        return "pass"
    if binary:
        return "fail"
    if in_tolerance:
        return "conditionalPass"
    return "conditionalFail" if _near(error, row, parse) else "fail"


def _inside(error: Decimal, lower: str, upper: str, parse: Callable[[str], Decimal]) -> bool:
    return (not lower or parse(lower) <= error) and (not upper or error <= parse(upper))


def _near(error: Decimal, row: Row, parse: Callable[[str], Decimal]) -> bool:
    """Return whether an error outside the tolerance is nearer to it than the guard band is wide."""
    low = parse(row.lower_limit) - (parse(row.lower_acceptance) - parse(row.lower_limit)) if row.lower_limit else None
    high = parse(row.upper_limit) + (parse(row.upper_limit) - parse(row.upper_acceptance)) if row.upper_limit else None
    return (low is None or low <= error) and (high is None or error <= high)


def _uncertainty(group: Group, row: Row, result: Result, parse: Callable[[str], Decimal]) -> str:
    """Return what is wrong with U: smaller than what was computed, or too many digits (ILAC-P14:09/2020, 5.3)."""
    printed = parse(row.U)
    for name, number in (("U", result.U), ("k·u", result.k * result.u)):
        least = _shown(number, result.unit, group.error_unit) * _LEAST_PART_OF_U
        if printed < least:
            return f"prints U = {row.U} {group.error_unit}, less than {name} of the record: {number:g} {result.unit}"
    if len(printed.normalize().as_tuple().digits) > 2:
        return f"prints U = {row.U} {group.error_unit} with more than two significant digits"
    return ""


def _scope(content: CertificateContent, group: Group, row: Row, result: Result, parse: Callable[[str], Decimal]) -> str:
    """Return what is wrong by the scope: a U below the CMC, or a row without its mark (ILAC-P14:09/2020)."""
    notes = [content.notes[number - 1] for number in row.notes]
    if result.scope == "out" and OUTSIDE not in notes:
        return "is outside the scope of accreditation, and is not marked"
    if result.scope != "in":
        return ""
    if parse(row.U) < exact(result.cmc, result.unit, group.error_unit):
        return f"prints U = {row.U} {group.error_unit}, less than the CMC: {result.cmc:g} {result.unit}"
    computed = Decimal(repr(result.U)).scaleb(-power(result.unit, group.error_unit))
    more = parse(row.U) - computed > Decimal(1).scaleb(_place(computed))
    return "prints the CMC in place of the U computed, and is not marked" if more and RAISED not in notes else ""


def _difference(group: Group, row: Row, parse: Callable[[str], Decimal]) -> str:
    """Return what is wrong where indicated − reference is not the error, but for the rounding of the three."""
    shift = power(group.error_unit, group.value_unit)
    values = [parse(row.indicated), parse(row.reference)]
    difference = (values[0] - values[1]).scaleb(shift)
    unit = Decimal(1).scaleb(_place(parse(row.U)))
    rounding = Decimal("1.5") * max(unit, *(Decimal(1).scaleb(_place_of(v) + shift) for v in values))
    if abs(difference - parse(row.error)) > rounding:
        return (
            f"prints indicated {row.indicated} − reference {row.reference} {group.value_unit}, "
            f"but the error {row.error} {group.error_unit}"
        )
    return ""


def _place(number: Decimal) -> int:
    """Return the power of ten of the second significant digit."""
    return number.adjusted() - 1


def _place_of(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _values(group: Group, row: Row, result: Result, parse: Callable[[str], Decimal]) -> str:
    """Return which printed number is not the record's, but for half a unit of U's last place."""
    half = Decimal(1).scaleb(_place(parse(row.U))) / 2 * Decimal("1.000001")
    pairs: Sequence[tuple[str, str, float, str]] = (
        ("reference", row.reference, result.reference, group.value_unit),
        ("indicated", row.indicated, result.indicated, group.value_unit),
        ("error", row.error, result.error, group.error_unit),
    )
    for name, printed, number, unit in pairs:
        scale = power(group.error_unit, unit)
        if abs(parse(printed) - _shown(number, result.unit, unit)) > half.scaleb(-scale):
            return f"prints the {name} {printed} {unit}, the record holds {number:.12g} {result.unit}"
    return ""


def _tur(row: Row, parse: Callable[[str], Decimal]) -> str:
    """Return what is wrong where the printed ratio is better than the printed tolerance over the printed U."""
    if not row.tur or row.tur.startswith(">") or not (row.lower_limit and row.upper_limit):
        return ""
    ratio = (parse(row.upper_limit) - parse(row.lower_limit)) / (2 * parse(row.U))
    if parse(row.tur) > ratio * Decimal("1.06") + Decimal("0.05"):
        return f"prints a TUR of {row.tur}, but its tolerance {row.limit} over U = {row.U} gives {ratio:.2f}"
    return ""


def _shown(number: float, unit: str, shown: str) -> Decimal:
    return Decimal(repr(float(number))).scaleb(-power(unit, shown))
