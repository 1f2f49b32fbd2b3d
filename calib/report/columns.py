"""The tables of results as a template sets them: which columns, and every cell ready to be laid out.

A cell is a string, or a dictionary where it is more than that (see `_cell`): a long certificate has
tens of thousands of cells, and each word that a template computes costs time and memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from calib.record.result import Verdict
from calib.report.model import CertificateContent, Row
from calib.report.setlayout import set_layout
from calib.text import Text

_NUMBERS = ("nominal", "reference", "indicated", "error", "U", "k", "limit", "acceptance", "tur")

_MOST_DRAWINGS = 500
"""Beyond this many rows the errors are drawn in the plots alone: a drawing in each row would take memory and time."""
_ONE_LINE = 18
"""Letters of a verdict in both languages that stand in one line."""

Cell = str | dict[str, Any]


@dataclass
class _Verdicts:
    """Kinds of verdict cells, each set once: few words, and few sets of notes, serve thousands of rows."""

    bilingual: bool
    kinds: dict[tuple[Text, Verdict, tuple[int, ...]], int] = field(default_factory=dict)

    def cell(self, row: Row, notes: tuple[int, ...]) -> Cell:
        """Return the number of the row's kind."""
        return {"verdict": self.kinds.setdefault((row.verdict, row.conformity, notes), len(self.kinds))}

    def as_json(self) -> list[dict[str, Any]]:
        """Return the kinds in the order of their numbers; `tall` ones take two lines."""
        return [
            {"words": asdict(words), "conformity": conformity, "notes": notes, "tall": self._is_tall(words)}
            for words, conformity, notes in self.kinds
        ]

    def _is_tall(self, words: Text) -> bool:
        return self.bilingual and words.vi != words.en and len(words.vi + words.en) > _ONE_LINE


def layout(content: CertificateContent) -> dict[str, Any]:
    """Return columns, the longest cell of each, the kinds of verdicts, and the rows of every table as cells."""
    rows, columns = content.rows, _columns(content)
    judged, verdicts = _is_judged(content), _Verdicts(len(content.languages) > 1)
    sign = content.decimal_sign

    def cells(rows: Sequence[Row], of: Iterable[Row]) -> list[list[Cell]]:
        """Return rows as cells, the numbers of each column with room for the places of the longest in `of`."""
        places = _places(of, sign)
        return [[_cell(row, key, places, sign, verdicts, judged=judged) for key in columns] for row in rows]

    longest = (max(rows, key=lambda row: _length(row, key)) for key in columns)
    return {
        "columns": columns,
        "judged": judged,
        "longest": {key: cells([row], rows)[0][i] for i, (key, row) in enumerate(zip(columns, longest, strict=True))},
        "groups": [cells(group.rows, group.rows) for group in content.groups],
        "comparisons": [
            _compared([(p.found, p.left) for p in part.pairs], content, verdicts) for part in content.comparisons
        ],
        "budget": _aligned([(row.contribution, row.share) for row in content.budget.rows], sign),
        "verdicts": verdicts.as_json(),
        "sets": [set_layout(one) for one in content.sets],
    }


def _compared(pairs: Sequence[tuple[Row, Row]], content: CertificateContent, verdicts: _Verdicts) -> list[list[Cell]]:
    """Return points as found and as left: what they share, and then each phase's own cells, without notes."""
    shown = {"measuring_range": content.mixed_ranges, "frequency": content.has_frequencies}
    where = [key for key, is_shown in shown.items() if is_shown]
    shared = ("nominal", *(("limit",) if content.has_limits else ()))
    places = _places((row for pair in pairs for row in pair), content.decimal_sign)

    def number(row: Row, key: str) -> Cell:
        return _number(getattr(row, key), places[key], content.decimal_sign)

    def own(row: Row) -> list[Cell]:
        numbers = [number(row, key) for key in ("error", "U")]
        return [*numbers, verdicts.cell(row, ())] if _is_judged(content) else numbers

    def point(row: Row) -> list[Cell]:
        return [*(getattr(row, key) for key in where), *(number(row, key) for key in shared)]

    return [[*point(left), *own(found), *own(left)] for found, left in pairs]


def _aligned(rows: Sequence[tuple[str, ...]], sign: str) -> list[list[Cell]]:
    """Return columns of numbers as cells."""
    places = [max(_places_of(number, sign) for number in column) for column in zip(*rows, strict=True)]
    return [[_number(number, most, sign) for number, most in zip(row, places, strict=True)] for row in rows]


def _is_judged(content: CertificateContent) -> bool:
    return any(row.conformity != "none" for row in content.rows)


def _columns(content: CertificateContent) -> list[str]:
    columns = ["measuring_range"] if content.mixed_ranges else []
    columns += ["frequency"] if content.has_frequencies else []
    columns += ["nominal", "reference", "indicated", "error", "U", "k"]
    if content.has_limits:
        columns.append("limit")
    if content.guarded:
        columns.append("acceptance")
    if content.has_limits:
        columns += ["tur", "drawing"] if len(content.rows) <= _MOST_DRAWINGS else ["tur"]
    return [*columns, "verdict"] if _is_judged(content) else columns


def _cell(row: Row, key: str, places: dict[str, int], sign: str, verdicts: _Verdicts, *, judged: bool) -> Cell:
    if key == "verdict":
        return verdicts.cell(row, row.notes)
    if key == "drawing":
        return {"drawing": None if row.drawing is None else asdict(row.drawing), "conformity": row.conformity}
    if key == "measuring_range":
        return row.measuring_range
    if key == "frequency":
        return row.frequency
    notes = row.notes if key == "nominal" and not judged else ()
    return _number(getattr(row, key), places[key], sign, notes, low=key == "tur" and row.tur_is_low)


def _number(number: str, places: int, sign: str, notes: tuple[int, ...] = (), *, low: bool = False) -> Cell:
    """Return a number with what it lacks on the right, so that numbers stand under each other at the decimal sign."""
    own = _places_of(number, sign)
    lacks = number != "" and own < places
    if not (lacks or notes or low):
        return number
    free = places - max(own, 0) if lacks else 0
    return {"number": number, "free": free, "free_sign": lacks and own < 0, "notes": notes, "low": low}


def _length(row: Row, key: str) -> int:
    if key == "drawing":
        return 0
    return len(row.verdict.vi + row.verdict.en) if key == "verdict" else len(getattr(row, key))


def _places(rows: Iterable[Row], sign: str) -> dict[str, int]:
    """Return the most digits after the decimal sign in each column of numbers; −1 where none has a sign."""
    rows = tuple(rows)
    return {key: max((_places_of(getattr(row, key), sign) for row in rows), default=-1) for key in _NUMBERS}


def _places_of(number: str, sign: str) -> int:
    return len(number.rpartition(sign)[2]) if sign in number else -1
