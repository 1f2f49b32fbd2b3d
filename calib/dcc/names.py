"""Namespaces and versions of the Digital Calibration Certificate (PTB) and of the D-SI."""

NAMESPACES = {
    "dcc": "https://ptb.de/dcc",
    "si": "https://ptb.de/si",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
WRITTEN = "3.3.0"
"""Version of the schema that is written."""


def tag(name: str) -> str:
    """Return the qualified tag of `dcc:name`, as lxml has it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def name(qualified: str) -> str:
    """Return `dcc:name` for a qualified tag; a foreign namespace stays as it is."""
    for prefix, uri in NAMESPACES.items():
        if qualified.startswith(f"{{{uri}}}"):
            return f"{prefix}:{qualified[len(uri) + 2 :]}"
    return qualified
