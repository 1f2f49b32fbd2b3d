"""Any procedure on its bench of the sample laboratory, over real sockets: from the bench to the certificate."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calib.demo.demo import SimulatedLaboratory
from calib.drivers.simulation import start_server
from calib.errors import FileError
from calib.run import SimulatedOperator, Watcher, find_procedure
from calib.study import write_sample
from calib.workflow import Calibration, calibrate

TIME_FACTOR = 50.0
"""How many times as fast as the world the simulated laboratory's clock runs."""
_CONTROL = 'control = "127.0.0.1:15200"'


@contextmanager
def served_sample(
    folder: Path, procedure: str, *, seed: int | None = None, time_factor: float = TIME_FACTOR
) -> Iterator[SimulatedLaboratory]:
    """Write the sample laboratory into `folder` and serve the bench of a procedure, until the block is left.

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
    with (
        start_server(served, seed=seed, time_factor=time_factor, specifications=specifications) as server,
        server.control() as control,
    ):
        text = bench.read_text(encoding="utf-8")
        for name, resource in server.resources.items():
            text = text.replace(f'"MEMORY::{name}"', json.dumps(resource))
        text = text.replace(_CONTROL, f'control = "{server.control_address}"\ntime_factor = {time_factor:g}')
        bench.write_text(text, encoding="utf-8")
        operator = SimulatedOperator(control.environment, panel=control.panel)
        job = laboratory / "jobs" / f"{id_}.toml"
        yield SimulatedLaboratory(laboratory, bench, job, folder / "private-keys", operator, control)


def demonstrate_procedure(
    procedure: str, folder: Path, *, seed: int | None = None, watcher: Watcher | None = None
) -> Calibration:
    """Calibrate with a procedure on its simulated bench; everything that comes of it is in `folder`."""
    with served_sample(folder, procedure, seed=seed) as there:
        return calibrate(
            procedure, there.bench, there.job, output=folder, operator=there.operator, watcher=watcher, keys=there.keys
        )
