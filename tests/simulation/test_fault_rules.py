"""Files of faults, and which rule meets which message."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from calib.drivers.simulation.fault_rules import AnyRule, Rule, read_plan, rule
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.kinds import UnitFile
from calib.errors import FileError
from calib.files import as_model

PLAN = """
format = "calib-faults/1"
seed = 7

[[fault]]
kind = "delay"
instrument = "meter"
wire = "hislip"
message = "READ"
nth = 3
seconds = 2.5

[[fault]]
kind = "garbage"
times = 0
probability = 0.5
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "faults.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_and_followed(tmp_path: Path) -> None:
    faults = Faults()
    assert faults.idle
    faults.follow(read_plan(write(tmp_path, PLAN)))
    assert not faults.idle
    delay, garbage = faults.active()
    assert (delay["kind"], delay["seconds"], delay["nth"], delay["done"]) == ("delay", 2.5, 3, 0)
    assert (garbage["kind"], garbage["times"]) == ("garbage", 0)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('kind = "delay"', r"line 2: fault\.#1\.seconds: missing"),
        ('kind = "smoke"', "smoke"),
        ('kind = "half"\nseconds = 1', "seconds"),
        ('kind = "half"\nfraction = 1.5', "fraction"),
        ('kind = "silence"\nmessage = "("', "regular expression"),
        ('kind = "silence"\nnth = 0', "nth"),
        ('kind = "silence"\nprobability = 0', "probability"),
    ],
)
def test_a_wrong_rule_is_told_with_its_field(tmp_path: Path, wrong: str, told: str) -> None:
    with pytest.raises(FileError, match=told):
        read_plan(write(tmp_path, f'format = "calib-faults/1"\n[[fault]]\n{wrong}\n'))


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="format"):
        read_plan(write(tmp_path, 'format = "calib-faults/2"\n'))


def happenings(messages: int = 12, seed: int = 1, **fields: Any) -> list[int]:
    """Return which of the messages to a meter a silence happens to, counted from 1."""
    faults = Faults(seed=seed)
    faults.add(rule(kind="silence", **fields))
    return [n for n in range(1, messages + 1) if faults.meet("meter", "socket", b"READ? %d\n" % n)]


def test_a_rule_happens_once_to_the_first_message_unless_it_says_otherwise() -> None:
    assert happenings() == [1]
    assert happenings(nth=3) == [3]
    assert happenings(nth=3, times=2) == [3, 4]
    assert happenings(nth=2, times=0, every=4) == [2, 6, 10]


def test_only_messages_that_fit_are_counted() -> None:
    assert happenings(message=r"\? 1") == [1]
    assert happenings(message=r"\? 1", nth=2, times=0) == [10, 11, 12]
    assert happenings(message="FETC") == []
    assert happenings(instrument="source") == []
    assert happenings(wire="hislip") == []
    assert happenings(instrument="meter", wire="socket") == [1]


def test_chance_is_the_seeds() -> None:
    drawn = happenings(400, probability=0.25, times=0)
    assert drawn == happenings(400, probability=0.25, times=0)
    assert drawn != happenings(400, seed=2, probability=0.25, times=0)
    assert 70 <= len(drawn) <= 130  # 100 expected, standard deviation 8.7


def test_rules_come_and_go_by_their_number() -> None:
    faults = Faults()
    first, second = (faults.add(rule(kind=kind, times=0)) for kind in ("silence", "duplicate"))
    assert [met.rule.kind for met in faults.meet("meter", "socket", b"READ?")] == ["silence", "duplicate"]
    assert faults.remove(first)
    assert not faults.remove(first)
    assert [each["number"] for each in faults.active()] == [second]
    healed: list[str] = []
    faults.on_clear(lambda: healed.append("healed"))
    faults.clear()
    faults.clear()
    assert faults.idle
    assert healed == ["healed"]


def on_the_page(format_: str) -> str:
    """Return the TOML of the page on the simulated laboratory that has `format_` in it."""
    page = Path(__file__).parents[2] / "docs" / "simulation.md"
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return str(next(block for block in blocks if format_ in block))


def test_the_pages_file_is_one(tmp_path: Path) -> None:
    (delay,) = read_plan(write(tmp_path, on_the_page("calib-faults/1"))).fault
    assert (delay.kind, delay.nth, delay.times, delay.every, delay.probability) == ("delay", 3, 2, 5, 0.5)


def test_the_page_names_every_kind_of_fault_and_all_its_fields() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(?:.*?)\|(.*)\|$", page.partition("## Faults")[2], re.MULTILINE))
    members = get_args(get_args(AnyRule)[0])
    kinds = {get_args(member.model_fields["kind"].annotation)[0]: member for member in members}
    assert rows.keys() == kinds.keys()
    for kind, member in kinds.items():
        own = member.model_fields.keys() - Rule.model_fields.keys() - {"kind"}
        assert own == {
            name.partition(" ")[0] for name in re.findall(r"`(\w+[^`]*)`", rows[kind]) if name != '"message"'
        }


def test_the_pages_wires_are_read() -> None:
    tables = tomllib.loads(on_the_page("wires = ["))["instruments"]["meter"]
    unit = as_model(tables, UnitFile, "page")
    assert [wire.kind for wire in unit.wires or ()] == ["socket", "hislip", "prologix", "serial", "rfc2217"]


def test_an_unknown_wire_is_told() -> None:
    with pytest.raises(FileError, match="smoke"):
        as_model({"kind": "hp-34401a", "serial_number": "SIM1", "wires": ["smoke"]}, UnitFile, "page")
