"""How fast a whole calibration is in memory, and where its time goes.

    python benchmarks/calibration.py [RUNS]

`dmm-dc-voltage` with 30 points and 10 readings each: drawn standards, plan, engine, drivers, simulated instruments, a
journal in memory, evaluation; no record file. Python collects garbage as seldom as in `calib study`. Printed are
calibrations a second of processor time (one core): of all, and of the fastest ten in a row, since other work on the
machine slows them. Then come as many again, looked at every millisecond of processor time (POSIX), for the share of
each part.
"""

import signal
import statistics
import sys
import time
from collections import Counter
from types import FrameType

from calib.study.collecting import collect_seldom
from calib.study.runs import Task, one_run

POINTS = tuple(
    tuple({"range": r, "nominal": v}.items())
    for r, values in {
        0.1: (0.01, 0.09, 0.1, -0.01, -0.09, -0.1),
        1.0: (0.1, 0.9, 1.0, -0.1, -0.9, -1.0),
        10.0: (3.0, 5.0, 7.0, 9.0, 10.0, -9.0, -10.0),
        100.0: (90.0, 100.0, -90.0, -100.0),
        1000.0: (900.0, -900.0),
    }.items()
    for v in values
)
"""With a zero of each range 30."""
ROOMS = {
    "simulated instruments and physics": ("drivers/simulation/",),
    "drivers": ("drivers/",),
    "evaluation": ("uncertainty/", "calib/procedure/", "calib/equipment/", "calib/specification/", "procedures/"),
    "engine and journal": ("calib/run/", "calib/record/"),
    "drawing, files, clock, text": ("calib/",),
}
_EACH_S = 0.001


def main() -> None:
    """Run and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    task = Task("dmm-dc-voltage", parameters=(("readings", 10),), points=POINTS)
    points = one_run(task, 1, 0).points
    found: Counter[str] = Counter()
    collect_seldom()
    tens = [_time(task, range(at + 1, at + 11)) for at in range(0, max(runs, 10), 10)]
    print(
        f"{len(points)} points × 10 readings: {1 / statistics.fmean(tens):.1f} calibrations a second of one core, "
        f"{1 / min(tens):.1f} in the fastest ten (asked: 20)"
    )

    def look(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            room = _room(frame.f_code.co_filename)
            if room:
                found[room] += 1
                return
            frame = frame.f_back

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EACH_S, _EACH_S)
    each_s = _time(task, range(1, runs + 1))
    signal.setitimer(signal.ITIMER_PROF, 0)
    total = found.total()
    for room, looks in found.most_common():
        print(f"  {room:<34} {looks / total:6.1%}  {1e3 * each_s * looks / total:6.1f} ms")


def _time(task: Task, numbers: range) -> float:
    """Return seconds of processor time per run."""
    begun = time.process_time()
    for number in numbers:
        one_run(task, 1, number)
    return (time.process_time() - begun) / len(numbers)


def _room(path: str) -> str:
    plain = path.replace("\\", "/")
    for alias in ("drivers", "procedures", "uncertainty"):
        plain = plain.replace(f"calib/{alias}/", f"{alias}/")
    return next((room for room, parts in ROOMS.items() if any(f"/{part}" in plain for part in parts)), "")


if __name__ == "__main__":
    main()
