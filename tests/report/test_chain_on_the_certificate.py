"""The certificate draws the chain to the SI and names what of it does not hold."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calib.errors import InputError
from calib.report import certificate_content, check, make_certificate

ISSUED = date(2026, 11, 2)


def _text(words: str) -> dict[str, str]:
    return {"vi": words, "en": words}


def _node(id_: str, kind: str, *marks: str) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "lines": [_text(id_)], "marks": [_text(m) for m in marks]}


GRAPH: dict[str, Any] = {
    "nodes": [
        _node("result", "result"),
        _node("CAL-01", "standard"),
        _node("V10", "certificate", "certificate V10: c.pdf is not the file that was registered"),
        _node("REF-01", "standard", "REF-01: calibration V9 was due on 2026-01-10"),
        _node("V11", "certificate"),
        _node("VMI", "laboratory"),
        _node("SI", "SI"),
    ],
    "links": [
        ["result", "CAL-01"],
        ["CAL-01", "V10"],
        ["V10", "REF-01"],
        ["REF-01", "V11"],
        ["V11", "VMI"],
        ["VMI", "SI"],
    ],
}


def test_every_box_stands_right_of_what_rests_on_it(made: Any) -> None:
    content = certificate_content(made.changed(made.record(), "traceability", GRAPH), ISSUED)
    assert content.chain is not None
    boxes = content.chain.boxes
    assert all(boxes[a].column < boxes[b].column for a, b in content.chain.links)
    assert (content.chain.columns, content.chain.rows) == (7, 1)
    assert [b.broken for b in boxes] == [False, False, True, True, False, False, False]
    told = [d.en for d in content.deviations]
    assert "certificate V10: c.pdf is not the file that was registered." in told
    assert "REF-01: calibration V9 was due on 2026-01-10." in told


def test_what_a_person_excepted_is_named_once(made: Any) -> None:
    what = _text("certificate V10: c.pdf is not the file that was registered")
    record = made.changed(made.record(), "traceability", GRAPH)
    record = made.changed(record, "exceptions", [{"equipment": "CAL-01", "what": what, "why": "seen", "by": "An"}])
    told = [d.en for d in certificate_content(record, ISSUED).deviations if "V10: c.pdf" in d.en]
    assert told == ["certificate V10: c.pdf is not the file that was registered. Reason: seen. Granted by An."]


def test_the_picture_is_on_the_page(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "traceability", GRAPH)
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    text = made.poppler("pdftotext", "-layout", str(path), "-")
    assert "Chain of traceability" in text
    assert all(f"{node['id']}" in text for node in GRAPH["nodes"][1:])


def test_a_record_without_a_chain_has_no_picture(made: Any) -> None:
    assert certificate_content(made.record(), ISSUED).chain is None


def test_a_circle_in_a_chain_is_drawn_and_ends(made: Any) -> None:
    graph = {"nodes": GRAPH["nodes"][:3], "links": [["result", "CAL-01"], ["CAL-01", "V10"], ["V10", "CAL-01"]]}
    content = certificate_content(made.changed(made.record(), "traceability", graph), ISSUED)
    assert content.chain is not None
    assert content.chain.columns <= 4


def test_use_outside_the_conditions_of_a_certificate_is_named(made: Any) -> None:
    """The record's air was at 22.84 … 23.16 °C."""
    record = made.record()
    record.snapshot["equipment"]["CAL-01"]["calibrations"][0]["use_temperature_C"] = [22.9, 24]
    told = [d.en for d in certificate_content(record, ISSUED).deviations]
    assert told == ["CAL-01: certificate V10.CN5.0211.26 holds from 22.9 °C to 24 °C; noted: 22.84 … 23.16."]
    record.snapshot["equipment"]["CAL-01"]["calibrations"][0]["use_temperature_C"] = [22.8, 24]
    assert certificate_content(record, ISSUED).deviations == ()


@pytest.mark.parametrize(("outcome", "word"), [("repeated", "repeated"), ("skipped", "skipped"), ("failed", "failed")])
def test_an_attempt_of_which_nothing_is_said_stops_the_certificate(outcome: Any, word: str, made: Any) -> None:
    record = made.record()
    first = record.attempts[0]
    record = replace(record, attempts=(replace(first, id=99, outcome=outcome, reason="lead"), *record.attempts))
    content = certificate_content(record, ISSUED)
    check(content, record)
    with pytest.raises(InputError, match=rf"{first.point}: attempt 1 was {word}, and the certificate does not say so"):
        check(replace(content, deviations=()), record)


