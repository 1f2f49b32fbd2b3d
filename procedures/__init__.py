"""The methods, a file each; found by entry point (group `calib.procedures`) or by the path of a file."""
