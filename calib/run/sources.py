"""Which code this is: one digest over all of calib's own source, the same for an installed and a developed copy."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_ROOTS = ("calib", "calib.drivers", "calib.procedures", "calib.uncertainty")


@cache
def source_digest() -> str:
    """Return the SHA-256 over the names and contents of all modules of calib, as 64 hex digits."""
    digest = hashlib.sha256()
    for name, path in sorted(_modules().items()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _modules() -> dict[str, Path]:
    """Return every source file by its import name; the folders at top level are found where they really are."""
    found: dict[str, Path] = {}
    for root in _ROOTS:
        spec = find_spec(root)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        folder = Path(spec.submodule_search_locations[0])
        for path in folder.rglob("*.py"):
            found[".".join((root, *path.relative_to(folder).with_suffix("").parts))] = path
    return found
