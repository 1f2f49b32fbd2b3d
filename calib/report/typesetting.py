"""A page set by typst: in this process, or in one of its own, which gives back the memory that a long table takes.

typst keeps about 7 kB of every cell until its process ends. The other process runs this file by itself, without the
packages that calib needs elsewhere: nothing of calib is imported here.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

STANDARDS = ("a-3b", "ua-1")
"""For the archive and for readers who do not see: tagged, with titles and texts for pictures.

A letter that no embedded font has is an error here, never an empty box.
"""


@dataclass(frozen=True)
class Page:
    """What typst sets."""

    template: str
    inputs: dict[str, str]
    issued: str
    """ISO 8601: the document's day."""
    root: str | None = None
    """Folder of the template's own files."""
    fonts: str | None = None
    """Folder of fonts besides the embedded ones."""


@dataclass(frozen=True)
class Setting:
    """What came of it."""

    pdf: bytes = b""
    untagged: str = ""
    """Why typst cannot build the structure for those who do not see: the PDF is for the archive only."""
    error: str = ""
    """Why there is no PDF."""


def set_page(page: Page) -> Setting:
    """Return the PDF, or what typst says against it."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[page.fonts] if page.fonts else [])

    def compiled(*standards: str) -> bytes:
        options: dict[str, Any] = {"root": page.root, "pdf_standards": list(standards)}  # typst's types are narrower
        pdf: bytes = typst.compile(
            page.template.encode(),
            format="pdf",
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs=page.inputs,
            timestamp=datetime.fromisoformat(page.issued).replace(tzinfo=UTC),
            **options,
        )
        return pdf

    untagged = ""
    try:
        return Setting(compiled(*STANDARDS))
    except typst.TypstError as error:
        if "PDF/UA" not in error.message:
            return Setting(error=error.message)
        untagged = error.message
    try:
        return Setting(compiled(STANDARDS[0]), untagged)
    except typst.TypstError as error:
        return Setting(error=error.message)


def set_apart(page: Page) -> Setting:
    """Return the same, set in a process of its own."""
    command, sent = [sys.executable, "-P", __file__], json.dumps(asdict(page)).encode()
    try:
        done = subprocess.run(command, input=sent, capture_output=True, check=False)  # noqa: S603 - our own file, no shell
    except OSError:  # Python is part of another program, and cannot be started
        return set_page(page)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return Setting(error=f"its process ended ({said[-1] if said else done.returncode})")
    head, _, pdf = done.stdout.partition(b"\n")
    return Setting(pdf, **json.loads(head))


def main() -> None:
    """Read a page from standard input; write one line of JSON, and the PDF behind it."""
    made = set_page(Page(**json.load(sys.stdin.buffer)))
    head = json.dumps({"untagged": made.untagged, "error": made.error})
    sys.stdout.buffer.write(head.encode() + b"\n" + made.pdf)


if __name__ == "__main__":
    main()
