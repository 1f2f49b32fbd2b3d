"""Whatever happens to the process or the disk: what was acknowledged is there, and the chain holds."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from calib.clock import SystemClock
from calib.record import Journal

WRITER = """
import sys
from pathlib import Path
from calib.clock import SystemClock
from calib.record import Journal

path, acknowledged = Path(sys.argv[1]), open(sys.argv[2], "w", buffering=1)
journal = Journal.create(path, {"simulated": True}, SystemClock())
number = 0
for point in range(10**6):
    attempt = journal.begin_attempt(f"p{point}", "as-found")
    for i in range(25):
        number += 1
        journal.traffic("meter", "<", b"%d" % number)
        journal.reading(attempt, "meter", float(number), "V")
        acknowledged.write(f"{number}\\n")
    journal.end_attempt(attempt, "complete")
"""

FULL = """
import resource, sys
from pathlib import Path
from calib.clock import SystemClock
from calib.errors import RecordError
from calib.record import Journal

journal = Journal.create(Path(sys.argv[1]), {"simulated": True}, SystemClock())
attempt = journal.begin_attempt("p", "as-found")
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
taken = 0
try:
    while True:
        journal.traffic("meter", "<", b"%d" % taken)
        journal.reading(attempt, "meter", float(taken), "V")
        taken += 1
except RecordError as error:
    print(taken, error)
assert len(journal.readings().readings) == taken
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _ in range(10):
    journal.reading(attempt, "meter", float(taken), "V")
    taken += 1
journal.finish("aborted")
journal.close()
"""

KILLED_AMID_A_CHANGE = """
import os, signal, sqlite3, sys

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE reading SET value = -1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_journal_whose_writer_was_killed_amid_a_change_of_the_file_itself_is_read(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal:
        attempt = journal.begin_attempt("p", "as-found")
        for number in range(2000):
            journal.reading(attempt, "meter", float(number), "V")
        journal.end_attempt(attempt, "complete")
        journal.finish("complete")
    subprocess.run([sys.executable, "-c", KILLED_AMID_A_CHANGE, str(path)], check=False)
    assert (tmp_path / "run.journal-journal").exists()
    with Journal.open(path) as reader:
        assert [r.value for r in reader.verify().state.readings] == list(range(2000))


def test_a_killed_writer_loses_no_acknowledged_reading(tmp_path: Path) -> None:
    rng = random.Random(20261123)
    acknowledged_in_all = 0
    for kill in range(15):
        path, told = tmp_path / f"{kill}.journal", tmp_path / f"{kill}.txt"
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(told)])
        while not told.exists() or told.stat().st_size == 0:
            time.sleep(0.002)
        time.sleep(rng.uniform(0.0, 0.12))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        acknowledged = told.read_text().count("\n")
        acknowledged_in_all += acknowledged
        with Journal.open(path) as journal:
            state = journal.verify().state
            assert journal.status == "unfinished"
        values = [reading.value for reading in state.readings]
        assert values == [float(n) for n in range(1, len(values) + 1)]
        assert acknowledged <= len(values) <= acknowledged + 1
    assert acknowledged_in_all > 30


def test_a_full_disk_is_told_and_after_room_is_made_the_journal_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    taken = int(done.stdout.split()[0])
    assert taken > 20
    assert "nothing of it was acknowledged" in done.stdout
    with Journal.open(path) as journal:
        contents = journal.verify()
    assert [r.value for r in contents.state.readings] == [float(n) for n in range(taken + 10)]
    assert [int(m.message) for m in contents.traffic] == list(range(taken + 1))
    assert contents.status == "aborted"
