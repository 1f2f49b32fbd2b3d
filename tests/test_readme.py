"""What README shows as Python does what README says."""

import doctest
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_the_python_of_the_readme_is_true() -> None:
    text = README.read_text(encoding="utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(text, {}, "README", str(README), 0)
    assert examples.examples
    failed: list[str] = []
    runner = doctest.DocTestRunner()
    runner.run(examples, out=failed.append)
    assert not failed, "".join(failed)
