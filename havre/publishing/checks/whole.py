"""Checks of the document as it is bound: media rules, easy reading, pictures, addresses, panels, law that nobody has signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from havre.publishing import printing
from havre.publishing.checks.limits import READING
from havre.publishing.citations import cited
from havre.publishing.nodes import Document, Node, Problem
from havre.publishing.sources import document as source_of
from havre.release.stats.media.findings import Finding
from havre.release.stats.media.text import Declared, check_text
from havre.standards.library import library
from havre.trust.errors import Invalid

# papers whose places are fixed: what does not fit is refused, never run on to a next page
FIXED = frozenset({"trifold.typ", "card.typ", "a6.typ"})
_ADDRESS = re.compile(r"(?:https?:)?//[\w-]|\bwww\.\w|(?:src|href)\s*=\s*[\"'](?!#)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?:;…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# where a law stands, not how many people something befell: "article 12", "C.N. 10/2003", "Act 694"
_PLACE = re.compile(
    r"\b(?:art(?:icle|\.)?s?|sections?|sec\.|s\.|acts?|lois?|law|decrees?|décrets?|no\.|n°|rules?|C\d|P\d|[A-Z]\.[A-Z]\.)[ \u00a0]*\d[\w()/.-]*",
    re.IGNORECASE,
)
# kinds of block whose lines come from the data
BOUND = frozenset({"rights", "authorities", "indicators", "workflow", "facts", "terms", "tree", "limits", "index", "chart", "numbers"})
# what a sentence or a quotation begins after
_BEGINS = frozenset(".!?:;…“”«»\"'‘’(–—")
# a typed number is found by a check of its own; helplines, author, date and contact are asked of a publication, not of each of its texts: they
# are bound to facts and printed by the frame
_ELSEWHERE = frozenset({"phone", "no_helpline", "no_contact"})
# a composite case is nobody's: what points to one person cannot be in it, how it is told can be wrong all the same
_OF_A_PERSON = frozenset({"identity", "consent"})


def media(document: Document) -> Iterator[Problem]:
    """The rules for media that a machine can see, on every text in English and in French.

    The other languages rest on the same blocks: what may not be said in English is refused there, and in each of them with it.
    """
    if document.language not in {"en", "fr"}:
        return
    bound, invented = _rows_of_data(document), _invented(document)
    titles = [Node("title", "title", text=document.title), Node("subtitle", "title", text=document.subtitle)]
    for node in [*titles, *document.walk()]:
        written = (node.title,) if bound(node.id) else node.strings()
        for text in (_PLACE.sub("the law", text) for text in written if text):
            for one in _weighed(text, document.language):
                rule = library().media_rules.get(one.rule)
                composite = (node.kind in {"case", "question"} or node.id in invented) and (
                    rule.category in _OF_A_PERSON or one.rule == "MR26"
                )
                if composite or _opens(one, text) or one.what in _ELSEWHERE:
                    continue
                # in the reader's language: who writes a French text may read English
                told = one.words((get_language() or "en")[:2])
                words = _("%(finding)s. Write it otherwise") % {"finding": told}
                yield Problem("media", node.id, words, stops=one.blocks)


@lru_cache(maxsize=20_000)
def _weighed(text: str, language: str) -> tuple[Finding, ...]:
    """What the rules find in one text, weighed once in a process: parts of a document stand in several, and in every country's edition."""
    return check_text(text, language=language, declared=Declared(consent=True, best_interests=True))


def _rows_of_data(document: Document) -> Callable[[str], bool]:
    """Whether a node's lines are rows of the standards, laws and workflows: their words were weighed there, and names of bodies are meant."""
    ids = {block.id for block in source_of(document.edition, document.id).walk() if block.kind in BOUND}
    return lambda id: id in ids or any(id.startswith(f"{one}.") for one in ids)


def _invented(document: Document) -> frozenset[str]:
    """Blocks whose author says that they tell an invented case, as exercises do: a text to be mended holds the faults on purpose."""
    return frozenset(block.id for block in source_of(document.edition, document.id).walk() if block.data.get("composite"))


def _opens(found: Finding, text: str) -> bool:
    """Whether a "name" is only the first word of a text or a sentence, with the capital that each begins with."""
    before = text[: found.start].rstrip()
    return found.what in {"name", "child"} and " " not in found.excerpt and (not before or before[-1] in _BEGINS)


def reading(document: Document, level: str) -> Iterator[Problem]:
    """Texts for easy reading have short sentences and few long words."""
    if level != "easy":
        return
    limit, words, long = READING[document.language], 0, 0
    for node in document.walk():
        if node.law or node.kind in {"table", "figure"}:
            continue
        for text in filter(None, (node.text, *node.items)):
            size = longest(text, document.language)
            if size > limit.sentence:
                told = _("a sentence has %(size)s words, more than %(limit)s: make two of it")
                yield Problem("reading", node.id, told % {"size": size, "limit": limit.sentence}, stops=False)
            found = _WORD.findall(text)
            words, long = words + len(found), long + sum(len(word) >= limit.long for word in found) if limit.long else 0
    if words and long / words > limit.share:
        told = _("%(share)s of 100 words are long, more than %(limit)s: use shorter ones")
        yield Problem("reading", document.id, told % {"share": round(100 * long / words), "limit": round(100 * limit.share)}, stops=False)


def longest(text: str, language: str) -> int:
    """The longest sentence: its words; for Thai, the letters of the longest run without a space."""
    if language == "th":
        return max((len(run) for run in text.split()), default=0)
    return max((len(_WORD.findall(sentence)) for sentence in _SENTENCE.split(text)), default=0)


def alternative(document: Document) -> Iterator[Problem]:
    """Every picture says in words what it shows."""
    for node in document.walk():
        if node.data.get("svg") and not str(node.data.get("alt", "")).strip():
            yield Problem("alternative", node.id, _("the picture has no words in its place: write `alt`"))


def link(document: Document) -> Iterator[Problem]:
    """Nothing leads to another host, and no drawing loads from one: a reader's trace would stay there."""
    for node in document.walk():
        for text in node.strings():
            found = _ADDRESS.search(text)
            if found:
                yield Problem("link", node.id, _("an address of another host stands in it: name the body or the document instead"))
        drawing = str(node.data.get("svg", "")).replace("http://www.w3.org/", "")
        if _ADDRESS.search(drawing):
            yield Problem("link", node.id, _("the drawing loads something from elsewhere: draw it in"))


def law(document: Document) -> Iterator[Problem]:
    """A statement of law whose English nobody has signed is a state, shown on the board; on a paper for the person concerned it is one too,
    as the paper itself says which facts await a national reviewer: refusing the rights would leave the person with none."""
    for node in document.walk():
        if node.law and node.unconfirmed:
            words = _("the law in it (%(law)s) awaits a national lawyer's signature")
            yield Problem("law", node.id, words % {"law": cited(node.law, (get_language() or "en")[:2])}, stops=False)


def overflow(document: Document) -> Iterator[Problem]:
    """No panel holds more than its paper: the typesetter says so, for each shape with fixed places. Costs one setting of each shape."""
    for shape in document.print:
        if printing.TEMPLATES.get(shape) in FIXED:
            try:
                printing.as_pdf(document, shape)
            except Invalid as invalid:
                for words in invalid.problems["blocks"]:
                    yield Problem("overflow", document.id, str(words))
