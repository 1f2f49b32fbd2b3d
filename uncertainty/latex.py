"""Text and units for LaTeX."""

import re

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_SIGNS = {
    "\N{MICRO SIGN}": r"\mu ", "\N{GREEK SMALL LETTER MU}": r"\mu ", "\N{OHM SIGN}": r"\Omega ",
    "\N{GREEK CAPITAL LETTER OMEGA}": r"\Omega ", "°": r"^\circ ", "·": r"\cdot ",
}  # fmt: skip


def latex_text(text: str) -> str:
    """Return plain text with every character that LaTeX would read as a command escaped."""
    return "".join(_SPECIAL.get(c, c) for c in text if c.isprintable())


def latex_unit(unit: str) -> str:
    r"""Return a unit for math mode, upright: `\mathrm{m/s^{2}}`."""
    shown = re.sub(r"(?:\*\*|\^)(-?[0-9]+(?:\.[0-9]+)?)", r"\^\1\^", unit)
    parts = re.split(r"\\\^(.*?)\\\^", shown)
    whole = ""
    for i, part in enumerate(parts):
        if i % 2:
            whole += f"^{{{part}}}"
        else:
            escaped = "".join(_SIGNS.get(c) or (r"\cdot " if c == "*" else _SPECIAL.get(c, c)) for c in part)
            whole += escaped.replace(" ", r"\, ") if " " in part.strip() and not _SIGNS.keys() & set(part) else escaped
    return rf"\mathrm{{{whole.strip()}}}"
