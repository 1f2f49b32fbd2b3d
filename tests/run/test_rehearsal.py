"""What a driver refuses is found before a message is sent: points are rehearsed on lines that carry nothing."""

from collections.abc import Callable
from typing import Any

from calib.run.rehearsal import refused_limits, rehearse

Make = Callable[..., Any]


def test_all_points_of_the_shipped_procedure_can_be_rehearsed(bench: Make) -> None:
    plan = bench(((10.0, 5.0), (1000.0, 900.0))).plan()
    found = rehearse(plan)
    assert (found.refused, found.unknown) == ((), ())
    assert refused_limits(plan, ["source"]) == ()


def test_each_refusal_of_a_driver_is_told_with_its_point_and_the_others_go_on(
    bench: Make, procedure_file: Callable[[str], str]
) -> None:
    path = procedure_file("""
def configure(self, point, station):
    from dataclasses import replace
    super().configure(replace(point, measuring_range=123.0) if point.nominal > 50 else point, station)

def apply(self, point, station):
    from dataclasses import replace
    super().apply(replace(point, nominal=float("inf")) if point.nominal > 50 else point, station)
""")
    found = rehearse(bench(((10.0, 5.0), (100.0, 90.0), (100.0, 100.0)), path).plan())
    points = [line.split(":")[0] for line in found.refused]
    assert points == ["calibrator/100 V/90 V"] * 2 + ["calibrator/100 V/100 V"] * 2
    assert sum("34401A" in line and "123" in line for line in found.refused) == 2  # the range
    assert sum("5522A" in line and "inf" in line for line in found.refused) == 2  # the level


def test_a_procedure_that_a_made_up_reading_breaks_is_unknown_not_right(
    bench: Make, procedure_file: Callable[[str], str]
) -> None:
    path = procedure_file("""
def measure(self, point, station):
    super().measure(point, station)
    1 / 0
""")
    found = rehearse(bench(((10.0, 5.0),), path).plan())
    assert found.refused == ()
    assert found.unknown == ("short/10 V/0 V: ZeroDivisionError", "calibrator/10 V/5 V: ZeroDivisionError")


def test_a_limit_that_the_source_does_not_have_is_found(bench: Make, procedure_file: Callable[[str], str]) -> None:
    path = procedure_file("""
def points(self):
    from dataclasses import replace
    return [replace(p, hazard_V=2000.0) for p in super().points()]
""")
    (refused,) = refused_limits(bench(((10.0, 5.0),), path).plan(), ["source"])
    assert "2000" in refused
