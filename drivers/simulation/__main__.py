"""`python -m calib.drivers.simulation FILE`: serve a simulated bench; one line of JSON on stdout says where it is."""

import argparse
import json
import sys
from pathlib import Path

from calib.drivers.simulation.serve import serve
from calib.errors import CalibError


def main() -> int:
    """Serve until told to stop; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m calib.drivers.simulation", description="Serve a simulated bench.")
    parser.add_argument("file", type=Path, help="bench file, format calib-simulation/1")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, help="which units these are")
    parser.add_argument("--time-factor", type=float, default=1.0, help="how many times as fast as the world")
    parser.add_argument("--specifications", type=Path, help="folder of further specifications")
    parser.add_argument("--wires", default="", help="kinds of wires, parted by commas")
    parser.add_argument("--faults", type=Path, help="file of what goes wrong, format calib-faults/1")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when stdin closes")
    wanted = parser.parse_args()
    try:
        serve(
            wanted.file,
            host=wanted.host,
            seed=wanted.seed,
            time_factor=wanted.time_factor,
            ready=lambda where: print(json.dumps(where), flush=True),  # noqa: T201
            stop_with_parent=wanted.stop_with_parent,
            specifications=wanted.specifications,
            wires=[kind for kind in wanted.wires.split(",") if kind],
            faults=wanted.faults,
        )
    except CalibError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
