"""Texts of a DCC: in each language once, with files and formulas where they are rich."""

from dataclasses import dataclass

from calib.dcc.bind import Base64, Node, Part, Verbatim, attribute, many, maybe, one, parts, text


@dataclass(frozen=True, kw_only=True)
class Content(Node):
    """A text in one language; without one it stands for all."""

    lang: str | None = attribute("lang")
    text: str = text()


@dataclass(frozen=True, kw_only=True)
class Words(Node):
    """A text in the languages of the certificate (textType)."""

    content: tuple[Content, ...] = many("dcc:content", Content)

    def in_(self, language: str) -> str:
        """Return the text in a language: else the one for all, else English, else the first."""
        return _chosen(self.content, language)


@dataclass(frozen=True, kw_only=True)
class Formula(Node):
    """A formula, as LaTeX or MathML."""

    latex: str | None = maybe("dcc:latex")
    mathml: str | None = maybe("dcc:mathml", Verbatim)


@dataclass(frozen=True, kw_only=True)
class Bytes(Node):
    """A file inside the certificate (byteDataType)."""

    name: Words | None = maybe("dcc:name", Words)
    description: "Rich | None" = maybe("dcc:description", lambda: Rich)
    file_name: str = one("dcc:fileName")
    mime_type: str = one("dcc:mimeType")
    base64: str = one("dcc:dataBase64", Base64)


@dataclass(frozen=True, kw_only=True)
class Rich(Node):
    """A text with files and formulas (richContentType)."""

    name: Words | None = maybe("dcc:name", Words)
    parts: tuple[Part, ...] = parts({"dcc:content": Content, "dcc:file": Bytes, "dcc:formula": Formula})

    def in_(self, language: str) -> str:
        """Return the text in a language, as `Words.in_`."""
        contents = tuple(part.value for part in self.parts if part.name == "content")
        return _chosen(contents, language) or ("" if self.name is None else self.name.in_(language))


def _chosen(contents: tuple[Content, ...], language: str) -> str:
    for wanted in (language, None, "en"):
        for content in contents:
            if content.lang == wanted and content.text.strip():
                return " ".join(content.text.split())
    return " ".join(contents[0].text.split()) if contents else ""
