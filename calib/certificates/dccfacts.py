"""What a DCC says of itself, read from its XML: number, record, mark of simulation, rows of results."""

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from calib.certificates.printed import PrintedRow, digits
from calib.errors import InputError
from calib.signing.xades import parse_xml

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

    def rows(self) -> tuple[PrintedRow, ...]:
        """Return the rows of all lists with reference, measured value and error; none in a DCC of another shape."""
        return tuple(row for found in self._root.iter(f"{DCC}list") for row in _rows(found))

    def _text(self, path: str) -> str:
        return (self._root.findtext(path) or "").strip()


def _rows(found: "etree._Element") -> list[PrintedRow]:
    columns = {
        name: _column(found, ref_type, f"{SI}valueXMLList")
        for name, ref_type in (
            ("reference", "basic_referenceValue"),
            ("indicated", "basic_measuredValue"),
            ("error", "basic_measurementError"),
        )
    }
    columns["U"] = _column(found, "basic_measurementError", f".//{SI}valueExpandedMUXMLList")
    columns["k"] = _column(found, "basic_measurementError", f".//{SI}coverageFactorXMLList")
    if not all(columns.values()):
        return []
    n = len(columns["error"])
    whole = {name: values * n if len(values) == 1 else values for name, values in columns.items()}
    if any(len(values) != n for values in whole.values()):
        return []
    return [PrintedRow(**{name: values[i] for name, values in whole.items()}) for i in range(n)]


def _column(found: "etree._Element", ref_type: str, path: str) -> list[str]:
    """Return the numbers of the quantity of a list; of a hybrid the last, which is in the unit of the page."""
    quantities = [q for q in found.findall(f"{DCC}quantity") if ref_type in (q.get("refType") or "").split()]
    lists = [values for q in quantities for values in q.iter(f"{SI}realListXMLList")]
    text = lists[-1].findtext(path) if lists else None
    try:
        return [digits(Decimal(number)) for number in (text or "").split()]
    except InvalidOperation:
        return []
