"""Where the fields of a TOML file stand: tomllib gives their values, but not their lines.

The text is one that tomllib has accepted, so that only its shape is followed here and nothing is checked (TOML 1.0.0).
"""

import re

Path = tuple[str | int, ...]
"""Keys of tables, and positions in arrays counted from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[A-Za-z0-9_-]+")
_STRING = re.compile(
    r"\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}|\"(?:\\.|[^\"\\])*\"|'[^']*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\r\n]*")


def field_lines(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of every table, key and array element of a valid TOML text."""
    return _Scanner(text).document()


class _Scanner:
    """Goes through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._elements: dict[Path, int] = {}
        """How many elements an array of tables has so far."""

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip() < len(self._text):
            if self._takes("[["):
                table = self._next_element(self._key())
                self._at = self._text.index("]]", self._at) + 2
            elif self._takes("["):
                key = self._key()
                table = self._note((*self._newest(key[:-1]), key[-1]))
                self._at = self._text.index("]", self._at) + 1
            else:
                self._entry(table)
        return self._lines

    def _entry(self, table: Path) -> None:
        """Go through `key = value`."""
        path = table
        for part in self._key():
            path = self._note((*path, part))
        self._at = self._text.index("=", self._at) + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        if self._takes("["):
            position = 0
            while not self._ends("]"):
                self._value(self._note((*path, position)))
                position += 1
        elif self._takes("{"):
            while not self._ends("}"):
                self._entry(path)
        else:
            match = _STRING.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            assert match is not None
            self._at = match.end()

    def _key(self) -> list[str]:
        """Take a key, dotted or not, and return its parts."""
        parts = []
        while match := _KEY.match(self._text, self._skip()):
            parts.append(match[0].strip("\"'"))
            self._at = match.end()
            self._skip()
            if not self._takes("."):
                break
        return parts

    def _next_element(self, key: list[str]) -> Path:
        array = self._note((*self._newest(key[:-1]), key[-1]))
        position = self._elements.get(array, 0)
        self._elements[array] = position + 1
        return self._note((*array, position))

    def _newest(self, key: list[str]) -> Path:
        """Return the path of a heading's parents: in an array of tables its newest element is meant."""
        path: Path = ()
        for part in key:
            path = self._note((*path, part))
            if path in self._elements:
                path = (*path, self._elements[path] - 1)
        return path

    def _note(self, path: Path) -> Path:
        self._lines.setdefault(path, self._text.count("\n", 0, self._at) + 1)
        return path

    def _skip(self) -> int:
        """Go past white space and comments, and return the place."""
        match = _BLANK.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return self._at

    def _takes(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _ends(self, sign: str) -> bool:
        """Go past a comma, and return whether the array or table ends here."""
        self._skip()
        if self._takes(","):
            self._skip()
        return self._takes(sign)
