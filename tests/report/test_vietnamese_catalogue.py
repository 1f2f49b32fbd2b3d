"""The gettext catalogue: complete, compiled, NFC, and with the same fields in both languages."""

import string
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import calib.report
from calib.text import tr

babel_extract = pytest.importorskip("babel.messages.extract", reason="babel is a tool of developers")
pofile = pytest.importorskip("babel.messages.pofile")
mofile = pytest.importorskip("babel.messages.mofile")

ROOM = Path(calib.report.__file__).parent
CATALOGUE = ROOM.parent / "locale" / "vi" / "LC_MESSAGES" / "calib"


def catalogue(reader: Any, suffix: str) -> dict[str, str]:
    with CATALOGUE.with_suffix(suffix).open("rb") as file:
        return {m.id: m.string for m in reader(file) if m.id}


def sentences() -> set[str]:
    found = set()
    for path in ROOM.glob("*.py"):
        with path.open("rb") as file:
            found |= {message for _, message, *_ in babel_extract.extract("python", file, {"both": None, "tr": None})}
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_of_a_certificate_has_its_vietnamese() -> None:
    known = catalogue(pofile.read_po, ".po")
    found = sentences()
    assert len(found) > 90
    assert [s for s in found if not known.get(s)] == []
    for sentence in found:
        assert tr(sentence, "vi") == known[sentence]


def test_the_compiled_catalogue_is_that_of_the_text_file() -> None:
    assert catalogue(mofile.read_mo, ".mo") == catalogue(pofile.read_po, ".po")


def test_translations_have_the_fields_of_their_sentences_and_are_nfc() -> None:
    for sentence, translation in catalogue(pofile.read_po, ".po").items():
        assert fields(translation) == fields(sentence), sentence
        assert unicodedata.is_normalized("NFC", translation), sentence
