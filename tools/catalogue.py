"""Bring the Vietnamese catalogue up to date with the sentences in the code, and compile it.

    python tools/catalogue.py            extract, merge, compile; names what is not translated yet
    python tools/catalogue.py --check    change nothing; exit status 1 where something is missing or stale

Needs babel (extra `dev`).
"""

import ast
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "calib" / "locale" / "vi" / "LC_MESSAGES"


def sentences() -> Catalog:
    """Return all sentences that the code looks up: first arguments of `tr` and `both`, in f-strings too."""
    found = Catalog(project="calib", charset="utf-8")
    for path in sorted(path for folder in ("calib", "drivers") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="tr" | "both"), args=[ast.Constant(value=str(message)), *_]):
                    found.add(message)
    return found


def main() -> None:
    """Run the command."""
    path = FOLDER / "calib.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="vi")
    written = catalogue.creation_date
    catalogue.update(sentences(), no_fuzzy_matching=True)
    catalogue.creation_date = written  # so that equal sentences give equal bytes
    missing = [m.id for m in catalogue if m.id and not m.string]
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    mo = FOLDER / "calib.mo"
    for message in missing:
        print(f"not translated: {message!r}")
    if "--check" in sys.argv:
        stale = mo.read_bytes() != compiled.getvalue()
        if stale:
            print(f"{mo} is stale: run tools/catalogue.py")
        sys.exit(1 if missing or stale else 0)
    with path.open("wb") as out:
        write_po(out, catalogue, omit_header=False, ignore_obsolete=True, no_location=True, width=100)
    mo.write_bytes(compiled.getvalue())


if __name__ == "__main__":
    main()
