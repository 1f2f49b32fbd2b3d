"""What a drawing shows is what its prompt asks for: read back from the SVG's shapes, and traced in its characters."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from itertools import combinations
from typing import Any

import pytest
from lxml import etree

from calib.pictures import Device, Immersion, Jaws, Joining, Lead, Loading, Probe, Turn, calibrator, meter
from calib.pictures.joining import _STROKES
from calib.pictures.loading import POSITION_NAMES, POSITIONS
from calib.ports import Drawing
from calib.text import LANGUAGES, Language, same

SVG = "{http://www.w3.org/2000/svg}"
BLUE = "#0b57a4"
JOINTS = {
    "─": "lr",
    "│": "ud",
    "┌": "dr",
    "┐": "dl",
    "└": "ur",
    "┘": "ul",
    "├": "udr",
    "┤": "udl",
    "┬": "lrd",
    "┴": "lru",
}
STEPS = {"u": (-1, 0), "d": (1, 0), "l": (0, -1), "r": (0, 1)}
BACK = {"u": "d", "d": "u", "l": "r", "r": "l"}


def _parsed(drawing: Drawing, language: Language = "en") -> Any:
    return etree.fromstring(drawing.svg(language).encode())


def _texts(root: Any) -> dict[str, tuple[float, float]]:
    return {t.text: (float(t.get("x")), float(t.get("y"))) for t in root.iter(SVG + "text")}


def _set_ups() -> Iterator[Any]:
    for entry in entry_points(group="calib.procedures"):
        procedure = entry.load()
        prompts = [c.prompt for c in getattr(procedure, "connections", ())]
        prompts += getattr(procedure, "positions", {}).values()
        for prompt in prompts:
            if isinstance(prompt.drawing, Joining):
                yield pytest.param(prompt.drawing, id=f"{entry.name} {prompt.id}")


SET_UPS = list(_set_ups())
LOADINGS = [Loading(("R500", "R200")), Loading(()), Loading(("T1",), turn=Turn("ABBA", 6, 12)), *(
    Loading(("R200", "R100"), position) for position in POSITIONS
)]  # fmt: skip
IMMERSIONS = [
    Immersion("bath", (Probe("reference", 0.25, there=True), Probe("item", 0.1))),
    Immersion("block", (Probe("reference", 0.15, "3"),)),
]


@pytest.mark.parametrize("drawing", [*LOADINGS, *IMMERSIONS, Jaws(50.0)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_lies_within_the_picture_and_the_terminal(drawing: Drawing, language: Language) -> None:
    root = _parsed(drawing, language)
    for said, (x, y) in _texts(root).items():
        assert 0 <= x <= float(root.get("width")), said
        assert 0 < y <= float(root.get("height")), said
    assert root.get("aria-label") == root.find(SVG + "title").text
    assert max(len(line) for line in drawing.lines(language)) <= 76
    assert drawing.svg(language) == drawing.svg(language)
    assert drawing.svg("vi") != drawing.svg("en") or isinstance(drawing, Loading)


def test_weights_stand_on_the_pan_from_left_to_right_under_their_names() -> None:
    root = _parsed(Loading(("R500", "R200", "R100")))
    texts = _texts(root)
    weights = [r for r in root.iter(SVG + "rect") if r.get("width") == "44"]
    pan = next(r for r in root.iter(SVG + "rect") if r.get("height") == "9")
    middles = [float(w.get("x")) + 22 for w in weights]
    assert [texts[name][0] for name in ("R500", "R200", "R100")] == middles == sorted(middles)
    assert {float(w.get("y")) + float(w.get("height")) for w in weights} == {float(pan.get("y"))}
    assert float(pan.get("x")) < middles[0] - 22
    assert not [r for r in _parsed(Loading(())).iter(SVG + "rect") if r.get("width") == "44"]


@pytest.mark.parametrize("number", range(1, 13))
def test_the_letter_of_the_turn_is_the_one_that_stands_out(number: int) -> None:
    loading = Loading(("T1",), turn=Turn("ABBA", number, 12))
    root = _parsed(loading)
    boxes = [r for r in root.iter(SVG + "rect") if (r.get("width"), r.get("height")) == ("34", "30")]
    place = (number - 1) % 4
    assert [b.get("fill") == BLUE for b in boxes] == [n == place for n in range(4)]
    letter = [t.text for t in root.iter(SVG + "text") if t.get("fill") == "#ffffff"]
    assert letter == ["ABBA"[place]]
    assert f"cycle {(number + 3) // 4} of 3" in _texts(root)
    last = loading.lines("en")[-1]
    assert last.replace(" ", "").startswith("".join(f"[{c}]" if n == place else c for n, c in enumerate("ABBA")))


@pytest.mark.parametrize("position", POSITIONS)
def test_a_corner_is_where_its_name_says_seen_from_the_display(position: str) -> None:
    loading = Loading(("R200", "R100"), position)
    root = _parsed(loading)
    texts = _texts(root)
    pan = next(r for r in root.iter(SVG + "rect") if r.get("width") == "200")
    left, top = float(pan.get("x")), float(pan.get("y"))
    (load,) = [c for c in root.iter(SVG + "circle") if c.get("fill") == BLUE]
    x, y = (float(load.get("cx")) - left) / 200, (float(load.get("cy")) - top) / 200
    assert ("left" in position, "right" in position) == (x < 0.5, x > 0.5)
    assert ("back" in position, "front" in position) == (y < 0.5, y > 0.5)
    assert texts["front: display"][1] > top + 200  # the front is below
    for weight in loading.weights:
        assert abs(texts[weight][0] - float(load.get("cx"))) < 1
        assert abs(texts[weight][1] - float(load.get("cy"))) < 34
    assert f"R200 + R100: {POSITION_NAMES[position].en}" in texts
    rows = loading.lines("en")
    filled = [(r, c) for r, row in enumerate(rows) for c, letter in enumerate(row) if letter == "█"]
    across, deep = (sum(v) / len(filled) for v in zip(*((c - 12, r - 4) for r, c in filled), strict=True))
    assert (across < 0, across > 0) == ("left" in position, "right" in position)
    assert (deep < 0, deep > 0) == ("back" in position, "front" in position)
    assert "R200 + R100" in "\n".join(rows)


def test_depths_are_to_scale_and_the_probe_that_is_put_in_stands_out() -> None:
    root = _parsed(Immersion("bath", (Probe("reference", 0.25, there=True), Probe("item", 0.1))))
    texts = _texts(root)
    spans = [line for line in root.iter(SVG + "polyline") if line.get("stroke") == BLUE]
    heights = []
    for line in spans:
        (x1, y1), (x2, y2) = (tuple(map(float, p.split(","))) for p in line.get("points").split())
        if x1 == x2:
            heights.append(y2 - y1)
    assert heights[1] / heights[0] == pytest.approx(0.1 / 0.25)
    assert texts["reference"][0] < texts["item"][0]
    assert abs(texts["250 mm"][0] - texts["reference"][0]) < 60
    assert abs(texts["100 mm"][0] - texts["item"][0]) < 60
    bold = [t.text for t in root.iter(SVG + "text") if t.get("font-weight")]
    assert "item" in bold
    assert "reference" not in bold


def test_a_well_is_named_beside_its_probe_in_both_languages() -> None:
    block = Immersion("block", (Probe("reference", 0.15, "3", there=True), Probe("item", 0.12, "1b")))
    words: dict[Language, str] = {"en": "well", "vi": "lỗ"}
    for language, word in words.items():
        texts = _texts(_parsed(block, language))
        assert abs(texts[f"{word} 3"][0] - texts["reference"][0]) < 30
        assert abs(texts[f"{word} 1b"][0] - texts["item"][0]) < 30
        names, wells, *_ = block.lines(language)
        assert names.index("item") == wells.index(f"{word} 1b")
        assert "120 mm" in "\n".join(block.lines(language))


def test_a_probe_that_is_put_elsewhere_is_no_longer_where_it_was() -> None:
    there = Immersion("bath", ()).with_moved(Probe("a", 0.2)).with_moved(Probe("b", 0.2)).with_moved(Probe("a", 0.1))
    assert [(p.name, p.depth_m, p.there) for p in there.probes] == [("b", 0.2, True), ("a", 0.1, False)]
    assert there.without("b").probes == (Probe("a", 0.1),)


def _nets(leads: Any) -> set[frozenset[str]]:
    nets: list[set[str]] = []
    for lead in leads:
        meeting = [n for n in nets if n & set(lead.ends)]
        nets = [n for n in nets if n not in meeting] + [set(lead.ends).union(*meeting)]
    return {frozenset(n) for n in nets}


@pytest.mark.parametrize("drawing", SET_UPS)
def test_leads_in_characters_join_the_terminals_that_the_procedure_names(drawing: Joining) -> None:
    rows = drawing.lines("en")
    width = max(map(len, rows))
    cells = [row.ljust(width) for row in rows]
    marks = {(r, c): cells[r][c] for r in range(len(cells)) for c in range(width) if cells[r][c] in "●○"}
    found: dict[tuple[int, int], str] = {}
    for place in drawing._places():
        (at,) = [(r, c) for r, c in marks if r == place.row and (c < width / 2) == (place.device.side == "left")]
        found[at] = place.end
        assert place.terminal in rows[at[0]]
    nets = set()
    for start, mark in marks.items():
        reached = _reached(cells, start)
        assert (mark == "●") == (len(reached) > 1)
        if mark == "●":
            nets.add(frozenset(found[at] for at in reached))
    assert nets == _nets(drawing.leads)
    assert width <= 76


def _reached(cells: list[str], start: tuple[int, int]) -> set[tuple[int, int]]:
    """Follow the lead from a terminal to all others; what is met across its way is another lead."""
    outward = "r" if start[1] < len(cells[0]) / 2 else "l"
    reached, seen, waiting = {start}, set(), [(start, outward)]
    while waiting:
        (row, column), way = waiting.pop()
        row, column = row + STEPS[way][0], column + STEPS[way][1]
        if ((row, column), way) in seen or not 0 <= column < len(cells[0]):
            continue
        seen.add(((row, column), way))
        cell = cells[row][column]
        if cell == "●":
            reached.add((row, column))
        elif cell == "│" and way in "lr":
            waiting.append(((row, column), way))
        elif BACK[way] in JOINTS.get(cell, ""):
            waiting += [((row, column), on) for on in JOINTS[cell] if on != BACK[way]]
    return reached


@pytest.mark.parametrize("drawing", SET_UPS)
def test_leads_of_the_svg_end_at_terminals_and_none_lies_upon_another(drawing: Joining) -> None:
    root = _parsed(drawing)
    dots = {(float(c.get("cx")), float(c.get("cy"))): c.get("fill") for c in root.iter(SVG + "circle")}
    joined = {end for lead in drawing.leads for end in lead.ends}
    for place in drawing._places():
        at = drawing._at(place, 78.0)
        assert (dots[at] == "#ffffff") == (place.end not in joined)
        near = [
            t.text
            for t in root.iter(SVG + "text")
            if float(t.get("y")) == at[1] + 5 and abs(float(t.get("x")) - at[0]) < 20
        ]
        assert near == [place.terminal]
    ends: dict[str, int] = {}
    across: list[tuple[float, float, float, str]] = []
    for line in root.iter(SVG + "polyline"):
        points = [tuple(map(float, p.split(","))) for p in line.get("points").split()]
        (x1, y1), (x2, y2) = points
        if y1 == y2 and abs(x1 - x2) > 9.5:
            assert (x1, y1) in dots
            ends[line.get("stroke")] = ends.get(line.get("stroke"), 0) + 1
            across.append((y1, *sorted((x1, x2)), line.get("stroke")))
    assert sum(ends.values()) == sum(len(lead.ends) for lead in drawing.leads)
    nets = {_STROKES[lead.kind]: net for lead, net in zip(drawing.leads, drawing._nets(), strict=True)}
    for a, b in combinations(across, 2):
        if a[0] == b[0] and nets[a[3]] != nets[b[3]]:
            assert a[2] <= b[1] or b[2] <= a[1]  # they do not overlap


def test_leads_that_cannot_be_drawn_apart_and_unknown_terminals_are_refused() -> None:
    devices = (calibrator("HI", "LO"), meter("HI", "LO"))
    swapped = (Lead(("source.HI", "meter.LO")), Lead(("source.LO", "meter.HI"), "low"))
    with pytest.raises(ValueError, match="would lie upon each other"):
        Joining("swapped", same("x"), devices, swapped)
    with pytest.raises(ValueError, match=r"no terminal 'meter\.GUARD'"):
        Joining("wrong", same("x"), devices, (Lead(("source.HI", "meter.GUARD")),))


def test_a_text_from_a_file_is_escaped() -> None:
    hostile = Device("a", same('<script> & "x"'), ("<HI>",))
    root = _parsed(Joining("x", same("a < b"), (hostile,), ()))
    assert {"<HI>", "a < b", '<script> & "x"'} <= set(_texts(root))


def test_there_is_a_picture_for_every_connection_and_position_of_the_procedures() -> None:
    missing = []
    for entry in entry_points(group="calib.procedures"):
        procedure = entry.load()
        prompts = [c.prompt for c in getattr(procedure, "connections", ())]
        prompts += getattr(procedure, "positions", {}).values()
        missing += [f"{entry.name} {p.id}" for p in prompts if p.drawing is None]
    assert missing == ["clamp-meter connect.ac", "clamp-meter connect.dc"]  # drawn with the job's number of turns
    assert len(SET_UPS) > 20


@pytest.mark.parametrize(
    ("name", "prompt", "joined"),
    [
        ("dmm-handheld", "connect.volts", {"V Ω", "COM"}),
        ("dmm-handheld", "connect.milliamperes", {"mA", "COM"}),
        ("dmm-handheld", "connect.amperes", {"10 A", "COM"}),
        ("dmm-dc-current", "connect.calibrator", {"I", "LO"}),
        ("dmm-dc-current", "connect.calibrator-high", {"10 A", "LO"}),
        ("dmm-dc-current", "connect.open", set()),
        ("process-calibrator-measure", "connect.dc_current", {"mA", "COM"}),
        ("process-calibrator-measure", "connect.resistance", {"Ω", "COM"}),
        ("dmm-dc-voltage", "connect.short", {"HI", "LO"}),
        ("dmm-resistance", "connect.short-4-wire", {"HI", "LO", "SENSE HI", "SENSE LO"}),
        ("dmm-resistance", "connect.2-wire", {"HI", "LO"}),
    ],
)
def test_what_is_joined_is_the_jack_that_the_words_name(name: str, prompt: str, joined: set[str]) -> None:
    procedure = entry_points(group="calib.procedures")[name].load()
    (asked,) = (c.prompt for c in procedure.connections if c.prompt.id == prompt)
    ends = {end for lead in asked.drawing.leads for end in lead.ends}
    (right,) = (d for d in asked.drawing.devices if d.side == "right")
    assert {t for t in right.terminals if f"{right.id}.{t}" in ends} == joined
    source = {t for d in asked.drawing.devices if d.side == "left" for t in d.terminals if f"{d.id}.{t}" in ends}
    assert all(t.split()[0] in asked.text.en for t in source)  # NORMAL or AUX
