"""`calib show` and the making of certificates: what a record tells, and whether anybody should believe it."""

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from calib.demo import in_memory
from calib.errors import IntegrityError
from calib.record import Record, generate_key, load_key, seal
from calib.report.issuing import issue
from calib.run import SimulatedHands, SimulatedOperator, find_key, make_plan, run

Calib = Callable[..., Any]
POINT = "calibrator/10 V/5 V"


@pytest.fixture(scope="module")
def sealed(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed record in the `records` of its laboratory; not to be changed."""
    home = tmp_path_factory.mktemp("sealed")
    folder = Path(shutil.copytree(starter, home / "laboratory"))
    memory = in_memory(folder)
    bench = memory.simulated_bench(seed=5)
    today = bench.clock.now().date()
    plan = make_plan(memory.procedure, memory.laboratory, memory.bench, memory.job, operator="Bình", today=today)
    outcome = run(
        plan,
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(SimulatedOperator(bench.environment, name="Bình"), bench.connect),
        folder=folder / "records" / "1",
        key=find_key(memory.laboratory.about.seal_key, starter.parent / "keys"),
    )
    assert outcome.record is not None, outcome.error
    return outcome.record


@pytest.fixture
def record(sealed: Path, tmp_path: Path) -> Path:
    """A record of the test's own, in a laboratory of its own."""
    shutil.copytree(sealed.parents[2], tmp_path / "own")
    return tmp_path / "own" / "records" / "1" / "record.h5"


def _change_a_reading(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["entry/readings/value"][0] += 1e-6


def _change_an_error(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["entry/points/reported_error"][7] = 0.0


def _take_the_seal_off(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["integrity"]


def _seal_again(path: Path) -> None:
    """Change a result as a stranger does who has calib too: seal it anew with a key of his own."""
    _take_the_seal_off(path)
    _change_an_error(path)
    seal(path, load_key(generate_key(path.parent).private), signer="Bình")


FORGERIES = {
    "a reading": (_change_a_reading, "broken", "/entry/readings/value was changed"),
    "a result": (_change_an_error, "broken", "/entry/points/reported_error was changed"),
    "no seal": (_take_the_seal_off, "missing", "carries no seal"),
    "a stranger's seal": (_seal_again, "unknown key", "nobody vouches"),
}


def test_a_record_in_its_laboratory_is_sealed_with_a_key_of_the_laboratory(record: Path, calib: Calib) -> None:
    shown = calib("show", record)
    assert (shown.status, shown.err) == (0, "")
    assert "Seal: intact; sealed by Bình" in shown.out
    assert "a key of this laboratory" in shown.out
    state = json.loads(calib("show", record, "--json").out)["seal"]
    assert (state["sealed"], state["doubt"], state["known"]) == (True, "", True)


def test_a_record_elsewhere_is_compared_with_the_laboratory_that_is_named(
    sealed: Path, calib: Calib, tmp_path: Path
) -> None:
    alone = shutil.copy(sealed, tmp_path)
    shown = calib("show", alone)
    assert shown.status == 0
    assert "nobody vouches" in shown.out
    assert "a key of this laboratory" in calib("show", alone, "--lab", sealed.parents[2]).out


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_record_is_shown_as_one_with_exit_status_1(
    record: Path, calib: Calib, forgery: tuple[Callable[[Path], None], str, str]
) -> None:
    forge, doubt, why = forgery
    forge(record)
    for language, word in (("en", doubt), ("vi", {"broken": "đã bị phá", "missing": "bị thiếu"}.get(doubt, "khóa lạ"))):
        for more in ((), ("--point", POINT)):
            shown = calib("show", record, "--language", language, *more)
            assert shown.status == 1
            assert word in shown.out.lower()
            assert why in shown.err
            assert shown.err.count("calib: ") == 1
    told = calib("show", record, "--json")
    assert told.status == 1
    assert json.loads(told.out)["seal"]["doubt"] == doubt
    assert why in json.loads(told.out)["seal"]["why"]


def test_a_record_that_a_stranger_sealed_again_is_seen_without_its_laboratory_too(record: Path, calib: Calib) -> None:
    _seal_again(record)
    (record.parents[2] / "laboratory.toml").unlink()
    shown = calib("show", record)
    assert shown.status == 1
    assert "another key than that of the run" in shown.out


def test_a_snapshot_that_calib_did_not_write_is_one_message(record: Path, calib: Calib) -> None:
    with h5py.File(record, "r+") as file:
        snapshot = json.loads(file["entry/snapshot"].asstr()[()])
        del snapshot["job"]["item"], file["entry/snapshot"]
        file["entry/snapshot"] = json.dumps(snapshot)
    shown = calib("show", record)
    assert (shown.status, shown.out) == (1, "")
    assert "/entry/snapshot was changed" in shown.err


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_no_certificate_is_made_of_a_forged_record(
    record: Path, tmp_path: Path, forgery: tuple[Callable[[Path], None], str, str]
) -> None:
    forge, _, why = forgery
    forge(record)
    keys = in_memory(record.parents[2]).laboratory.public_keys()
    with pytest.raises(IntegrityError, match=re.escape(why)):
        issue(record, tmp_path, dt.date(2026, 11, 23), keys)
    with pytest.raises(IntegrityError):
        issue(record, tmp_path, dt.date(2026, 11, 23))
    assert not list(tmp_path.glob("*.pdf"))


def test_what_an_assessor_asks_for_is_shown(record: Path, calib: Calib) -> None:
    opened = Record.open(record)
    shown = calib("show", record).out
    begun = dt.datetime.fromisoformat(opened.begun)
    for words in (
        "Order: J-2026-001",
        "Certificate: HC-2026-001",
        f"{begun:%Y-%m-%d %H:%M:%S}",
        "SIM-NMI-0417",
        f"SHA-256 {opened.snapshot['procedure']['source_sha256']}",
        f"numpy {np.__version__}",
        "Deviations from the method and exceptions: None.",
        f"[{POINT}]",
        "firmware",
    ):
        assert words in shown
    assert "calib-lab 0.1.0" in shown


def test_conditions_are_shown_as_the_certificate_prints_them(record: Path, calib: Calib) -> None:
    shown = calib("show", record).out
    low, high = Record.open(record).readings().condition("temperature")
    wanted = f"{low:.1f} °C" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f} … {high:.1f} °C"
    assert f"Temperature: {wanted}\n" in shown
    (humidity,) = re.findall(r"Relative humidity: (.*)", shown)
    assert re.fullmatch(r"\d+ %|(\d+) … (?!\1 )\d+ %", humidity)


def test_a_point_leads_from_its_result_to_every_raw_reply(record: Path, calib: Calib) -> None:
    opened = Record.open(record)
    readings = opened.readings()
    (attempt,) = (a for a in readings.attempts if a.point == POINT)
    wanted = readings.values(attempt, "meter").tolist()
    shown = calib("show", record, "--point", POINT)
    assert shown.status == 0
    assert [float(v) for v in re.findall(r"meter: (\S+) V", shown.out)] == pytest.approx(wanted, rel=1e-12)
    replies = [float(v) for v in re.findall(r"MEMORY::meter < '([+-]\d\.\d+E[+-]\d+)", shown.out)]
    assert replies == pytest.approx(wanted, rel=1e-12)
    assert "OUT 5 V" in shown.out
    (told,) = json.loads(calib("show", record, "--json", "--point", POINT).out)["attempts"]
    assert [r["value"] for r in told["readings"]] == wanted
    assert sum(m["message"].startswith("READ?") for m in told["messages"]) == len(wanted)


def test_a_mistyped_point_is_answered_with_the_nearest(record: Path, calib: Calib) -> None:
    ended = calib("show", record, "--point", "calibrator/10V/5V")
    assert (ended.status, ended.out) == (2, "")
    assert f"did you mean '{POINT}'?" in ended.err
