"""Certificates that others wrote: read whole, written again without a loss, their values into the register.

The examples are those of PTB and of dcclib (versions 3.1.1, 3.1.2 and 3.3.0); expected numbers are typed from them.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from calib.dcc import Dcc, Knowledge, Table, calibration_table, certified_values, dcc_bytes, parse_dcc, read_dcc, tables
from calib.equipment import Calibration
from calib.errors import InputError
from calib.files import as_model

EXAMPLES = [
    "minimal_vi_en", "valid", "valid_signature", "dcc_gp_humidity_v1.0", "dcc_gp_temperature_extensive_v12",
    "dcc_gp_temperature_simplified_v12", "dcc_gp_temperature_typical_adjustment_v12", "dcc_gp_temperature_typical_v12",
]  # fmt: skip
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@pytest.fixture
def example(ptb: Any) -> Callable[[str], Path]:
    def find(name: str) -> Path:
        by_name: dict[str, Path] = {path.stem: path for path in ptb.examples}
        return by_name[name]

    return find


def test_every_example_is_tried(ptb: Any) -> None:
    assert sorted(path.stem for path in ptb.examples) == sorted(EXAMPLES)


def tree(element: etree._Element) -> Any:
    """An element as plain data: without blanks, comments, the version of the schema, and signatures."""
    attributes = {k: v for k, v in element.attrib.items() if not k.startswith("{") and k != "schemaVersion"}
    children = [tree(c) for c in element.iterchildren(tag=etree.Element) if c.tag != SIGNATURE]
    return element.tag, attributes, " ".join((element.text or "").split()), children


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_read_and_written_again_says_the_same(example: Callable[[str], Path], ptb: Any, name: str) -> None:
    """Element by element, in order; and the written one is valid by the schema of 3.3.0."""
    dcc = read_dcc(example(name))
    written = dcc_bytes(dcc.certificate)
    assert dcc.unread == ()
    assert tree(etree.fromstring(written)) == tree(etree.parse(example(name)).getroot())
    assert ptb.invalid(written) == []
    again = parse_dcc(written, name)
    assert again.version == "3.3.0"
    assert tables(again.certificate) == tables(dcc.certificate)
    assert dcc_bytes(again.certificate) == written


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_number_of_the_results_is_in_a_table(example: Callable[[str], Path], name: str) -> None:
    """Counted against all lists of values under the results and the conditions that hold results."""
    root = etree.parse(example(name)).getroot()
    names = {"dcc": "https://ptb.de/dcc", "si": "https://ptb.de/si"}
    results = "//dcc:results//si:valueXMLList[not(ancestor::dcc:influenceConditions)]"
    path = f"{results} | //dcc:influenceCondition//dcc:list//si:valueXMLList"
    found = root.xpath(path, namespaces=names)
    assert isinstance(found, list)
    listed = Counter(Decimal(v) for e in found if isinstance(e, etree._Element) for v in str(e.text).split())
    read: Counter[Decimal] = Counter()

    def count(columns: Any) -> None:
        for column in columns:
            for values in () if column.values is None else (column.values, *column.also):
                read.update(values.values)
            count(column.others)

    for table in tables(read_dcc(example(name)).certificate):
        count(table.columns)
    assert set(listed) == set(read)


def only(dcc: Dcc, number: int = 0) -> Table:
    return tables(dcc.certificate)[number]


def test_values_with_U_k_and_verdict_are_those_of_the_file(example: Callable[[str], Path]) -> None:
    """dcclib's valid.xml: 306.248 K and 33.098 °C, error 0.072 K, U = 0.061 K, k = 2, p = 0.95."""
    table = only(read_dcc(example("valid")))
    error, reference = table.column("basic_measurementError"), table.column("basic_referenceValue")
    assert error is not None
    assert error.values is not None
    assert reference is not None
    assert reference.values is not None
    assert reference.shown is not None
    assert reference.values.values[0] == Decimal("306.248")
    assert reference.shown.values[-1] == Decimal("320.004")
    assert reference.shown.in_SI()[-1] == pytest.approx(593.154, abs=1e-9)
    assert [str(v) for v in error.values.values] == ["0.072", "0.089", "0.107", "-0.009", "-0.084"]
    assert (error.values.U, error.values.k) == ((Decimal("0.061"),) * 5, (Decimal(2),) * 5)
    assert error.values.probability == (Decimal("0.95"),) * 5
    assert error.values.standard == (Decimal("0.0305"),) * 5
    assert error.conformity == ("pass",) * 5
    nominal = table.column("basic_calibrationValue")
    assert nominal is not None
    assert nominal.values is not None
    assert [int(v) for v in nominal.values.values] == [306, 373, 448, 523, 593]


