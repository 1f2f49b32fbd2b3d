"""The printed page, read back with tools that were not written here: poppler and pikepdf."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest

from calib.errors import FileError, InputError
from calib.report import certificate_content, make_certificate
from calib.report.content import qr_text
from calib.report.pdf import certificate_pdf
from calib.report.tables import csv_table
from calib.text import Text

ISSUED = date(2026, 11, 2)


def pages(made: Any, path: Path, *, raw: bool = False) -> list[str]:
    text = made.poppler("pdftotext", "-raw" if raw else "-layout", str(path), "-")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def words(made: Any, path: Path) -> list[tuple[Any, ...]]:
    """Number, width and height of the page, box and text of every word, in points."""
    root = ET.fromstring(made.poppler("pdftotext", "-bbox", str(path), "-"))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        (
            number,
            *(float(page.attrib[a]) for a in ("width", "height")),
            *(float(word.attrib[a]) for a in ("xMin", "yMin", "xMax", "yMax")),
            word.text or "",
        )
        for number, page in enumerate(root.iter(f"{space}page"))
        for word in page.iter(f"{space}word")
    ]


def test_every_printed_number_and_every_text_can_be_read_back_from_the_page(made: Any, tmp_path: Path) -> None:
    record = made.record()
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    text = " ".join(pages(made, path))
    content = certificate_content(record, ISSUED)
    assert unicodedata.is_normalized("NFC", text)
    printed = text.split()
    for row in content.rows:
        for number in (row.nominal, row.reference, row.indicated, row.error, row.U, row.k, row.limit, row.tur):
            assert number in printed, (row.point, number)
        assert f"{row.verdict.vi} {row.verdict.en}" in text
    for wanted in (
        "GIẤY CHỨNG NHẬN HIỆU CHUẨN",
        "CALIBRATION CERTIFICATE",
        "Công ty TNHH Thiết bị Đo lường Bạch Đằng",
        "Lô 12, Khu công nghiệp Thăng Long, huyện Đông Anh, Hà Nội",
        "Nguyễn Thị Thu Thuỷ",
        "Độ không đảm bảo đo mở rộng U bằng độ không đảm bảo đo chuẩn nhân với hệ số phủ",
        "V10.CN5.0211.26",
        "2026-10-31",
        "22.8 … 23.2 °C",
        "48 … 53 %",
        record.digest,
    ):
        assert wanted in text, wanted
    for section in content.sections:
        for fact in section.facts:
            for own in {fact.label.vi, fact.label.en}:
                assert own in text, own


def test_every_page_carries_the_number_and_its_place_and_the_last_one_the_end(made: Any, tmp_path: Path) -> None:
    found = pages(made, make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED))
    assert len(found) == 3
    for number, page in enumerate(found, 1):
        assert "HC-2026-0417-01" in page
        assert f"Trang {number}/3 · Page {number} of 3" in page
    assert ["Hết giấy chứng nhận" in page for page in found] == [False, False, True]


def test_no_word_leaves_the_page_or_its_margins(made: Any, tmp_path: Path) -> None:
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED)
    for _, width, height, left, top, right, bottom, word in words(made, path):
        assert 45 <= left <= right <= width - 45, word
        assert 25 <= top <= bottom <= height - 25, word


@pytest.mark.parametrize("languages", [["vi", "en"], ["vi"]])
def test_wide_numbers_with_guard_bands_stay_in_their_columns(made: Any, tmp_path: Path, languages: list[str]) -> None:
    """An 8½-digit meter with both kinds of limits: the columns shrink, and no two words of a row overlap."""
    rows = tuple(
        replace(
            made.row(1000.0, nominal, 0.31, point=f"p{nominal}"),
            reported_U=1.2e-6, U=1.2e-6, u=0.6e-6, tur=4e4, error_unit="µV", lower_limit=-0.0551234,
            indicated=nominal + 0.0174375, error=0.0174375, reported_error=0.0174375,
            lower_acceptance=-0.0551222, upper_acceptance=0.0549988 if nominal > 0 else 0.0100012,
            verdict="pass" if nominal > 0 else "conditionalPass", measuring_range=abs(nominal) + 0.2,
        )
        for nominal in (1000.0, -1000.0, 999.0, -999.0)
    )  # fmt: skip
    record = made.changed(made.record(rows), "job.decision", {"rule": "guarded", "binary": False})
    record = made.changed(record, "job.languages", languages)
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    lines: dict[tuple[int, int], list[tuple[float, float, str]]] = {}
    for page, width, _, left, top, right, _, word in words(made, path):
        assert 45 <= left <= right <= width - 45, word
        lines.setdefault((page, round(top)), []).append((left, right, word))
    for line in lines.values():
        ordered = sorted(line)
        for (_, end, first), (start, _, second) in pairwise(ordered):
            assert start >= end - 0.5, (first, second)
    assert any("Đạt có điều kiện" in " ".join(word for *_, word in sorted(line)) for line in lines.values()), "wrapped"


def test_a_document_in_vietnamese_alone_has_decimal_commas_and_no_english(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "job.languages", ["vi"])
    text = " ".join(pages(made, make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)))
    assert "10,00021" in text
    assert "31/10/2026" in text
    assert "95,45 %" in text
    assert "Dấu thập phân là dấu phẩy" in text
    assert "Pass" not in text
    assert "CALIBRATION" not in text


def test_a_document_in_english_alone_has_no_vietnamese_headings(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "job.languages", ["en"])
    text = " ".join(pages(made, make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)))
    assert "CALIBRATION CERTIFICATE" in text
    assert "The decimal sign is the point" in text
    assert "Đạt" not in text
    assert "GIẤY CHỨNG NHẬN" not in text


def test_a_certificate_of_a_simulated_record_says_so_on_every_page_in_the_title_and_in_the_metadata(
    made: Any, tmp_path: Path
) -> None:
    path = make_certificate(made.record(simulated=True), tmp_path / "c.pdf", issue_date=ISSUED)
    for page in pages(made, path, raw=True):
        letters = page.replace(" ", "")
        assert letters.count("MÔPHỎNG") >= 2, "the header and the letters across the page"
        assert letters.count("SIMULATED") >= 2
    text = " ".join(pages(made, path))
    assert "These numbers come from simulated instruments" in text
    assert "metrologically traceable" not in text
    with pikepdf.open(path) as pdf:
        assert "SIMULATED" in str(pdf.docinfo["/Title"])
        with pdf.open_metadata() as metadata:
            assert "SIMULATED" in str(metadata["dc:title"])
            assert "SIMULATED" in str(metadata["pdf:Keywords"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_simulated_certificate_says_so_in_both_languages_whatever_its_own(
    made: Any, tmp_path: Path, language: str
) -> None:
    record = made.changed(made.record(simulated=True), "job.languages", [language])
    path = make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    for page in pages(made, path, raw=True):
        letters = page.replace(" ", "")
        assert letters.count("MÔPHỎNG") >= 2
        assert letters.count("SIMULATED") >= 2
    with pikepdf.open(path) as pdf:
        assert "SIMULATED" in str(pdf.docinfo["/Title"])
        assert "MÔ PHỎNG" in str(pdf.docinfo["/Title"])


def test_the_annex_prints_the_measurement_equation_with_its_indices(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "procedure.equation", "E = V_ind − V_S")
    text = " ".join(pages(made, make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED), raw=True))
    assert "Measurement equation: E = V" in text
    assert "V_ind" not in text
    without = " ".join(pages(made, make_certificate(made.record(), tmp_path / "d.pdf", issue_date=ISSUED)))
    assert "Measurement equation" not in without


def test_the_letters_across_the_page_are_drawn_at_an_angle(made: Any, tmp_path: Path) -> None:
    path = make_certificate(made.record(simulated=True), tmp_path / "c.pdf", issue_date=ISSUED)
    tall = [word for *_, left, top, _, bottom, word in words(made, path) if bottom - top > 30 and left > 60 and word]
    assert len(tall) >= 6, "two or more large words on each of three pages"


def test_a_certificate_of_a_real_record_does_not_say_simulated(made: Any, tmp_path: Path) -> None:
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED)
    text = " ".join(pages(made, path, raw=True)).upper()
    assert "SIMULATED" not in text
    assert "MÔ PHỎNG" not in text


def test_the_file_is_pdf_a_3b_with_every_font_embedded(made: Any, tmp_path: Path) -> None:
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED)
    with pikepdf.open(path) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        intent: Any = pdf.Root["/OutputIntents"]
        assert str(intent[0]["/S"]) == "/GTS_PDFA1"
        assert "/ID" in pdf.trailer
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts
        for font in fonts:
            assert any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3")), font["/FontName"]
            assert any(name in str(font["/FontName"]) for name in ("Libertinus", "DejaVuSansMono"))


def test_equal_records_give_equal_bytes_and_another_day_gives_others(made: Any) -> None:
    first = certificate_pdf(certificate_content(made.record(), ISSUED))
    assert first == certificate_pdf(certificate_content(made.record(), ISSUED))
    assert first != certificate_pdf(certificate_content(made.record(), date(2026, 11, 3)))
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261102"), "the day of issue, not the clock's"


def test_two_hundred_rows_go_over_pages_that_each_repeat_the_header_and_the_units(made: Any, tmp_path: Path) -> None:
    rows = tuple(made.row(10.0, i / 20, 0.3, point=f"p{i}") for i in range(1, 201))
    path = make_certificate(made.record(rows), tmp_path / "c.pdf", issue_date=ISSUED)
    found = pages(made, path)
    tables = [page for page in found if len(re.findall(r"\bPass\b", page)) > 5]
    assert len(tables) >= 4
    for page in tables:
        assert "Giá trị chuẩn" in page
        assert "Điện áp một chiều, thang 10 V" in page
        assert "µV" in page
    assert sum(len(re.findall(r"Đạt Pass", page)) for page in found) == 200


def test_the_qr_code_holds_identifier_date_and_digest_of_the_record(made: Any) -> None:
    content = certificate_content(made.record(), ISSUED)
    assert qr_text(content) == (
        f'{{"id":"HC-2026-0417-01","issueDate":"2026-11-02","sha256":"{made.record().digest}"}}'
    )
    assert '"simulated":true' in qr_text(certificate_content(made.record(simulated=True), ISSUED))


def test_a_letter_without_a_glyph_is_named_with_the_text_that_holds_it(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "job.customer.name", "Công ty 電測")
    with pytest.raises(InputError, match=r"HC-2026-0417-01: .*Công ty 電測.*no embedded font") as caught:
        make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)
    assert not list(tmp_path.iterdir())
    assert "\n" not in str(caught.value)


def test_what_customers_write_is_text_and_never_markup(made: Any, tmp_path: Path) -> None:
    name = "A#b_c*d $x$ [e] @f \\ <g> // h"
    record = made.changed(made.record(), "job.customer.name", name)
    assert name in " ".join(pages(made, make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)))


def test_a_path_that_cannot_be_written_is_an_error_that_names_it(made: Any, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"absent.*cannot be written"):
        make_certificate(made.record(), tmp_path / "absent" / "c.pdf", issue_date=ISSUED)
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(FileError, match=r"folder\.pdf: cannot be written"):
        make_certificate(made.record(), tmp_path / "folder.pdf", issue_date=ISSUED)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.pdf"]


def test_a_failed_certificate_leaves_the_old_file_as_it_was(made: Any, tmp_path: Path) -> None:
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED)
    before = path.read_bytes()
    with pytest.raises(InputError):
        make_certificate(made.changed(made.record(), "job.customer.name", ""), path, issue_date=ISSUED)
    assert path.read_bytes() == before


def test_remarks_are_printed_once_under_the_table(made: Any, tmp_path: Path) -> None:
    remark = Text(vi="U được nâng lên bằng CMC", en="U raised to the CMC")
    rows = tuple(replace(r, remarks=(remark,)) for r in made.rows())
    text = " ".join(pages(made, make_certificate(made.record(rows), tmp_path / "c.pdf", issue_date=ISSUED)))
    assert text.count("U được nâng lên bằng CMC") == 1
    assert text.count("U raised to the CMC") == 1


def test_what_alternates_has_its_frequency_on_the_page_in_the_dcc_and_in_the_tables(
    made: Any, tmp_path: Path, ptb: Any
) -> None:
    rows = tuple(
        replace(made.row(10.0, 9.0, 0.31, point=f"p{f}"), frequency_Hz=f, quantity="ac_voltage")
        for f in (50.0, 1000.0, 20_000.0)
    )
    dcc = tmp_path / "c.xml"
    record = made.record(rows)
    text = " ".join(pages(made, make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED, dcc_path=dcc)))
    for shown in ("Tần số", "Frequency", "50 Hz", "1 kHz", "20 kHz"):
        assert shown in text
    content = dcc.read_bytes()
    assert ptb.invalid(content) == []
    assert b"<si:valueXMLList>50 1000 20000</si:valueXMLList>" in content
    assert [line.split(",")[-1].strip() for line in csv_table(record).splitlines()[1:]] == ["50.0", "1000.0", "20000.0"]
