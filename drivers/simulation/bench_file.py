"""The file of a simulated bench, format `calib-simulation/1` (TOML)."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from calib.drivers.simulation.environment import EnvironmentFile
from calib.drivers.simulation.meter import MeterFile
from calib.drivers.simulation.source import SourceFile
from calib.drivers.simulation.truth import Truth
from calib.drivers.simulation.world import LeadFile
from calib.files import Strict

SIMULATED = "SIM"
"""What the serial number of every simulated unit begins with: by it a run on sockets is known for what it is."""


class UnitFile(Strict):
    """What every simulated unit states."""

    specification: str
    """Id of the accuracy specification that its true errors are drawn by."""
    interval: str
    """Which of the specification's intervals."""
    serial_number: str
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """TCP port; 0 for a free one."""
    truth: Truth

    @field_validator("serial_number")
    @classmethod
    def _is_marked(cls, serial_number: str) -> str:
        """Refuse a number that a real unit may have; a comma would break the answer to `*IDN?`."""
        if not serial_number.startswith(SIMULATED) or "," in serial_number:
            msg = f"{serial_number!r} must begin with {SIMULATED} and hold no comma, so that it passes for no real unit"
            raise ValueError(msg)
        return serial_number


class CalibratorFile(UnitFile):
    """A calibrator."""

    kind: Literal["fluke-5522a"]
    output: SourceFile = SourceFile()


class MultimeterFile(UnitFile):
    """A multimeter."""

    kind: Literal["hp-34401a", "fluke-8846a"]
    input: MeterFile = MeterFile()


Unit = Annotated[CalibratorFile | MultimeterFile, Field(discriminator="kind")]


class BenchFile(Strict):
    """A bench: instruments, the lead between two of them, the air round them."""

    format: Literal["calib-simulation/1"]
    seed: Annotated[int | None, Field(ge=0)] = None
    """Which units these are; absent for others each time."""
    environment: EnvironmentFile = EnvironmentFile()
    instruments: Annotated[Mapping[str, Unit], Field(min_length=1)]
    lead: LeadFile
    control_port: Annotated[int, Field(ge=0, le=65535)] = 0

    @model_validator(mode="after")
    def _lead_joins_what_is_there(self) -> Self:
        for end, wanted in (("source", CalibratorFile), ("meter", MultimeterFile)):
            name = getattr(self.lead, end)
            if not isinstance(self.instruments.get(name), wanted):
                fitting = [n for n, unit in self.instruments.items() if isinstance(unit, wanted)]
                msg = f"lead.{end}: {name!r} is not among the fitting instruments ({', '.join(fitting) or 'none'})"
                raise ValueError(msg)  # noqa: TRY004  pydantic turns it into a mistake of the file
        return self
