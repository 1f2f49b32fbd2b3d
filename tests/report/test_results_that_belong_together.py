"""Values with their correlation on page and in DCC: digits that calculations can use, and the same in all places."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calib.certificates.agreement import require_agreement
from calib.certificates.dccfacts import DccFacts
from calib.certificates.document import Document
from calib.certificates.printed import printed_of_record
from calib.certificates.printedsets import compared_sets, sets_missing_on
from calib.errors import InputError
from calib.numbers import Style
from calib.record import Together
from calib.report import certificate_content, make_certificate
from calib.report.checks import contradictions
from calib.report.dcc import certificate_dcc
from calib.report.setlayout import blocks
from calib.report.together import printed_sets

ISSUED = date(2026, 11, 2)
STYLE = Style(("vi", "en"))
REDUNDANT = "Redundant unit specification"
"""PTB's rule warns of every list with several units, whether they are the same or not."""


def of_matrix(made: Any, r: NDArray[np.float64], **changes: Any) -> tuple[Any, ...]:
    """Rows of one set, in V, with a correlation matrix; values with digits enough."""
    rng = np.random.default_rng(5)
    rows = [made.row(10.0, 1.0 + i, 0.3 * rng.standard_normal(), point=f"set/x{i}") for i in range(len(r))]
    return tuple(
        replace(
            row, indicated=row.nominal + row.error + 1e-7 * rng.standard_normal(), u=row.u * (1 + rng.random()) / 2,
            together=Together("a set", f"x{i}", tuple(map(float, r[i]))), **changes,
        )
        for i, row in enumerate(rows)
    )  # fmt: skip


def correlated(n: int, spread: float, seed: int = 1) -> NDArray[np.float64]:
    """A correlation matrix of n values whose least eigenvalue is about `spread`² of the greatest."""
    rng = np.random.default_rng(seed)
    factors = np.hstack([np.ones((n, 1)), spread * rng.standard_normal((n, n))])
    covariance = factors @ factors.T
    u = np.sqrt(np.diag(covariance))
    r: NDArray[np.float64] = covariance / np.outer(u, u)
    return r


