"""Prove that a killed run loses nothing and leaves no voltage on: runs on simulated instruments, killed at random.

    python tools/kill_runs.py [RUNS] [--seed S]

Each run is killed with SIGKILL at a random instant, once or more often, and resumed until it is complete. Noise and
drift of the simulation are off, so that every result must equal that of an undisturbed run. What was acknowledged is
told by a witness: a file to which the procedure adds a line after each reading that the engine took. What the
calibrator's output did is told by the simulated calibrator. Counted for every run:

* acknowledged readings that the journal lacks, or holds twice;
* points finished before a kill whose readings are not the same bit by bit at the end;
* results that differ from those of the undisturbed run;
* how long after each kill the output was still on the terminals.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calib.demo import Ports, write_bench, write_starter
from calib.drivers.simulation import Control, start_server
from calib.errors import CalibError
from calib.record import Journal
from calib.record.contents import Contents
from calib.record.model import Reading

FACTOR = 50.0
LEVELS = (1.0, 3.0, 5.0, 9.0)
READINGS = 10
WHILE_MEASURING = 0.7
"""Part of the kills that are drawn from the time after the output was first on; the others from all of it."""
PATIENCE_S = 60.0
QUIET = {
    "noise_fraction = 2e-8": "noise_fraction = 0",
    "time_constant_s = 0.12": "time_constant_s = 0.0005",
    "noise_fraction = 6e-7": "noise_fraction = 0",
    "noise_floor_V = 2e-7": "noise_floor_V = 0",
    "temperature_swing_K = 0.2": "temperature_swing_K = 0",
    "humidity_swing_percent = 1.5": "humidity_swing_percent = 0",
    "thermal_emf_V = 0.2e-6": "thermal_emf_V = 0",
    "short_emf_V = 0.02e-6": "short_emf_V = 0",
}
ANSWERS: dict[str, str | float | bool] = {
    "*": True,
    "identity.meter": "SIM34401001",
    "environment.temperature": 23.1,
    "environment.humidity": 46.0,
}


@dataclass
class Tally:
    """What was counted over all runs."""

    runs: int = 0
    kills: int = 0
    resumed: int = 0
    readings: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    """Points whose readings were not the same at the end."""
    different: int = 0
    """Runs whose results are not those of the undisturbed one."""
    standby_s: list[float] = field(default_factory=list)
    """Of each kill while the output was on."""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost and every output was off within a second."""
        return not (self.lost or self.doubled or self.changed or self.different) and max(self.standby_s, default=0) < 1

    def __str__(self) -> str:
        ordered = sorted(self.standby_s)
        late = f"{ordered[len(ordered) // 2]:.2f} s median, {ordered[-1]:.2f} s longest" if ordered else "never on"
        return (
            f"{self.runs} runs, {self.kills} kills, {self.resumed} resumed; {self.readings} acknowledged readings: "
            f"{self.lost} lost, {self.doubled} doubled; {self.changed} finished points changed; "
            f"{self.different} runs with other results; standby after {len(ordered)} kills with the output on: {late}"
        )


@dataclass(frozen=True)
class Length:
    """How long an undisturbed run takes, in seconds of machine time."""

    until_on_s: float
    """Until the output is on for the first time."""
    whole_s: float

    def draw(self, rng: random.Random) -> tuple[bool, float]:
        """Return a random instant: whether it counts from the output's first being on, not from the start; seconds."""
        measuring = rng.random() < WHILE_MEASURING
        return measuring, rng.uniform(0, self.whole_s - self.until_on_s if measuring else self.whole_s)


@dataclass(frozen=True)
class Place:
    """A laboratory whose bench is served."""

    folder: Path
    bench: Path
    control: Control

    @property
    def job(self) -> Path:
        """Path of the job file."""
        return self.folder / "jobs" / "example.toml"

    def operates(self) -> bool:
        """Return whether the calibrator's output is on the terminals, as the calibrator itself knows."""
        return bool(self.control.state()["outputs"]["source"]["operating"])


