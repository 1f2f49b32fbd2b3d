"""The bench file: which equipment plays which role, and where it is reached."""

from typing import Annotated, Literal

from pydantic import Field

from calib.files import Strict

ITEM = "item"
"""What a role names instead of a piece of equipment: the item under calibration, from the job."""


class RoleFile(Strict):
    """One role."""

    equipment: str
    """Id in the register, or `item`."""
    driver: str
    """Name of the driver, such as `fluke-5522a`."""
    resource: str
    """VISA resource name, such as `TCPIP::192.168.0.20::3490::SOCKET`."""


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
    harmless_V: Annotated[float, Field(gt=0, le=60)] = 60.0
    """DC voltage above which the operator must agree; may only be lowered."""
    simulation: SimulationFile | None = None
