"""The validation pack holds every typed-in case, notices an engine that computes wrongly, and its report is signed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from calib.cli.main import cli
from calib.errors import FileError, IntegrityError
from calib.record import SigningKey
from calib.run import find_key, make_key
from calib.uncertainty import moments
from calib.validation import evaluate_case, read_report, reference_cases, validate, write_report

CASES = Path(__file__).parent.parent / "uncertainty" / "cases"


@pytest.fixture
def laboratory_key(tmp_path: Path) -> SigningKey:
    (tmp_path / "public").mkdir()
    return find_key(make_key(tmp_path / "public", tmp_path / "private"), tmp_path / "private")


def test_every_budget_that_is_typed_in_for_the_tests_is_in_the_pack() -> None:
    packed = {case.id for case in reference_cases()}
    for name in ("gum", "montecarlo", "ea402_gum", "coverage_factors"):
        typed = {case["id"] for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))}
        assert typed <= packed, name


def test_every_figure_is_as_expected_and_names_its_source() -> None:
    findings = [f for case in reference_cases() for f in evaluate_case(case)]
    assert len(findings) > 150
    assert [f for f in findings if not f.holds] == []
    assert all(f.source for f in findings)


def test_an_engine_that_computes_wrongly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A standard uncertainty that is a millionth too large."""
    right = moments.variance
    monkeypatch.setattr(moments, "variance", lambda *given: right(*given) * (1 + 2e-6))
    assert not validate("An", (), 0).valid


def test_the_report_is_signed_and_one_changed_digit_is_noticed(tmp_path: Path, laboratory_key: SigningKey) -> None:
    report = validate("An", ("dmm-dc-voltage",), 4)
    path = write_report(report, tmp_path / "validation.json", laboratory_key)
    document, key = read_report(path)
    assert (document["valid"], document["by"]) == (True, "An")
    assert {"python", "numpy", "calib-lab", "calib-source-sha256"} <= set(document["software"])
    assert document["coverage"][0]["runs"] == 4
    assert key is not None
    assert key.id == laboratory_key.id
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"by": "An"', '"by": "Anh"'), encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"validation\.json: was changed after it was signed"):
        read_report(path)


def test_what_is_no_report_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="is no validation report"):
        read_report(path)


def test_the_command_writes_a_signed_report_and_checks_it(laboratory: Path, tmp_path: Path) -> None:
    output, keys = tmp_path / "validation.json", laboratory.parent / "keys"
    asked = ["validate", "--runs", "0", "--lab", str(laboratory), "--keys", str(keys), "--output", str(output)]
    done = CliRunner().invoke(cli, [*asked, "--by", "Bình"])
    assert done.exit_code == 0, done.output
    assert "signed by" in done.output
    assert "Bình" in CliRunner().invoke(cli, ["validate", "--check", str(output)]).output
    output.write_text(output.read_text(encoding="utf-8").replace("Bình", "Binh"), encoding="utf-8")
    assert CliRunner().invoke(cli, ["validate", "--check", str(output)]).exit_code == 1
