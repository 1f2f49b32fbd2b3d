"""Certificates of many rows are set in a process of their own, and their results written row by row."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calib.errors import InputError
from calib.report import certificate_content, json_table, make_certificate, read_json, write_json
from calib.report.pdf import certificate_pdf
from calib.report.typesetting import Page, set_apart, set_page

ISSUED = date(2026, 11, 2)


def test_a_page_set_apart_is_the_page_set_here_byte_for_byte(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = certificate_content(made.record(), ISSUED)
    here = certificate_pdf(content)
    monkeypatch.setattr("calib.report.pdf._ROWS_SET_HERE", 1)
    monkeypatch.setattr("calib.report.pdf.set_page", None)
    assert certificate_pdf(content) == here


def test_what_speaks_against_a_page_set_apart_is_told(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Page("#nothing-of-this-name", {}, "2026-11-02")
    assert set_apart(wrong) == set_page(wrong)
    assert "unknown variable" in set_apart(wrong).error
    with monkeypatch.context() as patch:
        patch.setattr("calib.report.typesetting.sys.executable", "/absent/python")
        assert set_apart(wrong) == set_page(wrong)
    monkeypatch.setattr("calib.report.pdf._ROWS_SET_HERE", 1)
    monkeypatch.setattr("calib.report.typesetting.__file__", "/absent.py")
    with pytest.raises(InputError, match=r"HC-2026-0417-01: the page could not be set: its process ended"):
        certificate_pdf(certificate_content(made.record(), ISSUED))


def test_hundreds_of_rows_are_all_on_the_page(made: Any, tmp_path: Path) -> None:
    rows = tuple(made.row(10.0, i / 64, 0.3, point=f"p{i}") for i in range(1, 602))
    path = make_certificate(made.record(rows), tmp_path / "c.pdf", issue_date=ISSUED)
    words = made.poppler("pdftotext", "-raw", str(path), "-").split()
    for row in certificate_content(made.record(rows), ISSUED).rows:
        assert row.indicated in words


def test_thousands_of_pairs_stand_in_the_tables_of_results_alone(made: Any) -> None:
    found = [made.row(10.0, 0.001 * i, 0.3, point=f"p{i}") for i in range(1, 1002)]
    both = (*found, *(replace(row, phase="as-left") for row in found))
    assert certificate_content(made.record(both), ISSUED).comparisons == ()
    fewer = (*found[1:], *both[1002:])
    assert sum(len(part.pairs) for part in certificate_content(made.record(fewer), ISSUED).comparisons) == 1000


def test_results_written_row_by_row_are_those_of_the_table(made: Any, tmp_path: Path) -> None:
    path = write_json(made.record(), tmp_path / "results.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told == json_table(made.record())
    assert list(told) == list(json_table(made.record()))
    assert read_json(path) == made.rows()
    assert json.loads(write_json(made.record(()), path).read_text(encoding="utf-8"))["results"] == []
