"""Results as CSV and JSON: what is written is what a spreadsheet and a program read."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calib.errors import FileError
from calib.report import read_json, write_csv, write_json


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_starts_with_a_byte_order_mark_and_keeps_vietnamese_letters(made: Any, tmp_path: Path) -> None:
    path = write_csv(made.record(), tmp_path / "r.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfpoint,")
    assert read_csv(path)[1]["group (vi)"] == "Điện áp một chiều, thang 100 mV"


def test_csv_numbers_read_back_exactly_in_the_unit_of_the_header(made: Any, tmp_path: Path) -> None:
    record = made.record()
    lines = read_csv(write_csv(record, tmp_path / "r.csv"))
    for line, result in zip(lines, record.results, strict=True):
        assert float(line["error [V]"]) == result.error
        assert float(line["U [V]"]) == result.U
        assert float(line["upper limit [V]"]) == result.upper_limit
        assert float(line["reported U [V]"]) == pytest.approx(result.reported_U, rel=1e-12)
        assert line["verdict"] == result.verdict
        assert line["simulated"] == "no"


def test_csv_reported_values_keep_the_digits_of_the_certificate(made: Any, tmp_path: Path) -> None:
    lines = {line["point"]: line for line in read_csv(write_csv(made.record(), tmp_path / "r.csv"))}
    assert lines["dcv.10.10"]["reported error [V]"] == "0.00021"
    assert lines["dcv.10.10"]["reported U [V]"] == "0.00013"
    assert lines["dcv.100.-100"]["reported error [V]"] == "-0.0010"


def test_csv_of_different_units_refers_to_the_unit_column(made: Any, tmp_path: Path) -> None:
    rows = (made.row(10.0, 1.0, 0.1), replace(made.row(10.0, 2.0, 0.1), unit="Ω", shown_unit="Ω", error_unit="µΩ"))
    lines = read_csv(write_csv(made.record(rows), tmp_path / "r.csv"))
    assert [line["unit"] for line in lines] == ["V", "Ω"]
    assert "error [see unit]" in lines[0]


def test_json_reads_back_as_the_same_results_with_their_budgets(made: Any, tmp_path: Path) -> None:
    rows = (*made.rows(), replace(made.row(10.0, 7.0, 0.1), lower_limit=-math.inf, dof=math.inf))
    path = write_json(made.record(rows), tmp_path / "r.json")
    assert read_json(path) == rows
    table = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert table["format"] == "calib-results/1"
    assert table["record"] == made.record().digest
    assert table["simulated"] is False
    assert table["results"][1]["budget"][0]["label"]["vi"] == "Giá trị chuẩn, theo đặc trưng kỹ thuật"


def test_simulated_results_say_so_in_both_tables(made: Any, tmp_path: Path) -> None:
    record = made.record(simulated=True)
    assert {line["simulated"] for line in read_csv(write_csv(record, tmp_path / "r.csv"))} == {"yes"}
    assert json.loads(write_json(record, tmp_path / "r.json").read_text(encoding="utf-8"))["simulated"] is True


def test_a_file_of_another_schema_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"format": "calib-results/9", "results": []}', encoding="utf-8")
    with pytest.raises(FileError, match=r"r\.json: format: 'calib-results/9'.*'calib-results/1'"):
        read_json(path)
    path.write_text("[1, 2", encoding="utf-8")
    with pytest.raises(FileError, match=r"r\.json: cannot be read"):
        read_json(path)


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_a_folder_that_is_absent_is_an_error_and_leaves_nothing(made: Any, tmp_path: Path, write: Any) -> None:
    with pytest.raises(FileError, match=r"absent.*cannot be written"):
        write(made.record(), tmp_path / "absent" / "r.txt")
    assert not list(tmp_path.iterdir())


def test_a_write_that_fails_half_way_keeps_the_old_file(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(made.record(), tmp_path / "r.csv")
    before = path.read_bytes()

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(FileError, match="No space left on device"):
        write_csv(made.record((made.row(10.0, 1.0, 0.1),)), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r.csv"]
