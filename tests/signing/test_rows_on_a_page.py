"""Which words of a page are a row of results: numbers, limits, ratio and verdict, and nothing that reads otherwise."""

from dataclasses import replace

import pytest

from calib.certificates.onpage import missing_on
from calib.certificates.printed import Printed, PrintedRow
from calib.record.names import verdict_name
from calib.record.result import Verdict
from calib.text import Language

VERDICTS: tuple[Verdict, ...] = ("pass", "conditionalPass", "conditionalFail", "fail")
ROW = PrintedRow("1", "1.00", "1.10", "-0.10", "0.20", "2.00", "-3", "3", "-2.5", "2.5", "5.6", "pass", "10 V")
WORDS = ["10", "V", "1", "1,00", "1,10", "−0,10", "0,20", "2,00", "±3", "±2,5", "5,6", "Đạt", "1", "Hồ", "sơ"]


def shows(words: list[str], row: PrintedRow, *languages: Language) -> bool:
    return not missing_on(words, Printed(languages, (row,)))


@pytest.mark.parametrize("languages", [("vi",), ("en",), ("vi", "en")])
@pytest.mark.parametrize("printed", VERDICTS)
def test_a_page_shows_one_verdict_and_no_other(languages: tuple[Language, ...], printed: Verdict) -> None:
    """In Vietnamese a conditional pass begins with the word for a pass."""
    texts = [verdict_name(printed).in_(language) for language in languages]
    words = [*WORDS[:11], *texts[0].split(), "1,2", *(word for text in texts[1:] for word in text.split()), *WORDS[13:]]
    assert [v for v in VERDICTS if shows(words, replace(ROW, verdict=v), *languages)] == [printed]


@pytest.mark.parametrize("place", range(12))
def test_no_cell_of_a_row_may_be_another_or_lack(place: int) -> None:
    assert shows(WORDS, ROW, "vi")
    assert not shows([*WORDS[:place], "7", *WORDS[place + 1 :]], ROW, "vi")
    assert not shows([*WORDS[:place], *WORDS[place + 1 :]], ROW, "vi")


@pytest.mark.parametrize(
    ("limits", "cell"),
    [
        ({"lower_limit": "-3", "upper_limit": "4"}, "−3 … 4"),
        ({"lower_limit": "", "upper_limit": "4"}, "≤ 4"),
        ({"lower_limit": "-3", "upper_limit": ""}, "≥ −3"),
        ({"lower_limit": "", "upper_limit": ""}, ""),
        ({"lower_limit": "3", "upper_limit": "-3"}, "–"),
    ],
)
def test_limits_stand_in_one_cell_as_the_page_writes_them(limits: dict[str, str], cell: str) -> None:
    words = [*WORDS[:8], *cell.split(), *WORDS[9:]]
    assert shows(words, replace(ROW, **limits), "vi")
    assert not shows(words, ROW, "vi")


def test_a_verdict_of_the_next_row_is_not_taken_for_one_that_lacks() -> None:
    without = [word for word in WORDS if word != "Đạt"]
    assert not shows([*without, *WORDS], replace(ROW, tur="5.60"), "vi")
    assert len(missing_on([*without, *WORDS], Printed(("vi",), (ROW, ROW)))) == 1


def test_both_phases_side_by_side_are_one_line() -> None:
    pair = (ROW, replace(ROW, error="0.05"))
    side_by_side = ["10", "V", "1", "±3", "−0.10", "0.20", "Pass", "0.05", "0.20", "Pass"]
    printed = Printed(("en",), (ROW,), (pair,))
    words = ["Pass" if word == "Đạt" else word for word in WORDS]
    assert missing_on([*words, *side_by_side], printed) == []
    changed = ["Fail" if i == 9 else word for i, word in enumerate(side_by_side)]
    (line,) = missing_on([*words, *changed], printed)
    assert line.startswith("the page does not show, as found and as left: ")
