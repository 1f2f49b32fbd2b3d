"""Drivers are found by the names of their entry points, or by the path of a file."""

from pathlib import Path

import pytest

from calib.drivers import driver_names, find_driver
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.registry import driver_file, located
from calib.errors import InputError

DRIVER = """
from calib.drivers import Instrument
from calib.drivers.dialect import SCPI
from calib.drivers.meters.hp_34401a import HP34401A  # imported, not its own


class DVM7(Instrument):
    models = ("DVM7",)
    dialect = SCPI
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dvm7.py"
    path.write_text(DRIVER, encoding="utf-8")
    return path


def test_the_shipped_drivers_are_found() -> None:
    assert {"fluke-5522a", "fluke-8846a", "hp-34401a"} <= set(driver_names())
    assert find_driver("hp-34401a") is HP34401A


def test_a_mistyped_name_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match="no driver 'hp34401': did you mean 'hp-34401a'"):
        find_driver("hp34401")


def test_a_strange_name_gets_the_list() -> None:
    with pytest.raises(InputError, match=r"installed: .*fluke-5522a"):
        find_driver("zzz")


def test_a_driver_is_found_in_a_file_and_is_the_same_every_time(file: Path) -> None:
    driver = find_driver(str(file))
    assert driver.models == ("DVM7",)
    assert find_driver(f"{file}:DVM7") is find_driver(f"{file}:DVM7")
    assert find_driver(str(file)) is driver


def test_two_files_of_one_name_are_two_drivers(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / file.name
    other.parent.mkdir()
    other.write_text(DRIVER.replace('"DVM7"', '"DVM8"'), encoding="utf-8")
    assert (find_driver(str(file)).models, find_driver(str(other)).models) == (("DVM7",), ("DVM8",))


def test_a_file_with_two_drivers_wants_to_be_told_which(file: Path) -> None:
    file.write_text(DRIVER + "\n\nclass DVM8(DVM7):\n    models = ('DVM8',)\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds the drivers DVM7, DVM8; say which one, as dvm7\.py:NAME"):
        find_driver(str(file))
    assert find_driver(f"{file}:DVM8").models == ("DVM8",)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1", "holds no driver"),
        ("import nothing_of_that_name", "line 1: ModuleNotFoundError"),
        ("\n\nclass X(", "line 3: SyntaxError"),
    ],
)
def test_a_file_that_is_no_driver_is_told_in_words(file: Path, source: str, said: str) -> None:
    file.write_text(source, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        find_driver(str(file))


def test_a_missing_file_and_a_class_that_is_none_are_told(file: Path) -> None:
    with pytest.raises(InputError, match="no such file; the path of a driver is relative to the bench file"):
        find_driver(str(file.with_name("none.py")))
    with pytest.raises(InputError, match="SCPI is no subclass"):
        find_driver(f"{file}:SCPI")


def test_a_path_is_relative_to_the_bench_file_and_a_name_stays(tmp_path: Path) -> None:
    assert located("drivers/dvm7.py", tmp_path) == str(tmp_path / "drivers" / "dvm7.py")
    assert located("drivers/dvm7.py:DVM7", tmp_path) == f"{tmp_path / 'drivers' / 'dvm7.py'}:DVM7"
    assert located("hp-34401a", tmp_path) == "hp-34401a"
    assert driver_file(r"C:\lab\dvm7.py") == (Path(r"C:\lab\dvm7.py"), "")
