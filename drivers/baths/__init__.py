"""Baths and dry wells."""
