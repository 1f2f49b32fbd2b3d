"""The layout that every tool must see alike: links, setuptools tables, absolute imports, exported names."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = ("calib", "drivers", "procedures", "uncertainty")


def _packages_on_disk() -> dict[str, str]:
    found = {}
    for top in TOP:
        for init in (ROOT / top).rglob("__init__.py"):
            folder = init.parent.relative_to(ROOT)
            if top == "calib" and len(folder.parts) > 1 and folder.parts[1] in TOP:
                continue  # through a link
            name = ".".join(folder.parts) if top == "calib" else ".".join(("calib", *folder.parts))
            found[name] = folder.as_posix()
    return found


def test_every_package_is_in_both_setuptools_tables() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert sorted(settings["packages"]) == sorted(_packages_on_disk())
    assert settings["package-dir"] == _packages_on_disk()


@pytest.mark.parametrize("name", ["drivers", "procedures", "uncertainty"])
def test_the_folders_at_top_level_are_the_packages_below_calib(name: str) -> None:
    link = ROOT / "calib" / name
    if link.is_symlink():
        assert link.resolve() == ROOT / name
    else:  # a checkout where git may not make links writes the target as text
        assert link.read_text(encoding="utf-8").strip() == f"../{name}"


def _sources() -> list[Path]:
    return [p for folder in (*TOP, "tests", "examples", "benchmarks") for p in (ROOT / folder).rglob("*.py")]


def test_imports_are_absolute_and_by_the_canonical_name() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if any(name.split(".")[0] in {"", "drivers", "procedures", "uncertainty"} for name in _imported(node))
    ]
    assert wrong == []


def _imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports; nothing stands for one by its place."""
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "") if node.level == 0 else ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


@pytest.mark.parametrize("package", sorted(_packages_on_disk()))
def test_what_a_package_hands_on_is_what_it_lists(package: str) -> None:
    module = __import__(package, fromlist=["__all__"])
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name), f"{package}.__all__ lists {name}, which is not there"
