"""How long `calib --help` takes more than `python -c pass`, in one run: medians of alternating whole processes.

python benchmarks/startup.py
"""

import statistics
import subprocess
import sys
import time

RUNS = 15
TARGET_MS = 150.0


def milliseconds(*arguments: str) -> float:
    """Return how long one process takes."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Print the medians, their difference and the target."""
    bare, help_ = [], []
    for _ in range(RUNS):
        bare.append(milliseconds("-c", "pass"))
        help_.append(milliseconds("-m", "calib", "--help"))
    difference = statistics.median(help_) - statistics.median(bare)
    print(f"python -c pass  {statistics.median(bare):6.1f} ms")
    print(f"calib --help    {statistics.median(help_):6.1f} ms")
    print(f"more by         {difference:6.1f} ms (target: at most {TARGET_MS:.0f} ms)")


if __name__ == "__main__":
    main()
