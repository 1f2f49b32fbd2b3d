"""The budget as text, Markdown, HTML, LaTeX, JSON and bars: the same numbers, and no name breaks the form."""

import json
import math
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.uncertainty import Budget, Quantity, budget, correlated, quantity

NASTY = "a|b <script>alert('x')</script> & _*`$%#{}\\ \n\x00\ud800 \"q\""


def h1() -> Budget:
    ls = quantity(50_000_623, U=75, k=3, dof=18, name="standard")
    d = quantity(215, u=9.7, dof=25.6, name="comparator")
    d_alpha = quantity(0, half_width=1e-6, dof=50, name="expansion")
    theta = quantity(-0.1, u=0.41, name="temperature")
    d_theta = quantity(0, half_width=0.05, dof=2, name="difference")
    return budget(ls + d - ls * (d_alpha * theta + 11.5e-6 * d_theta))


def nasty() -> Budget:
    p, q = correlated([1.0, -2.0], u=[0.1, 0.2], r=[[1, -0.9], [-0.9, 1]], names=[NASTY, ""], units=["V", "V"])
    return budget(p + q)


def test_text_has_the_figures_of_the_gum() -> None:
    """JCGM 100:2008, table H.1: 25, 9.7, 2.9, 16.6 and 31.7 nm."""
    lines = str(h1()).splitlines()
    assert len(lines) == 7
    assert re.search(r"standard +50000623 +25 +1 +18 +normal +1 +25 +62\.3 %", lines[1])
    assert re.search(r"comparator +215\.0 +9\.7 ", lines[2])
    assert re.search(r"expansion +0 +5\.8e-7 .* 2\.89 ", lines[3])
    assert re.search(r"temperature +-0\.10 +0\.41 +1 +∞ +normal +0 +0 +0\.0 %", lines[4])
    assert re.search(r"difference .* 16\.6 ", lines[5])
    assert re.search(r"result +50000838 +32 +1 +16\.8 +31\.7", lines[6])


@pytest.mark.parametrize("made", [h1, nasty])
def test_no_minus_zero_anywhere(made: Callable[[], Budget]) -> None:
    b = made()
    zero = quantity(-0.0, u=0.0, name="z") * -1.0
    for shown in (str(b), b.markdown(), b.latex(), b.html(), b.svg(), b.json(), str(budget(zero)), budget(zero).json()):
        assert not re.search(r"(?<![\w.])[-−]0(?:\.0*)?(?![.\d])", shown)


def test_markdown_is_one_table_whatever_the_names() -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(nasty().markdown())
    assert sum(t.type == "tr_open" for t in tokens) == 4
    assert sum(t.type == "td_open" for t in tokens) == 3 * 9
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(nasty().markdown())
    assert "<script" not in rendered
    assert "&lt;script&gt;" in rendered


def test_html_and_svg_are_well_formed_and_hold_no_markup_of_a_name() -> None:
    for text in (nasty().html(), nasty()._repr_html_(), nasty().svg()):
        tree = ET.fromstring(text)
        assert not [e for e in tree.iter() if "script" in e.tag]
        assert "alert" in "".join(tree.itertext())
    assert len(ET.fromstring(h1().html()).findall("tbody/tr")) == 5


def test_bars_are_as_long_as_contributions() -> None:
    tree = ET.fromstring(h1().svg())
    widths = [float(e.attrib["width"]) for e in tree.iter("{http://www.w3.org/2000/svg}rect") if "fill" in e.attrib][1:]
    assert len(widths) == 6
    assert widths[0] / widths[-1] == pytest.approx(25 / 31.66, rel=0.01)
    assert widths[3] == 0
    assert 'fill="url(#lowers)"' in nasty().svg()
    assert "url(" not in re.sub(r"url\(#lowers\)", "", nasty().svg())


def test_latex_balances_and_escapes() -> None:
    text = nasty().latex()
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert re.sub(r"\\\$", "", text).count("$") % 2 == 0
    assert all(line.count("&") - line.count(r"\&") == 8 for line in text.splitlines() if line.endswith(r"\\"))
    assert r"\times 10^{-7}" in h1().latex()
    assert r"$-57.1$\,\%" in text


def test_json_is_strict_and_has_every_digit() -> None:
    b = h1()
    found = json.loads(b.json(), parse_constant=pytest.fail)
    assert found["standard_uncertainty"] == b.u
    assert [row["contribution"] for row in found["budget"]] == [row.contribution for row in b]
    assert found["budget"][3]["dof"] == "inf"
    assert list(found) == ["value", "standard_uncertainty", "dof", "unit", "budget"]


def test_an_array_source_whose_elements_differ_has_dashes() -> None:
    b = budget(quantity([1.0, 2.0], u=[0.1, 0.2], name="x").mean())
    assert str(b).splitlines()[1].split() == ["x", "–", "–", "1", "∞", "normal", "0.5", "0.112", "100.0", "%"]
    assert json.loads(b.json())["budget"][0]["value"] == "nan"


@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.floats(-1e30, 1e30), st.floats(0, 1e30), st.floats(-1e5, 1e5)),
        min_size=1,
        max_size=4,
    )
)
@settings(deadline=None)
def test_any_budget_prints_in_every_form(inputs: list[tuple[str, float, float, float]]) -> None:
    y: Quantity | float = 0.0
    for name, value, u, c in inputs:
        y = y + c * quantity(value, u=u, name=name)
    assert isinstance(y, Quantity)
    b = budget(y)
    assert len(str(b).splitlines()) == len(b) + 2
    assert len(b.markdown().splitlines()) == len(b) + 3
    assert len(b.latex().splitlines()) == len(b) + 8
    ET.fromstring(b.html())
    ET.fromstring(b.svg())
    assert math.isclose(json.loads(b.json())["standard_uncertainty"], b.u, rel_tol=0)
