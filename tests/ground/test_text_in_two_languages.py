"""Texts in both languages: fields are filled in both, and what is filled in is not read as a field again."""

import pytest

from calib.text import LANGUAGES, Text, both, tr


def test_a_text_speaks_each_language() -> None:
    text = Text(vi="điện áp", en="voltage")
    assert [text.in_(language) for language in LANGUAGES] == ["điện áp", "voltage"]
    assert str(text) == "voltage"


def test_fields_are_filled_in_both_languages_and_only_once() -> None:
    text = Text(vi="{by}: vì {why}", en="{by}: because {why}").format(by="An", why="{by}")
    assert text == Text(vi="An: vì {by}", en="An: because {by}")


def test_a_field_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="why"):
        Text(vi="{why}", en="{why}").format(by="An")


def test_a_sentence_of_the_product_is_looked_up_in_the_catalogue() -> None:
    sentence = "Ambient temperature at the bench, in °C"
    assert tr(sentence, "en") == sentence
    assert both(sentence).en == sentence
    assert both(sentence).vi == tr(sentence, "vi") != sentence


def test_a_sentence_without_a_translation_stays_as_it_is() -> None:
    assert tr("never written anywhere", "vi") == "never written anywhere"
