"""Checks of words: placeholders, numbers, phones, time limits, years, glossary, script and language of each text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext as _

from havre import standards
from havre.publishing.checks.limits import LATIN_IN_THAI, NOT_SURE, OWN_WORDS, SHARED, STORIES, TERMS
from havre.publishing.checks.pairs import Pair
from havre.publishing.nodes import Problem
from havre.publishing.sources import placeholders
from havre.publishing.terms import BUDDHIST_ERA
from havre.publishing.texts import TextState
from havre.standards.files.glossary import Usage

_BRACES = re.compile(r"\{[^{}]*\}")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_CALL = r"call|dial|phone|ring|text|sms|appel\w*|compos\w*|tél\w*|lig(?:ue|ar|a)|telefon\w*|disque|dada|โทร[^\s\d]*"
_LINE = r"(?:hot|help)[ -]?lines?|lines?|ligne|linha|liña|สายด่วน|numbers?|numéro|número|númeru|หมายเลข(?:โทรศัพท์)?"
# an international number; one that begins with 0, in groups or in brackets; a star code; two groups of four that are no years; so many figures
# that nothing is counted with; three figures or more, parted or not, after a word for calling or for a line
_PHONE = re.compile(
    r"\+\d[\d ()\u00a0./-]{6,}\d"
    r"|(?<![\d.])0\d{1,4}(?:[ \u00a0.-]?\d{2,4}){2,4}(?!\d)"
    r"|(?<![\d.,])0(?:[ \u00a0-]\d{2,4}){3,4}(?!\d)"
    r"|(?<![\d.])0\d{1,3}/\d{3}(?:[ .-]?\d{2,4}){1,3}"
    r"|\(0\d{0,3}\)[ -]?\d{1,4}(?:[ .-]?\d{2,4}){1,4}"
    r"|[*#]\d{2,4}#"
    r"|(?<![\d.,/-])(?!(?:1[89]|2[05])\d\d)\d{4}[ \u00a0-]\d{4}(?![\d/])|(?<![\d.,/-])\d{7,}"
    rf"|(?:{_CALL}|(?<!\w)(?:{_LINE}))\W{{0,3}}(?:(?!\d)\w+ ){{0,2}}\d(?:[ \u00a0.-]?\d){{2,9}}(?![\d/]|[ \u00a0.,]\d)",
    re.IGNORECASE,
)
# figures of another script, and the wide signs of East Asian typing
_NOT_TYPED = re.compile(r"[^\D0-9]|[\uff01-\uff5e]")
# years of this edition's own time; those of treaties and statutes lie before
_TODAY = re.compile(r"(?<![\d/.(-])20(?:2[5-9]|[3-9]\d)(?![\d/-])")
# in Tetum the unit stands before its number
_DAYS = re.compile(
    r"(?<!\d)(\d+)[\s\u00a0-]*(?:\([^)]*\)\s*)?(?:(?:full|whole|clear|calendar)\s+)?(?:days?|jours?|dias?|วัน)|\bloron\s+(\d+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_LATIN_WORD = re.compile(r"(?<![A-Za-z])[a-z][a-z-]{2,}(?![A-Za-z])")
_LATIN_NAME = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,}(?![A-Za-z])")
# letters that are neither Latin nor Thai
_OTHER = re.compile(r"[\u0370-\u0dff\u0e80-\u1dff\u2e80-\ud7ff\uf900-\ufaff\ufb13-\ufdff\ufe70-\uffef]")
_MARKED = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|«[^»]*»|“[^”]*”|\"[^\"]*\"")


def plain(text: str) -> str:
    """The words without their placeholders."""
    return _BRACES.sub(" ", text)


def placeholder(pair: Pair) -> Iterator[Problem]:
    """A translation has the names in braces of its English, no other."""
    try:
        found = placeholders(pair.words)
    except ValueError:
        yield Problem("placeholder", pair.id, _("a brace is left open, or holds something else than one name: write {name}"))
        return
    if not pair.compared:
        return
    for name in sorted(pair.unit.names - found):
        yield Problem("placeholder", pair.id, _("{%(name)s} is missing: put it back") % {"name": name})
    for name in sorted(found - pair.unit.names):
        yield Problem("placeholder", pair.id, _("{%(name)s} is not in the English: take it out") % {"name": name})


def number(pair: Pair) -> Iterator[Problem]:
    """Every number in figures is the same in both languages; a Thai text may count years of the Buddhist era."""
    if not pair.compared:
        return
    theirs, ours = Counter(numbers(pair.english)), Counter(numbers(pair.words))
    if pair.language == "th":
        for year in [one for one in theirs if _is_year(one)]:
            era = str(int(year) + BUDDHIST_ERA)
            # some texts give a year in both eras, as statutes do
            ours[year] = max(ours.pop(era, 0), ours[year]) or theirs[year] if era in ours or ours[year] else 0
            theirs[year] = ours[year] or theirs[year]
    lost, new = theirs - ours, ours - theirs
    if lost or new:
        words = _("the English has %(theirs)s, these words have %(ours)s: make them the same")
        shown = {"theirs": ", ".join(lost) or _("nothing more"), "ours": ", ".join(new) or _("nothing more")}
        yield Problem("number", pair.id, words % shown)


def numbers(text: str) -> list[str]:
    """The numbers in figures of a text, written alike: thousands closed up, a point for decimals, Arabic figures."""
    found = []
    for match in _NUMBER.findall(figures(plain(text))):
        parts = re.split(r"[ \u00a0\u202f.,]", match)
        grouped = len(parts) > 1 and all(len(part) == 3 for part in parts[1:])
        found.append("".join(parts) if grouped else ".".join(parts))
    return found


def figures(text: str) -> str:
    """The text with its figures and signs as on a keyboard: those of Thai, and the wide ones of East Asian typing."""
    return _NOT_TYPED.sub(lambda one: _typed(one.group()), text)


def _typed(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else chr(ord(letter) - 0xFEE0)


def _is_year(number: str) -> bool:
    return len(number) == 4 and number[:2] in {"19", "20"}


def phone(pair: Pair) -> Iterator[Problem]:
    """No telephone number is typed: it would stay on paper when the line is closed."""
    for match in _PHONE.finditer(figures(plain(pair.words))):
        words = _("the number %(number)s is typed: use a block of kind `numbers`, which prints what somebody has dialled")
        yield Problem("phone", pair.id, words % {"number": match.group().strip()})


@cache
def _limits() -> dict[int, str]:
    """Numbers of days that the law of some country sets, and the fact that holds each."""
    found: dict[int, str] = {}
    for country in standards.country_codes():
        for id, one in standards.fact_book().definitions.items():
            value = standards.packaged_fact(id, country).value if one.kind == "days" else None
            if isinstance(value, int) and value > 1:
                found.setdefault(value, id)
    return found


def limit(pair: Pair) -> Iterator[Problem]:
    """No time limit that a fact holds is typed."""
    if pair.kind in STORIES:
        return
    for match in _DAYS.finditer(figures(plain(pair.words))):
        fact = _limits().get(int(match.group(1) or match.group(2)))
        if fact is not None:
            words = _("the time limit “%(limit)s” is typed: write {%(fact)s}, which follows the law of the country")
            yield Problem("limit", pair.id, words % {"limit": match.group(), "fact": fact})


def year(pair: Pair) -> Iterator[Problem]:
    """A year of today is typed, and will be wrong on paper next year; a Thai text counts years of the Buddhist era."""
    if pair.kind in STORIES:
        return
    text = figures(plain(pair.words))
    if pair.language == "th":
        for match in re.finditer(r"(?<!ค\.ศ\. )(?<!ค\.ศ\.)(?<![\d/.(-])(?:19|20)\d\d(?![\d/])", text):
            words = _("%(year)s is no year of the Buddhist era: write %(era)s")
            yield Problem("year", pair.id, words % {"year": match.group(), "era": int(match.group()) + BUDDHIST_ERA})
    elif not pair.law:
        for match in _TODAY.finditer(text):
            words = _("the year %(year)s is typed and will age on paper: bind it, or say it without")
            yield Problem("year", pair.id, words % {"year": match.group()}, stops=False)


def glossary(pair: Pair) -> Iterator[Problem]:
    """No wording that the glossary avoids; its own word where the English has a term that it is sure of."""
    for pattern, one in avoided(pair.language):
        if pattern.search(pair.words):
            yield Problem("glossary", pair.id, _("“%(avoid)s” is avoided: write “%(use)s”") % {"avoid": one.avoid, "use": one.use})
    if not pair.compared:
        return
    for id, pattern, stems in TERMS:
        wanted = stems.get(pair.language, ())
        if wanted and pattern.search(plain(pair.english)) and not any(stem in pair.words.lower() for stem in wanted):
            term = standards.glossary().get(id).preferred(pair.language)
            yield Problem("glossary", pair.id, _("the glossary's word is missing: use “%(term)s”") % {"term": term})


@cache
def avoided(language: str) -> tuple[tuple[re.Pattern[str], Usage], ...]:
    """Wordings of the glossary that are wrong wherever they stand. What is wrong in one sense only is for a reader, not for a machine."""
    found = []
    for one in standards.glossary().usage.get(language, ()):
        if "(" not in one.avoid and one.avoid not in NOT_SURE:
            found.append((re.compile(rf"(?<!\w){re.escape(one.avoid)}(?:s|es)?(?!\w)", re.IGNORECASE), one))
    return tuple(found)


def script(pair: Pair) -> Iterator[Problem]:
    """A text is in the letters of its language."""
    written = plain(pair.words)
    text, strange = _MARKED.sub(" ", written), _OTHER.search(written) or (None if pair.language == "th" else _THAI.search(written))
    if strange:
        yield Problem("script", pair.id, _("“%(letter)s” is a letter of another script: write it again") % {"letter": strange.group()})
    if pair.language != "th" or pair.text.state == TextState.MISSING:
        return
    # a name in Latin letters comes from the English; what does not was left, or typed, by mistake
    latin = [word for word in _LATIN_WORD.findall(text) if word not in LATIN_IN_THAI]
    latin += [word for word in _LATIN_NAME.findall(text) if pair.compared and word not in pair.english]
    if latin:
        yield Problem("script", pair.id, _("“%(word)s” is in Latin letters: write it in Thai") % {"word": latin[0]})
    # what stands in quotation marks is looked at as well: a whole text may be something to say
    elif not _THAI.search(pair.words) and any(unit.islower() for unit in _LATIN_WORD.findall(plain(pair.english))):
        yield Problem("script", pair.id, _("there is no Thai letter in it: write it in Thai"))


def language(pair: Pair) -> Iterator[Problem]:
    """The words are those of the language, not of another: little words tell."""
    if not pair.translated or pair.language == "th":
        return
    words = [word.lower().replace("’", "'") for word in _WORD.findall(_MARKED.sub(" ", plain(pair.words)))]
    if len(words) > 4 and pair.words.strip() == pair.english.strip():
        yield Problem("language", pair.id, _("it is the English: translate it"))
        return
    for other, own in OWN_WORDS.items():
        if other == pair.language:
            continue
        strange = [word for word in words if word in own - SHARED.get(other, frozenset()) - OWN_WORDS[pair.language]]
        if len(strange) >= 2 or (strange and len(words) <= 4):
            shown = {"words": ", ".join(dict.fromkeys(strange))}
            yield Problem("language", pair.id, _("these words are of another language: %(words)s. Write them again") % shown)
            return


def stale(pair: Pair) -> Iterator[Problem]:
    """The English says something else than what was translated: readers are told, and where safety asks the block is withheld."""
    if pair.text.state == TextState.STALE:
        words = _("it was translated from an earlier English: read both again, then mend or sign it")
        yield Problem("stale", pair.id, words, stops=False)
