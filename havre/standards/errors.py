"""What stops the process when a packaged file, or a country's replacement of one, is not sound."""

from __future__ import annotations

from pathlib import Path


class StandardsError(Exception):
    """A data file cannot be used: which file, which line (from 1), what is wrong, and how to mend it."""

    def __init__(self, *, file: Path, line: int, problem: str, mend: str) -> None:
        self.file, self.line, self.problem, self.mend = file, line, problem, mend
        super().__init__(f"{file.name}, line {line}: {problem}. {mend}")


class UnknownCountry(LookupError):
    """No profile is packaged for this country code."""


class UnknownFact(LookupError):
    """Neither the profile nor the fact definitions know this id."""
