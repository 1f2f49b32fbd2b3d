"""Results in a DCC: for each phase a measurement, for each group of rows a table with the digits of the printed one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from calib.dcc.bind import Part
from calib.dcc.measurement import (
    Condition,
    Conditions,
    Data,
    EquipmentList,
    List,
    MeasurementResult,
    MetaData,
    MetaDataList,
    Methods,
    Quantity,
    Result,
    Results,
)
from calib.dcc.parties import SoftwareList
from calib.dcc.quantities import ExpandedMUs, UnivariateMUs
from calib.errors import InputError
from calib.numbers import Style, exact
from calib.record import result as record
from calib.record.model import Phase
from calib.report.dcctogether import set_result
from calib.report.dccwords import Wording, differences, number, one_line, values
from calib.report.model import CertificateContent, Group, Row
from calib.text import Text, both, joined, same

IN_SCOPE = "inCMC"
"""Id of the statement that rows within the scope refer to."""
NOT_THERE = Decimal("NaN")
"""A limit that a row does not have, in a table where others have it."""
_STATUS: dict[Phase, str] = {"as-found": "beforeAdjustment", "as-left": "afterAdjustment"}


def measurements(
    content: CertificateContent,
    results: Sequence[record.Result],
    *,
    item: str,
    methods: Methods,
    software: SoftwareList,
    equipment: EquipmentList | None,
    conditions: tuple[Condition, ...],
) -> tuple[MeasurementResult, ...]:
    """Return the measurements; where the item was adjusted, a condition of each says whether before or after."""
    wording, style = Wording(content.languages), Style(content.languages)
    by_row = {(r.point, r.phase): r for r in results}
    adjusted = {group.phase for group in content.groups} != {"as-found"}
    made = []
    for phase, groups in groupby(content.groups, key=lambda group: group.phase):
        listed = tuple(groups)
        extra = (_adjustment(wording, phase, listed[0].phase_name),) if adjusted else ()
        made.append(
            MeasurementResult(
                ref_id=item,
                name=wording.words(_name(listed[0].phase_name, simulated=content.simulated)),
                methods=methods,
                software=software,
                equipment=equipment,
                conditions=Conditions(all=(*conditions, *extra)),
                results=Results(
                    all=(
                        *(_result(content, wording, group, by_row) for group in listed),
                        *(set_result(s, wording, by_row, style) for s in content.sets if s.phase == phase),
                    )
                ),
            )
        )
    return tuple(made)


def _name(phase: Text, *, simulated: bool) -> Text:
    name = joined([both("Results of the calibration"), phase], " – ")
    return joined([both("SIMULATED"), name], " – ") if simulated else name


def _adjustment(wording: Wording, phase: Phase, name: Text) -> Condition:
    return Condition(
        ref_type="basic_adjustment",
        name=wording.words(both("Adjustment")),
        status=_STATUS.get(phase),
        data=Data(parts=(Part("text", wording.rich(name)),)),
    )


def _result(
    content: CertificateContent, wording: Wording, group: Group, results: dict[tuple[str, Phase], record.Result]
) -> Result:
    """Return one table, cut where rows with and without a verdict meet: a list of verdicts has no gaps."""
    runs = [tuple(rows) for _, rows in groupby(group.rows, key=lambda row: row.conformity == "none")]
    lists = (_list(content, wording, group, rows, results) for rows in runs)
    notes = [
        joined([same(f"{n})"), content.notes[n - 1]], " ") for n in sorted({n for r in group.rows for n in r.notes})
    ]
    return Result(
        name=wording.words(group.heading),
        description=wording.rich(joined(notes, " ")) if notes else None,
        data=Data(parts=tuple(Part("list", one) for one in lists)),
    )


def _list(
    content: CertificateContent,
    wording: Wording,
    group: Group,
    rows: tuple[Row, ...],
    results: dict[tuple[str, Phase], record.Result],
) -> List:
    parse = Style(content.languages).parse
    own = [results[row.point, group.phase] for row in rows]

    def listed(text: Callable[[Row], str]) -> list[Decimal]:
        return [parse(text(row)) if text(row) else NOT_THERE for row in rows]

    def value(name: Text, ref_type: str | None, text: Callable[[Row], str]) -> Quantity:
        return wording.quantity(name, ref_type, values(listed(text), group.value_unit))

    def limit(name: Text, ref_type: str, text: Callable[[Row], str]) -> list[Quantity]:
        if not any(text(row) for row in rows):
            return []
        return [wording.quantity(name, ref_type, differences(listed(text), group.error_unit))]

    ranges = [exact(r.measuring_range, r.unit, group.value_unit) for r in own]
    columns = [
        Quantity(name=wording.words(both("Point")), chars=tuple(_chars(row.point) for row in rows)),
        wording.quantity(both("Range"), None, values(ranges, group.value_unit)),
        *_frequencies(wording, own),
        value(both("Nominal"), "basic_nominalValue", lambda row: row.nominal),
        value(both("Reference"), "basic_referenceValue", lambda row: row.reference),
        value(both("Indicated"), "basic_measuredValue", lambda row: row.indicated),
        _error(wording, group, rows, own, listed),
        *limit(both("Lower tolerance limit"), "basic_toleranceLimitLower", lambda row: row.lower_limit),
        *limit(both("Upper tolerance limit"), "basic_toleranceLimitUpper", lambda row: row.upper_limit),
        *limit(both("Lower acceptance limit"), "basic_acceptanceLimitLower", lambda row: row.lower_acceptance),
        *limit(both("Upper acceptance limit"), "basic_acceptanceLimitUpper", lambda row: row.upper_acceptance),
        *_chars_column(wording, both("TUR"), [row.tur for row in rows]),
        *_chars_column(wording, both("Notes"), [",".join(map(str, row.notes)) for row in rows]),
    ]
    return List(parts=tuple(Part("quantity", one) for one in columns))


def _frequencies(wording: Wording, results: list[record.Result]) -> list[Quantity]:
    if not any(r.frequency_Hz for r in results):
        return []
    hertz = [exact(r.frequency_Hz, "Hz", "Hz") for r in results]
    return [wording.quantity(both("Frequency"), None, values(hertz, "Hz"))]


def _error(
    wording: Wording,
    group: Group,
    rows: tuple[Row, ...],
    results: list[record.Result],
    listed: Callable[[Callable[[Row], str]], list[Decimal]],
) -> Quantity:
    """Return the errors with U, k, p of each row, and the verdicts."""
    expanded = ExpandedMUs(
        value=tuple(map(number, listed(lambda row: row.U))),
        k=tuple(_k(k, row.point) for k, row in zip(listed(lambda row: row.k), rows, strict=True)),
        probability=tuple(number(exact(r.probability, "", "")) for r in results),
    )
    error = differences(listed(lambda row: row.error), group.error_unit, UnivariateMUs(expanded=expanded))
    quantity = wording.quantity(both("Error"), "basic_measurementError", error)
    stated = (*_judged(wording, rows), *_in_scope(wording, results))
    return replace(quantity, metadata=MetaDataList(all=stated) if stated else None)


def _judged(wording: Wording, rows: tuple[Row, ...]) -> tuple[MetaData, ...]:
    verdicts = tuple(str(row.conformity) for row in rows)
    if "none" in verdicts:
        return ()
    return (MetaData(ref_type="basic_conformity", name=wording.words(both("Conformity")), conformity_each=verdicts),)


def _in_scope(wording: Wording, results: list[record.Result]) -> tuple[MetaData, ...]:
    """Return which rows lie within the laboratory's scope of accreditation (ILAC-P14), where it has one."""
    if all(r.scope == "none" for r in results):
        return ()
    within = tuple("true" if r.scope == "in" else "false" for r in results)
    return (
        MetaData(
            ref_id=IN_SCOPE, ref_type="basic_isInCMC", name=wording.words(both("Within the scope")), valid_each=within
        ),
    )


def _k(k: Decimal, point: str) -> str:
    if not k.is_finite() or k < 1:
        msg = f"point {point}: k = {k}: a DCC has no coverage factor below 1 (D-SI 2.2.1, kValueType)"
        raise InputError(msg)
    return number(k)


def _chars(text: str) -> str:
    """Return a text as one member of an XML list: its blanks do not part it."""
    return one_line(text).replace(" ", "\N{NO-BREAK SPACE}")


def _chars_column(wording: Wording, name: Text, texts: list[str]) -> list[Quantity]:
    if not any(texts):
        return []
    return [Quantity(name=wording.words(name), chars=tuple(_chars(text) for text in texts))]
