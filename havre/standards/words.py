"""A text in several languages, chosen when it is read and not when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


def _english() -> str:
    return "en"


_language: Callable[[], str] = _english


def follow(language: Callable[[], str]) -> None:
    """Say where `str(words)` finds the reader's language. The server gives Django's; without it English is used."""
    global _language
    _language = language


@dataclass(frozen=True, slots=True)
class Words:
    """One text: English and French always, other languages where a native reader has given them.

    Keys of `more` are BCP 47 tags (`pt`, `tet`, `th`). `str(words)` is the text in the reader's language, at that moment.
    """

    en: str
    fr: str
    more: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)

    def text(self, language: str) -> str:
        """The text in this language; for `fr-CA` that of `fr`; in English where there is none. Never raises."""
        tag = language.lower().replace("_", "-")
        while tag:
            found = self._exact(tag)
            if found:
                return found
            tag = tag.rpartition("-")[0]
        return self.en

    def _exact(self, tag: str) -> str | None:
        if tag in {"en", "fr"}:
            return self.en if tag == "en" else self.fr
        return self.more.get(tag)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags that have a text of their own."""
        return ("en", "fr", *self.more)

    def __str__(self) -> str:
        return self.text(_language() or "en")


def in_a_row(parts: Iterable[object], language: str | None = None) -> str:
    """Several texts in a row, semicolons between them; French has its unbreakable space before each.

    Args: language, a BCP 47 tag; else the reader's, as for `str(words)`.
    Source: Lexique des règles typographiques en usage à l'Imprimerie nationale, 2002.
    """
    french = (language or _language() or "en").startswith("fr")
    return ("\u00a0; " if french else "; ").join(map(str, parts))
