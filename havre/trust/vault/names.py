"""Names, numbers and telephones in the one form in which two spellings of the same thing are equal."""

from __future__ import annotations

import unicodedata

# Latin letters that Unicode does not decompose into a base letter and a mark
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ŋ": "ng", "ɛ": "e", "ɔ": "o"}
)
# apostrophes and the like join (O'Neil = Oneil); the Arabic tatweel only stretches a letter
_JOINED = frozenset("'’‘ʼʻ`´.ـ\u200b\u200c\u200d")
# Combining classes of accents over European, Hebrew and Arabic letters. Vowel and tone signs of Thai, Lao, Khmer or Devanagari
# have other classes and stay: without them another name would be read.
_ACCENTS = frozenset({1, *range(10, 36), 202, *range(214, 241)})
# fmt: off
_HONORIFICS = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "rev", "pr",
    "madam", "mme", "mlle", "monsieur", "madame", "mademoiselle", "maitre",
    "sr", "sra", "srta", "senhor", "senhora",
    "นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง",
})
# fmt: on


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name in their order: case, accents, points and leading honorifics away.

    Works on any script; nothing is transliterated. A name that is nothing but an honorific keeps it.
    """
    letters = []
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()):
        if letter in _JOINED or unicodedata.combining(letter) in _ACCENTS:
            continue
        letters.append(letter if letter.isalnum() or unicodedata.category(letter).startswith("M") else " ")
    words = "".join(letters).translate(_LETTERS).split()
    while len(words) > 1 and words[0] in _HONORIFICS:
        words.pop(0)
    return tuple(words)


def document(number: str) -> str:
    """A document's number: letters and digits, upper case. Empty when fewer than four are left."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", number).upper() if c.isalnum())
    return kept if len(kept) >= 4 else ""


def phone(number: str) -> str:
    """The last eight digits of a telephone number, so that national and international forms agree. Empty when there are fewer than six."""
    digits = "".join(str(unicodedata.decimal(c)) for c in number if c.isdecimal())
    return digits[-8:] if len(digits) >= 6 else ""


def year(value: object) -> int | None:
    """The year of a date, an ISO date's text or a bare year; None when it is none of these or lies outside 1890 to 2200."""
    head = str(getattr(value, "year", value) or "")[:4]
    return int(head) if len(head) == 4 and head.isascii() and head.isdecimal() and 1890 <= int(head) <= 2200 else None


def matches(asked: tuple[str, ...], held: tuple[str, ...]) -> int:
    """How well the words asked for fit a name: 0 not at all, else higher is better. Each word must begin a word of the name."""
    if not asked:
        return 0
    score = 0
    for word in asked:
        if word in held:
            score += 2
        elif any(part.startswith(word) for part in held):
            score += 1
        else:
            return 0
    return score
