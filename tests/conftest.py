"""A starter laboratory, a folder of locks, and PTB's schemas and rules of the DCC for all tests."""

import os
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

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
    def _rules(self) -> tuple[object, object]:
        saxonche = pytest.importorskip("saxonche", reason="PTB's Schematron needs saxonche (extra dev)")
        processor = saxonche.PySaxonProcessor(license=False)
        rules = self.folder / "xsd" / "schematron" / "dcc.svrl"
        return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))

    def broken_rules(self, content: bytes) -> list[tuple[str, str]]:
        """(severity, text) of PTB's Schematron rules that a certificate breaks; information is left out."""
        processor, rules = self._rules
        report = rules.transform_to_string(  # type: ignore[attr-defined]
            xdm_node=processor.parse_xml(xml_text=content.decode())  # type: ignore[attr-defined]
        )
        svrl = "{http://purl.oclc.org/dsdl/svrl}"
        met = etree.fromstring(report.encode()).iter(f"{svrl}failed-assert", f"{svrl}successful-report")
        found = [(str(e.get("role")), " ".join("".join(map(str, e.itertext())).split())) for e in met]
        return [(role, text) for role, text in found if role != "information"]


@pytest.fixture(scope="session")
def ptb() -> DccReference:
    """What PTB publishes of the DCC."""
    beside = Path(__file__).parent.parent.parent / "shared" / "reference" / "dcc"
    folder = Path(os.environ.get("CALIB_DCC_REFERENCE") or beside)
    if not folder.is_dir():
        pytest.skip(f"no schemas and examples of the DCC in {folder}")
    return DccReference(folder)
