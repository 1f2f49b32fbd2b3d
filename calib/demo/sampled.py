"""Any procedure on its bench of the sample laboratory, over real sockets: from the bench to the certificate."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calib.demo.demo import SimulatedLaboratory
from calib.drivers.simulation import start_server
from calib.errors import FileError
from calib.run import SimulatedOperator, Watcher, find_procedure
from calib.study import Sample, write_sample
from calib.workflow import Calibration, calibrate

TIME_FACTORS = (50.0, 1000.0)
"""Least and greatest number of times as fast as the world that the simulated laboratory's clock runs."""
SHOWN_S = 20.0
"""About how long a calibration of hours takes here."""
_CONTROL = 'control = "127.0.0.1:15200"'


@contextmanager
def served_sample(
    folder: Path, procedure: str, *, seed: int | None = None, shown_s: float = SHOWN_S
) -> Iterator[SimulatedLaboratory]:
    """Write the sample laboratory into `folder` and serve the bench of a procedure, until the block is left.

    Its clock is the faster, the longer the calibration takes: `shown_s` is about what it takes here.

    Raises
    ------
    InputError
        There is no such procedure.
    FileError
        The sample laboratory has no bench for it, or the folder is not empty.
    LinkError
        The server did not start.
    """
    id_ = find_procedure(procedure).id
    laboratory = folder / "laboratory"
    if laboratory.exists():
        msg = f"{laboratory}: exists already; name a new folder"
        raise FileError(msg)
    write_sample(laboratory)
    bench, served = (laboratory / "benches" / f"{id_}{more}.toml" for more in ("", "-simulated"))
    if not bench.is_file():
        msg = f"the sample laboratory has no bench for {id_}"
        raise FileError(msg)
    specifications = laboratory / "specifications"
    factor = _factor(Sample.load(procedure, laboratory), shown_s)
    with (
        start_server(served, seed=seed, time_factor=factor, specifications=specifications) as server,
        server.control() as control,
    ):
        text = bench.read_text(encoding="utf-8")
        for name, resource in server.resources.items():
            text = text.replace(f'"MEMORY::{name}"', json.dumps(resource))
        text = text.replace(_CONTROL, f'control = "{server.control_address}"\ntime_factor = {factor:g}')
        bench.write_text(text, encoding="utf-8")
        operator = SimulatedOperator(control.environment, panel=control.panel)
        job = laboratory / "jobs" / f"{id_}.toml"
        yield SimulatedLaboratory(laboratory, bench, job, folder / "private-keys", operator, control)


def _factor(sample: Sample, shown_s: float) -> float:
    plan = sample.plan(dt.datetime.now().astimezone().date())
    least, greatest = TIME_FACTORS
    return min(max(sum(point.estimate_s for point in plan.points) / shown_s, least), greatest)


def demonstrate_procedure(
    procedure: str,
    folder: Path,
    *,
    seed: int | None = None,
    watcher: Watcher | None = None,
    shown_s: float = SHOWN_S,
) -> Calibration:
    """Calibrate with a procedure on its simulated bench; everything that comes of it is in `folder`."""
    with served_sample(folder, procedure, seed=seed, shown_s=shown_s) as there:
        return calibrate(
            procedure, there.bench, there.job, output=folder, operator=there.operator, watcher=watcher, keys=there.keys
        )
