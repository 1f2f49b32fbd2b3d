"""Drivers of what tells of the air."""
