"""The key that seals records: its private half lies outside the laboratory's folder, where only its owner reads it."""

import os
import sys
import tempfile
from pathlib import Path

from calib.errors import FileError
from calib.record import SigningKey, generate_key, load_key

PRIVATE = "calib-private.pem"
_PASSPHRASE = "CALIB_SEAL_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret


def key_folder() -> Path:
    """Return the folder of this person's private keys: `CALIB_KEYS`, or one in the user's own configuration."""
    if named := os.environ.get("CALIB_KEYS"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))
    return base / "calib" / "keys"


def make_key(public_folder: Path, keys: Path | None = None) -> str:
    """Make a sealing key, its public half in `public_folder`; return the name that `laboratory.toml` holds."""
    folder = keys or key_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder))
    made = generate_key(new, public_folder=public_folder)
    name = made.id[:16]
    made.public.rename(public_folder / f"{name}.pem")
    new.rename(folder / name)
    return name


def find_key(name: str, keys: Path | None = None) -> SigningKey:
    """Return the private key of that name.

    Raises
    ------
    FileError
        It is not on this computer, or its passphrase (environment variable `CALIB_SEAL_PASSPHRASE`) is wrong.
    """
    path = (keys or key_folder()) / name / PRIVATE
    if not path.exists():
        msg = (
            f"laboratory.toml: seal_key: the private key '{name}' is not in {path.parent.parent}; copy it there, name "
            f"its folder with CALIB_KEYS, or leave seal_key empty to make records without a seal"
        )
        raise FileError(msg)
    return load_key(path, os.environ.get(_PASSPHRASE))
