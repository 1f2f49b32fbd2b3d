"""Covariance matrices as other programs write them: older D-SI, an element for each entry, boxes, other units."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.dcc import Dcc, Knowledge, certified_values, dcc_bytes, parse_dcc, tables
from calib.dcc.together import certified_thermometer
from calib.errors import InputError

VALUES = (100.0, 3.9083e-3, -5.775e-7)
U = (1e-3, 2e-7, 1e-9)
R = np.array([[1.0, -0.5, 0.1], [-0.5, 1.0, -0.9], [0.1, -0.9, 1.0]])
UNITS = (r"\ohm", r"\degreecelsius\tothe{-1}", r"\degreecelsius\tothe{-2}")


def entry(i: int, j: int) -> tuple[str, str]:
    """A covariance with its unit."""
    return f"{R[i, j] * U[i] * U[j]:.12e}", UNITS[i] + UNITS[j]


def columns(tag: str, joined: bool) -> str:
    """The matrix column by column: all entries of a column in one element, or each in its own."""
    made = []
    for j in range(3):
        pairs = [entry(i, j) for i in range(3)]
        if joined:
            inner = (
                f"<si:covarianceXMLList><si:valueXMLList>{' '.join(v for v, _ in pairs)}</si:valueXMLList>"
                f"<si:unitXMLList>{' '.join(u for _, u in pairs)}</si:unitXMLList></si:covarianceXMLList>"
            )
        else:
            inner = "".join(
                f"<si:covariance><si:value>{v}</si:value><si:unit>{u}</si:unit></si:covariance>" for v, u in pairs
            )
        made.append(f"<si:{tag}>{inner}</si:{tag}>")
    return "".join(made)


NEW = (
    "<si:measurementUncertaintyMultivariateXMLList><si:{kind}RegionMUXMLList><si:covarianceMatrixXMLList>"
    + columns("columnXMLList", joined=True)
    + "</si:covarianceMatrixXMLList><si:coverageFactorXMLList>2.8</si:coverageFactorXMLList>"
    "<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList></si:{kind}RegionMUXMLList>"
    "</si:measurementUncertaintyMultivariateXMLList>"
)
OLD = (
    "<si:{kind}RegionXMLList><si:covarianceMatrix>"
    + columns("column", joined=False)
    + "</si:covarianceMatrix><si:coverageFactor>2.8</si:coverageFactor>"
    "<si:coverageProbability>0.95</si:coverageProbability></si:{kind}RegionXMLList>"
)
"""As DCC 3.2.1 with D-SI 2.1.0 has it; deprecated, but allowed, in 3.3.0."""


def with_list(ptb: Any, region: str, label: str = "R_0 A B") -> bytes:
    """minimal_vi_en.xml with a list of coefficients in place of its reference values."""
    (path,) = [p for p in ptb.examples if p.stem == "minimal_vi_en"]
    text: str = Path(path).read_text(encoding="utf-8")
    begin = text.index("<si:realListXMLList>")
    end = text.index("</si:realListXMLList>") + len("</si:realListXMLList>")
    values = (
        f"<si:realListXMLList><si:labelXMLList>{label}</si:labelXMLList>"
        f"<si:valueXMLList>{' '.join(map(repr, VALUES))}</si:valueXMLList>"
        f"<si:unitXMLList>{' '.join(UNITS)}</si:unitXMLList>{region}</si:realListXMLList>"
    )
    return (text[:begin] + values + text[end:]).encode()


FORMS = [NEW.replace("{kind}", k) for k in ("ellipsoidal", "rectangular")] + [
    OLD.replace("{kind}", k) for k in ("ellipsoidal", "rectangular")
]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_schema_is_read_and_written_again(ptb: Any, form: str) -> None:
    content = with_list(ptb, form)
    assert ptb.invalid(content) == []
    dcc = parse_dcc(content, "theirs.xml")
    assert dcc.unread == ()
    table = tables(dcc.certificate)[0]
    law = certified_thermometer(table, 0.01, within_C=(0.0, 100.0))
    assert (law.R0_ohm, law.A, law.B) == pytest.approx(VALUES, rel=1e-12)
    assert law.coefficients is not None
    assert law.coefficients.u == pytest.approx(U, rel=1e-9)
    assert np.array(law.coefficients.correlation) == pytest.approx(R, abs=1e-9)
    again = parse_dcc(dcc_bytes(dcc.certificate), "again")
    assert again.certificate == dcc.certificate
    assert ptb.invalid(dcc_bytes(dcc.certificate)) == []


@pytest.mark.parametrize(
    ("k", "dof"), [("2.795", np.inf), ("2.0", np.inf), ("2.844", 100.0), ("3.140", 15.0), ("4.447", 4.0)]
)
def test_the_factor_of_the_ellipsoid_tells_the_degrees_of_freedom(ptb: Any, k: str, dof: float) -> None:
    """√(3 F), p = 0.95, of tables of F(3, ν): 2.605 (∞), 2.696 (100), 3.287 (15), 6.591 (4)."""
    content = with_list(ptb, FORMS[0]).decode().replace(">2.8<", f">{k}<")
    law = certified_thermometer(_table(parse_dcc(content.encode(), "theirs.xml")), 0.01, within_C=(0.0, 100.0))
    assert law.coefficients is not None
    assert law.coefficients.dof == pytest.approx(dof, rel=0.03)


def _table(dcc: Dcc) -> Any:
    return tables(dcc.certificate)[0]


def test_where_the_law_holds_must_be_said_by_somebody(ptb: Any) -> None:
    table = _table(parse_dcc(with_list(ptb, FORMS[0]), "theirs.xml"))
    with pytest.raises(InputError, match="does not say for which temperatures it holds; give 'within_C'"):
        certified_thermometer(table, 0.01)


def test_values_with_other_names_are_no_law_of_a_thermometer(ptb: Any) -> None:
    table = _table(parse_dcc(with_list(ptb, FORMS[0], label="x y z"), "theirs.xml"))
    with pytest.raises(InputError, match="named R0, A, B"):
        certified_thermometer(table, 0.01, within_C=(0.0, 100.0))


def test_a_matrix_that_lacks_a_column_is_told(ptb: Any) -> None:
    content = with_list(ptb, FORMS[2]).decode()
    begin = content.index("<si:column>")
    short = content[:begin] + content[content.index("</si:column>") + len("</si:column>") :]
    with pytest.raises(InputError, match="its covariance matrix is not one of 3 values"):
        tables(parse_dcc(short.encode(), "theirs.xml").certificate)


ERRORS = """<dcc:list><dcc:quantity refType="basic_nominalValue"><si:realListXMLList><si:valueXMLList>200 100</si:valueXMLList>
<si:unitXMLList>\\gram</si:unitXMLList></si:realListXMLList></dcc:quantity>
<dcc:quantity refType="{ref_type}"><si:realListXMLList><si:labelXMLList>b a</si:labelXMLList>
<si:valueXMLList>{values}</si:valueXMLList><si:unitXMLList>\\gram</si:unitXMLList>
<si:measurementUncertaintyMultivariateXMLList><si:ellipsoidalRegionMUXMLList><si:covarianceMatrixXMLList>
<si:columnXMLList><si:covarianceXMLList><si:valueXMLList>4E-10 1E-10</si:valueXMLList><si:unitXMLList>\\gram\\tothe{{2}}</si:unitXMLList></si:covarianceXMLList></si:columnXMLList>
<si:columnXMLList><si:covarianceXMLList><si:valueXMLList>1E-10 1E-10</si:valueXMLList><si:unitXMLList>\\gram\\tothe{{2}}</si:unitXMLList></si:covarianceXMLList></si:columnXMLList>
</si:covarianceMatrixXMLList><si:coverageFactorXMLList>2.5</si:coverageFactorXMLList><si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
</si:ellipsoidalRegionMUXMLList></si:measurementUncertaintyMultivariateXMLList></si:realListXMLList></dcc:quantity>"""  # noqa: E501


@pytest.mark.parametrize(
    ("ref_type", "values"), [("basic_measuredValue", "200.0003 99.9998"), ("basic_measurementError", "0.0003 -0.0002")]
)
def test_weights_of_another_laboratory_come_in_order_of_their_nominal_values(
    ptb: Any, ref_type: str, values: str
) -> None:
    """Values minus nominal values, or errors, which are just that; u = 0.02 mg and 0.01 mg, r = 0.5."""
    (path,) = [p for p in ptb.examples if p.stem == "minimal_vi_en"]
    text = Path(path).read_text(encoding="utf-8")
    begin = text.index("<dcc:list")
    closing = text.index("</dcc:list>", begin)
    content = text[:begin] + ERRORS.format(ref_type=ref_type, values=values) + text[closing:]
    dcc = parse_dcc(content.encode(), "theirs.xml")
    known = Knowledge("stated", drift_ppm_per_year=0.0, temperature_ppm_per_K=0.0)
    taken = certified_values(_table(dcc), known, quantity="conventional_mass", unit="kg", range=0.2)
    assert [(p.name, p.nominal) for p in taken.points] == [("a", 0.1), ("b", 0.2)]
    assert [p.correction for p in taken.points] == pytest.approx([-2e-7, 3e-7], rel=1e-12)
    assert [p.U for p in taken.points] == pytest.approx([1e-8, 2e-8], rel=1e-12)
    assert taken.correlation == ((1.0, 0.5), (0.5, 1.0))
    assert Decimal(str(taken.k)) == 1
