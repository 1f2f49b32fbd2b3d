"""The command `calib`."""

from calib.cli.main import main

__all__ = ["main"]
