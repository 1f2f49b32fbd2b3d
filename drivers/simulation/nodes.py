"""Nodes by name: `R10k`, and `-R10k` for the same one with its two wires exchanged."""

from collections.abc import Mapping

from calib.drivers.simulation.drive import Drive, Port

REVERSED = "-"


def plain(node: str) -> str:
    """Return a node's name without the sign of its polarity."""
    return node.removeprefix(REVERSED)


def drive_of(nodes: Mapping[str, Port], node: str, at_s: float) -> Drive:
    """Return what a node does at a time, with its polarity."""
    drive = nodes[plain(node)].drive(at_s)
    return drive.reversed() if node.startswith(REVERSED) else drive
