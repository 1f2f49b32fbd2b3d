"""What a DCC says of itself, read from its XML: number, record, mark of simulation, rows of results."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from calib.certificates.printed import Printed, PrintedRow, digits
from calib.certificates.printedsets import sets_of_dcc
from calib.errors import InputError
from calib.signing.xades import parse_xml
from calib.text import LANGUAGES, both

if TYPE_CHECKING:
    from lxml import etree

DCC = "{https://ptb.de/dcc}"
SI = "{https://ptb.de/si}"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DccFacts:
    """A DCC, as far as it is compared with paper and record."""

    def __init__(self, content: bytes, where: str) -> None:
        try:
            self._root = parse_xml(content)
        except InputError as error:
            msg = f"{where}: {error}"
            raise InputError(msg) from None
        if self._root.tag != f"{DCC}digitalCalibrationCertificate":
            msg = f"{where}: no Digital Calibration Certificate (its root is {self._root.tag})"
            raise InputError(msg)

    @property
    def number(self) -> str:
        """Return the unique identifier."""
        return self._text(f"{DCC}administrativeData/{DCC}coreData/{DCC}uniqueIdentifier")

    @property
    def issued(self) -> str:
        """Return the date of issue."""
        return self._text(f"{DCC}administrativeData/{DCC}coreData/{DCC}issueDate")

    @property
    def issue_day(self) -> date | None:
        """Return the date of issue, None where it tells none that can be read."""
        try:
            return date.fromisoformat(self.issued[:10])
        except ValueError:
            return None

    @property
    def record(self) -> str:
        """Return the SHA-256 of the record of which it was made; empty where it names none."""
        named = f"{DCC}administrativeData/{DCC}coreData/{DCC}identifications/{DCC}identification/{DCC}value"
        values = [(element.text or "").strip() for element in self._root.findall(named)]
        return next((value for value in values if _SHA256.fullmatch(value)), "")

    @property
    def simulated(self) -> bool:
        """Return whether a statement in it says that it was simulated."""
        names = self._root.findall(f"{DCC}administrativeData/{DCC}statements/{DCC}statement/{DCC}name/{DCC}content")
        return any((name.text or "").strip() == "SIMULATED" for name in names)

    def printed(self) -> Printed:
        """Return the rows of lists with reference, measured value and error, and sets; none where it has other ones."""
        used = self._root.findall(f"{DCC}administrativeData/{DCC}coreData/{DCC}usedLangCodeISO639_1")
        named = {(element.text or "").strip() for element in used}
        rows = tuple(row for found in self._root.iter(f"{DCC}list") for row in _rows(found))
        languages = tuple(language for language in LANGUAGES if language in named)
        return Printed(languages, rows, sets=sets_of_dcc(self._root))

    def _text(self, path: str) -> str:
        return (self._root.findtext(path) or "").strip()


_ERROR = "basic_measurementError"
_COLUMNS = {
    "nominal": ("basic_nominalValue", f"{SI}valueXMLList"),
    "reference": ("basic_referenceValue", f"{SI}valueXMLList"),
    "indicated": ("basic_measuredValue", f"{SI}valueXMLList"),
    "error": (_ERROR, f"{SI}valueXMLList"),
    "U": (_ERROR, f".//{SI}valueExpandedMUXMLList"),
    "k": (_ERROR, f".//{SI}coverageFactorXMLList"),
}
_LIMITS = {
    "lower_limit": "basic_toleranceLimitLower",
    "upper_limit": "basic_toleranceLimitUpper",
    "lower_acceptance": "basic_acceptanceLimitLower",
    "upper_acceptance": "basic_acceptanceLimitUpper",
}


def _rows(found: "etree._Element") -> list[PrintedRow]:
    """Return the rows of one list, none where a column is absent or of another length."""
    columns = {name: _column(found, *place) for name, place in _COLUMNS.items()}
    if not all(columns.values()):
        return []
    limits = {name: _column(found, ref_type, f"{SI}valueXMLList") for name, ref_type in _LIMITS.items()}
    words = {"tur": _ratios(found), "verdict": _verdicts(found)}
    n = len(columns["error"])
    given = {name: values for name, values in (columns | limits | words).items() if values}
    whole = {name: values * n if len(values) == 1 else values for name, values in given.items()}
    if any(len(values) != n for values in whole.values()):
        return []
    return [PrintedRow(**{name: values[i] for name, values in whole.items()}) for i in range(n)]


def _column(found: "etree._Element", ref_type: str, path: str) -> list[str]:
    """Return the numbers of the quantity of a list; of a hybrid the last, which is in the unit of the page."""
    lists = [values for q in _quantities(found, ref_type) for values in q.iter(f"{SI}realListXMLList")]
    text = lists[-1].findtext(path) if lists else None
    try:
        return [digits(Decimal(number)) for number in (text or "").split()]
    except InvalidOperation:
        return []


def _quantities(found: "etree._Element", ref_type: str) -> "list[etree._Element]":
    return [q for q in found.findall(f"{DCC}quantity") if ref_type in (q.get("refType") or "").split()]


def _verdicts(found: "etree._Element") -> list[str]:
    """Return the verdict of each row, empty where the list is not judged."""
    stated = [data for q in _quantities(found, _ERROR) for data in q.iter(f"{DCC}metaData")]
    judged = [data for data in stated if "basic_conformity" in (data.get("refType") or "").split()]
    return (judged[0].findtext(f"{DCC}conformityXMLList") or "").split() if judged else []


def _ratios(found: "etree._Element") -> list[str]:
    """Return the test uncertainty ratios, which have no reference type: by the name of their column."""
    wanted = both("TUR")
    for quantity in found.findall(f"{DCC}quantity"):
        names = {(name.text or "").strip() for name in quantity.findall(f"{DCC}name/{DCC}content")}
        if names & {wanted.vi, wanted.en}:
            cells = re.split("[ \t\r\n]+", (quantity.findtext(f"{DCC}charsXMLList") or "").strip(" \t\r\n"))
            return [_plain(cell) for cell in cells if cell]
    return []


def _plain(cell: str) -> str:
    """Return a ratio with a point, its blanks as on the page; empty where there is none."""
    text = " ".join(cell.split()).replace(",", ".")
    return "" if text == "–" else text
