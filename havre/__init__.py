"""Havre: a country's institutional response to trafficking in human beings, end to end."""

__version__ = "0.1.0"
