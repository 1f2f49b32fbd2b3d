"""Once through the whole house: real sockets, journal, sealed record, certificate, read by other people's programs."""

import csv
import json
import re
import shutil
import subprocess
from collections import Counter
from typing import Any

import pikepdf
import pytest

from calib.dcc import check, read_dcc, tables
from calib.demo import simulated_laboratory
from calib.record import Record, verify
from calib.record.names import verdict_name
from calib.workflow import Calibration, calibrate


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """The method's own points, on the whole of the demo's bench."""
    folder = tmp_path_factory.mktemp("demo")
    with simulated_laboratory(folder, seed=4, time_factor=500) as lab:
        calibration = calibrate(
            "dmm-dc-voltage", lab.bench, lab.job, output=folder / "run", operator=lab.operator, keys=lab.keys
        )
        assert not lab.control.state()["outputs"]["source"]["operating"]
    return calibration


def test_every_point_is_measured_and_the_record_sealed(done: Calibration) -> None:
    assert done.outcome.status == "complete"
    assert len(done.results) == 28
    assert {r.nominal for r in done.results} >= {-900.0, 900.0, 0.0, 5.0}
    record = Record.open(done.folder / "record.h5")
    assert record.results == done.results
    assert record.simulated
    assert verify(record.path).signer


def test_the_certificate_says_simulated_and_every_verdict(done: Calibration) -> None:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    command = [tool, "-layout", str(done.documents["certificate"]), "-"]
    pages = subprocess.run(command, capture_output=True, check=True).stdout.decode().rstrip("\f").split("\f")
    for page in pages:
        assert "MÔ PHỎNG / SIMULATED" in page
    text = re.sub(r"\s+", " ", "".join(pages))
    for verdict, n in Counter(r.verdict for r in done.results).items():
        name = verdict_name(verdict)
        assert len(re.findall(rf"{name.vi}\s*{name.en}", text)) >= n
    assert Record.open(done.folder / "record.h5").digest in text
    assert "HC-2026-001" in text
    assert "SIM-NMI-0417" in text


def test_the_tables_say_what_the_record_says(done: Calibration) -> None:
    rows = json.loads(done.documents["json"].read_text(encoding="utf-8"))["results"]
    assert [(r["point"], r["error"], r["verdict"]) for r in rows] == [
        (r.point, r.error, r.verdict) for r in done.results
    ]
    with done.documents["csv"].open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["error [V]"]) for line in lines] == [r.error for r in done.results]


def test_what_is_left_is_what_the_readme_promises(done: Calibration) -> None:
    left = {
        "record.h5",
        "certificate.pdf",
        "certificate.dcc.xml",
        "results.csv",
        "results.json",
        "run.journal",
        "pictures",
    }
    assert {p.name for p in done.folder.iterdir()} == left


def test_the_dcc_of_the_run_holds_by_ptbs_schema_and_rules_and_has_the_records_numbers(
    done: Calibration, ptb: Any
) -> None:
    content = done.documents["dcc"].read_bytes()
    assert ptb.invalid(content) == []
    assert ptb.broken_rules(content) == []
    with pikepdf.open(done.documents["certificate"]) as pdf:
        assert pdf.attachments["certificate.dcc.xml"].get_file().read_bytes() == content
    dcc = read_dcc(done.documents["dcc"])
    assert check(dcc) == ()
    found = [table.column("basic_measurementError") for table in tables(dcc.certificate)]
    errors = [e for c in found if c and c.values for e in c.values.differences_in_SI(c.values.values)]
    widths = [U for c in found if c and c.values and c.values.U for U in c.values.differences_in_SI(c.values.U)]
    assert errors == pytest.approx([r.reported_error for r in done.results], rel=1e-9, abs=1e-15)
    assert widths == pytest.approx([r.reported_U for r in done.results], rel=1e-9)
    assert [v for c in found if c for v in c.conformity] == [r.verdict for r in done.results]
