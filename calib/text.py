"""Text for people, in Vietnamese and English.

Two ways, one for each kind of author: a procedure or a file carries both languages with it (`Text`); the product's own
sentences are written in English and looked up in a gettext catalogue (`tr`).
"""

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
_LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.vi if language == "vi" else self.en

    def format(self, **fields: object) -> "Text":
        """Fill `{fields}` in both languages; a field that is a `Text` in each one's own words."""
        return Text(vi=self.vi.format(**_own(fields, "vi")), en=self.en.format(**_own(fields, "en")))

    def __str__(self) -> str:
        return self.en


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("calib", localedir=_LOCALE, languages=[language])


def tr(message: str, language: Language) -> str:
    """Return the product's sentence `message` (written in English) in `language`."""
    return _catalogue(language).gettext(message)


def both(message: str, **fields: object) -> Text:
    """Return the product's sentence in both languages; a field that is a `Text` is filled in each one's own words."""
    return Text(vi=tr(message, "vi"), en=message).format(**fields)


def _own(fields: dict[str, object], language: Language) -> dict[str, object]:
    return {name: value.in_(language) if isinstance(value, Text) else value for name, value in fields.items()}


def same(value: str) -> Text:
    """Return a text that is the same in both languages: a number, a name, a reference."""
    return Text(vi=value, en=value)


def joined(parts: list[Text], separator: str = ", ") -> Text:
    """Return the texts that are not empty, joined."""
    return Text(vi=separator.join(p.vi for p in parts if p.vi), en=separator.join(p.en for p in parts if p.en))
