"""The table of what a re-evaluation changes."""

from calib.numbers import Style, at_place, last_place
from calib.record.names import verdict_name
from calib.record.result import Result
from calib.reevaluation import Reevaluation, ResultChange
from calib.text import Language, tr

_WIDTHS = (34, 27, 27)


def table_of_changes(again: Reevaluation, language: Language) -> str:
    """Return what was replaced, a line for each result whose print changes, and how many do not."""
    lines = [_replaced(change, language) for change in again.replaced]
    printed = [c for c in again.compared if c.changed_in_print]
    if printed:
        heads = (tr("Point", language), tr("Error", language), tr("Uncertainty U", language), tr("Verdict", language))
        lines.append(_row(*heads))
        lines += [_change(c, language) for c in printed]
    same = sum(not c.changed for c in again.compared)
    below = len(again.compared) - same - len(printed)
    lines.append(
        f"{tr('changed', language)}: {len(printed)}; {tr('changed only in digits that are not printed', language)}: "
        f"{below}; {tr('unchanged', language)}: {same}"
    )
    return "\n".join(lines)


def _replaced(change: object, language: Language) -> str:
    assert isinstance(change, dict)
    if change["what"] == "standard":
        certificates = [_certificate(change[when]) for when in ("before", "after")]
        return f"{tr('Standard', language)} {change['equipment']}: {certificates[0]} → {certificates[1]}"
    before, after = change["before"], change["after"]
    shown = [f"{about['version']} (SHA-256 {str(about['source_sha256'])[:12]})" for about in (before, after)]
    return f"{tr('Procedure', language)} {after['id']}: {shown[0]} → {shown[1]}"


def _certificate(equipment: dict[str, object]) -> str:
    calibrations = equipment.get("calibrations", [])
    assert isinstance(calibrations, list)
    return ", ".join(str(c["certificate"]) for c in calibrations) or "–"


def _change(change: ResultChange, language: Language) -> str:
    known = change.after or change.before
    assert known is not None
    both = [r for r in (change.before, change.after) if r is not None]
    error = " → ".join(dict.fromkeys(_number(r, r.reported_error, language) for r in both))
    spread = " → ".join(dict.fromkeys(_number(r, r.reported_U, language) for r in both))
    verdict = " → ".join(dict.fromkeys(verdict_name(r.verdict).in_(language) for r in both))
    if len(both) == 1:
        verdict = tr("new", language) if change.before is None else tr("no result any more", language)
    return _row(known.point, error, spread, verdict)


def _number(result: Result, value: float, language: Language) -> str:
    shown = at_place(value, last_place(result.reported_U), result.unit, result.error_unit)
    return f"{Style((language,)).number(shown)} {result.error_unit}"


def _row(point: str, error: str, spread: str, verdict: str) -> str:
    cells = (f"{cell:<{width}}" for cell, width in zip((point, error, spread), _WIDTHS, strict=True))
    return "  ".join(cells) + f"  {verdict}"
