"""The laboratory's page, opinions and agreed fields reach every certificate; `check` names each demand of 7.8."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.certificates.document import Document
from calib.dcc import read_dcc
from calib.errors import FileError
from calib.record import Record
from calib.record.again import contents_of
from calib.record.build import write_record
from calib.record.sealing import seal
from calib.run import Laboratory, find_key
from calib.workflow import calibrate, dry_run

Certificate = Callable[..., Any]
PAGE = """format = "calib-certificate-page/1"
[[statements]]
heading = { vi = "Căn cứ", en = "Legal basis" }
text = "A circular of 2013"
since = 2013-11-15
"""
OPINION = """format = "calib-opinions/1"
[[opinions]]
text = { vi = "Nên hiệu chỉnh thang 1 V.", en = "The 1 V range should be adjusted." }
by = "Trần Văn Đức"
"""


def written_again(folder: Path, laboratory: Laboratory, **job: Any) -> Path:
    """The record in `folder` with other entries of its job, sealed; its certificate is taken away."""
    path = folder / "record.h5"
    contents = contents_of(Record.open(path))
    contents.state.snapshot = {**contents.state.snapshot, "job": {**contents.state.snapshot["job"], **job}}
    for file in folder.iterdir():
        file.unlink()
    write_record(path, contents)
    seal(path, find_key(laboratory.about.seal_key))
    return path


def authorise(laboratory: Laboratory, name: str) -> None:
    path = laboratory.folder / "laboratory.toml"
    path.write_text(f'{path.read_text(encoding="utf-8")}authorised_for_opinions = ["{name}"]\n', encoding="utf-8")


def statements_in(dcc: Path) -> list[tuple[str, str, str | None]]:
    """Name, reference and date of each statement."""
    found = read_dcc(dcc).certificate.administrative.statements
    assert found is not None
    return [(s.name.in_("en") if s.name else "", "".join(s.references), s.date) for s in found.all]


def test_made_certificates_stand_on_the_laboratorys_page(
    real: Path, laboratory: Laboratory, certificate: Certificate
) -> None:
    (laboratory.folder / "certificate.toml").write_text(PAGE, encoding="utf-8")
    assert certificate("make", real / "record.h5").status == 0
    words = " ".join(Document.open(real / "certificate.pdf").words)
    assert "Căn cứ. A circular of 2013" in words
    assert "Legal basis" in [name for name, _, _ in statements_in(real / "certificate.dcc.xml")]


@pytest.mark.parametrize("ask", [calibrate, dry_run])
def test_a_picture_that_is_not_there_is_told_before_the_run(ask: Callable[..., Any], laboratory: Laboratory) -> None:
    folder = laboratory.folder
    page = 'format = "calib-certificate-page/1"\nlogo = "logo.svg"\nlogo_text = "Logo"\n'
    (folder / "certificate.toml").write_text(page, encoding="utf-8")
    before = {*folder.rglob("*")}
    try:
        told = "\n".join(
            check.told.en
            for check in ask("dmm-dc-voltage", folder / "benches" / "simulated.toml", folder / "jobs" / "example.toml")
            if check.state == "refused"
        )
    except FileError as error:
        told = str(error)
    assert f"logo: {folder / 'logo.svg'} cannot be read" in told
    assert {*folder.rglob("*")} == before


def test_only_authorised_persons_give_opinions_and_all_faces_carry_them(
    real: Path, laboratory: Laboratory, certificate: Certificate
) -> None:
    (real / "opinions.toml").write_text(OPINION, encoding="utf-8")
    ended = certificate("make", real / "record.h5")
    assert (ended.status, "Trần Văn Đức: not authorised to give opinions" in ended.err) == (2, True)
    authorise(laboratory, "Trần Văn Đức")
    assert certificate("make", real / "record.h5").status == 0
    words = " ".join(Document.open(real / "certificate.pdf").words)
    assert "The 1 V range should be adjusted. Người đưa ra | Given by: Trần Văn Đức" in words
    assert ("Opinions and interpretations", "7.8.7", None) in statements_in(real / "certificate.dcc.xml")
    told = certificate("check", real / "certificate.pdf").out
    assert "present    7.8.4.1 f  opinions and interpretations: 1, marked" in told
    amended = ("amend", real / "record.h5", "--number", "HC-2026-001-1", "--note", "x", "--why", "y", "--by", "Lan")
    assert certificate(*amended).status == 0
    again = " ".join(Document.open(real / "HC-2026-001-1" / "certificate.pdf").words)
    assert "The 1 V range should be adjusted." in again


def test_an_agreed_day_sampling_and_external_results_are_printed_and_in_the_dcc(
    real: Path, laboratory: Laboratory, certificate: Certificate
) -> None:
    agreed = {"due": "2027-11-20", "agreed": "Order J-2026-001"}
    path = written_again(real, laboratory, recalibration=agreed, sampling="5 of 100", external="Hysteresis by VMI")
    assert certificate("make", path, "--date", "2026-11-23").status == 0
    words = " ".join(Document.open(real / "certificate.pdf").words)
    for said in ("2027-11-20", "5 of 100", "Hysteresis by VMI"):
        assert said in words
    stated = statements_in(real / "certificate.dcc.xml")
    assert {(reference, date) for _, reference, date in stated} >= {
        ("7.8.4.3", "2027-11-20"),
        ("7.8.2.1 k", None),
        ("7.8.2.1 p", None),
    }


def test_an_amended_dcc_names_the_replaced_certificate_by_its_digest(real: Path, certificate: Certificate) -> None:
    old = json.loads((real / "results.json").read_text(encoding="utf-8"))
    amended = ("amend", real / "record.h5", "--number", "N-2", "--note", "x", "--why", "y", "--by", "Lan")
    assert certificate(*amended).status == 0
    core = read_dcc(real / "N-2" / "certificate.dcc.xml").certificate.administrative.core
    assert core.previous is not None
    assert (core.previous.number, core.previous.procedure, core.previous.value) == (
        old["certificate"],
        "SHA-256",
        old["record"],
    )


def test_check_names_every_demand_and_ends_with_0_or_1(
    real: Path, laboratory: Laboratory, certificate: Certificate
) -> None:
    letters = [f"7.8.2.1 {x}" for x in "abcdefghijklmnop"] + [f"7.8.4.1 {x}" for x in "abcdef"] + ["7.8.4.3"]
    for name in ("record.h5", "certificate.pdf", "certificate.dcc.xml"):
        ended = certificate("check", real / name, "--json")
        found = json.loads(ended.out)
        assert (ended.status, found["right"]) == (0, True)
        assert [c["clause"] for c in found["clauses"]] == letters
        assert {c["state"] for c in found["clauses"]} == {"present", "justified"}
    assert "có lý do  7.8.2.1 k  lấy mẫu: chính đối tượng" in certificate("check", real / name, "--language", "vi").out
    nobody = {"name": {"vi": "", "en": ""}, "address": {"vi": "Hà Nội", "en": "Hà Nội"}}
    path = written_again(real, laboratory, customer=nobody)
    ended = certificate("check", path)
    assert ended.status == 1
    assert "MISSING    7.8.2.1 e  customer: job.customer.name" in ended.out
    assert "not fit to be issued" in ended.out
    ended = certificate("make", path)
    assert (ended.status, "name of the customer (job.customer.name; ISO/IEC 17025 7.8.2.1 e)" in ended.err) == (2, True)


def test_check_of_a_certificate_that_says_something_else_ends_with_1(real: Path, certificate: Certificate) -> None:
    dcc = real / "certificate.dcc.xml"
    text = dcc.read_text(encoding="utf-8")
    dcc.write_text(text.replace("<si:valueXMLList>", "<si:valueXMLList>1", 6), encoding="utf-8")
    ended = certificate("check", dcc)
    assert (ended.status, "not the same in all places" in ended.out) == (1, True)
