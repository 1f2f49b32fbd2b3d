"""A file made to be slow or deep is one message, soon."""

import time
from pathlib import Path

import pytest

from calib.errors import FileError
from calib.files import read_toml


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (".".join(["a"] * 20_000) + " = 1\n", "a key of more than"),
        ("a = " + "[" * 5_000 + "]" * 5_000 + "\n", "too deep"),
        ("a = " + "9" * 10_000 + "\n", "not valid TOML"),
    ],
    ids=["dotted key", "deep list", "long number"],
)
def test_it_ends_soon_in_one_message(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    begun = time.monotonic()
    with pytest.raises(FileError, match=told):
        read_toml(path)
    assert time.monotonic() - begun < 10
