"""What prevalence says to people, French and English side by side."""

from havre.evidence.stats.prevalence.words.inputs import BAD, BadTable, bad
from havre.evidence.stats.prevalence.words.methods import METHODS, method
from havre.evidence.stats.prevalence.words.reasons import REASONS, reason
from havre.evidence.stats.prevalence.words.report import ASSUMPTIONS, CHANGES, COLOURS, CRITICS, FAMILY_NAMES, HEADINGS, UNITS
from havre.evidence.stats.prevalence.words.text import Text, spaced

__all__ = [
    "ASSUMPTIONS",
    "BAD",
    "CHANGES",
    "COLOURS",
    "CRITICS",
    "FAMILY_NAMES",
    "HEADINGS",
    "METHODS",
    "REASONS",
    "UNITS",
    "BadTable",
    "Text",
    "bad",
    "method",
    "reason",
    "spaced",
]
