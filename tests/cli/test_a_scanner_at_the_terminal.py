"""A keyboard-wedge scanner on a real terminal: what it types answers where a label is wanted, and nothing else."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from calib.equipment import Register
from calib.record import Record
from calib.report.equipment_labels import label_text
from calib.run.keys import Keys
from calib.study import Sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
_AT_A_CONSOLE = """
import sys, datetime
from dataclasses import replace
from pathlib import Path
from calib.run import SimulatedHands, run
from calib.run.console import Console
from calib.study import Sample
weights = [Sample.load("weight-by-comparison").job.parameters["weights"][1]]
sample = Sample.load("weight-by-comparison", parameters={"weights": weights, "cycles": 2})
role = sample.bench.roles["reference"].model_copy(update={"identify": "scan"})
sample = replace(sample, bench=sample.bench.model_copy(update={"roles": {**sample.bench.roles, "reference": role}}))
bench = sample.simulated_bench(3)
console = Console("An", "en")
outcome = run(sample.plan(bench.clock.now().date()), connect=lambda resource, sink: bench.open(resource, sink=sink),
    clock=bench.clock, operator=SimulatedHands(console, bench.connect, bench.panel), watcher=console,
    folder=Path(sys.argv[1]))
print("ended:", outcome.status, outcome.error)
"""


class Terminal:
    """A child at a pseudo-terminal: what it said, and keys for it."""

    def __init__(self, folder: Path) -> None:
        import pty

        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _AT_A_CONSOLE, str(folder)], stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self._said = b""
        self._read = 0
        self._new = threading.Condition()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        with suppress(OSError):
            while data := os.read(self._ours, 4096):
                with self._new:
                    self._said += data
                    self._new.notify_all()
        with self._new:
            self._new.notify_all()

    def until(self, *wanted: str) -> str:
        """Wait until one of these is said after what was waited for last; return which."""

        def met() -> str:
            new = self._said[self._read :].decode(errors="ignore")
            return min((w for w in wanted if w in new), key=new.index, default="")

        with self._new:
            assert self._new.wait_for(met, 60), self._said.decode(errors="replace")[-2000:]
            found = met()
            self._read = self._said.index(found.encode(), self._read) + len(found.encode())
        return found

    def scan(self, label: str) -> None:
        """Type as a scanner does: all at once, and Enter."""
        os.write(self._ours, label.encode() + b"\n")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path / "run")
    yield opened
    opened.close()


def test_labels_are_scanned_at_a_real_terminal_wrong_ones_too(terminal: Terminal, tmp_path: Path) -> None:
    sample = Sample.load("weight-by-comparison")
    register: Register = sample.laboratory.register()
    today = sample.simulated_bench(3).clock.now().date()
    answers = {
        "label of Example E2 100 g - 1 kg (reference)": [label_text(register["W-01"], today)],
        "(item) does not tell": ["SIMF1221"],
        "temperature at the bench": ["20"],
        "humidity at the bench": ["50"],
        "label of R200": ["T200", "]Q3" + label_text(register["W-01"], today, "R200"), "W-01/R200"],
        "label of T200": ["SIMF1221/T200"],
        "[Enter = done": [""],
        "ended:": [],
    }
    while (asked := terminal.until(*answers)) != "ended:":
        given = answers[asked]
        if asked != "[Enter = done":
            terminal.until("abort]")
        terminal.scan(given.pop(0) if len(given) > 1 else given[0])
    terminal.until("complete")
    kept = [a for a in Record.open(tmp_path / "run" / "record.h5").answers() if a.prompt == "scan.R200"]
    assert [a.value for a in kept][:3:2] == ["T200", "W-01/R200"]
    assert kept[1].question["text"]["en"].startswith("That is T200 of Set of weights F1")
    assert {a.by for a in kept} == {"An"}


@pytest.mark.parametrize(
    ("typed", "heard"),
    [("p", "p"), ("ss", "ss"), ("p\n", "p"), ('{"id":"W-01","serialNumber":"SIMW01"}\n', ""), ("grsp7\n", "")],
)
def test_a_scan_that_nobody_asked_for_steers_nothing(
    monkeypatch: pytest.MonkeyPatch, until: Callable[..., float], typed: str, heard: str
) -> None:
    import pty

    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r", encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with Keys() as keys:
            os.write(ours, typed.encode())
            pressed, looks = "", 0

            def is_over() -> bool:
                nonlocal pressed, looks
                pressed, looks = pressed + keys.pressed(), looks + 1
                return bool(pressed) or looks > 5

            until(is_over, "the keys", 20)
        assert pressed == heard
    os.close(ours)
