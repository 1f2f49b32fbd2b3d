"""More than 200 points as found and as left, signed by three persons in their roles; other programs believe it."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from calib.certificates import check_certificate, make, sign, verify_certificate
from calib.record import Record, SigningKey
from calib.record.again import contents_of
from calib.record.build import write_record
from calib.record.model import Phase
from calib.record.sealing import seal
from calib.report import certificate_content
from calib.report.pdf import certificate_pdf
from calib.run import Laboratory, find_key
from calib.signing import sign_pdf, sign_xml, signatures_in_xml, without_signatures

pytestmark = pytest.mark.timeout(400)  # 20 s of one core, on a machine that does other things too
COPIES = 32
"""So many times the points of the measured record."""
RULES = '\n[signing]\nrequired = ["performed", "checked", "approved"]\n'


def _larger(path: Path, key: SigningKey) -> int:
    """Write the record again with each point many times, as found and as left; return the number of points."""
    contents = contents_of(Record.open(path))
    state, snapshot = contents.state, dict(contents.state.snapshot)
    attempts = {a.point: a for a in state.attempts.values()}
    points = [p for p in snapshot["points"] if p["id"] in attempts]
    names = {(p["id"], n): f"{p['id']} #{n}" for n in range(COPIES) for p in points}
    phases: tuple[Phase, ...] = ("as-found", "as-left")
    tried = [replace(attempts[id_], point=name, phase=phase) for phase in phases for (id_, _), name in names.items()]
    adjusted = replace(tried[0], phase="adjustment")
    state.attempts = {i: replace(a, id=i) for i, a in enumerate([*tried, adjusted], 1)}
    state.reading_rows, state.blocks = [], []
    snapshot["points"] = [{**p, "id": names[p["id"], n]} for n in range(COPIES) for p in points]
    snapshot["job"] = {**snapshot["job"], "adjustment": {"agreed": "Order 118", "when": "always"}}
    state.snapshot = snapshot
    rows = {str(row["point"]): row for row in contents.results}
    results = tuple({**rows[id_], "point": name, "phase": p} for p in phases for (id_, _), name in names.items())
    path.unlink()
    write_record(path, replace(contents, results=results))
    seal(path, key)
    return len(names)


@pytest.fixture(scope="module")
def signed(
    issued: Path, starter: Path, persons: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Laboratory, Path]:
    """A laboratory, and the folder of a signed certificate; not to be changed."""
    folder = Path(shutil.copytree(issued, tmp_path_factory.mktemp("large") / "laboratory"))
    about = folder / "laboratory.toml"
    about.write_text(about.read_text(encoding="utf-8") + RULES, encoding="utf-8")
    laboratory = Laboratory.load(folder)
    real = folder / "records" / "real"
    assert _larger(real / "record.h5", find_key(laboratory.about.seal_key, starter.parent / "keys")) > 200
    for name in ("certificate.pdf", "certificate.dcc.xml"):
        (real / name).unlink()
    make(real / "record.h5", real, date(2026, 11, 23), laboratory)
    for name, add in (("certificate.pdf", sign_pdf), ("certificate.dcc.xml", sign_xml)):
        path = real / name
        path.write_bytes(add(add(path.read_bytes(), persons.operator, "performed"), persons.lan, "checked"))
        sign(path, "approved", persons.minh, laboratory)
    return laboratory, real


def _ask(program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def _changed(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_paper_dcc_and_record_say_the_same_and_every_role_has_signed(signed: tuple[Laboratory, Path]) -> None:
    laboratory, real = signed
    found = verify_certificate(real / "certificate.pdf", laboratory)
    assert found.intact, found.findings
    told = {f.check: f.what for f in found.findings}
    compared = r"4\d\d rows are the same in the record, the attached DCC, the page and the DCC beside it"
    assert re.match(compared, told["numbers"])
    checked = check_certificate(real / "certificate.dcc.xml", laboratory)
    assert checked.right
    (persons,) = [c for c in checked.clauses if c.clause == "7.8.2.1 o"]
    assert (persons.state, persons.by.en) == ("present", "Approved by Trần Văn Minh")


def test_pdfsig_believes_three_signatures_and_none_after_one_changed_byte(
    signed: tuple[Laboratory, Path], tmp_path: Path
) -> None:
    _, real = signed
    said = _ask("pdfsig", "-nocert", real / "certificate.pdf").stdout
    assert re.findall(r"Field Name: (\w+)", said) == ["performed", "checked", "approved"]
    assert said.count("Signature is Valid.") == 3
    content = (real / "certificate.pdf").read_bytes()
    (tmp_path / "c.pdf").write_bytes(_changed(content, content.index(b"stream") + 40))
    assert _ask("pdfsig", "-nocert", tmp_path / "c.pdf").stdout.count("Digest Mismatch") == 3


def test_xmlsec_believes_three_signatures_of_the_dcc_and_none_after_one_changed_byte(
    signed: tuple[Laboratory, Path], persons: Any, tmp_path: Path
) -> None:
    _, real = signed
    (tmp_path / "ca.pem").write_bytes(persons.authority.certificate.public_bytes(Encoding.PEM))
    ids = ["http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "http://www.w3.org/2000/09/xmldsig#:KeyInfo"]
    command = ["--verify", "--trusted-pem", tmp_path / "ca.pem", *(x for i in ids for x in ("--id-attr:Id", i))]
    content = (real / "certificate.dcc.xml").read_bytes()
    (tmp_path / "c.xml").write_bytes(_changed(content, content.index(b"pass", content.index(b"conformityXMLList"))))
    for nth in (1, 2, 3):
        chosen = ["--node-xpath", f"/*/*[local-name()='Signature'][{nth}]"]
        assert _ask("xmlsec1", *command, *chosen, real / "certificate.dcc.xml").returncode == 0
        assert _ask("xmlsec1", *command, *chosen, tmp_path / "c.xml").returncode != 0
    assert [s.intact for s in signatures_in_xml((tmp_path / "c.xml").read_bytes())] == [False, False, False]


def test_the_dcc_keeps_to_ptbs_schema_with_and_without_its_signature_and_breaks_no_rule(
    signed: tuple[Laboratory, Path], ptb: Any
) -> None:
    content = (signed[1] / "certificate.dcc.xml").read_bytes()
    assert ptb.invalid(content) == []
    assert [rule for severity, rule in ptb.broken_rules(without_signatures(content)) if severity == "error"] == []
    assert {b"beforeAdjustment", b"afterAdjustment"} <= set(re.findall(rb"\w+Adjustment", content))


def test_a_verdict_changed_where_both_phases_stand_side_by_side_is_found(
    signed: tuple[Laboratory, Path], tmp_path: Path
) -> None:
    """A page set anew: the tables of results are as they were, one line of the comparison is not."""
    laboratory, real = signed
    content = certificate_content(Record.open(real / "record.h5"), date(2026, 11, 23))
    first, *rest = content.comparisons
    pair = first.pairs[2]
    forged = replace(pair, left=replace(pair.left, U="0.1"))
    comparison = replace(first, pairs=(*first.pairs[:2], forged, *first.pairs[3:]))
    dcc = without_signatures((real / "certificate.dcc.xml").read_bytes())
    (tmp_path / "c.pdf").write_bytes(certificate_pdf(replace(content, comparisons=(comparison, *rest)), dcc))
    found = verify_certificate(tmp_path / "c.pdf", laboratory, record=real / "record.h5")
    (what,) = [f.what for f in found.findings if f.check == "numbers"]
    assert what.count("the page does not show, as found and as left:") == 1
