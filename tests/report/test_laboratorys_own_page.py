"""Logo, marks, texts, font and template of a laboratory, in force on the day of issue."""

from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from calib.errors import FileError, InputError
from calib.report import Stationery, make_certificate

ISSUED = date(2026, 11, 2)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="{}"/></svg>'


def stationery(folder: Path, text: str) -> Stationery:
    (folder / "logo.svg").write_text(SQUARE.format("#123456"), encoding="utf-8")
    (folder / "mark.svg").write_text(SQUARE.format("#654321"), encoding="utf-8")
    (folder / "certificate.toml").write_text(f'format = "calib-certificate-page/1"\n{text}', encoding="utf-8")
    found = Stationery.load(folder)
    assert found is not None
    return found


def alternatives(path: Path) -> list[str]:
    """Texts for those who do not see the pictures, in the PDF's structure."""
    with pikepdf.open(path) as pdf:
        return [str(o["/Alt"]) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]


LOGO = 'logo = "logo.svg"\nlogo_text = { vi = "Biểu trưng", en = "Logo" }\n'
MARK = '[[marks]]\nfile = "mark.svg"\ntext = "VILAS 999"\nsince = {since}\nuntil = {until}\n'
LAW = '[[statements]]\nheading = {{ vi = "Căn cứ", en = "Legal basis" }}\ntext = "{text}"\nsince = {since}\n'


def test_logo_and_marks_and_texts_are_those_in_force_on_the_day_of_issue(made: Any, tmp_path: Path) -> None:
    own = stationery(
        tmp_path,
        LOGO
        + MARK.format(since="2025-01-01", until="2026-11-02")
        + LAW.format(text="Circular 24 of 2013", since="2013-11-15")
        + LAW.format(text="A circular to come", since="2026-11-03"),
    )
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)
    assert {"Biểu trưng", "VILAS 999"} <= set(alternatives(path))
    text = made.poppler("pdftotext", "-layout", str(path), "-")
    assert "Circular 24 of 2013" in text
    assert "A circular to come" not in text
    later = make_certificate(made.record(), tmp_path / "d.pdf", issue_date=date(2026, 11, 3), stationery=own)
    assert "VILAS 999" not in alternatives(later)
    assert "A circular to come" in made.poppler("pdftotext", "-layout", str(later), "-")


def test_a_specimen_carries_no_mark_and_never_stands_on_another_page(made: Any, tmp_path: Path) -> None:
    (tmp_path / "page.typ").write_text("#set document(title: [x])\nnothing marks this", encoding="utf-8")
    own = stationery(tmp_path, 'template = "page.typ"\n' + LOGO + MARK.format(since="2025-01-01", until="2027-01-01"))
    path = make_certificate(made.record(simulated=True), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)
    assert "VILAS 999" not in alternatives(path)
    text = made.poppler("pdftotext", "-raw", str(path), "-")
    assert "nothing marks this" not in text
    assert "SIMULATED" in text


def test_a_template_of_the_laboratorys_own_gets_the_same_content(made: Any, tmp_path: Path) -> None:
    (tmp_path / "words.typ").write_text('#let greeting = "From our own page"', encoding="utf-8")
    (tmp_path / "page.typ").write_text(
        '#import "words.typ": greeting\n#let c = json(bytes(sys.inputs.content))\n'
        "#set document(title: c.title.en)\n#set text(lang: c.languages.first())\n"
        "#greeting: #c.number, #c.groups.first().rows.first().U, #c.format",
        encoding="utf-8",
    )
    own = stationery(tmp_path, 'template = "page.typ"\n')
    path = make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)
    text = " ".join(made.poppler("pdftotext", str(path), "-").split())
    assert text.startswith("From our own page: HC-2026-0417-01, 0.62, calib-certificate-content/1")


def test_a_template_that_cannot_be_set_is_one_message(made: Any, tmp_path: Path) -> None:
    (tmp_path / "page.typ").write_text("#nothing-of-this-name", encoding="utf-8")
    own = stationery(tmp_path, 'template = "page.typ"\n')
    with pytest.raises(InputError, match="page could not be set: unknown variable: nothing-of-this-name"):
        make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)


def test_letters_that_the_laboratorys_font_lacks_are_one_message_though_another_font_has_them(
    made: Any, tmp_path: Path
) -> None:
    own = stationery(tmp_path, 'font = "New Computer Modern Math"\n')
    record = made.changed(made.record(), "job.customer.name", "Phòng của ông Жуков")
    with pytest.raises(InputError) as caught:
        make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)
    assert str(caught.value) == (
        "certificate HC-2026-0417-01: font 'New Computer Modern Math' lacks the letters Ж в к о у (as in "
        "'Phòng của ông Жуков'); choose a font that has all Vietnamese letters"
    )
    assert not (tmp_path / "c.pdf").exists()
    make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)


def test_all_letters_that_no_font_has_are_named_together(made: Any, tmp_path: Path) -> None:
    record = made.changed(made.record(), "job.customer.name", "Công ty 電測 – 計")
    with pytest.raises(InputError, match="'測 計 電' in 'Công ty 電測 – 計': no embedded font"):
        make_certificate(record, tmp_path / "c.pdf", issue_date=ISSUED)


def test_a_font_that_is_not_there_is_told_with_those_that_are(made: Any, tmp_path: Path) -> None:
    own = stationery(tmp_path, 'font = "Arial"\n')
    with pytest.raises(InputError, match=r"font: 'Arial' is not among the fonts: .*Libertinus Serif"):
        make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=own)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('logo = "logo.svg"\n', "logo_text: must say what the logo is"),
        (LOGO.replace("logo.svg", "absent.svg"), r"logo: .*absent\.svg cannot be read"),
        (LOGO.replace("logo.svg", "logo.txt"), r"'logo\.txt' is no picture"),
        ('fonts = "absent"\n', "fonts: .* is no folder"),
        ('[[marks]]\nfile = "mark.svg"\ntext = "x"\nsince = 2026-01-01\nuntil = 2025-01-01\n', "is before since"),
        ('colour = "red"\n', "colour"),
    ],
)
def test_a_mistake_in_the_laboratorys_file_is_told_by_its_field(
    made: Any, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(FileError, match=told):
        make_certificate(made.record(), tmp_path / "c.pdf", issue_date=ISSUED, stationery=stationery(tmp_path, text))


def test_a_laboratory_without_a_page_of_its_own_has_calibs(tmp_path: Path) -> None:
    assert Stationery.load(tmp_path) is None
