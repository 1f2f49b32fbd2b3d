"""The agreed specification is named with its interval in the language of the page."""

from typing import Any

from calib.report.statements import specification_title


def test_the_interval_of_the_specification_is_vietnamese_in_vietnamese(made: Any) -> None:
    title = specification_title(made.record().snapshot)
    assert title.vi == "HP 34401A, DC voltage, 1 năm, User's Guide 34401-90004, p. 216"
    assert title.en == "HP 34401A, DC voltage, 1 year, User's Guide 34401-90004, p. 216"
