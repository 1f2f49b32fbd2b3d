"""The starter laboratory in memory, on a virtual clock: for tests of procedures and of runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calib.procedure import Procedure
from calib.study import Sample


def in_memory(
    folder: Path,
    procedure: str | type[Procedure] = "dmm-dc-voltage",
    *,
    parameters: Mapping[str, Any] | None = None,
    simulation: Path | None = None,
) -> Sample:
    """Return a starter laboratory to calibrate in; `simulation` is another simulated bench than the starter's."""
    benches = folder / "benches"
    return Sample.load(
        procedure,
        folder,
        bench=benches / "simulated.toml",
        simulation=simulation or benches / "simulated-laboratory.toml",
        job=folder / "jobs" / "example.toml",
        parameters=parameters,
    )