def test_a_planned_point_without_a_result_stops_the_certificate(made: Any) -> None:
    record = made.changed(made.record(), "points", [{"id": "dcv.10.7"}])
    with pytest.raises(InputError, match=r"point dcv\.10\.7: was planned, has no result"):
        check(certificate_content(record, ISSUED), record)


def test_a_rule_by_name_is_judged_by_its_acceptance_limits(made: Any) -> None:
    row = replace(made.row(10.0, 10.0, 0.8), lower_acceptance=-2.7e-4, upper_acceptance=2.7e-4)
    record = made.changed(made.record((row,)), "job.decision", {"rule": "ilac-g8", "binary": True})
    content = certificate_content(record, ISSUED)
    assert content.guarded
    with pytest.raises(InputError, match="acceptance limits ±270 means 'fail'"):
        check(content, record)
    (told,) = [s.value.en for s in content.statements if s.clause == "7.8.6.2"]
    assert "guard band w = 1 U" in told


def test_the_risk_that_is_printed_is_that_of_the_rows_own_distributions(made: Any) -> None:
    rows = tuple(replace(made.row(1.0, x, 0.1), rule_risk=risk) for x, risk in ((0.5, 0.048), (0.7, 0.105)))
    record = made.changed(made.record(rows), "job.decision", {"rule": "iso-14253-1", "binary": True})
    (told,) = [s.value.en for s in certificate_content(record, ISSUED).statements if s.clause == "7.8.6.2"]
    assert "w = 0.83 U" in told
    assert "With the distributions of these rows the rule allows at most 10 %" in told


def test_a_u_that_equals_the_cmc_is_neither_raised_nor_stopped(made: Any) -> None:
    """A sum of binary fractions may lie one bit above 0.7 µV; the U of 0.70 µV is not below it."""
    cmc = math.nextafter(7e-7, 1)
    assert cmc > 7e-7
    row = made.row(0.1, 0.1, 0.1)
    error = 2.0e-6
    row = replace(row, u=3.5e-7, k=2.0, U=7e-7, reported_U=7e-7, scope="in", cmc=cmc)
    row = replace(row, error=error, reported_error=error, indicated=0.1 + error, tur=row.upper_limit / 7e-7)
    record = made.record((row,))
    content = certificate_content(record, ISSUED)
    check(content, record)
    assert (row.raised, content.rows[0].raised, content.rows[0].notes) == (False, False, ())
    with pytest.raises(InputError, match=r"prints U = 0\.70 µV, less than the CMC: 7\.1e-07 V"):
        check(content, made.record((replace(row, cmc=7.1e-7),)))


def test_the_csv_tells_scope_and_cmc(made: Any) -> None:
    import csv
    import io

    from calib.report import csv_table

    row = replace(made.row(1.0, 0.5, 0.1), scope="in", cmc=1e-3)
    (line,) = csv.DictReader(io.StringIO(csv_table(made.record((row,)))))
    assert (line["scope"], line["CMC [V]"], line["U raised to CMC"]) == ("in", "0.001", "yes")


def test_no_link_runs_behind_a_box(made: Any) -> None:
    """Two standards, one through a standard of the laboratory's own: five columns and three."""
    short = [_node("TH-03", "standard"), _node("K1", "certificate"), _node("QUATEST 3", "laboratory")]
    links = [["result", "TH-03"], ["TH-03", "K1"], ["K1", "QUATEST 3"], ["QUATEST 3", "SI"]]
    graph = {"nodes": [*GRAPH["nodes"], *short], "links": [*GRAPH["links"], *links]}
    chain = certificate_content(made.changed(made.record(), "traceability", graph), ISSUED).chain
    assert chain is not None
    assert chain.rows == 2
    places = [(b.column, b.row) for b in chain.boxes]
    assert len(set(places)) == len(places)
    for a, b in chain.links:
        start, end = chain.boxes[a], chain.boxes[b]
        for column in range(start.column + 1, end.column):
            at = start.row + (end.row - start.row) * (column - start.column) / (end.column - start.column)
            assert all(abs(r - at) >= 0.5 for c, r in places if c == column)
