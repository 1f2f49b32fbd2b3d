"""Instruments without an interface, whose readings a person types."""
