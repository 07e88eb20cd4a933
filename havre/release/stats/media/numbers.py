"""Figures with their method, estimates with their interval, rises with their effort, no small counts (MR23 to MR26)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from havre.release.stats.media.findings import Finding
from havre.release.stats.media.reading import Doc, Sentence

NEEDED = (
    ("source_words", "la source", "its source"),
    ("period_words", "la période", "its period"),
    ("method_words", "la méthode", "its method"),
)


def figures(doc: Doc) -> Iterator[Finding]:
    """Each count of persons lacking a source, a period, or the word that says whether it is detected or estimated.

    Gives findings of MR23. Source: media_rules.yaml, after EJN / ICMPD 2017; UN Fundamental Principles of Official Statistics 2014.
    """
    for sentence in doc.sentences:
        for found in doc.words.patterns["figure"].finditer(sentence.text):
            of = re.match(r"[ \u00a0]" + doc.words.patterns["figure_of"].pattern, sentence.text[found.end() :], re.IGNORECASE)
            if of is None or re.fullmatch(r"(?:19|20)\d{2}", found.group()):
                continue
            told = doc.near(sentence)
            missing = [(french, english) for name, french, english in NEEDED if not doc.words.finds(name, told)]
            if missing:
                place = sentence.start + found.start(), sentence.start + found.end() + of.end()
                wanted = ", ".join(pair[0 if doc.words.language == "fr" else 1] for pair in missing)
                yield Finding("MR23", "unsourced", doc.excerpt(*place), *place, wanted)


def shares(doc: Doc) -> Iterator[Finding]:
    """A proportion of persons for which no source is told.

    Gives findings of MR23. Source: media_rules.yaml, after EJN / ICMPD 2017.
    """
    for sentence in doc.sentences:
        for found in doc.words.patterns["share"].finditer(sentence.text):
            of = doc.words.patterns["share_of"].match(sentence.text, found.end())
            if of and not doc.words.finds("source_words", doc.near(sentence)):
                place = sentence.start + found.start(), sentence.start + of.end()
                yield Finding("MR23", "unsourced", doc.excerpt(*place), *place, NEEDED[0][1 if doc.words.language == "fr" else 2])


def estimates(doc: Doc) -> Iterator[Finding]:
    """An estimate of persons without its interval; a detected count called prevalence.

    Gives findings of MR24. Source: media_rules.yaml; GATHER statement on estimates, Stevens et al. 2016.
    """
    for sentence in doc.sentences:
        found = doc.words.finds("estimate", _AFFIRMED.sub("", sentence.text))
        count = found and any(
            re.match(r"[ \u00a0]" + doc.words.patterns["figure_of"].pattern, sentence.text[one.end() :], re.IGNORECASE)
            for one in doc.words.patterns["figure"].finditer(sentence.text)
        )
        if found and count and not doc.words.finds("interval", doc.near(sentence)):
            yield _whole(doc, sentence, "MR24", "no_interval")
        called = doc.words.finds("prevalence", sentence.text)
        if (
            called
            and doc.words.finds("detected", sentence.text)
            and not doc.words.finds("estimate", sentence.text)
            and not _denied(sentence)
        ):
            yield _whole(doc, sentence, "MR24", "prevalence")


# "not an estimate", "non une estimation": the word is there and the thing is not
_AFFIRMED = re.compile(r"\b(?:not|no|never|non|pas|ni)\b (?:an? |the |une? |d['’]une? |l['’])?estimat\w*", re.IGNORECASE)


def _denied(sentence: Sentence) -> bool:
    return re.search(r"\b(?:not|never|no|isn['’]t|ne|n['’]|pas|jamais)\b", sentence.text, re.IGNORECASE) is not None


def _whole(doc: Doc, sentence: Sentence, rule: str, what: str) -> Finding:
    return Finding(rule, what, doc.excerpt(sentence.start, sentence.end), sentence.start, sentence.end)


def rises(doc: Doc) -> Iterator[Finding]:
    """A rise in trafficking told without what screening, reporting or inspection did meanwhile.

    Gives findings of MR25. Source: media_rules.yaml, after EJN / ICMPD 2017.
    """
    for sentence in doc.sentences:
        found = doc.words.finds("rise", sentence.text)
        if found and not doc.words.finds("effort", doc.near(sentence)) and not _denied(sentence):
            yield _whole(doc, sentence, "MR25", "rise")


def listed(doc: Doc, threshold: int) -> Iterator[Finding]:
    """Countries each with a count of persons, one of them under the threshold: "Chad 14, Laos 2".

    Args: threshold, in persons. Gives findings of MR26. Source: media_rules.yaml; Hundepool et al., Statistical Disclosure Control, 2012.
    """
    pair = re.compile(r"\b([A-ZÀ-Ý][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+){0,2})(?: ?[:=(] ?| )(\d{1,4})\b(?! ?(?:%|per cent|pour cent))")
    for sentence in doc.sentences:
        told = [one for one in pair.finditer(sentence.text) if one.group(1).strip() in doc.words.countries]
        for one in told if len(told) > 1 else ():
            if 0 < int(one.group(2)) < threshold:
                place = sentence.start + one.start(), sentence.start + one.end()
                yield Finding("MR26", "small", doc.excerpt(*place), *place, f"< {threshold}")


def small(doc: Doc, threshold: int) -> Iterator[Finding]:
    """Groups of 1 to threshold - 1 persons unless the sentence is about a court, an arrest or a training.

    Args: threshold, in persons. Gives findings of MR26. Source: media_rules.yaml; Hundepool et al., Statistical Disclosure Control, 2012.
    """
    words = doc.words
    # a digit that continues another number is no small count
    alone = r"(?<!\d[ \u00a0\u202f])(?<![\d.,])\b" + words.patterns["few"].pattern + r"\b(?![.,]?\d| \d)"
    group = re.compile(rf"{alone} (?:[\w'’-]+ ){{0,2}}?\b{words.patterns['people'].pattern}\b", re.IGNORECASE)
    for sentence in doc.sentences:
        if words.finds("proportion", sentence.text):
            continue
        for found in group.finditer(sentence.text):
            # "two victims' rights groups", "deux associations de victimes": the number is not of persons
            if re.match(r"['’]", sentence.text[found.end() :]) or re.search(
                r"\b(?:(?:de|for|of) (?!the\b|our\b)|d['’](?!entre))", found.group(), re.IGNORECASE
            ):
                continue
            if words.finds("staff_group", sentence.text[found.start() : found.end() + 14]):
                continue
            if not words.finds("court", sentence.text) and (words.finds("found", sentence.text) or not words.finds("event", sentence.text)):
                place = sentence.start + found.start(), sentence.start + found.end()
                yield Finding("MR26", "small", doc.excerpt(*place), *place, f"< {threshold}")
