"""What a table that cannot be read says: where, what, and how to mend it, in both languages."""

from __future__ import annotations


class BadRows(ValueError):
    """A table from which nothing can be counted. `str()` is the English sentence; `words(language)` either.

    Args: the sentence in French, then in English; both say where, what and how to mend it.
    """

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr, self.en = fr, en

    def words(self, language: str) -> str:
        """The sentence in French ("fr") or English (anything else)."""
        return self.fr if language == "fr" else self.en
