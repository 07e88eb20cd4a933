"""A text cut into sentences, so that what stands together is judged together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from havre.release.stats.media.packs import Pack

# a stop that ends no sentence: after an initial or a title
NO_END = re.compile(r"(?:\b(?:[A-ZÀ-Ý]|Mr|Mrs|Ms|Dr|St|Prof|No|art|Art|p|vs|Mme|Mlle|Me|Pr|cf|env|etc)\.)$")
END = re.compile(r"(?<=[.!?…])[\"”»']?\s+|\n+")
AROUND = 160


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its place in the text.

    `start` and `end` are offsets in the text, end exclusive.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Doc:
    """A text with its language's words.

    Sentences are in reading order.
    """

    text: str
    words: Pack
    caption: bool
    sentences: tuple[Sentence, ...]

    @cached_property
    def title(self) -> Sentence | None:
        """The first line when it reads as a title: short, without a full stop; a headline alone in its file is one."""
        first = self.sentences[0] if self.sentences else None
        if first is None:
            return None
        closed = first.text.rstrip('"”» ').endswith((".", ":", ","))
        return first if self.caption or (len(first.text) < 140 and not closed) else None

    def has(self, name: str) -> bool:
        """Whether a pattern of the word list occurs anywhere."""
        return self.words.finds(name, self.text) is not None

    def near(self, sentence: Sentence) -> str:
        """The sentence with the one before and the one after."""
        place = self.sentences.index(sentence)
        return " ".join(one.text for one in self.sentences[max(0, place - 1) : place + 2])

    def around(self, start: int, end: int) -> str:
        """The sentence of a place, with its neighbours."""
        inside = next((one for one in self.sentences if one.start <= start < one.end), None)
        return self.near(inside) if inside else self.text[max(0, start - AROUND) : end + AROUND]

    def excerpt(self, start: int, end: int) -> str:
        """The words of a place, shortened."""
        text = " ".join(self.text[start:end].split())
        return text if len(text) <= 90 else text[:87] + "..."


def read(text: str, words: Pack, *, caption: bool) -> Doc:
    """Cut a text into sentences. A new line ends one, an abbreviation does not.

    Args: caption, the whole text is a title or a caption.
    """
    found, start = [], 0
    for end in END.finditer(text):
        if "\n" not in end.group() and NO_END.search(text[start : end.start()]):
            continue
        found.append((start, end.start()))
        start = end.end()
    found.append((start, len(text)))
    sentences = tuple(Sentence(text[first:last], first, last) for first, last in found if text[first:last].strip())
    return Doc(text, words, caption, sentences)
