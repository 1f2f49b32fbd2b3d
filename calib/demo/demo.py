"""The main job on a simulated laboratory: a folder, a server in a process of its own, a run, a certificate."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from calib.demo.starter import Ports, write_bench, write_starter
from calib.drivers.simulation import Control, start_server
from calib.run import SimulatedOperator, Watcher
from calib.workflow import Calibration, calibrate

TIME_FACTOR = 20.0
"""How many times as fast as the world the simulated laboratory's clock runs."""


@dataclass(frozen=True)
class SimulatedLaboratory:
    """A laboratory folder whose bench is being served."""

    folder: Path
    bench: Path
    job: Path
    keys: Path
    operator: SimulatedOperator
    control: Control


@contextmanager
def simulated_laboratory(
    folder: Path, *, seed: int | None = None, time_factor: float = TIME_FACTOR
) -> Iterator[SimulatedLaboratory]:
    """Write a starter laboratory into `folder` and serve its bench on free ports, until the block is left.

    Raises
    ------
    FileError
        The folder is not empty, or cannot be written.
    LinkError
        The server did not start.
    """
    keys = folder / "private-keys"
    laboratory = folder / "laboratory"
    write_starter(laboratory, ports=Ports(0, 0, 0), keys=keys)
    served = laboratory / "benches" / "simulated-laboratory.toml"
    with start_server(served, seed=seed, time_factor=time_factor) as server, server.control() as control:
        bench = write_bench(
            laboratory,
            source=server.resources["source"],
            meter=server.resources["meter"],
            control=server.control_address,
            time_factor=time_factor,
        )
        yield SimulatedLaboratory(
            laboratory,
            bench,
            laboratory / "jobs" / "example.toml",
            keys,
            SimulatedOperator(control.environment, panel=control.panel),
            control,
        )


def demonstrate(folder: Path, *, seed: int | None = None, watcher: Watcher | None = None) -> Calibration:
    """Calibrate the simulated multimeter; everything that comes of it is in `folder`."""
    with simulated_laboratory(folder, seed=seed) as laboratory:
        return calibrate(
            "dmm-dc-voltage",
            laboratory.bench,
            laboratory.job,
            output=folder,
            operator=laboratory.operator,
            watcher=watcher,
            keys=laboratory.keys,
        )
