"""Thermometers and their readouts."""
