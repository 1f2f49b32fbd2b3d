"""Signers with certificates of one authority, and a laboratory with a measured record."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from calib.certificates import make
from calib.cli.main import main
from calib.demo import in_memory
from calib.record import Record, SigningKey
from calib.record.again import contents_of
from calib.record.build import write_record
from calib.record.sealing import seal
from calib.run import Laboratory, find_key
from calib.signing import Credentials, make_authority, make_certificate_for, write_signer

ISSUED = dt.date(2026, 11, 23)
LAN, MINH, OPERATOR = "Nguyễn Thị Lan", "Trần Văn Minh", "simulated operator"


@dataclass(frozen=True)
class Persons:
    """Who can sign; the stranger's authority is another one."""

    authority: Credentials
    lan: Credentials
    minh: Credentials
    operator: Credentials
    stranger: Credentials


@pytest.fixture(scope="session")
def persons() -> Persons:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("calib.signing.authority._BITS", 2048)  # found in a fifth of the time
        authority, another = make_authority("Phòng Hiệu chuẩn – CA"), make_authority("Another CA")
        lan, minh, operator = (make_certificate_for(n, authority, "Phòng Hiệu chuẩn") for n in (LAN, MINH, OPERATOR))
        return Persons(authority, lan, minh, operator, stranger=make_certificate_for(MINH, another))


def shortened(record: Path, target: Path, key: SigningKey, *, simulated: bool) -> Path:
    """Write every fourth result of a simulated record again, so that its certificate is read quickly.

    Without the mark of simulation it is what only a test makes: a record as of real instruments.
    """
    contents = contents_of(Record.open(record))
    results, state = contents.results[::4], contents.state
    points = {result["point"] for result in results}
    planned = [point for point in state.snapshot["points"] if point["id"] in points]
    state.snapshot = {**state.snapshot, "simulated": simulated, "points": planned}
    state.attempts = {number: attempt for number, attempt in state.attempts.items() if attempt.point in points}
    state.reading_rows = [row for row in state.reading_rows if row[1] in state.attempts]
    write_record(target, replace(contents, results=results))
    seal(target, key)
    return target


@pytest.fixture(scope="session")
def issued(starter: Path, persons: Persons, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A laboratory with `records/real` and `records/specimen`: record and unsigned certificate; not to be changed."""
    folder = Path(shutil.copytree(starter, tmp_path_factory.mktemp("issued") / "laboratory"))
    memory = in_memory(folder)
    key = find_key(memory.laboratory.about.seal_key, starter.parent / "keys")
    specimen, real = folder / "records" / "specimen", folder / "records" / "real"
    outcome = memory.calibrate(memory.simulated_bench(seed=5), folder=folder / "records" / "run", key=key)
    assert outcome.record is not None, outcome.error
    for place in (specimen, real):
        place.mkdir()
        shortened(outcome.record, place / "record.h5", key, simulated=place == specimen)
    authorities = folder / "keys" / "authorities"
    authorities.mkdir()
    (authorities / "own.pem").write_bytes(persons.authority.certificate.public_bytes(Encoding.PEM))
    for place in (specimen, real):
        make(place / "record.h5", place, ISSUED, memory.laboratory)
    return folder


@pytest.fixture
def laboratory(issued: Path, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    """A laboratory of the test's own, whose seal key is at hand."""
    monkeypatch.setenv("CALIB_KEYS", str(starter.parent / "keys"))
    monkeypatch.delenv("CALIB_LAB", raising=False)
    return Laboratory.load(Path(shutil.copytree(issued, tmp_path / "own")))


@pytest.fixture
def real(laboratory: Laboratory) -> Path:
    return laboratory.folder / "records" / "real"


@pytest.fixture
def specimen(laboratory: Laboratory) -> Path:
    return laboratory.folder / "records" / "specimen"


@pytest.fixture
def rules(laboratory: Laboratory) -> Callable[[str], Laboratory]:
    """Return what writes the table [signing] of the laboratory, and reads it again."""

    def write(text: str) -> Laboratory:
        path = laboratory.folder / "laboratory.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        return Laboratory.load(laboratory.folder)

    return write


@pytest.fixture
def p12(persons: Persons, tmp_path: Path) -> Callable[[str], Path]:
    """Return what writes the key of a person as PKCS #12, with the passphrase `secret word`."""

    def write(who: str) -> Path:
        folder = tmp_path / "p12"
        folder.mkdir(exist_ok=True)
        files = write_signer(getattr(persons, who), folder / f"{who}.p12", folder / f"{who}.pem", "secret word")
        return files.private

    return write


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def certificate(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return what calls `calib certificate` in this process."""

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        try:
            main(["certificate", *(str(a) for a in arguments)])
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    return call