def prove(runs: int, seed: int) -> Tally:
    """Kill and resume `runs` runs, or as many as there are until Ctrl-C; return what was counted."""
    rng, tally = random.Random(seed), Tally()  # noqa: S311  no secret
    with suppress(KeyboardInterrupt), served() as place:
        undisturbed = place.folder / "undisturbed"
        length = _undisturbed(place, undisturbed)
        wanted = _contents(undisturbed)
        for number in range(runs):
            _one_run(place, place.folder / f"run-{number}", rng, length, wanted, tally)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{tally}")
    return tally


@contextmanager
def served() -> Iterator[Place]:
    """Give a laboratory in a temporary folder, its bench served without noise and drift."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary) / "laboratory"
        os.environ["CALIB_KEYS"] = str(Path(temporary) / "keys")
        write_starter(folder, ports=Ports(0, 0, 0), keys=Path(temporary) / "keys")
        simulated = folder / "benches" / "simulated-laboratory.toml"
        text = simulated.read_text(encoding="utf-8")
        for noisy, quiet in QUIET.items():
            assert noisy in text, noisy
            text = text.replace(noisy, quiet)
        simulated.write_text(text, encoding="utf-8")
        with start_server(simulated, seed=5, time_factor=FACTOR) as server, server.control() as control:
            where = server.resources
            bench = write_bench(
                folder, source=where["source"], meter=where["meter"], control=server.control_address, time_factor=FACTOR
            )
            place = Place(folder, bench, control)
            _write_job(place.job)
            yield place


def _write_job(job: Path) -> None:
    text = job.read_text(encoding="utf-8").partition("[parameters]")[0]
    text += f'[parameters]\nreference = "certificate"\nnplc = 10\nsettle_s = 0\nreadings = {READINGS}\n'
    text += "".join(f"[[points]]\nrange = 10\nnominal = {level}\n" for level in LEVELS)
    job.write_text(text, encoding="utf-8")


def _one_run(place: Place, output: Path, rng: random.Random, length: Length, wanted: Contents, tally: Tally) -> None:
    """Kill a run once or more often, resume it until it is complete, and count."""
    tally.runs += 1
    before: dict[str, list[float]] = {}
    process, kills = _start(place, output, "run"), 0
    while True:
        if kills < 1 + (rng.random() < 0.3):
            kills += _killed(process, *length.draw(rng), place, tally)
        status = process.wait(PATIENCE_S)
        if status == 0:
            break
        contents = _readable(output)
        if contents is not None:
            before |= _finished(contents)
            tally.resumed += 1
        process = _start(place, output, "run" if contents is None else "resume")
    _count(output, before, wanted, tally)


def _killed(
    process: "subprocess.Popen[bytes]",
    measuring: bool,  # noqa: FBT001
    after_s: float,
    place: Place,
    tally: Tally,
) -> int:
    """Kill a run after a while; return 1, or 0 where it had ended before."""
    while measuring and not place.operates() and process.poll() is None:
        time.sleep(0.002)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        pass
    else:
        return 0
    on = place.operates()
    os.kill(process.pid, signal.SIGKILL)
    begun = time.monotonic()
    while place.operates():
        if time.monotonic() - begun > PATIENCE_S:
            break
        time.sleep(0.005)
    if on:
        tally.standby_s.append(time.monotonic() - begun)
    tally.kills += 1
    return 1


def _count(output: Path, before: dict[str, list[float]], wanted: Contents, tally: Tally) -> None:
    contents = _contents(output)
    kept = [f"{r.channel} {r.value!r}" for r in contents.state.readings]
    witnessed = _witness(output).read_text(encoding="utf-8").splitlines()
    tally.readings += len(witnessed)
    tally.lost += _lacking(witnessed, kept)
    finished = _finished(contents)
    tally.changed += sum(finished.get(point) != values for point, values in before.items())
    attempts = [a for a in contents.state.attempts.values() if a.outcome == "complete"]
    tally.doubled += len(attempts) - len({a.point for a in attempts})
    expected = _finished(wanted)
    tally.doubled += sum(max(0, len(values) - len(expected[point])) for point, values in finished.items())
    tally.different += [_told(r) for r in contents.results] != [_told(r) for r in wanted.results]


def _lacking(witnessed: list[str], kept: list[str]) -> int:
    """Return how many lines of the witness the journal lacks; it may hold one more at each kill."""
    lacking, position = 0, 0
    for line in witnessed:
        try:
            position = kept.index(line, position) + 1
        except ValueError:
            lacking += 1
    return lacking


def _told(result: Any) -> dict[str, Any]:
    """Return the numbers of a result."""
    return {name: result[name] for name in ("point", "reference", "indicated", "error", "U", "k", "verdict")}


def _finished(contents: Contents) -> dict[str, list[float]]:
    done = {a.id: a.point for a in contents.state.attempts.values() if a.outcome == "complete"}
    found: dict[str, list[float]] = {point: [] for point in done.values()}
    readings: list[Reading] = contents.state.readings
    for reading in readings:
        if reading.attempt in done:
            found[done[reading.attempt]].append(reading.value)
    return found


def _contents(output: Path) -> Contents:
    with Journal.open(output / "run.journal") as journal:
        return journal.verify()


def _readable(output: Path) -> Contents | None:
    """Return what the journal holds; None where the run was killed before it was begun."""
    try:
        return _contents(output)
    except CalibError:
        if _witness(output).exists() and _witness(output).stat().st_size:
            raise
        for left in output.glob("run.journal*"):
            left.unlink()
        return None


def _witness(output: Path) -> Path:
    return output.with_suffix(".witness")


def _start(place: Place, output: Path, what: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, __file__, "--child", what, str(place.bench), str(place.job), str(output)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _undisturbed(place: Place, output: Path) -> Length:
    """Run once without a kill."""
    begun = time.monotonic()
    process = _start(place, output, "run")
    while not place.operates() and process.poll() is None:
        time.sleep(0.005)
    until_on_s = time.monotonic() - begun
    if process.wait(PATIENCE_S):
        msg = "the undisturbed run failed"
        raise SystemExit(msg)
    return Length(until_on_s, time.monotonic() - begun)


def child(what: str, bench: str, job: str, output: str) -> int:
    """Be the run: what the command does, with a witness and without a certificate."""
    from unittest.mock import patch

    from calib import workflow
    from calib.procedure import Point, Station
    from calib.procedures.dmm_dc_voltage import DmmDcVoltage
    from calib.run import ScriptedOperator

    witness = os.open(_witness(Path(output)), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    class Noting:
        """The station, which notes every reading that was acknowledged."""

        def __init__(self, station: Station) -> None:
            self._station = station

        def __getattr__(self, name: str) -> Any:
            return getattr(self._station, name)

        def record(self, channel: str, value: float, unit: str) -> None:
            self._station.record(channel, value, unit)
            os.write(witness, f"{channel} {value!r}\n".encode())

    class Witnessed(DmmDcVoltage):
        """The procedure, with a witness."""

        def measure(self, point: Point, station: Station) -> None:
            super().measure(point, Noting(station))

    patch.object(workflow, "issue", lambda *_: {}).start()  # a certificate proves nothing here, and takes its time
    operator = ScriptedOperator(ANSWERS)
    try:
        if what == "run":
            done = workflow.calibrate(Witnessed, bench, job, output=Path(output), operator=operator)
        else:
            done = workflow.go_on(output, procedure=Witnessed, operator=operator)
    except CalibError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0 if done.outcome.status == "complete" else 1


def main() -> int:
    """Prove it; exit status 0 where it holds."""
    if sys.argv[1:2] == ["--child"]:
        return child(*sys.argv[2:])
    parser = argparse.ArgumentParser(description="Kill runs at random and resume them.")
    parser.add_argument("runs", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    tally = prove(wanted.runs, wanted.seed)
    print(tally)
    return 0 if tally.holds else 1


if __name__ == "__main__":
    sys.exit(main())
