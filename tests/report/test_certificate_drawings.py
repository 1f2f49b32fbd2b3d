"""Results as found and as left side by side, errors against their limits, and who cannot see them."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf

from calib.numbers import Style
from calib.report import certificate_content, make_certificate
from calib.report.plot import plots
from calib.text import Text

ISSUED = date(2026, 11, 2)


def adjusted(made: Any) -> Any:
    """Rows of which the 10 V range was adjusted: one fails before, none after."""
    rows = made.rows()
    found = tuple(made.row(10.0, 10.0, 1.2, point=r.point) if r.point == "dcv.10.10" else r for r in rows)
    return made.record((*found, *(replace(r, phase="as-left") for r in rows if r.measuring_range == 10.0)))


def test_all_results_of_one_function_stand_together_first_as_found_then_as_left(made: Any) -> None:
    content = certificate_content(adjusted(made), ISSUED)
    order = [(g.heading.en, g.phase) for g in content.groups]
    at = order.index(("DC voltage, 10 V range", "as-found"))
    assert order[at + 1] == ("DC voltage, 10 V range", "as-left")
    assert len(order) == 7


def test_a_point_before_and_after_stands_in_one_line_with_the_numbers_of_its_tables(made: Any, tmp_path: Path) -> None:
    record = adjusted(made)
    (part,) = certificate_content(record, ISSUED).comparisons
    assert [p.found.point for p in part.pairs] == [p.left.point for p in part.pairs]
    (pair,) = [p for p in part.pairs if p.found.point == "dcv.10.10"]
    assert (pair.found.error, pair.left.error) == ("480", "210")
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    lines = [" ".join(line.split()) for line in made.poppler("pdftotext", "-layout", str(path), "-").splitlines()]
    assert "10 ±400 480 130 Không đạt Fail 210 130 Đạt Pass" in lines


def test_where_ranges_and_frequencies_are_mixed_each_compared_point_names_its_own(made: Any, tmp_path: Path) -> None:
    heading = Text(vi="Ngắn mạch", en="Shorted")
    rows = [
        made.row(v, 0.1, 0.2, group=heading, point=f"{v}", shown_unit="V", frequency_Hz=50 * v) for v in (1.0, 10.0)
    ]
    record = made.record((*rows, *(replace(row, phase="as-left") for row in rows)))
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    lines = [" ".join(line.split()) for line in made.poppler("pdftotext", "-layout", str(path), "-").splitlines()]
    compared = [line.partition(" 0.1 ")[0].replace(" ", "") for line in lines if line.count("Pass") == 2]
    assert compared == ["1V50Hz", "10V500Hz"]


def test_without_an_adjustment_there_is_nothing_to_compare(made: Any, tmp_path: Path) -> None:
    assert certificate_content(made.record(), ISSUED).comparisons == ()


def test_each_error_is_drawn_at_its_part_of_the_limit(made: Any) -> None:
    """Heights are read back from the drawing: error / limit, with bars of U / limit to both sides."""
    rows = tuple(made.row(10.0, v, part, point=f"p{v}") for v, part in ((1.0, 0.5), (10.0, -0.75), (5.0, 4.0)))
    content = certificate_content(made.record(rows), ISSUED)
    (plot,) = content.plots
    height = float(ET.fromstring(plot.svg).attrib["viewBox"].split()[3])

    def part(y: str) -> float:
        return (0.5 - float(y) / height) * 2 * plot.span

    paths = " ".join(p.attrib["d"] for p in ET.fromstring(plot.svg).iter("{http://www.w3.org/2000/svg}path"))
    dots = sorted((float(x), part(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)a", paths))
    drawn = [row.drawing for group in content.groups for row in group.rows if row.drawing is not None]
    assert [round(y, 2) for _, y in dots] == [round(min(d.error, plot.span), 2) for d in drawn]
    bars = sorted((float(x), part(a), part(b)) for x, a, b in re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)", paths))
    _, low, high = bars[0]
    assert (round(low, 2), round(high, 2)) == (round(drawn[0].lower, 2), round(drawn[0].upper, 2))
    assert "at point p5.0" in plot.alt.en


def test_equal_rows_give_equal_drawings_and_a_thousand_rows_a_few_of_them(made: Any) -> None:
    rows = tuple(made.row(10.0, i / 100, 0.3, point=f"p{i}") for i in range(1, 1001))
    groups = certificate_content(made.record(rows), ISSUED).groups
    first, again = (plots(groups, Style(("en",))) for _ in range(2))
    assert first == again
    assert len(first) == 5
    assert sum(len(re.findall(r"a[\d.]+ [\d.]+ 0 1 0 -", p.svg)) for p in first) == 1000


def test_parts_of_a_drawing_carry_the_numbers_of_their_groups_and_fill_its_width(made: Any) -> None:
    (plot,) = certificate_content(made.record(), ISSUED).plots
    assert [s.label for s in plot.segments] == ["1", "2", "3", "4", "5", "6"]
    assert plot.segments[0].start == 0.0
    assert plot.segments[-1].end == 1.0
    assert all(a.end == b.start for a, b in zip(plot.segments, plot.segments[1:], strict=False))


def test_the_file_is_pdf_ua_1_with_headings_tables_and_texts_for_its_pictures(made: Any, tmp_path: Path) -> None:
    """ISO 14289-1: tagged, a title shown, a language, a text for each figure; typst refuses what breaks its rules."""
    path = make_certificate(adjusted(made), tmp_path / "c.pdf", issue_date=ISSUED)
    with pikepdf.open(path) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert bool(pdf.Root["/MarkInfo"]["/Marked"])
        assert bool(pdf.Root["/ViewerPreferences"]["/DisplayDocTitle"])
        assert str(pdf.Root["/Lang"]) == "vi"
        elements = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") is not None]
        kinds = [str(o["/S"]) for o in elements if "/P" in o]
        assert kinds.count("/Table") >= 4, "standards, results, before and after, budget"
        assert kinds.count("/H1") >= 6
        figures = [o for o in elements if str(o["/S"]) == "/Figure"]
        assert len(figures) == 2, "the QR code and the plot"
        assert all(str(o["/Alt"]) for o in figures)


def test_decimal_signs_of_a_column_stand_under_each_other(made: Any, tmp_path: Path) -> None:
    """Ends of the printed errors, as far from the place of the decimal sign as they have digits after it."""
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED)
    text = made.poppler("pdftotext", "-bbox", str(path), "-")
    where = {m[2]: float(m[1]) for m in re.finditer(r'xMax="([\d.]+)" yMax="[\d.]+">([−\d.]+)<', text)}
    assert abs(where["−10.00124"] - where["10.00080"]) < 0.1
    assert abs(where["100.0036"] - where["−100.0034"]) < 0.1
    assert 3.0 < where["10.00080"] - where["100.0036"] < 5.0, "one digit more ends one digit further to the right"
