"""Every version of journal and record ever written stays readable: values typed in from when the files were made."""

import lzma
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from calib.procedure import Context
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.record import Journal, Reading, Record, verify
from calib.record.layout import VERSION
from calib.record.schema import USER_VERSION
from calib.report import certificate_content, check

DATA = Path(__file__).parent.parent / "data"
VERSIONS = range(1, max(VERSION, USER_VERSION) + 1)

READINGS_V = {
    "short/10 V/0 V": [0.0, 1e-5, 0.0, 0.0, 0.0],
    "calibrator/10 V/5 V": [5.00007] * 5,
    "calibrator/10 V/-9 V": [-9.00011] * 5,
}
RESULTS = {  # error, u, k, reported U
    "short/10 V/0 V": (2e-6, 2.90114920e-6, 1.66329368, 4.8e-6),
    "calibrator/10 V/5 V": (67e-6, 6.72142098e-6, 1.99546237, 13e-6),
    "calibrator/10 V/-9 V": (-99e-6, 9.77352376e-6, 1.99905925, 20e-6),
}
TODAY = RESULTS | {"short/10 V/0 V": (2e-6, 2.02072594e-6, 2.85193857, 5.8e-6)}
"""The files were made before decision 21: of scatter and resolution, the wider interval counts now."""


def unpacked(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(lzma.decompress((DATA / f"{name}.xz").read_bytes()))
    return path


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def record(version: int, tmp_path: Path) -> Record:
    return Record.open(unpacked(f"record-{version}.h5", tmp_path))


def by_point(attempts: dict[int, str], readings: tuple[Reading, ...]) -> dict[str, list[float]]:
    return {point: [r.value for r in readings if r.attempt == id_] for id_, point in attempts.items()}


def test_an_old_journal_is_read_and_its_chain_holds(version: int, tmp_path: Path) -> None:
    with Journal.open(unpacked(f"run-{version}.journal", tmp_path)) as journal:
        contents = journal.verify()
    assert (contents.format, contents.status) == (f"calib-journal/{version}", "complete")
    assert contents.key is not None
    attempts = {a.id: a.point for a in contents.state.attempts.values()}
    assert by_point(attempts, tuple(contents.state.readings)) == READINGS_V
    assert contents.traffic[0].message == b"*IDN?\n"
    assert [r["point"] for r in contents.results] == list(RESULTS)


def test_an_old_record_is_read_and_its_seal_holds(version: int, record: Record) -> None:
    assert (record.format, record.status, record.simulated) == (f"calib-record/{version}", "complete", True)
    assert record.revisions == ()
    assert verify(record.path).signer == "simulated operator"
    view = record.readings()
    assert by_point({a.id: a.point for a in view.attempts}, view.readings) == READINGS_V
    assert (view.condition("temperature"), view.condition("humidity")) == ((23.1, 23.1), (45.9, 46.0))
    for result in record.results:
        found = (result.error, result.u, result.k, result.reported_U)
        assert found == pytest.approx(RESULTS[result.point], rel=1e-8)
    assert [r.verdict for r in record.results] == ["pass"] * 3


def test_the_raw_replies_of_a_reading_are_found_by_its_attempt(record: Record) -> None:
    (attempt,) = (a for a in record.readings().attempts if a.point == "calibrator/10 V/-9 V")
    meter = [m for m in record.traffic() if m.attempt == attempt.id and m.resource == "MEMORY::meter"]
    replies = [reply.message for asked, reply in pairwise(meter) if asked.message == b"READ?\n"]
    assert replies == [b"-9.00011000E+00\n"] * 5


def test_an_old_record_is_evaluated_again_and_gives_a_certificate(record: Record) -> None:
    again = DmmDcVoltage(Context(record.snapshot)).evaluate(record.readings())
    assert {r.point: (r.error, r.u, r.k, r.reported_U) for r in again} == {
        point: pytest.approx(numbers, rel=1e-8) for point, numbers in TODAY.items()
    }
    content = certificate_content(record, date(2026, 12, 1))
    check(content, record)
    assert [(row.error, row.U) for row in content.rows] == [("2.0", "4.8"), ("67", "13"), ("−99", "20")]
