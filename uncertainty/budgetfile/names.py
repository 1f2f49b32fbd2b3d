"""Names of quantities in a budget file: letters that cannot be mistaken for one another."""

import difflib
import unicodedata
from collections.abc import Collection, Iterable

from calib.errors import InputError

LONGEST = 60
_SCRIPTS = ("LATIN", "GREEK")
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲνυικ"
"""Greek letters that look like the Latin ones below."""
_LATIN = "ABEZHIKMNOPTYXocvuik"
_LOOKS = str.maketrans(_GREEK, _LATIN)
_SAME = str.maketrans({"\N{MICRO SIGN}": "\N{GREEK SMALL LETTER MU}", "\N{OHM SIGN}": "\N{GREEK CAPITAL LETTER OMEGA}"})


def canonical(name: str) -> str:
    """Return the one spelling of a name: composed letters, one mu and one omega."""
    return unicodedata.normalize("NFC", name).translate(_SAME)


def check_name(name: str, reserved: Collection[str]) -> str:
    """Return the canonical name; raise `InputError` unless it is letters (Latin, Greek), digits and underscores."""
    shown = canonical(name)
    if len(shown) > LONGEST:
        msg = f"{shown[:20]!r}… is longer than {LONGEST} characters"
        raise InputError(msg)
    strange = strange_letter(shown)
    if strange:
        msg = f"{shown!r}: {told(strange)} cannot be in a name; use Latin or Greek letters, digits and _"
        raise InputError(msg)
    if not shown.isidentifier():
        msg = f"{shown!r}: a name begins with a letter and has only letters, digits and _"
        raise InputError(msg)
    if shown.startswith("__"):
        msg = f"{shown!r}: a name does not begin with two underscores"
        raise InputError(msg)
    if shown in reserved:
        msg = f"{shown!r} is a function or constant of expressions; choose another name"
        raise InputError(msg)
    return shown


def strange_letter(name: str) -> str:
    """Return the first character that names do not have; empty where there is none."""
    for c in name:
        known = c.isascii() or (c.isalpha() and unicodedata.name(c, "").startswith(_SCRIPTS) and c.isidentifier())
        if not known:
            return c
    return ""


def told(character: str) -> str:
    """Return a character with its name, for a message."""
    return f"{character!r} ({unicodedata.name(character, f'U+{ord(character):04X}')})"


def check_distinct(names: Iterable[str]) -> None:
    """Raise `InputError` where two names look the same."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.translate(_LOOKS), name)
        if other != name:
            strange = next(c for c in name + other if c in _GREEK)
            msg = f"two names look alike, {other!r} and {name!r}: {told(strange)} is in one of them; rename it"
            raise InputError(msg)


def nearest(name: str, known: Collection[str]) -> str:
    """Return a hint at the name that was probably meant, or at all that are known."""
    for other in known:
        if other.translate(_LOOKS) == name.translate(_LOOKS):
            strange = next(c for c in name + other if c in _GREEK)
            return f"it looks like {other!r}, but {told(strange)} is in one of them"
    near = difflib.get_close_matches(name[:LONGEST], known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    listed = sorted(known)
    return f"known: {', '.join(listed[:30])}{', …' if len(listed) > 30 else ''}"
