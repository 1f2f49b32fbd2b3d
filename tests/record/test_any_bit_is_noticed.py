"""One bit changed anywhere in the content of a sealed record is noticed, and its place named: tools/bit_flips.py."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import h5py
import pytest

from calib.record import generate_key, load_key, seal

if TYPE_CHECKING:
    from tests.record.conftest import Run

TOOL = Path(__file__).parents[2] / "tools" / "bit_flips.py"


@pytest.fixture
def bit_flips() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bit_flips_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bit_flips_tool"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sealed(run: "Run", tmp_path: Path) -> Path:
    seal(run.record, load_key(generate_key(tmp_path).private))
    return run.record


def test_a_bit_of_any_dataset_or_attribute_is_named(bit_flips: ModuleType, sealed: Path, tmp_path: Path) -> None:
    assert len(bit_flips.places(sealed)) > 150
    told = dict(bit_flips.by_place(sealed, tmp_path, seed=1, most=25))
    assert told.pop("/@format", "unreadable").startswith("unreadable")
    assert {name: said for name, said in told.items() if f"{name} was changed" not in said} == {}


@pytest.mark.parametrize("mark", [":", "{", '"'])
def test_a_bit_that_makes_the_snapshot_unreadable_is_named_too(bit_flips: ModuleType, sealed: Path, mark: str) -> None:
    with h5py.File(sealed, "r+") as file:
        dataset = file["entry/snapshot"]
        text = dataset.asstr()[()]
        dataset[()] = text.replace(mark, chr(ord(mark) ^ 1), 1)
    assert "/entry/snapshot was changed" in bit_flips.said(sealed)
