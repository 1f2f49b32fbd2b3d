"""Drivers are found by the names of their entry points."""

import pytest

from calib.drivers import driver_names, find_driver
from calib.drivers.meters.hp_34401a import HP34401A
from calib.errors import InputError


def test_the_shipped_drivers_are_found() -> None:
    assert {"fluke-5522a", "fluke-8846a", "hp-34401a"} <= set(driver_names())
    assert find_driver("hp-34401a") is HP34401A


def test_a_mistyped_name_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match="no driver 'hp34401': did you mean 'hp-34401a'"):
        find_driver("hp34401")


def test_a_strange_name_gets_the_list() -> None:
    with pytest.raises(InputError, match=r"installed: .*fluke-5522a"):
        find_driver("zzz")
