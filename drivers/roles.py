"""Roles: what a procedure asks of an instrument, whatever its model.

A driver fills a role by having its methods; it does not inherit from it.
"""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Source(Protocol):
    """Whatever can put energy on its terminals."""

    def safe(self) -> None:
        """Take every output off the terminals; idempotent, and tried whatever state the instrument is in."""
        ...


@runtime_checkable
class DcVoltageSource(Source, Protocol):
    """A source of DC voltage."""

    def limit_dc_voltage(self, maximum_V: float) -> None:
        """Set the instrument's own limit: it refuses any output beyond ± `maximum_V`, whoever asks."""
        ...

    def source_dc_voltage(self, output_V: float) -> None:
        """Put `output_V` on the terminals; return once the instrument itself says that it has settled."""
        ...

    def standby(self) -> None:
        """Take the output off the terminals; return once the instrument confirms it."""
        ...

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the instrument."""
        ...


@runtime_checkable
class DcVoltmeter(Protocol):
    """A meter of DC voltage."""

    def configure_dc_voltage(self, range_V: float, nplc: float) -> None:
        """Select a fixed range in volts and the integration time in power-line cycles."""
        ...

    def read_dc_voltage(self) -> float:
        """Take one reading in volts.

        Raises
        ------
        Overload
            The input exceeds the range.
        """
        ...