def printed(one: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Values and u in V, and r, as whoever reads the page has them; all values are in V, u in µV."""
    values = np.array([float(STYLE.parse(m.value)) for m in one.members])
    assert {m.u_unit for m in one.members} == {"µV"}
    u = np.array([float(STYLE.parse(m.u)) for m in one.members]) * 1e-6
    r = np.eye(len(values))
    for i, member in enumerate(one.members):
        r[i, : i + 1] = r[: i + 1, i] = [float(STYLE.parse(cell)) for cell in member.correlation]
    return values, u, r


@pytest.mark.parametrize(("n", "spread"), [(3, 1.0), (4, 0.1), (4, 0.003), (12, 0.1), (12, 0.001)])
def test_rounding_spoils_no_calculation(made: Any, n: int, spread: float) -> None:
    """Against numpy: 2000 combinations, and the one with the least u, which rounding hurts most."""
    rows = of_matrix(made, correlated(n, spread))
    (one,) = printed_sets(rows, STYLE)
    values, u, r = printed(one)
    exact_r = np.array([row.together.correlation for row in rows])
    exact_u, exact_values = np.array([row.u for row in rows]), np.array([row.indicated for row in rows])
    assert np.linalg.eigvalsh(r)[0] > 0
    scaled = [*np.random.default_rng(2).standard_normal((2000, n)), *np.linalg.eigh(exact_r)[1].T]
    for c in (weights / exact_u for weights in scaled):
        exact = float(np.sqrt(c @ (exact_r * np.outer(exact_u, exact_u)) @ c))
        assert float(np.sqrt(c @ (r * np.outer(u, u)) @ c)) == pytest.approx(exact, rel=0.01)
        assert abs(c @ (values - exact_values)) <= 0.05 * exact


def test_digits_are_no_more_than_it_takes(made: Any) -> None:
    """Well separated values have few, values that are nearly one have many."""
    few, many = (printed_sets(of_matrix(made, correlated(4, s)), STYLE)[0] for s in (1.0, 0.003))
    assert len(few.members[1].correlation[0]) <= len("0.0001")
    assert len(few.members[1].correlation[0]) + 3 < len(many.members[1].correlation[0])


def test_values_that_are_wholly_one_are_printed_as_such(made: Any) -> None:
    (one,) = printed_sets(of_matrix(made, np.ones((3, 3))), STYLE)
    assert np.linalg.eigvalsh(printed(one)[2])[0] > -1e-9
    assert {float(cell) for m in one.members for cell in m.correlation} == {1.0}


def test_u_is_raised_with_U_to_the_capability_of_the_laboratory(made: Any) -> None:
    """Else the page would state less than the scope allows, in the second table (ILAC-P14)."""
    rows = tuple(
        replace(row, U=2 * row.u) for row in of_matrix(made, correlated(3, 0.5), scope="in", cmc=1e-3, reported_U=1e-3)
    )
    (one,) = certificate_content(made.record(rows), ISSUED).sets
    assert one.raised
    assert printed(one)[1] == pytest.approx(0.5e-3, rel=5e-3)  # k = 2


@pytest.mark.parametrize("languages", [["vi", "en"], ["vi"]])
def test_page_dcc_and_record_have_the_same_set_and_ptb_finds_nothing(
    made: Any, ptb: Any, tmp_path: Path, languages: list[str]
) -> None:
    rows = (*made.rows(), *of_matrix(made, correlated(5, 0.05)))
    record = made.changed(made.record(rows), "job.languages", languages)
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    document = Document.open(path)
    assert "1 matrix of correlation are the same in the attached DCC and the page" in require_agreement(document, None)
    assert ptb.invalid(document.dcc_content) == []
    assert ptb.broken_rules(document.dcc_content) == []
    in_kelvin = [
        replace(row, together=replace(row.together, unit=rf"\volt\kelvin\tothe{{-{i}}}", power=3 * i)) if i else row
        for i, row in enumerate(of_matrix(made, correlated(5, 0.05)))
    ]
    several = certificate_dcc(certificate_content(made.record(tuple(in_kelvin)), ISSUED), made.record(tuple(in_kelvin)))
    assert ptb.invalid(several) == []
    assert {(role, text.split(":")[0]) for role, text in ptb.broken_rules(several)} == {("warning", REDUNDANT)}


def test_a_matrix_of_other_rows_is_refused(made: Any) -> None:
    rows = of_matrix(made, correlated(3, 0.5))
    with pytest.raises(InputError, match=r"points set/x0, set/x1: their correlation is not a matrix of them"):
        certificate_content(made.record(rows[:2]), ISSUED)


def test_the_check_stops_what_is_not_the_records(made: Any) -> None:
    record = made.record(of_matrix(made, correlated(3, 0.05)))
    content = certificate_content(record, ISSUED)
    assert contradictions(content, record) == []
    (one,) = content.sets
    first, second, third = one.members

    def told(**changes: Any) -> str:
        changed = replace(one, members=(first, replace(second, **changes), third))
        return "; ".join(contradictions(replace(content, sets=(changed,)), record))

    assert "correlation coefficients that are not the record's" in told(correlation=("0.99", "1"))
    assert "a variance would be negative" in told(correlation=("1.01", "1"))
    assert "prints x1 = 2.5" in told(value="2.5")
    assert "prints u(x1) = 1" in told(u="1")
    assert "not those of the record" in "; ".join(contradictions(replace(content, sets=()), record))


def test_verify_names_what_differs_between_dcc_page_and_record(made: Any, tmp_path: Path) -> None:
    record = made.record((*made.rows(), *of_matrix(made, correlated(3, 0.05))))
    pdf = Document.open(make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED))
    of_record = printed_of_record(record).sets
    assert sets_missing_on(pdf.words, of_record) == []
    (one,) = of_record
    written = pdf.dcc_content.decode()
    covariance = re.findall(r"<si:columnXMLList>.*?<si:valueXMLList>(.*?)</si:valueXMLList>", written, re.DOTALL)[0]
    entries = covariance.split()
    changes = {
        "the correlation": (covariance, " ".join([entries[0], entries[1] + "1", entries[2]])),
        "a standard uncertainty": (
            f"StandardMUXMLList>{one.u[0]} ",
            f"StandardMUXMLList>{one.u[0]}1 ",
        ),
        "a value": (f"XMLList>{one.values[0]} ", f"XMLList>{one.values[0]}1 "),
        "the names": ("<si:labelXMLList>x0 ", "<si:labelXMLList>y0 "),
    }
    for what, (old, new) in changes.items():
        assert written.count(old) == 1
        changed = DccFacts(written.replace(old, new).encode(), "theirs").printed().sets
        told = compared_sets(changed, of_record, ("the DCC", "the record"))
        assert any(what in line for line in told), what
        assert sets_missing_on(pdf.words, changed) != []
    (first, *middle), last = one.correlation[:-1], one.correlation[-1]
    other = replace(one, correlation=(first, *middle, ("0.5", *last[1:])))
    (told_of_page,) = sets_missing_on(pdf.words, (other,))
    assert told_of_page.startswith("the page does not show the correlation of x2 with others of x0, x1, x2: 0.5")
    matrix = re.compile(
        r"<si:measurementUncertaintyMultivariateXMLList>.*</si:measurementUncertaintyMulti\w+>", re.DOTALL
    )
    without = DccFacts(matrix.sub("", written).encode(), "theirs").printed().sets
    assert compared_sets(without, of_record, ("it", "the record")) == ["it holds 0 covariance matrices, the record 1"]


def test_a_long_set_is_parted_into_blocks_that_the_page_shows(made: Any, tmp_path: Path) -> None:
    record = made.record(of_matrix(made, correlated(24, 0.05)))
    pdf = Document.open(make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED))
    (one,) = printed_of_record(record).sets
    assert len(blocks(one.symbols, one.correlation)) > 1
    assert sets_missing_on(pdf.words, (one,)) == []
