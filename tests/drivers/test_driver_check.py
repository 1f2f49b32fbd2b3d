"""`calib driver check`: shipped drivers keep the rules; a driver that breaks one is told which, and where."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import calib
from calib.drivers import driver_names
from calib.drivers.checking import Report, check_driver
from calib.errors import InputError

ROOT = Path(calib.__file__).parent.parent
OWN = ROOT / "examples" / "own_instrument"
DRIVER, TWIN = OWN / "drivers" / "dvm7.py", OWN / "twins" / "dvm7.py"


def broken(report: Report) -> dict[str, str]:
    """Return what is broken, by rule."""
    return {f.rule: "\n".join(f.details) for f in report.findings if f.verdict == "broken"}


@pytest.mark.parametrize("name", sorted(set(driver_names()) - {"artefact"}))  # which nothing is asked of
def test_every_shipped_driver_keeps_all_rules(name: str) -> None:
    assert broken(check_driver(name)) == {}


def test_the_example_is_that_of_the_pages() -> None:
    for page, file in (("drivers.md", DRIVER), ("simulation.md", TWIN)):
        assert file.read_text(encoding="utf-8") in (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert len(DRIVER.read_text(encoding="utf-8").splitlines()) < 40


def test_the_example_keeps_them_and_every_rule_that_applies_was_tried() -> None:
    report = check_driver(str(DRIVER), f"{TWIN}:DVM7")
    assert broken(report) == {}
    assert report.roles == ("DcVoltmeter",)
    not_applicable = [f.rule for f in report.findings if f.verdict == "not applicable"]
    assert not_applicable == ["safe"]


IMPOSTOR = """    def identify(self):
        from calib.drivers import Identity

        return Identity("X", "DVM7", None, "")

    def configure_dc"""
SWALLOWED = """        try:
            reading_V = self.query_float("READ?", timeout_s=5.0)
        except Exception:
            return 0.0"""
UNSAFE = '''    def source_dc_voltage(self, output_V: float) -> None:
        """Put it out."""
        self.write("VOLT:RANG 1")

    def configure_dc'''
WRONGS = {
    "an overload as a number": ("> 9e37", "> 9e99", "overload", r"an overload is read as 9\.9e\+37"),
    "writing without the error channel": (
        "self.write(DVM7",
        "self.transport.write(self.dialect.together(DVM7",
        "error channel",
        "configure_dc_voltage: an error in the instrument's channel goes unnoticed",
    ),
    "an unbounded setting": ("lower=0.1, upper=100, ", "", "settings", "nplc: is unbounded"),
    "a setting without a unit": ('unit="PLC"', 'unit=""', "settings", "nplc: is a number without a unit"),
    "a setting that says nothing": ('doc="Range in volts."', 'doc=""', "settings", "range_V: says nothing"),
    "a method without a docstring": (
        '"""Take one reading in volts."""',
        "",
        "settings",
        r"read_dc_voltage\(\): has no",
    ),
    "any instrument taken for the right one": (
        "    def configure_dc",
        IMPOSTOR,
        "identity",
        "must raise IdentityError",
    ),
    "a failure that is swallowed": (
        '        reading_V = self.query_float("READ?", timeout_s=5.0)',
        SWALLOWED,
        "faults",
        r"silence at message 2 of 2: reads 0 where 0\.5",
    ),
    "an error that is none of ours": (
        'self.query_float("READ?", timeout_s=5.0)',
        'float(self.transport.query("READ?"))',
        "faults",
        "ValueError.*not one of calib's errors",
    ),
    "another message each time": (
        '"READ?", timeout_s',
        'f"READ?{chr(32) * (id(self) % 97)}", timeout_s',
        "replay",
        "was sent where the script has",
    ),
    "a source without safe": (
        "    def configure_dc",
        UNSAFE,
        "safe",
        r"source_dc_voltage\(\) but no safe\(\)",
    ),
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_driver_that_breaks_a_rule_is_told_which(wrong: str, tmp_path: Path) -> None:
    old, new, rule, said = WRONGS[wrong]
    source = DRIVER.read_text(encoding="utf-8")
    assert old in source
    if "transport.write" in new:
        source = source.replace("nplc.to(self, nplc))", "nplc.to(self, nplc)))")
    file = tmp_path / "dvm7.py"
    file.write_text(source.replace(old, new), encoding="utf-8")
    found = broken(check_driver(str(file), f"{TWIN}:DVM7"))
    assert rule in found
    assert re.search(said, found[rule]), found


SOURCE = """
from calib.drivers.calibrators.fluke_5522a import Fluke5522A


class Mine(Fluke5522A):
    models = ("5522A",)

    def safe(self) -> None:
        \"\"\"Take the output off.\"\"\"
        {safe}
"""


@pytest.mark.parametrize(
    ("safe", "said"),
    [
        ("pass", "the output is still on the terminals"),
        ('self.transport.query("STBY;ERR?")', "the output is still on the terminals"),  # a lost answer is not noticed
        ('self.write("STBY")', "with an error waiting"),
    ],
)
def test_a_source_that_is_not_made_safe_from_any_state_is_found(tmp_path: Path, safe: str, said: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(SOURCE.format(safe=safe), encoding="utf-8")
    found = broken(check_driver(f"{file}:Mine", "fluke-5522a"))
    assert said in found["safe"] or safe.startswith("self.transport")
    assert "safe" in found


def test_a_file_wants_its_twin_named() -> None:
    with pytest.raises(InputError, match="--twin"):
        check_driver(str(DRIVER))


def calib_driver(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "calib", "driver", *arguments]
    return subprocess.run(command, cwd=OWN, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_the_command_reports_and_its_exit_status_tells(tmp_path: Path) -> None:
    good = calib_driver("check", "drivers/dvm7.py", "--twin", "twins/dvm7.py:DVM7")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.splitlines()[-1] == "drivers/dvm7.py: keeps all rules."
    bad = tmp_path / "bad.py"
    bad.write_text(DRIVER.read_text(encoding="utf-8").replace("> 9e37", "> 9e99"), encoding="utf-8")
    ended = calib_driver("check", str(bad), "--twin", "twins/dvm7.py:DVM7", "--language", "vi")
    assert ended.returncode == 1
    assert "số quy tắc bị vi phạm: 1" in ended.stdout
    missing = calib_driver("check", "drivers/none.py", "--twin", "twins/dvm7.py:DVM7")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "no such file" in missing.stderr


def test_list_and_show_tell_of_drivers() -> None:
    listed = calib_driver("list")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(driver_names())
    shown = calib_driver("show", "vaisala-ptu300").stdout
    assert "baud=4800" in shown
    assert "Thermohygrometer, Barometer" in shown
    assert "range_V = 1, 10 V  Range in volts." in calib_driver("show", "drivers/dvm7.py").stdout
