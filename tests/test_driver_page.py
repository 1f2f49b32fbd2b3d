"""The page about drivers: its example is installed, found, tested as it stands there; no role's method is left out."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calib.drivers import driver_names, find_driver, registry, roles

PAGE = (Path(__file__).parent.parent / "docs" / "drivers.md").read_text(encoding="utf-8")
DRIVER, PROJECT, TEST = re.findall(r"```(?:python|toml)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The example's package with what an installation makes of its pyproject.toml; yields the driver's name."""
    project: dict[str, Any] = tomllib.loads(PROJECT)["project"]
    ((group, entries),) = project["entry-points"].items()
    ((name, where),) = entries.items()
    module = tmp_path / (where.partition(":")[0].replace(".", "/") + ".py")
    module.parent.mkdir()
    module.write_text(DRIVER, encoding="utf-8")
    about = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{name} = {where}\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry._found.cache_clear()
    yield name
    registry._found.cache_clear()


def test_the_example_is_found_by_its_entry_point(installed: str) -> None:
    assert installed in driver_names()
    assert find_driver(installed).models == ("DVM7",)
    assert f'driver = "{installed}"' in PAGE


@pytest.mark.usefixtures("installed")
def test_the_examples_own_tests_pass() -> None:
    names: dict[str, Any] = {}
    exec(TEST, names)
    tests = [names[name] for name in names if name.startswith("test_")]
    assert len(tests) == 3
    for test in tests:
        test()


def test_the_example_is_short() -> None:
    assert len(DRIVER.splitlines()) < 40


def test_every_role_and_method_is_on_the_page() -> None:
    for name, role in vars(roles).items():
        if isinstance(role, type) and role.__module__ == roles.__name__:
            row = re.search(rf"^\| `{name}` \|.*", PAGE, re.MULTILINE)
            assert row, name
            assert [m for m in vars(role) if not m.startswith("_") and f"`{m}`" not in row[0]] == []
