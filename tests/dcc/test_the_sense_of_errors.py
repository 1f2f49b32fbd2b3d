"""What a certificate's errors mean: of a weight the value minus the nominal one, of what indicates the reverse.

A weight of nominally 200 g whose conventional mass is 200.00030 g is heavy: its error is +0.3 mg (OIML R 111-1), and so
is the correction to its nominal value. A source that is set to 200 and gives 200.0003 has the error −0.0003.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.dcc import Knowledge, Table, certified_values, parse_dcc, read_dcc, tables
from calib.equipment import CertifiedPoint
from calib.errors import FileError, InputError
from calib.report.issuing import issue
from calib.study import Sample
from calib.study.world import BenchWorld

GRAM = r"\gram"
HEAVY_KG, LIGHT_KG = 3e-7, -2e-7
"""Of 200 g and of 100 g."""
U_KG = 5e-8


def column(ref_type: str, values: str, U: str = "", labels: str = "", unit: str = GRAM) -> str:
    label = f"<si:labelXMLList>{labels}</si:labelXMLList>" if labels else ""
    uncertain = U and (
        "<si:measurementUncertaintyUnivariateXMLList><si:expandedMUXMLList>"
        f"<si:valueExpandedMUXMLList>{U}</si:valueExpandedMUXMLList>"
        "<si:coverageFactorXMLList>2</si:coverageFactorXMLList>"
        "<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>"
        "</si:expandedMUXMLList></si:measurementUncertaintyUnivariateXMLList>"
    )
    return (
        f'<dcc:quantity refType="{ref_type}"><si:realListXMLList>{label}<si:valueXMLList>{values}</si:valueXMLList>'
        f"<si:unitXMLList>{unit}</si:unitXMLList>{uncertain}</si:realListXMLList></dcc:quantity>"
    )


NOMINAL = column("basic_nominalValue", "200 100")
MEASURED = column("basic_measuredValue", "200.0003 99.9998")
ERROR = column("basic_measurementError", "0.0003 -0.0002", "5E-5")
TURNED = column("basic_measurementError", "-0.0003 0.0002", "5E-5")


@pytest.fixture
def theirs(ptb: Any) -> Callable[..., Table]:
    """Return what makes a table of another laboratory's certificate of these columns."""
    (path,) = [p for p in ptb.examples if p.stem == "minimal_vi_en"]
    text = Path(path).read_text(encoding="utf-8")
    begin = text.index("<dcc:list")
    closing = text.index("</dcc:list>", begin)

    def made(*columns: str) -> Table:
        content = f"{text[:begin]}<dcc:list>{''.join(columns)}{text[closing:]}"
        (table,) = tables(parse_dcc(content.encode(), "theirs.xml").certificate)
        return table

    return made


def taken(table: Table, quantity: str = "conventional_mass", **known: Any) -> list[CertifiedPoint]:
    knowledge = Knowledge("none", drift_ppm_per_year=0.0, temperature_ppm_per_K=0.0, **known)
    return list(certified_values(table, knowledge, quantity=quantity, unit="kg", range=0.2, where="theirs.xml").points)


@pytest.mark.parametrize(
    "columns",
    [
        (NOMINAL, ERROR),
        (NOMINAL, MEASURED, ERROR),
        (NOMINAL, column("basic_measuredValue", "200.0003 99.9998", "5E-5")),
        (NOMINAL, column("basic_referenceValue", "200.0003 99.9998", "5E-5")),
    ],
)
def test_a_heavy_weight_is_corrected_upwards(theirs: Callable[..., Table], columns: tuple[str, ...]) -> None:
    light, heavy = taken(theirs(*columns))
    assert (light.nominal, heavy.nominal) == (0.1, 0.2)
    assert (light.correction, heavy.correction) == pytest.approx((LIGHT_KG, HEAVY_KG), rel=1e-6)
    assert pytest.approx(U_KG) == heavy.U
    assert heavy.k == 2.0


def test_what_indicates_is_corrected_by_minus_its_error(theirs: Callable[..., Table]) -> None:
    """A balance that shows 0.3 mg too much at 200 g."""
    light, heavy = taken(theirs(NOMINAL, MEASURED, ERROR), "mass")
    assert (light.correction, heavy.correction) == pytest.approx((-LIGHT_KG, -HEAVY_KG), rel=1e-6)


def test_the_laboratory_can_say_what_a_certificate_means(theirs: Callable[..., Table]) -> None:
    """A resistor by its deviation from nominal; weights of a laboratory that states nominal value minus mass."""
    deviation, turned = theirs(NOMINAL, ERROR), theirs(NOMINAL, TURNED)
    for table, quantity, error_is in (
        (deviation, "resistance", "value - nominal"),
        (turned, "conventional_mass", "indicated - value"),
    ):
        _, heavy = taken(table, quantity, error_is=error_is)
        assert heavy.correction == pytest.approx(HEAVY_KG, rel=1e-6)


def test_errors_that_contradict_the_values_beside_them_are_refused(theirs: Callable[..., Table]) -> None:
    with pytest.raises(InputError, match=r"value of 0.2 lies \+3e-07 from it, its error says -3e-07.*say error_is"):
        taken(theirs(NOMINAL, MEASURED, TURNED))
    rounded = column("basic_measuredValue", "200.000 100.000")
    assert taken(theirs(NOMINAL, rounded, ERROR))[1].correction == pytest.approx(HEAVY_KG)


def test_weights_of_one_nominal_value_need_their_markings(theirs: Callable[..., Table]) -> None:
    twice = column("basic_nominalValue", "200 200")
    with pytest.raises(FileError, match="several of one value need a 'name' each"):
        taken(theirs(twice, ERROR))
    with pytest.raises(InputError, match="has 2 values; 'names' has 1"):
        taken(theirs(twice, ERROR), names=("R200",))
    labelled = column("basic_measurementError", "0.0003 -0.0002", "5E-5", labels="R200 R200a")
    for points in (taken(theirs(twice, ERROR), names=("R200", "R200a")), taken(theirs(twice, labelled))):
        assert [p.name for p in points] == ["R200", "R200a"]
        assert [p.correction for p in points] == pytest.approx([HEAVY_KG, LIGHT_KG])


def test_weights_that_this_program_has_calibrated_come_back_with_their_masses(tmp_path: Path) -> None:
    sample = Sample.load("weight-by-comparison")
    bench = sample.simulated_bench(3)
    outcome = sample.calibrate(bench, sample.plan(bench.clock.now().date()), folder=tmp_path)
    issue(tmp_path / "record.h5", tmp_path, bench.clock.now().date(), None)
    every = tables(read_dcc(tmp_path / "certificate.dcc.xml").certificate)
    points = {point.nominal: point for table in every for point in taken(table)}
    for row in outcome.results:
        assert points[row.nominal].correction == pytest.approx(row.error, abs=0.06 * row.U)
        true_kg = sample.procedure.truth(row, BenchWorld(bench))
        assert abs(points[row.nominal].correction - true_kg) <= 1.5 * row.U
        assert abs(row.error) > row.U  # so that the other sign would be seen
