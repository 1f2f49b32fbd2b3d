"""Shipped specifications against limits typed in from the published tables, in percent or ppm as they are printed."""

import datetime as dt
from pathlib import Path

import pytest

from calib.errors import FileError, OutOfRange
from calib.files import read_model
from calib.specification import (
    Accuracy,
    Coverage,
    Specification,
    interval_end,
    interval_text,
    load_specification,
    shipped,
)
from calib.text import Text

# (reading, range) in percent as the makers print them; 34401A and 8846A, 23 °C ± 5 °C
PERCENT: dict[tuple[str, str], dict[float, tuple[float, float]]] = {
    ("hp-34401a", "1 year"): {
        0.1: (0.0050, 0.0035), 1: (0.0040, 0.0007), 10: (0.0035, 0.0005),
        100: (0.0045, 0.0006), 1000: (0.0045, 0.0010),
    },
    ("hp-34401a", "90 days"): {
        0.1: (0.0040, 0.0035), 1: (0.0030, 0.0007), 10: (0.0020, 0.0005),
        100: (0.0035, 0.0006), 1000: (0.0035, 0.0010),
    },
    ("hp-34401a", "24 hours"): {
        0.1: (0.0030, 0.0030), 1: (0.0020, 0.0006), 10: (0.0015, 0.0004),
        100: (0.0020, 0.0006), 1000: (0.0020, 0.0006),
    },
    ("fluke-8846a", "1 year"): {
        0.1: (0.0037, 0.0035), 1: (0.0025, 0.0007), 10: (0.0024, 0.0005),
        100: (0.0038, 0.0006), 1000: (0.0041, 0.0010),
    },
    ("fluke-8846a", "90 days"): {
        0.1: (0.0025, 0.0035), 1: (0.0018, 0.0007), 10: (0.0018, 0.0005),
        100: (0.0027, 0.0006), 1000: (0.0031, 0.0010),
    },
    ("fluke-8846a", "24 hours"): {
        0.1: (0.0025, 0.0030), 1: (0.0018, 0.0006), 10: (0.0013, 0.0004),
        100: (0.0018, 0.0006), 1000: (0.0018, 0.0006),
    },
    ("fluke-8845a", "1 year"): {
        0.1: (0.0050, 0.0035), 1: (0.0040, 0.0007), 10: (0.0035, 0.0005),
        100: (0.0045, 0.0006), 1000: (0.0045, 0.0010),
    },
}  # fmt: skip
# (reading, range) in ppm, 3458A after ACAL
PPM: dict[str, dict[float, tuple[float, float]]] = {
    "24 hours": {0.1: (2.5, 3), 1: (1.5, 0.3), 10: (0.5, 0.05), 100: (2.5, 0.3)},
    "90 days": {0.1: (5, 3), 1: (4.6, 0.3), 10: (4.1, 0.05), 100: (6, 0.3)},
    "1 year": {0.1: (9, 3), 1: (8, 0.3), 10: (8, 0.05), 100: (10, 0.3)},
    "2 years": {0.1: (14, 3), 1: (14, 0.3), 10: (14, 0.05), 100: (14, 0.3)},
}
# (reading, range) in ppm, 3458A, direct current, 1 year
PPM_DCI = {
    1e-7: (30, 400), 1e-6: (20, 40), 1e-5: (20, 10), 1e-4: (20, 8),
    1e-3: (20, 5), 1e-2: (20, 5), 0.1: (35, 5), 1.0: (110, 10),
}  # fmt: skip
# (ppm of output, floor in microvolts), 5522A, 90 days
CALIBRATOR = {0.33: (15, 1), 3.3: (9, 2), 33: (10, 20), 330: (15, 150), 1020: (15, 1500)}
FILE = """\
format = "calib-specification/1"
id = "own"
version = "1"
manufacturer = "Own"
models = ["M1"]
title = "Own"
digits = 5.5
source = { document = "d", page = "1" }
coverage = { distribution = "rectangular" }

[[accuracy]]
quantity = "dc_voltage"
unit = "V"
interval = "90 days"
temperature_C = [18, 28]
rows = [
    { range = 1, reading_ppm = 30, range_ppm = 7, reading_ppm_per_K = 5, range_ppm_per_K = 1 },
    { range = 10, reading_ppm = 20, range_ppm = 5, floor = 3e-6 },
]
"""


@pytest.fixture
def own(tmp_path: Path) -> Specification:
    (tmp_path / "own.toml").write_text(FILE, encoding="utf-8")
    return load_specification("own", tmp_path)


