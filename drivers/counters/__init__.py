"""Drivers of counters."""
