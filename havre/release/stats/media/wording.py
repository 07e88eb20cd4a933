"""Words that hurt, words that excite, and words that convict before a court did (MR15 to MR19, MR27)."""

from __future__ import annotations

from collections.abc import Iterator

from havre.release.stats.media.findings import Finding
from havre.release.stats.media.reading import Doc


def words(doc: Doc) -> Iterator[Finding]:
    """The words to avoid, each with what to write instead where the rules say it.

    Source: media_rules.yaml, lexicon, after EJN & ICMPD 2017, Media and Trafficking in Human Beings Guidelines; Terminology Guidelines
    (Luxembourg), 2016.
    """
    found = [(match, rule, advice) for rule, pattern, advice in doc.words.avoid for match in pattern.finditer(doc.text)]
    # the longest phrase says most: "child prostitute" before "prostitute"
    found.sort(key=lambda one: (one[0].start() - one[0].end(), not one[2]))
    taken: list[tuple[int, int]] = []
    for match, rule, advice in found:
        if not any(start < match.end() and match.start() < end for start, end in taken):
            taken.append(match.span())
            yield Finding(rule, "word", match.group(), *match.span(), advice)


def sensational(doc: Doc) -> Iterator[Finding]:
    """Sensational words in titles and captions only: in a body they may be a quotation or plain.

    Source: media_rules.yaml, after EJN & ICMPD 2017, Media and Trafficking in Human Beings Guidelines (humanity, no sensation).
    """
    spans = [(0, len(doc.text))] if doc.caption else [(doc.title.start, doc.title.end)] if doc.title else []
    for start, end in spans:
        for found in doc.words.patterns["title_words"].finditer(doc.text, start, end):
            before = doc.text[found.start() - 1 : found.start()]
            after = doc.text[found.end() : found.end() + 1]
            if not before.isalpha() and not after.isalpha():
                yield Finding("MR19", "sensational", found.group(), *found.span())


def guilty(doc: Doc) -> Iterator[Finding]:
    """An arrest or a trial to come, told of a "trafficker".

    Source: media_rules.yaml; ICCPR 1966, art. 14(2) (presumption of innocence).
    """
    for sentence in doc.sentences:
        told = doc.words.finds("guilty", sentence.text)
        if told and doc.words.finds("arrest", sentence.text) and not doc.words.finds("status", sentence.text):
            yield Finding("MR27", "guilty", told.group(), sentence.start + told.start(), sentence.start + told.end())