@pytest.mark.parametrize(("id_", "interval"), PERCENT)
def test_multimeter_limits_are_the_published_percentages(id_: str, interval: str) -> None:
    specification = load_specification(id_)
    table = PERCENT[id_, interval]
    assert specification.ranges("dc_voltage") == tuple(table)
    for range_V, (reading, of_range) in table.items():
        for value_V in (0.0, 0.4 * range_V, -range_V):
            wanted_V = reading / 100 * abs(value_V) + of_range / 100 * range_V
            assert specification.limit("dc_voltage", value_V, range_V, interval) == pytest.approx(wanted_V, rel=1e-12)


def test_a_34401a_at_10_volts_may_err_by_400_microvolts_after_a_year() -> None:
    """0.0035 % of 10 V + 0.0005 % of 10 V = 350 µV + 50 µV."""
    assert load_specification("hp-34401a").limit("dc_voltage", 10, 10, "1 year") == pytest.approx(400e-6, rel=1e-12)


@pytest.mark.parametrize("interval", PPM)
def test_a_3458a_has_the_published_ppm(interval: str) -> None:
    specification = load_specification("keysight-3458a")
    for range_V, (reading, of_range) in PPM[interval].items():
        wanted_V = (reading + of_range) * 1e-6 * range_V
        assert specification.limit("dc_voltage", -range_V, range_V, interval) == pytest.approx(wanted_V, rel=1e-12)
    assert specification.limit("dc_voltage", 10, 10, "1 year") == pytest.approx(80.5e-6, rel=1e-12)


def test_a_3458a_has_the_published_ppm_of_current() -> None:
    specification = load_specification("keysight-3458a")
    assert specification.ranges("dc_current") == tuple(PPM_DCI)
    for range_A, (reading, of_range) in PPM_DCI.items():
        wanted_A = (reading * 0.5 + of_range) * 1e-6 * range_A
        assert specification.limit("dc_current", 0.5 * range_A, range_A, "1 year") == pytest.approx(wanted_A, rel=1e-12)


def test_a_5522a_has_the_verification_limits_and_says_that_they_are_derived() -> None:
    specification = load_specification("fluke-5522a")
    for range_V, (ppm, floor_uV) in CALIBRATOR.items():
        for value_V in (range_V, -range_V / 2, 0.0):
            wanted_V = (ppm * abs(value_V) + floor_uV) * 1e-6
            assert specification.limit("dc_voltage", value_V, range_V, "90 days") == pytest.approx(wanted_V, rel=1e-12)
    assert specification.intervals("dc_voltage") == ("90 days",)
    assert "Derived" in specification.source.note


def test_no_shipped_source_states_a_coverage_so_all_are_rectangular() -> None:
    makers = {id_ for id_ in shipped() if not id_.startswith("generic-")}
    assert makers == {"fluke-5522a", "fluke-8845a", "fluke-8846a", "hp-34401a", "keysight-3458a"}
    for id_ in shipped():
        coverage = load_specification(id_).coverage
        assert (coverage.distribution, coverage.probability) == ("rectangular", None)


@pytest.mark.parametrize(
    ("id_", "range_V", "digit_V"),
    [("hp-34401a", 10, 10e-6), ("hp-34401a", 0.1, 0.1e-6), ("fluke-8846a", 1000, 1e-3), ("keysight-3458a", 10, 100e-9)],
)
def test_the_least_digit_is_that_of_the_display(id_: str, range_V: float, digit_V: float) -> None:
    assert load_specification(id_).resolution(range_V) == pytest.approx(digit_V, rel=1e-12)


def test_a_calibrator_has_no_digits() -> None:
    with pytest.raises(OutOfRange, match=r"fluke-5522a: its number of digits is not stated"):
        load_specification("fluke-5522a").resolution(10.0)


@pytest.mark.parametrize(
    ("temperature_C", "kelvin"), [(None, 0), (18.0, 0), (28.0, 0), (23.0, 0), (30.0, 2), (15.5, 2.5), (28.01, 0.01)]
)
def test_outside_its_temperature_the_coefficient_is_added_for_each_kelvin(
    temperature_C: float | None, kelvin: float
) -> None:
    """34401A, 10 V range: 0.0005 % of reading + 0.0001 % of range for each kelvin outside 18 °C to 28 °C."""
    limit_V = load_specification("hp-34401a").limit("dc_voltage", -5.0, 10.0, "1 year", temperature_C)
    assert limit_V == pytest.approx(5 * (35 + 5 * kelvin) * 1e-6 + 10 * (5 + 1 * kelvin) * 1e-6, rel=1e-12)


