"""A mistake in a file is told with file, line, field and what is allowed; all mistakes of a file at once."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from calib.errors import FileError
from calib.files import BilingualText, CoherentUnit, Span, Strict, read_model, read_toml
from calib.text import Text
from calib.tomllines import field_lines


class Line(Strict):
    nominal: float
    U: Annotated[float, Field(gt=0)]


class Table(Strict):
    unit: CoherentUnit
    correlation: Literal["full", "none"] | tuple[tuple[float, ...], ...] = "full"
    points: tuple[Line, ...] = ()


class Certificate(Strict):
    number: str
    complies: bool = True
    values: tuple[Table, ...] = ()


class Role(Strict):
    driver: str


class Whole(Strict):
    name: BilingualText
    temperature_C: Span = (23.0, 23.0)
    count: int = 1
    rule: Literal["simple", "guarded"] = "simple"
    certificates: tuple[Certificate, ...] = ()
    roles: dict[str, Role] = Field(default_factory=dict)


Read = Callable[[str], Whole]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> Whole:
        path = tmp_path / "whole.toml"
        path.write_text(text, encoding="utf-8")
        return read_model(path, Whole)

    return read


def mistakes(read: Read, text: str) -> list[str]:
    with pytest.raises(FileError) as caught:
        read(text)
    return [re.sub(r"^.*whole\.toml: ", "", line) for line in str(caught.value).splitlines()]


TWO_CERTIFICATES = """\
name = "x"

[[certificates]]
number = "first"

[[certificates.values]]
unit = "V"

[[certificates]] # the second
number = "second"

[[certificates.values]]
unit = "V"
points = [
    { nominal = 1, U = 1e-6 },
    { nominal = 2, U = 1e-6 },
]

