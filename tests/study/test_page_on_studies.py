"""The page on studies: its Python runs, and every option that it names is one of the command's."""

import re
from pathlib import Path

from calib.cli.study import command

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")


def test_its_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["runs"].held.shape == (4, 28)  # type: ignore[attr-defined]


def test_every_option_that_it_names_exists() -> None:
    known = {option for sub in command.commands.values() for p in sub.params for option in p.opts}
    named = set(re.findall(r"(--[a-z][a-z-]+)", PAGE.split("## Validation")[0]))
    assert named <= known
