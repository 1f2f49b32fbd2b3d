"""calib's check of a DCC finds what PTB's Schematron finds: in the examples, and in copies that break a rule each."""

from pathlib import Path
from typing import Any

import pytest

from calib.dcc import check, check_schema, parse_dcc
from calib.errors import FileError


@pytest.fixture
def minimal(ptb: Any) -> str:
    return next(p for p in ptb.examples if p.stem == "minimal_vi_en").read_text(encoding="utf-8")  # type: ignore[no-any-return]


METHODS = "<dcc:usedMethods>", "</dcc:usedMethods>"
CONDITIONS = "<dcc:influenceConditions>", "</dcc:influenceConditions>"
SOFTWARE = "<dcc:usedSoftware>", "</dcc:usedSoftware>"
BROKEN = {
    "reference to nothing": ('refId="item1"', 'refId="item2"'),
    "id of nothing": (' refId="item1"', ""),
    "foreign language": ('<dcc:content lang="en">Error', '<dcc:content lang="de">Error'),
    "language twice": ('<dcc:content lang="en">Error', '<dcc:content lang="vi">Error'),
    "language lacking": ('<dcc:content lang="en">Error</dcc:content>', ""),
    "end before begin": ("<dcc:endPerformanceDate>2026-11-23", "<dcc:endPerformanceDate>2026-11-21"),
    "release": ("<dcc:release>v0.1.0", "<dcc:release>0.1.0"),
    "unit of two words": (r"<si:unit>\kelvin", r"<si:unit>\kelvin \kelvin"),
    "undefined unit": (r"<si:unit>\degreecelsius", "<si:unit>|degF"),
    "units and values": (r"<si:unitXMLList>\volt", r"<si:unitXMLList>\volt \volt \volt"),
    "no methods": METHODS,
    "no conditions": CONDITIONS,
    "no software": SOFTWARE,
    "language listed twice": (
        "<dcc:usedLangCodeISO639_1>en",
        "<dcc:usedLangCodeISO639_1>vi</dcc:usedLangCodeISO639_1><dcc:usedLangCodeISO639_1>en",
    ),
}


def broken(text: str, case: str) -> bytes:
    old, new = BROKEN[case]
    if new.startswith("</"):
        start, end = text.index(old), text.index(new) + len(new)
        return (text[:start] + text[end:]).encode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_found_by_both_and_weighed_alike(ptb: Any, minimal: str, case: str) -> None:
    content = broken(minimal, case)
    ours = {m.severity for m in check(parse_dcc(content, case))}
    theirs = {role for role, _ in ptb.broken_rules(content)}
    assert ours == theirs != set()


def test_a_sound_certificate_breaks_no_rule(ptb: Any, minimal: str) -> None:
    assert check(parse_dcc(minimal.encode(), "minimal")) == ()
    assert ptb.broken_rules(minimal.encode()) == []


def test_the_examples_are_weighed_alike(ptb: Any) -> None:
    """But for the advice to use the newest version, which calib does not give."""
    for path in ptb.examples:
        content = path.read_bytes()
        ours = {m.severity for m in check(parse_dcc(content, path.name))}
        theirs = {role for role, text in ptb.broken_rules(content) if "version outdated" not in text}
        assert ours == theirs, path.name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("0.001 0.10<", "0.001 0,10<", "'0,10' is not a number"),
        ("pass conditionalPass", "pass fail pass", "3 entries for 2 values"),
        ("0.0006 0.05", "0.0006 0.05 0.1", "U: 3 entries for 2 values"),
        (r"\volt<", r"\volts<", r"'\volts' is not the name of a D-SI unit"),
        (r"\degreecelsius", r"\degreeCelsius", "the D-SI writes"),
        ("2026-11-22<", "22.11.2026<", "'22.11.2026', not such as 2026-11-23"),
    ],
)
def test_what_the_numbers_need_to_be_used_is_checked_too(minimal: str, old: str, new: str, told: str) -> None:
    assert old in minimal
    found = [m.what for m in check(parse_dcc(minimal.replace(old, new, 1).encode(), "changed"))]
    assert any(told in what for what in found), found


def test_the_schema_of_the_declared_version_finds_what_the_rules_cannot(ptb: Any, minimal: str) -> None:
    folder = ptb.folder / "xsd"
    content = minimal.replace("<dcc:issuer>manufacturer", "<dcc:issuer>maker", 1).encode()
    assert check(parse_dcc(content, "changed")) == ()
    (found, *_) = check_schema(content, "changed", "3.3.0", folder)
    assert "maker" in found.what
    assert check_schema(minimal.encode(), "minimal", "3.3.0", folder) == ()


def test_a_version_without_a_schema_is_one_message(ptb: Any, minimal: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"declares 3.0.0; the folder holds: v3.2.1, v3.3.0"):
        check_schema(minimal.encode(), "theirs.xml", "3.0.0", ptb.folder / "xsd")
    with pytest.raises(FileError, match=r"the folder holds: none"):
        check_schema(minimal.encode(), "theirs.xml", "3.3.0", tmp_path)