def test_a_table_within_a_condition_is_told_apart_from_the_results(example: Callable[[str], Path]) -> None:
    before, after = tables(read_dcc(example("dcc_gp_temperature_typical_adjustment_v12")).certificate)
    assert (before.status, after.status) == ("beforeAdjustment", "")
    found, left = before.column("basic_measurementError"), after.column("basic_measurementError")
    assert found is not None
    assert found.values is not None
    assert left is not None
    assert left.values is not None
    assert (found.values.values[0], left.values.values[0]) == (Decimal("0.105"), Decimal("0.072"))


def test_uncertainty_that_only_the_first_of_two_units_states_is_found(example: Callable[[str], Path]) -> None:
    column = only(read_dcc(example("dcc_gp_humidity_v1.0"))).column("basic_measurementError")
    assert column is not None
    assert column.shown is not None
    assert column.with_uncertainty is not None
    assert column.shown.units[0] == r"\percent"
    assert column.with_uncertainty.units[0] == r"\one"
    assert column.with_uncertainty.U is not None
    assert column.with_uncertainty.U[0] == Decimal("0.006")


def test_a_certificate_becomes_a_calibration_of_the_register(example: Callable[[str], Path]) -> None:
    stated = calibration_table(read_dcc(example("valid")))
    calibration = as_model(stated | {"due": dt.date(2058, 1, 1), "complies": True}, Calibration, "calibration")
    frame = etree.parse(example("valid")).getroot()
    assert calibration.certificate == frame.findtext(".//{*}uniqueIdentifier")
    assert calibration.date.isoformat() == frame.findtext(".//{*}endPerformanceDate")
    assert calibration.laboratory == "Kalibrierfirma GmbH"
    assert calibration.temperature_C == pytest.approx((293 - 273.15, 299 - 273.15))
    assert calibration.humidity_percent == pytest.approx((20.0, 70.0))
    (table,) = calibration.tables
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert rows[0]["Measurement error"] == 0.072
    assert rows[0]["U (Measurement error)"] == 0.061
    assert rows[4]["Reference value"] == 320.004
    assert table.units[table.columns.index("Reference value")] == "°C"


def test_certified_values_are_corrections_with_U_and_k_of_each_point(example: Callable[[str], Path]) -> None:
    """minimal_vi_en.xml has no nominal values: taken against its reference values, 1 V and 100 V."""
    text = example("minimal_vi_en").read_text(encoding="utf-8").replace("basic_referenceValue", "basic_nominalValue")
    (table,) = tables(parse_dcc(text.encode(), "minimal").certificate)
    known = Knowledge("none", drift_ppm_per_year=4.0, temperature_ppm_per_K=0.5)
    values = certified_values(table, known, quantity="dc_voltage", unit="V", range=100.0)
    assert [(p.nominal, p.correction, p.U, p.k) for p in values.points] == [
        (1.0, -0.001, 0.0006, 1.65),
        (100.0, -0.1, 0.05, 1.65),
    ]


def test_a_table_without_nominal_values_is_one_message(example: Callable[[str], Path]) -> None:
    table = only(read_dcc(example("minimal_vi_en")))
    known = Knowledge("none", drift_ppm_per_year=4.0, temperature_ppm_per_K=0.5)
    with pytest.raises(InputError, match=r"no column basic_nominalValue .* it has: basic_referenceValue"):
        certified_values(table, known, quantity="dc_voltage", unit="V", range=100.0)


def test_what_calib_does_not_know_is_named_with_its_line(example: Callable[[str], Path]) -> None:
    text = example("minimal_vi_en").read_text(encoding="utf-8")
    changed = text.replace("<dcc:uniqueIdentifier>", "<dcc:futureThing>x</dcc:futureThing><dcc:uniqueIdentifier>")
    assert parse_dcc(changed.encode(), "changed").unread == ("line 5: dcc:futureThing",)