def test_without_a_coefficient_there_is_no_limit_outside_the_temperature() -> None:
    with pytest.raises(OutOfRange, match=r"hp-34401a: 25 °C lies outside its 22 °C to 24 °C"):
        load_specification("hp-34401a").limit("dc_voltage", 1.0, 10.0, "24 hours", 25.0)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("dc_current", 1.0, 10.0, "1 year"), "no accuracy of dc_current; known: dc_voltage"),
        (("dc_voltage", 1.0, 10.0, "2 years"), "not specified for '2 years'; known: 24 hours, 90 days, 1 year"),
        (("dc_voltage", 1.0, 20.0, "1 year"), "there is no range 20 V; known: 100 mV, 1 V, 10 V, 100 V, 1 kV"),
        (("dc_voltage", -10.1, 10.0, "1 year"), "-10.1 V exceeds the range 10 V"),
    ],
)
def test_what_is_not_specified_is_refused_with_what_is(asked: tuple[str, float, float, str], told: str) -> None:
    with pytest.raises(OutOfRange, match=f"^hp-34401a: .*{told}$"):
        load_specification("hp-34401a").limit(*asked)


def test_the_lowest_range_that_holds_a_value_is_taken() -> None:
    specification = load_specification("fluke-5522a")
    for value_V, range_V in ((0.0, 0.33), (0.33, 0.33), (-0.3301, 3.3), (3.3, 3.3), (33.1, 330.0), (1020.0, 1020.0)):
        assert specification.range_for("dc_voltage", value_V) == range_V
    with pytest.raises(OutOfRange, match=r"fluke-5522a: -1\.021 kV exceeds its highest range, 1\.02 kV"):
        specification.range_for("dc_voltage", -1021.0)


def test_an_unknown_specification_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"specification 'hp-34410a' is unknown — did you mean 'hp-34401a'"):
        load_specification("hp-34410a")
    (tmp_path / "our-own-meter.toml").write_text(FILE, encoding="utf-8")
    with pytest.raises(FileError, match=r"did you mean 'our-own-meter'"):
        load_specification("our-own-metre", tmp_path)
    with pytest.raises(
        FileError, match=r"known: fluke-5522a, fluke-8845a, fluke-8846a, hp-34401a, keysight-3458a, our-own-meter"
    ):
        load_specification("zzz", tmp_path)


def test_a_laboratory_cannot_redefine_a_shipped_specification(tmp_path: Path) -> None:
    path = tmp_path / "hp-34401a.toml"
    path.write_text(FILE.replace('"own"', '"hp-34401a"', 1), encoding="utf-8")
    with pytest.raises(FileError, match=r"hp-34401a\.toml: id 'hp-34401a' belongs to .* ships; give yours another id"):
        load_specification("hp-34401a", tmp_path)


def test_a_file_whose_id_is_not_its_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(FILE, encoding="utf-8")
    with pytest.raises(FileError, match=r"mine\.toml: id: is 'own'; it must be the file's name, 'mine'"):
        load_specification("mine", tmp_path)


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('unit = "V"', 'unit = "mV"', r"line 13: accuracy\.#1\.unit: must be a unit without a prefix"),
        ('interval = "90 days"', 'interval = "90d"', r"line 14: accuracy\.#1\.interval: must be a number and hours"),
        ('interval = "90 days"', 'interval = "0 days"', r"line 14: accuracy\.#1\.interval: must be a number and hours"),
        ("[18, 28]", "[28, 18]", r"line 15: accuracy\.#1\.temperature_C: must be the lowest and then the highest"),
        ("range = 10,", "range = 1,", r"accuracy\.#1: 'rows' must have each 'range' once"),
        (
            "floor = 3e-6",
            "floor = -3e-6",
            r"line 18: accuracy\.#1\.rows\.#2\.floor: must be greater than or equal to 0",
        ),
        ("reading_ppm = 20", "reading = 20", r"line 18: accuracy\.#1\.rows\.#2\.reading: unknown field — did you mean"),
        (
            "reading_ppm = 20",
            "reading_ppm = nan",
            r"line 18: accuracy\.#1\.rows\.#2\.reading_ppm: must be a finite number",
        ),
        ('"rectangular"', '"normal"', r"line 9: coverage: a normal distribution needs its coverage 'probability'"),
        (
            '"rectangular"',
            '"rectangular", probability = 0.99',
            r"line 9: coverage: a normal .*; a rectangular one has none",
        ),
        ('"rectangular"', '"normal", probability = 1', r"line 9: coverage\.probability: must be less than 1"),
    ],
)
def test_a_mistake_in_a_specification_is_told_with_its_line(
    written: str, instead: str, told: str, tmp_path: Path
) -> None:
    assert written in FILE
    path = tmp_path / "own.toml"
    path.write_text(FILE.replace(written, instead), encoding="utf-8")
    with pytest.raises(FileError, match=told):
        read_model(path, Specification)


