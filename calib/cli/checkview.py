"""How `calib certificate check` tells what it found, demand by demand."""

from calib.certificates import Checked
from calib.report.clauses import State
from calib.text import Language, Text, both, tr

_WIDTH = 110
"""Longest answer to a demand that is printed whole: statements of a certificate are whole paragraphs."""


def told(checked: Checked, language: Language) -> str:
    """Return what was found as lines: each demand, then what contradicts, then the sum."""
    states: dict[State, Text] = {
        "present": both("present"),
        "justified": both("justified"),
        "missing": both("MISSING"),
    }
    width = max(len(text.in_(language)) for text in states.values())
    lines = []
    for clause in checked.clauses:
        state, demand, by = (text.in_(language) for text in (states[clause.state], clause.demand, clause.by))
        lines.append(f"{state:<{width}}  {clause.clause:<9}  {demand}: {_short(by)}")
    lines += [f"{'!':<{width}}  {what}" for what in checked.wrong]
    if checked.right:
        sentence = tr("{number}: complete by ISO/IEC 17025:2017, 7.8; {rows} rows agree with the record", language)
    else:
        sentence = tr("{number}: not fit to be issued", language)
    lines.append(sentence.format(number=checked.number, rows=checked.rows))
    return "\n".join([*lines, checked.compared] if checked.compared else lines)


def told_json(checked: Checked) -> dict[str, object]:
    """Return what was found as JSON values, in English."""
    return {
        "number": checked.number,
        "right": checked.right,
        "rows": checked.rows,
        "clauses": [
            {"clause": c.clause, "demand": c.demand.en, "state": c.state, "by": c.by.en} for c in checked.clauses
        ],
        "wrong": list(checked.wrong),
        "compared": checked.compared,
    }


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1].rsplit(' ', 1)[0]} …"
