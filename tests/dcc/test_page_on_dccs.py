"""The page on DCCs: its Python runs, and it names every reference type that is written."""

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "dcc.md").read_text(encoding="utf-8")


def test_its_python_runs_on_ptbs_example(
    ptb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_name: dict[str, Path] = {path.stem: path for path in ptb.examples}
    (tmp_path / "theirs.xml").write_bytes(by_name["valid"].read_bytes())
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "docs/dcc.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "Decimal('0.072')" in printed
    assert re.search(r"nominal=306\.0 .*correction=-0\.072 U=0\.061 k=2\.0", printed)


def test_every_reference_type_that_is_written_is_on_the_page() -> None:
    written = {
        name
        for path in (ROOT / "calib" / "report").glob("dcc*.py")
        for name in re.findall(r'"(basic_\w+)"', path.read_text(encoding="utf-8"))
    }
    assert len(written) > 10
    named = set(re.findall(r"basic_\w+", PAGE)) | {
        f"{n}Upper" for n in ("basic_toleranceLimit", "basic_acceptanceLimit")
    }
    assert written - named == {"basic_humidityRelative", "basic_pressure"}
