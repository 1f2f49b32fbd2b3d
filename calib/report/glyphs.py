"""Letters that a font has not: found before a page is set, and told in one message."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from calib.errors import InputError

_MOST = 20
"""Letters that a message names."""
_SPACES = frozenset("\n\r\t \u00a0\u2060\u200b\u00ad")


def require_letters(number: str, texts: Iterable[str], fonts: Any, family: str = "") -> None:
    """Raise `InputError` where a letter of `texts` is in no font, or a letter of a word is not in `family`.

    Signs, such as → or ≤, may come from another font than the laboratory's own; letters may not: a word in two fonts
    cannot be read well.
    """
    texts = list(dict.fromkeys(texts))
    signs = sorted({sign for text in texts for sign in text} - _SPACES)
    own = [sign for sign in signs if unicodedata.category(sign)[0] in "LM"] if family else []
    for chosen, name in ((own, family), (signs, "")):
        missing = _missing(chosen, fonts, name)
        if missing:
            raise InputError(_message(number, missing, texts, name))


def _missing(signs: Sequence[str], fonts: Any, family: str) -> list[str]:
    """Return the signs that typst cannot show: it names the first one each time."""
    import typst

    left, found = list(signs), list[str]()
    while left and len(found) < _MOST:
        font = f"#set text(font: {_quoted(family)}, fallback: false)\n" if family else _LIKE_THE_TEMPLATE
        page = font + "".join(f"#text({_quoted(sign)})\n\n" for sign in left)
        try:
            typst.compile(
                page.encode(), format="pdf", font_paths=fonts, ignore_system_fonts=True, pdf_standards=["a-3b"]
            )
        except typst.TypstError as error:
            sign = _named(error.message)
            if sign not in left:  # not about a letter: the page itself will tell
                break
            found.append(sign)
            left = left[left.index(sign) + 1 :]
            continue
        break
    return found


def _named(message: str) -> str:
    r"""Return the sign that typst names, empty where it names none; combining ones come as \u{301}."""
    met = re.search(r"the text `?\"(.+?)\"`? could not be displayed", message, re.DOTALL)
    if met is None:
        return ""
    code = re.fullmatch(r"\\u\{([0-9a-f]+)\}", met.group(1))
    return chr(int(code.group(1), 16)) if code else met.group(1)


_LIKE_THE_TEMPLATE = '#set text(font: ("Libertinus Serif", "New Computer Modern"))\n'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _message(number: str, missing: Sequence[str], texts: Sequence[str], family: str) -> str:
    letters = " ".join(missing)
    where = min((text for text in texts if missing[0] in text), key=len)
    if family:
        return (
            f"certificate {number}: font {family!r} lacks the letters {letters} (as in {where!r}); "
            "choose a font that has all Vietnamese letters"
        )
    return f"certificate {number}: {letters!r} in {where!r}: no embedded font has this letter; write it otherwise"
