"""The page about records shows what a record gives, and names every group of one."""

import doctest
import lzma
from pathlib import Path

import h5py
import pytest

from calib.record.layout import FORMAT, VERSION

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packed = ROOT / "tests" / "data" / f"record-{VERSION}.h5.xz"
    (tmp_path / "record.h5").write_bytes(lzma.decompress(packed.read_bytes()))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "record.h5"


def test_the_python_of_the_page_is_true(record: Path) -> None:
    examples = doctest.DocTestParser().get_doctest(PAGE.replace("```python", ""), {}, "records", "records.md", 0)
    assert len(examples.examples) > 10
    failed: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=failed.append)
    assert not failed, "".join(failed)


def test_every_group_of_a_record_and_its_format_are_on_the_page(record: Path) -> None:
    assert f"`{FORMAT}`" in PAGE
    with h5py.File(record) as file:
        groups = [f"entry/{name}" for name, item in file["entry"].items() if isinstance(item, h5py.Group)]
    assert len(groups) > 12
    assert [name for name in groups if name not in PAGE] == []
