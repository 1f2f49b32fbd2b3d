"""Make the record and the journal in tests/data that every later version must still read, of a short simulated run.

    python tools/make_fixture.py

Run it again only where `calib-record` or `calib-journal` gets a new number: the files of the old one stay as they are,
and `tests/record/test_old_files_are_read.py` reads them all. The readings depend on nothing but the seed.
"""

import lzma
import platform
import socket
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from calib.demo import in_memory, write_starter
from calib.files import as_model
from calib.procedure import Job
from calib.record.layout import VERSION
from calib.record.schema import USER_VERSION
from calib.run import Outcome, find_key

DATA = Path(__file__).parent.parent / "tests" / "data"
SEED = 20261123
POINTS = ({"range": 10, "nominal": 5}, {"range": 10, "nominal": -9})


def main() -> None:
    """Run the command."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        outcome = calibrated(folder)
        assert outcome.error is None, outcome.error
        assert outcome.journal is not None
        assert outcome.record is not None
        names = f"run-{USER_VERSION}.journal.xz", f"record-{VERSION}.h5.xz"
        for made, name in zip((outcome.journal, outcome.record), names, strict=True):
            packed = (DATA / name).write_bytes(lzma.compress(made.read_bytes(), preset=9))
            print(f"{name}: {packed / 1000:.0f} kB, unpacked {made.stat().st_size / 1000:.0f} kB")
        for result in outcome.results:
            print(f"{result.point}: error {result.error!r}, u {result.u!r}, U {result.reported_U!r}, k {result.k!r}")


def calibrated(folder: Path) -> Outcome:
    """Return what a run on the starter's simulated bench left in `folder`, sealed; it names no machine."""
    write_starter(folder / "laboratory", keys=folder / "keys")
    loaded = in_memory(folder / "laboratory")
    job = loaded.job.model_dump(mode="json", exclude_none=True) | {"points": POINTS}
    laboratory = replace(loaded, job=as_model(job, Job, "job"))
    bench = laboratory.simulated_bench(SEED)
    with (
        patch.object(socket, "gethostname", return_value="bench"),
        patch.object(platform, "platform", return_value="any"),
    ):
        key = find_key(laboratory.laboratory.about.seal_key, folder / "keys")
        return laboratory.calibrate(bench, folder=folder / "run", key=key)


if __name__ == "__main__":
    main()
