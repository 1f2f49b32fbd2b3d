"""Who an instrument says it is."""

from dataclasses import dataclass

from calib.errors import ReplyError


@dataclass(frozen=True)
class Identity:
    """The four fields of `*IDN?` (IEEE 488.2, 10.14)."""

    manufacturer: str
    model: str
    serial_number: str | None
    """None where the instrument does not know it (a 34401A answers 0): the operator reads the nameplate."""
    firmware: str

    @classmethod
    def from_reply(cls, reply: str, who: str) -> "Identity":
        """Read the answer to `*IDN?` of the instrument `who`."""
        fields = [field.strip() for field in reply.split(",")]
        if len(fields) < 4 or not all(fields[:2]):
            msg = f"{who}: asked '*IDN?', answered {reply!r}; expected manufacturer, model, serial number, firmware"
            raise ReplyError(msg)
        serial = fields[2]
        return cls(fields[0], fields[1], None if serial in {"", "0"} else serial, ",".join(fields[3:]))

    def __str__(self) -> str:
        serial = "" if self.serial_number is None else f" {self.serial_number}"
        return f"{self.manufacturer} {self.model}{serial}"
