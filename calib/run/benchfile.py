"""The bench file: which equipment plays which role, and where it is reached."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field

from calib.drivers import Line
from calib.drivers.registry import located
from calib.drivers.transport.line import Flow, Parity
from calib.files import Strict, read_model

ITEM = "item"
"""What a role names instead of a piece of equipment: the item under calibration, from the job."""


ENVIRONMENT = "environment"
"""A role that any bench may have: what reads temperature and humidity in place of a person."""


class LineFile(Strict):
    """What this instrument's line has otherwise than its driver's model; the meanings are those of `Line`."""

    write_end: str | None = None
    read_end: str | None = None
    probe: str | None = None
    """An empty one: it is not asked anything on opening."""
    hush: str | None = None
    timeout_s: Annotated[float, Field(gt=0, lt=86_400)] | None = None
    baud: Annotated[int, Field(gt=0)] | None = None
    bits: Literal[5, 6, 7, 8] | None = None
    parity: Parity | None = None
    stop_bits: float | None = None
    flow: Flow | None = None
    echo: bool | None = None
    prompt: str | None = None
    pause_s: Annotated[float, Field(ge=0, lt=60)] | None = None
    byte_pause_s: Annotated[float, Field(ge=0, lt=1)] | None = None

    def applied_to(self, line: Line) -> Line:
        """Return `line` with what this table says in its place."""
        said = self.model_dump(exclude_none=True)
        said |= {name: None for name in ("probe", "hush") if said.get(name) == ""}
        return replace(line, **said)


class RoleFile(Strict):
    """One role."""

    equipment: str
    """Id in the register, or `item`."""
    driver: str
    """Name of the driver, such as `fluke-5522a`, or path of a file that holds one, such as `drivers/dvm7.py`."""
    resource: str
    """VISA resource name, such as `TCPIP::192.168.0.20::3490::SOCKET`, or another that `open_line` knows."""
    line: LineFile = LineFile()
    identify: Literal["scan"] | None = None
    """`scan`: its label is scanned before the run; that of a weight or a probe also each time that it is taken."""


class SimulationFile(Strict):
    """Marks a bench as simulated, for good."""

    control: str
    """Where the simulated laboratory takes what hands do, `host:port`: connecting leads, reading the thermometer."""
    time_factor: Annotated[float, Field(gt=0)] = 1.0
    """How many times as fast as the world its clock runs; the simulated laboratory must be told the same."""


class BenchFile(Strict):
    """A bench."""

    format: Literal["calib-bench/1"]
    name: str
    roles: dict[str, RoleFile]
    visa: str | None = None
    """VISA library in PyVISA's notation, such as `@ivi`; absent for calib's own lines and pyvisa-py."""
    harmless_V: Annotated[float, Field(gt=0, le=60)] = 60.0
    """DC voltage above which the operator must agree; may only be lowered."""
    harmless_ac_V: Annotated[float, Field(gt=0, le=30)] | None = None
    """AC voltage, rms, above which the operator must agree: 30 V, or `harmless_V` where that is lower."""
    simulation: SimulationFile | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file; the paths of drivers in it are relative to its folder."""
        bench = read_model(path, cls)
        roles = {
            name: role.model_copy(update={"driver": located(role.driver, path.parent)})
            for name, role in bench.roles.items()
        }
        return bench.model_copy(update={"roles": roles})
