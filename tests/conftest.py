"""A starter laboratory, a folder of locks, and PTB's schemas and rules of the DCC for all tests."""

import os
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from lxml import etree

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


class DccReference:
    """PTB's schemas, Schematron rules and example certificates, which are not part of the repository.

    They lie in `../shared/reference/dcc` beside the checkout, or where CALIB_DCC_REFERENCE says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.examples = sorted((folder / "examples").rglob("*.xml"))

    @cached_property
    def schema(self) -> etree.XMLSchema:
        """DCC 3.3.0 with D-SI 2.2.1."""
        return etree.XMLSchema(etree.parse(self.folder / "xsd" / "v3.3.0" / "dcc.xsd"))

    def invalid(self, content: bytes) -> list[str]:
        """What the schema finds wrong."""
        self.schema.validate(etree.fromstring(content))
        return [str(entry) for entry in self.schema.error_log]

    @cached_property
    def _rules(self) -> tuple[Any, Any]:
        saxonche = pytest.importorskip("saxonche", reason="PTB's Schematron needs saxonche (extra test)")
        processor = saxonche.PySaxonProcessor(license=False)
        rules = as_xslt(etree.parse(self.folder / "xsd" / "schematron" / "dcc.sch").getroot())
        return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=rules)

    def broken_rules(self, content: bytes) -> list[tuple[str, str]]:
        """(severity, text) of PTB's Schematron rules that a certificate breaks; information is left out."""
        processor, rules = self._rules
        report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=content.decode()))
        hits = etree.fromstring(report.encode())
        return [(str(hit.get("role")), " ".join((hit.text or "").split())) for hit in hits]


_XSL = """<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" {namespaces}
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xsl:template match="/"><hits>{calls}</hits></xsl:template>
  {templates}
</xsl:stylesheet>"""


def as_xslt(rules: etree._Element) -> str:
    """Schematron (ISO/IEC 19757-3) as XSLT: in a pattern, the first rule whose context fits a node counts for it.

    The compiled `dcc.svrl` is older than `dcc.sch`: it lacks the rules on languages.
    """
    namespaces = " ".join(f'xmlns:{n.get("prefix")}="{n.get("uri")}"' for n in rules.findall("{*}ns"))
    templates, calls = [], []
    for i, pattern in enumerate(rules.findall("{*}pattern")):
        walk = f'<xsl:apply-templates mode="p{i}" select="@*|node()"/>'
        calls.append(f'<xsl:apply-templates mode="p{i}" select="."/>')
        templates.append(f'<xsl:template mode="p{i}" match="@*|node()|/" priority="0">{walk}</xsl:template>')
        for j, rule in enumerate(pattern.findall("{*}rule")):
            lets = [*pattern.findall("{*}let"), *rule.findall("{*}let")]
            body = [f"<xsl:variable name={quoteattr(x.get('name'))} select={quoteattr(x.get('value'))}/>" for x in lets]
            for told in rule.iterchildren("{*}assert", "{*}report"):
                wrong = told.get("test") if told.tag.endswith("report") else f"not({told.get('test')})"
                if told.get("role") != "information":
                    text = escape(" ".join("".join(map(str, told.itertext())).split()))
                    hit = f'<hit role="{told.get("role")}">{text}</hit>'
                    body.append(f"<xsl:if test={quoteattr(wrong)}>{hit}</xsl:if>")
            match = f'mode="p{i}" priority="{100 - j}" match={quoteattr(rule.get("context"))}'
            templates.append(f"<xsl:template {match}>{''.join(body)}{walk}</xsl:template>")
    return _XSL.format(namespaces=namespaces, calls="".join(calls), templates="\n".join(templates))


@pytest.fixture(scope="session")
def ptb() -> DccReference:
    """What PTB publishes of the DCC."""
    beside = Path(__file__).parent.parent.parent / "shared" / "reference" / "dcc"
    folder = Path(os.environ.get("CALIB_DCC_REFERENCE") or beside)
    if not folder.is_dir():
        pytest.skip(f"no schemas and examples of the DCC in {folder}")
    return DccReference(folder)
