"""The product's sentences with fields that have a form in each language themselves."""

from calib.text import Language, Text, tr


def both(message: str, **fields: object) -> Text:
    """Return the sentence in both languages; a field that is a `Text` is filled in the sentence's own language."""
    return Text(vi=_fill(tr(message, "vi"), "vi", fields), en=_fill(message, "en", fields))


def _fill(sentence: str, language: Language, fields: dict[str, object]) -> str:
    own = {name: value.in_(language) if isinstance(value, Text) else value for name, value in fields.items()}
    return sentence.format(**own)


def same(value: str) -> Text:
    """Return a text that is the same in both languages: a number, a name, a reference."""
    return Text(vi=value, en=value)


def joined(parts: list[Text], separator: str = ", ") -> Text:
    """Return the texts that are not empty, joined."""
    return Text(vi=separator.join(p.vi for p in parts if p.vi), en=separator.join(p.en for p in parts if p.en))
