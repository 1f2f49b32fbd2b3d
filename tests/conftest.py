"""A starter laboratory and a folder of locks for all tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from calib.demo import write_starter


@pytest.fixture(scope="session", autouse=True)
def locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Lock files of the tests and of the processes that they start: a folder of their own, not the machine's."""
    folder = tmp_path_factory.mktemp("locks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CALIB_LOCKS", str(folder))
        yield folder


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter laboratory; not to be changed."""
    folder = tmp_path_factory.mktemp("starter")
    write_starter(folder / "laboratory", keys=folder / "keys")
    return folder / "laboratory"


@pytest.fixture
def laboratory(starter: Path, tmp_path: Path) -> Path:
    """A starter laboratory of the test's own; its private keys are in `keys` beside it."""
    shutil.copytree(starter.parent, tmp_path / "lab")
    return tmp_path / "lab" / "laboratory"
