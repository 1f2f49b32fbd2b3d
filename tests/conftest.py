"""A starter laboratory, locks, bytecode, nights that break off, and what PTB publishes of the DCC, for all tests."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from lxml import etree

from calib.clock import VirtualClock
from calib.demo import SimulatedLaboratory, served_sample, write_starter
from calib.drivers.simulation import SimulatedBench
from calib.errors import FileError, RecordError
from calib.record import Journal
from calib.record.contents import Contents


@pytest.fixture(scope="session", autouse=True)
def locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Lock files of the tests and of the processes that they start: a folder of their own, not the machine's."""
    folder = tmp_path_factory.mktemp("locks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CALIB_LOCKS", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the processes that tests start find each module compiled, where the environment has bytecode not written."""
    base = tmp_path_factory.getbasetemp()
    of_all_workers = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(of_all_workers / "bytecode"))
        yield


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> Iterator[None]:
    """Ctrl-C reaches tests and the processes that they start, also where a shell runs them in the background."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


@dataclass
class Night:
    """A procedure of the sample laboratory on its served bench, and the command as people start it."""

    procedure: str
    seed: int
    laboratory: SimulatedLaboratory
    output: Path
    answers: Path
    environment: dict[str, str]

    def killed_amid(self, point: str, channel: str) -> Contents:
        """Run until something is read of a point, by the beginning of its name, and kill; return what was kept."""
        bench, job = str(self.laboratory.bench), str(self.laboratory.job)
        run = self._start("run", self.procedure, "--bench", bench, "--job", job, "--output", str(self.output))

        def amid() -> bool:
            assert run.poll() is None, run.communicate()
            with suppress(FileError, RecordError), Journal.open(self.output / "run.journal") as journal:
                found = journal.readings()
                at = {a.id for a in found.attempts if a.point.startswith(point)}
                return any(r.attempt in at and r.channel == channel for r in found.readings)
            return False

        self.until(amid, f"a reading of {channel} at {point}")
        os.kill(run.pid, signal.SIGKILL)
        run.communicate(timeout=30)
        return self._journal()

    def resumed(self) -> Contents:
        """Go on with the run to its end; return what the journal has then."""
        resumed = self._start("resume", str(self.output))
        said, complaint = resumed.communicate(timeout=200)
        assert (resumed.returncode, complaint) == (0, ""), said + complaint
        return self._journal()

    def ask(self, role: str, sent: str, answer: str) -> float:
        """Speak to an instrument as somebody does who stands before it; return the number in what it answers."""
        resource = tomllib.loads(self.laboratory.bench.read_text(encoding="utf-8"))["roles"][role]["resource"]
        _, host, port, _ = resource.split("::")
        heard, found = "", None
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(sent.encode("ascii"))
            while found is None:
                heard += line.recv(100).decode("ascii")
                found = re.search(answer, heard)
        return float(found[1])

    def until(self, happened: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
        """Wait for something; fail where it does not happen in time."""
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                pytest.fail(f"within {seconds:g} s not: {what}")
            time.sleep(0.05)

    def truth(self) -> SimulatedBench:
        """Return the bench as it was drawn, for what is true of it."""
        return SimulatedBench.from_file(
            self.laboratory.bench.with_name(f"{self.procedure}-simulated.toml"),
            clock=VirtualClock(datetime.now(UTC)),
            seed=self.seed,
            specifications=self.laboratory.folder / "specifications",
        )

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        told = [sys.executable, "-m", "calib", *arguments, "--answers", str(self.answers)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(
            told, text=True, stdin=nothing, stdout=pipe, stderr=pipe, env=self.environment, start_new_session=True
        )

    def _journal(self) -> Contents:
        with Journal.open(self.output / "run.journal") as journal:
            return journal.verify()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Callable[..., Night]]:
    """Return what begins a night: procedure, seed of its bench, what becomes of its job, all answers, the pace."""
    with ExitStack() as stack:

        def begun(
            procedure: str,
            seed: int,
            job: Callable[[str], str],
            answers: dict[str, str | float],
            shown_s: float = 30.0,
        ) -> Night:
            laboratory = stack.enter_context(served_sample(tmp_path, procedure, seed=seed, shown_s=shown_s))
            laboratory.job.write_text(job(laboratory.job.read_text(encoding="utf-8")), encoding="utf-8")
            lines = [f'"{asked}" = {answer!r}' for asked, answer in answers.items()]
            file = tmp_path / "answers.toml"
            file.write_text("\n".join(["[answers]", '"*" = true', *lines, ""]), encoding="utf-8")
            environment = {**os.environ, "CALIB_KEYS": str(tmp_path / "keys"), "CALIB_LAB": str(laboratory.folder)}
            return Night(procedure, seed, laboratory, tmp_path / "run", file, environment)

        yield begun


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
