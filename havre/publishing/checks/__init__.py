"""What a document must pass before it goes out: every fault at once, each with its block and how to mend it."""

from havre.publishing.checks.every import CODES, check, checked, fits, known

__all__ = ["CODES", "check", "checked", "fits", "known"]
