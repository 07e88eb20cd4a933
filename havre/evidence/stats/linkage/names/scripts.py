"""Other scripts in Latin letters, by ear: enough for a consonant skeleton, not a transliteration standard."""

from __future__ import annotations

import unicodedata

from havre.evidence.stats.linkage.names import thai

ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d",
    "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ک": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "u", "ي": "i", "ی": "i", "ى": "a",
    "ئ": "i", "ؤ": "u", "ء": "", "پ": "p", "چ": "ch", "ژ": "j", "گ": "g", "ٹ": "t", "ڈ": "d", "ں": "n", "ے": "e",
}  # fmt: skip
BURMESE = {
    "က": "k", "ခ": "kh", "ဂ": "g", "ဃ": "g", "င": "ng", "စ": "s", "ဆ": "s", "ဇ": "z", "ဈ": "z", "ဉ": "ny", "ည": "ny",
    "ဋ": "t", "ဌ": "t", "ဍ": "d", "ဎ": "d", "ဏ": "n", "တ": "t", "ထ": "t", "ဒ": "d", "ဓ": "d", "န": "n", "ပ": "p", "ဖ": "p",
    "ဗ": "b", "ဘ": "b", "မ": "m", "ယ": "y", "ရ": "y", "လ": "l", "ဝ": "w", "သ": "th", "ဟ": "h", "ဠ": "l", "အ": "a",
    "ါ": "a", "ာ": "a", "ိ": "i", "ီ": "i", "ု": "u", "ူ": "u", "ေ": "e", "ဲ": "e", "ံ": "n", "ျ": "y", "ြ": "y", "ွ": "w",
    "ှ": "h", "ဥ": "u", "ဦ": "u", "ဧ": "e", "ဩ": "o", "ဪ": "o",
}  # fmt: skip
_STOPPED = {"က": "t", "စ": "t", "တ": "t", "ပ": "t", "င": "n", "ည": "i", "န": "n", "မ": "n", "ယ": "e", "ဉ": "n"}


def script_of(text: str) -> str:
    """The script most letters of a text are in: latin, thai, lao, arabic, burmese or other."""
    counts: dict[str, int] = {}
    for letter in text:
        point = ord(letter)
        if letter.isalpha() or 0x0E00 <= point <= 0x0EFF or 0x1000 <= point <= 0x109F:
            name = "latin" if point < 0x250 or 0x1E00 <= point < 0x1F00 else _block(point)
            counts[name] = counts.get(name, 0) + 1
    return max(sorted(counts), key=lambda name: counts[name]) if counts else "latin"


def _block(point: int) -> str:
    for name, first, last in (("thai", 0x0E00, 0x0E7F), ("lao", 0x0E80, 0x0EFF), ("arabic", 0x0600, 0x08FF), ("burmese", 0x1000, 0x109F)):
        if first <= point <= last:
            return name
    return "other"


def arabic(word: str) -> str:
    """One Arabic word by its letters (unwritten vowels are not guessed): محمد gives mhmd."""
    bare = "".join(c for c in unicodedata.normalize("NFC", word) if not unicodedata.combining(c))
    if bare.startswith("ال") and len(bare) > 4:
        bare = bare[2:]
    return "".join(ARABIC.get(c, "") for c in bare)


def burmese(word: str) -> str:
    """One Burmese word by its letters; a stopped consonant is read as the final it becomes."""
    out, i = [], 0
    while i < len(word):
        stopped = i + 1 < len(word) and "်" in word[i + 1 : i + 3] and word[i] in _STOPPED
        out.append(_STOPPED[word[i]] if stopped else BURMESE.get(word[i], ""))
        i += 1
    return "".join(out)


def lao(word: str) -> str:
    """One Lao word, read by the Thai rules: the two blocks of Unicode run in parallel."""
    return thai.romanise("".join(chr(ord(c) - 0x80) if 0x0E80 <= ord(c) <= 0x0EDD else c for c in word))


TO_LATIN = {"thai": thai.romanise, "lao": lao, "arabic": arabic, "burmese": burmese}
