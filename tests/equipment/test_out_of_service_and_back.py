"""Equipment is taken out of service and released by a named person; its file keeps who, when, why, and its comments."""

import datetime as dt
from pathlib import Path

import pytest

from calib.equipment import Equipment, Register, shortcomings, standing
from calib.equipment.service import release, withdraw
from calib.errors import FileError, InputError

TODAY = dt.date(2026, 11, 23)
FILE = """# of bench 2
format = "calib-equipment/1"
id = "CAL-01"   # the old one
description = "calibrator"
manufacturer = "Fluke"
model = "5522A"
serial_number = "2871004"

[[calibrations]]
certificate = "V10"
laboratory = "VMI"
traceability = "national standard of VMI"
date = 2026-08-18
due = 2027-08-18
complies = true
temperature_C = [22.8, 23.2]
"""
DAMAGE = '\n[[maintenance]]  # seen by all\ndate = 2026-11-{day}\nwhat = "Dropped"\nby = "LM"\nkind = "damage"\n'
FAILED = '\n[[checks]]\ndate = 2026-11-21\nwhat = "Zener"\nby = "LM"\npassed = false\ndeviation = "+20 µV"\n'


def register(folder: Path, text: str) -> Register:
    (folder / "CAL-01.toml").write_text(text, encoding="utf-8")
    return Register.load(folder)


def read(folder: Path) -> Equipment:
    return Register.load(folder)["CAL-01"]


def test_what_is_withdrawn_and_released_is_in_service_and_its_file_tells_the_story(tmp_path: Path) -> None:
    withdraw(register(tmp_path, FILE), "CAL-01", by="An", why='smells "burnt"', on=TODAY)
    out = read(tmp_path)
    assert (out.state, out.state_reason) == ("out of service", 'smells "burnt" (An, 2026-11-23)')
    release(Register.load(tmp_path), "CAL-01", by="Bình", why="fan changed", on=TODAY + dt.timedelta(1))
    back = read(tmp_path)
    assert standing(back, TODAY + dt.timedelta(1)) == "in service"
    (event,) = back.maintenance
    assert event.what == 'Out of service: smells "burnt" (An, 2026-11-23)'
    assert event.released is not None
    assert (event.released.by, event.released.why) == ("Bình", "fan changed")
    text = (tmp_path / "CAL-01.toml").read_text(encoding="utf-8")
    assert text.startswith("# of bench 2\n")
    assert 'id = "CAL-01"   # the old one' in text


def test_damage_and_a_failed_check_are_released_in_their_own_tables(tmp_path: Path) -> None:
    text = FILE + DAMAGE.format(day="05") + DAMAGE.format(day="20") + FAILED
    before = register(tmp_path, text)
    assert len(shortcomings(before["CAL-01"], TODAY, "certificate")) == 3
    release(before, "CAL-01", by="Bình", why="protocol 118", on=TODAY)
    after = read(tmp_path)
    assert shortcomings(after, TODAY, "certificate") == []
    releases = [*(e.released for e in after.maintenance), *(c.released for c in after.checks)]
    assert [r.by for r in releases if r is not None] == ["Bình", "Bình", "Bình"]
    changed = (tmp_path / "CAL-01.toml").read_text(encoding="utf-8")
    assert [line for line in changed.splitlines() if not line.startswith("released = ")] == text.splitlines()


def test_an_overdue_calibration_is_not_released_by_a_word(tmp_path: Path) -> None:
    late = register(tmp_path, FILE.replace("due = 2027-08-18", "due = 2026-09-01") + DAMAGE.format(day="05"))
    assert standing(release(late, "CAL-01", by="Bình", why="sound", on=TODAY), TODAY) == "overdue"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FILE, "nothing is to be released"),
        (FILE.replace("2026-08-18", "2026-11-22") + DAMAGE.format(day="05"), "nothing is to be released"),
    ],
)
def test_what_nothing_bars_is_not_released(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        release(register(tmp_path, text), "CAL-01", by="Bình", why="why not", on=TODAY)


def test_nobody_withdraws_twice_or_without_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name who decides it and why"):
        withdraw(register(tmp_path, FILE), "CAL-01", by=" ", why="x", on=TODAY)
    withdraw(register(tmp_path, FILE), "CAL-01", by="An", why="burnt", on=TODAY)
    with pytest.raises(InputError, match=r"is out of service already: burnt \(An, 2026-11-23\)"):
        withdraw(Register.load(tmp_path), "CAL-01", by="An", why="burnt", on=TODAY)


def test_a_file_written_in_another_way_is_left_as_it_is(tmp_path: Path) -> None:
    inline = 'maintenance = [{ date = 2026-11-05, what = "Dropped", by = "LM", kind = "damage" }]\n[[calibrations]]'
    text = FILE.replace("[[calibrations]]", inline)
    with pytest.raises(FileError, match="set 'state' and 'released' by hand"):
        release(register(tmp_path, text), "CAL-01", by="Bình", why="sound", on=TODAY)
    assert (tmp_path / "CAL-01.toml").read_text(encoding="utf-8") == text