[[certificates.values]]
unit = "V"
points = [
    { nominal = 3, U = 1e-6 },
    { nominal = 4, U = -1e-6 },  # line 23
]
"""


def test_a_mistake_in_a_repeated_nested_table_has_the_line_of_its_own_element(read: Read) -> None:
    assert mistakes(read, TWO_CERTIFICATES) == [
        "line 23: certificates.#2.values.#2.points.#2.U: must be greater than 0 (got -1e-06)"
    ]


def test_a_missing_field_has_the_line_of_the_table_that_lacks_it(read: Read) -> None:
    text = TWO_CERTIFICATES.replace("-1e-6", "1e-6").replace("nominal = 3, ", "")
    assert mistakes(read, text) == ["line 22: certificates.#2.values.#2.points.#1.nominal: missing"]
    second_number = TWO_CERTIFICATES.replace("-1e-6", "1e-6").replace('number = "second"', "")
    assert mistakes(read, second_number) == ["line 9: certificates.#2.number: missing"]


def test_all_mistakes_of_a_file_are_in_one_message(read: Read) -> None:
    text = 'nam = "x"\ncount = 1.5\nrule = "guarde"\n[roles.source]\ndrivr = "d"\n'
    assert mistakes(read, text) == [
        "name: missing",
        "line 2: count: must be a whole number (got 1.5)",
        "line 3: rule: must be 'simple' or 'guarded' — did you mean 'guarded'? (got 'guarde')",
        "line 4: roles.source.driver: missing",
        "line 5: roles.source.drivr: unknown field — did you mean 'driver'?",
        "line 1: nam: unknown field — did you mean 'name'?",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("count = 'one'", "line 2: count: must be a whole number (got 'one')"),
        ("rule = 'other'", "line 2: rule: must be 'simple' or 'guarded' (got 'other')"),
        ("temperature_C = [24, 22]", "line 2: temperature_C: must be the lowest and then the highest, not 24 and 22"),
        ("temperature_C = [22, nan]", "line 2: temperature_C.#2: must be a finite number (got nan)"),
        ("temperature_C = [22, inf]", "line 2: temperature_C.#2: must be a finite number (got inf)"),
        ("roles = 5", "line 2: roles: must be a table (got 5)"),
        ("zz = 5", "line 2: zz: unknown field — known here: name, temperature_C, count, rule, certificates, roles"),
        ("certificates = [{ number = 7 }]", "line 2: certificates.#1.number: must be a text in quotes (got 7)"),
        (
            "certificates = [{ number = 'a', complies = 'perhaps' }]",
            "line 2: certificates.#1.complies: must be true or false (got 'perhaps')",
        ),
        (
            "certificates = [{ number = 'a', values = [{ unit = 'mV' }] }]",
            (
                "line 2: certificates.#1.values.#1.unit: must be a unit without a prefix, such as V; "
                "'mV' is not (got 'mV')"
            ),
        ),
        (
            "certificates = [{ number = 'a', values = [{ unit = 'V', correlation = 'ful' }] }]",
            (
                "line 2: certificates.#1.values.#1.correlation: must be 'full' or 'none' — did you mean 'full'? "
                "(got 'ful'); or must be a list in brackets (got 'ful')"
            ),
        ),
    ],
)
def test_each_kind_of_mistake_says_what_is_allowed(read: Read, line: str, told: str) -> None:
    assert mistakes(read, f"name = 'x'\n{line}\n") == [told]


@pytest.mark.parametrize(
    "wrong", ["5", "{ vi = 'một' }", "{ vi = 'một', en = 1 }", "{ vi = 'một', en = 'one', fr = 'un' }"]
)
def test_a_text_is_one_string_or_both_languages_and_nothing_else(read: Read, wrong: str) -> None:
    told = mistakes(read, f"\nname = {wrong}\n")
    assert len(told) == 1
    assert told[0].startswith('line 2: name: must be one text, or a table of two: { vi = "…", en = "…" }')


def test_one_string_stands_for_both_languages(read: Read) -> None:
    assert read("name = 'x'").name == Text(vi="x", en="x")
    assert read("name = { vi = 'một', en = 'one' }").name == Text(vi="một", en="one")


def test_a_file_with_the_mark_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbfname = 'x'\r\ncount = 'y'\r\n")
    assert read_toml(path) == {"name": "x", "count": "y"}
    with pytest.raises(FileError, match=r"bom\.toml: line 2: count: "):
        read_model(path, Whole)


def test_a_file_in_another_encoding_is_told_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes("count = 1\nname = 'Müller'\n".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.toml: line 2: not UTF-8; save the file in the encoding UTF-8"):
        read_toml(path)


def test_what_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.toml: no such file"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(FileError, match=rf"{re.escape(str(tmp_path))}: cannot be read \("):
        read_toml(tmp_path)
    (tmp_path / "broken.toml").write_text("a = 1\nb = = 2\n")
    with pytest.raises(FileError, match=r"broken\.toml: not valid TOML: .*line 2"):
        read_toml(tmp_path / "broken.toml")


def test_what_was_read_does_not_change(read: Read) -> None:
    whole = read("name = 'x'")
    with pytest.raises(ValueError, match="frozen"):
        whole.count = 2


AWKWARD = r'''# a comment with [table] and key = 1
title = "a \" quote ] } = # no comment" # comment
"quoted.key" = 1
dotted . inner."0.33" = { a = 1, b = [1, 2] }
text = """
[not.a.table]
x = "1" ""\"
two quotes at the end""""" # done
literal = \'\'\'
y = '1'
\'\'\'
dates = [
  1979-05-27 07:32:00, # a date with a space
  [ "nested, ]", 3 ],
]

[a.b]
c = +1_000.5e-3
[[a.list]]
v = 1
[a.list.sub]
v = 2
[[a.list]]
v = 3
[[ a . list . deep ]]
v = 4
'''.replace(r"\'", "'")


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    found = [(*path, key) for key, _ in children]
    return found + [leaf for key, inner in children for leaf in _leaves(inner, (*path, key))]


def test_every_field_that_tomllib_reads_is_found_and_no_other() -> None:
    assert set(field_lines(AWKWARD)) == set(_leaves(tomllib.loads(AWKWARD)))


def test_fields_are_found_on_the_lines_on_which_they_stand() -> None:
    lines = field_lines(AWKWARD)
    text = AWKWARD.splitlines()
    for path, beginning in {
        ("title",): "title",
        ("quoted.key",): '"quoted.key"',
        ("dotted", "inner", "0.33", "b", 1): "dotted",
        ("text",): 'text = """',
        ("literal",): "literal",
        ("dates", 0): "  1979",
        ("dates", 1, 1): "  [ ",
        ("a", "b", "c"): "c = ",
        ("a", "list", 0, "v"): "v = 1",
        ("a", "list", 0, "sub"): "[a.list.sub]",
        ("a", "list", 0, "sub", "v"): "v = 2",
        ("a", "list", 1, "v"): "v = 3",
        ("a", "list", 1, "deep", 0): "[[ a . list . deep ]]",
        ("a", "list", 1, "deep", 0, "v"): "v = 4",
    }.items():
        assert text[lines[path] - 1].startswith(beginning), path


@pytest.mark.parametrize("file", ["equipment/CAL-01.toml", "benches/simulated-laboratory.toml", "jobs/example.toml"])
def test_every_field_of_the_starters_files_is_found(starter: Path, file: str) -> None:
    text = (starter / file).read_text(encoding="utf-8")
    assert set(field_lines(text)) == set(_leaves(tomllib.loads(text)))
