"""What private linkage can refuse, in the two languages of the house. Plain ValueErrors: a notebook needs no Django for them."""

from __future__ import annotations


class CannotLink(ValueError):
    """A refusal that a person can act on: `code` names it; `fr` and `en` say where, what is wrong and how to mend it. No value is quoted."""

    def __init__(self, code: str, *, en: str, fr: str) -> None:
        self.code, self.en, self.fr = code, en, fr
        super().__init__(en)

    def words(self, language: str) -> str:
        """The sentence in French ("fr") or English (anything else)."""
        return self.fr if language == "fr" else self.en
