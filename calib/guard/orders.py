"""What a guard is told: which sources, in which order, and where to say what it did. Never a connection."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

from calib.drivers import Line


@dataclass(frozen=True)
class GuardedSource:
    """A source as the guard reaches it: its address, and the driver whose `safe()` it calls."""

    role: str
    driver: str
    """Name of the driver, such as `fluke-5522a`."""
    resource: str
    line: Line = field(default_factory=Line)
    visa: str | None = None


@dataclass(frozen=True)
class Orders:
    """The first line that a guard reads."""

    run_pid: int
    sources: tuple[GuardedSource, ...]
    """In the order in which they are made safe."""
    report: str
    """Path of the file to which the guard appends what it did, one JSON object a line."""
    terminal: str
    """Path of the run's terminal, on which the guard says the same; empty where it had none."""
    give_up_s: float
    """How long a source that cannot be reached is tried again."""

    def as_line(self) -> bytes:
        """Return the orders as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read what `as_line` wrote."""
        fields = json.loads(line)
        fields["sources"] = tuple(
            GuardedSource(**source | {"line": Line(**source["line"])}) for source in fields["sources"]
        )
        return cls(**fields)


ARM = b"A"
"""From now on an end of file, or silence, means that the run is dead or stalled."""
BEAT = b"."
STANDS_STILL = b"S"
"""The run stands still, and an interrupt did not move it; the rest of the line tells where."""
TAKE_OVER = b"T"
"""The run could not make everything safe and has let the instruments go: go on trying; the run lives on."""
END = b"E"
"""The run made everything safe: leave."""
READY = b"R"
"""What the guard says once it could act at once."""
TOLD_TO_END = b"Q"
"""What the guard says where somebody tells it to end: the run then ends, and the guard with it."""
