"""The libraries for signed documents are an extra: without them one message tells what to install."""

from importlib.util import find_spec

from calib.errors import InputError

_NEEDED = {"pyhanko": "pyHanko", "signxml": "signxml", "pypdf": "pypdf"}


def require_libraries() -> None:
    """Raise `InputError` with what is missing, and how to install it."""
    missing = [title for name, title in _NEEDED.items() if find_spec(name) is None]
    if missing:
        msg = f"signatures need {', '.join(missing)}: install them with  pip install 'calib-lab[sign]'"
        raise InputError(msg)