def test_two_tables_for_one_interval_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(FILE + FILE[FILE.index("[[accuracy]]") :], encoding="utf-8")
    with pytest.raises(FileError, match=r"'accuracy' must have one table for each quantity and interval"):
        read_model(path, Specification)


def test_a_floor_is_in_the_unit_of_the_table(own: Specification) -> None:
    assert own.limit("dc_voltage", 4.0, 10.0, "90 days") == pytest.approx(80e-6 + 50e-6 + 3e-6, rel=1e-12)


def test_coverage_goes_with_its_distribution() -> None:
    assert Coverage(distribution="normal", probability=0.99).probability == 0.99
    assert Coverage(distribution="rectangular").probability is None


@pytest.mark.parametrize(
    ("begin", "interval", "end"),
    [
        ("2026-08-25", "90 days", "2026-11-23"),
        ("2026-08-25", "1 day", "2026-08-26"),
        ("2026-08-25", "24 hours", "2026-08-26"),
        ("2026-08-25", "25 hours", "2026-08-27"),
        ("2027-06-15", "1 year", "2028-06-15"),  # 366 days
        ("2028-02-29", "1 year", "2029-02-28"),
        ("2026-08-31", "6 months", "2027-02-28"),
        ("2026-12-31", "2 years", "2028-12-31"),
        ("2026-11-30", "1 month", "2026-12-30"),
    ],
)
def test_months_and_years_of_an_interval_go_by_the_calendar(begin: str, interval: str, end: str) -> None:
    assert interval_end(dt.date.fromisoformat(begin), interval) == dt.date.fromisoformat(end)


@pytest.mark.parametrize(
    ("interval", "vi", "en"),
    [
        ("24 hours", "24 giờ", "24 hours"),
        ("90 days", "90 ngày", "90 days"),
        ("6 months", "6 tháng", "6 months"),
        ("1 year", "1 năm", "1 year"),
    ],
)
def test_an_interval_reads_in_both_languages(interval: str, vi: str, en: str) -> None:
    assert interval_text(interval) == Text(vi=vi, en=en)


def test_what_is_assumed_for_simulation_bears_no_makers_name() -> None:
    generic = {id_ for id_ in shipped() if load_specification(id_).manufacturer == "generic"}
    assert generic == {id_ for id_ in shipped() if id_.startswith("generic-")}
    for id_ in generic:
        specification = load_specification(id_)
        said = f"{specification.title} {specification.models} {specification.source}"
        assert not any(maker in said for maker in ("Fluke", "Keysight", "HP", "Keithley", "Vaisala"))
        assert "no budget of a real instrument" in specification.source.note


def test_limits_of_what_alternates_depend_on_its_frequency() -> None:
    specification = load_specification("generic-calibrator-22")
    assert specification.limit("ac_voltage", 1.0, 2.2, "1 year", frequency_Hz=1000) == pytest.approx(50e-6 + 22e-6)
    assert specification.limit("ac_voltage", 1.0, 2.2, "1 year", frequency_Hz=50e3) == pytest.approx(200e-6 + 22e-6)
    assert specification.limit("ac_voltage", 1.0, 2.2, "1 year", frequency_Hz=20e3) == pytest.approx(50e-6 + 22e-6)
    with pytest.raises(
        OutOfRange, match=r"5e\+06 Hz is in no band for the range 2\.2 V of ac_voltage; known: 10 Hz to 40"
    ):
        specification.limit("ac_voltage", 1.0, 2.2, "1 year", frequency_Hz=5e6)
    with pytest.raises(OutOfRange, match="no frequency was given"):
        specification.limit("ac_voltage", 1.0, 2.2, "1 year")
    assert specification.limit("dc_voltage", 1.0, 2.2, "1 year", frequency_Hz=0.0) == pytest.approx(11e-6)


def test_bands_of_one_range_must_not_overlap() -> None:
    rows = [{"range": 1, "reading_ppm": 1, "frequency_Hz": band} for band in ([10, 100], [50, 200])]
    table = {"quantity": "ac_voltage", "unit": "V", "interval": "1 year", "rows": rows}
    with pytest.raises(ValueError, match="parted bands"):
        Accuracy.model_validate(table)
    rows[1]["frequency_Hz"] = [100, 200]
    assert Accuracy.model_validate(table).row(1.0, 150.0) is not None
