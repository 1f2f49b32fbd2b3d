"""The words of an expression: numbers, names, operators; everything else is refused with a hint."""

import re
from typing import NamedTuple

from calib.errors import InputError
from calib.uncertainty.budgetfile.names import canonical, strange_letter, told

LONGEST = 10_000
_WORDS = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|[-+*/(),])"
)
_HINTS = {
    "^": "a power is written **", "²": "a square is written **2", "³": "a cube is written **3",
    "×": "write *", "·": "write *", "⋅": "write *", "∙": "write *", "∗": "write *", "÷": "write /", "∕": "write /",
    "⁄": "write /", "−": "write - (the hyphen of the keyboard)", "–": "write - (the hyphen of the keyboard)",
    "—": "write - (the hyphen of the keyboard)", "√": "write sqrt( )", "=": "write only what the result is computed by",
    "%": "write / 100", ";": "write one expression", "π": "write pi",
    ".": "a name has no parts, and a number is written 0.5", "[": "write ( )", "{": "write ( )",
}  # fmt: skip


class Token(NamedTuple):
    """A word and where it begins."""

    kind: str
    """`number`, `name`, `sign` or `end`."""
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Return the words of an expression, the last of kind `end`."""
    if len(text) > LONGEST:
        msg = f"longer than {LONGEST} characters; split it with [definitions]"
        raise InputError(msg)
    found, at = [], 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None:
            raise wrong(text, at, f"{told(text[at])} is not part of an expression", _HINTS.get(text[at]))
        kind, word = match.lastgroup or "", match[0]
        if kind == "name":
            word = _name(text, word, at)
        if kind == "number" and float(word) == float("inf"):
            raise wrong(text, at, "this number is too large for double precision")
        if kind != "space":
            found.append(Token(kind, word, at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _name(text: str, word: str, at: int) -> str:
    name = canonical(word)
    strange = strange_letter(name)
    if strange:
        raise wrong(text, at, f"{told(strange)} is not part of a name", _HINTS.get(strange))
    return name


def wrong(text: str, at: int, problem: str, hint: str | None = None) -> InputError:
    """Return an error that tells where in the expression."""
    nearby = text[max(at - 15, 0) : at + 15].replace("\n", " ").strip()
    where = f"at character {at + 1}, near {nearby!r}" if nearby else "the expression is empty"
    return InputError(f"{where}: {problem}" + (f"; {hint}" if hint else ""))
