"""A name as written to plain name parts: one case, no accents, Latin letters, without titles and particles."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from havre.evidence.stats.linkage.names import scripts, thai
from havre.evidence.stats.linkage.names.tables import honorifics, particles

_LATIN = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ɔ": "o", "ɛ": "e", "ŋ": "ng", "ɓ": "b", "ɗ": "d",
    "ƴ": "y", "ɲ": "ny", "ɖ": "d", "ƒ": "f", "ɣ": "g", "ʋ": "v", "ɩ": "i", "ʊ": "u", "ƙ": "k", "ð": "d", "þ": "th",
})  # fmt: skip
# the vowel after a stripped cedilla or tilde is what tells French and Portuguese s and nasal from k and plain vowel
_SPOKEN = (("ç", "s"), ("ão", "aun"), ("ñ", "nh"))
_JOINED = re.compile("['’‘ʼ`´]+")
_SPLIT = re.compile(r"[^\w]+|_|\d+")
_SUFFIX_TITLES = re.compile(r"\b(mr|mrs|ms|dr|sr|sra|snr|d)\.", re.IGNORECASE)


def _latin(word: str) -> str:
    word = unicodedata.normalize("NFKD", word.translate(_LATIN))
    return "".join(c for c in word if not unicodedata.combining(c))


def words(text: str) -> list[tuple[str, str]]:
    """The words of a name as (folded, spoken) pairs: `spoken` keeps what cedilla and tilde said (conceicao, conseisaun)."""
    text = text.strip().lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    script = "latin" if text.isascii() else scripts.script_of(text)
    if script == "thai":
        text = thai.untitled(text)
    if "." in text:
        text = _SUFFIX_TITLES.sub(" ", text)
    return [pair for raw in _split(text, script) if (pair := _word(raw))[0]]


@lru_cache(maxsize=500_000)
def _word(raw: str) -> tuple[str, str]:
    if raw.isascii():
        return raw, raw
    kind = scripts.script_of(raw)
    if kind in scripts.TO_LATIN:
        word = scripts.TO_LATIN[kind](raw)
        return word, word
    spoken = raw
    for letter, said in _SPOKEN:
        spoken = spoken.replace(letter, said)
    return _latin(raw), _latin(spoken)


def _split(text: str, script: str) -> list[str]:
    text = _JOINED.sub("", text)
    if script in ("thai", "lao", "burmese"):  # vowel signs are not letters: split on spaces and stops only
        return [w for w in re.split(r"[\s.,\-·]+", text) if w]
    return [w for w in _SPLIT.split(text) if w]


def parts(text: str) -> list[tuple[str, str]]:
    """The words that name a person: titles and particles left out, unless nothing else would be left."""
    found = words(text)
    untitled = [w for w in found if w[0] not in honorifics()] or found
    return [w for w in untitled if w[0] not in particles()] or untitled
