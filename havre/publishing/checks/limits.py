"""Data of the checks: limits with their reason, words that belong to one language only, terms that a translation must keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """How long a sentence of a text for easy reading may be, and how long a word is before it counts as long.

    `sentence`: words (Thai: letters of one run without a space); `long`: letters of a long word; `share`: of words that may be long.
    """

    sentence: int
    long: int
    share: float
    why: str


# Easy-to-read guidance asks for one idea a sentence, about fifteen words; a fault is what is nearly twice that, so that a sentence with a
# body's full name passes. French and Portuguese need about a fifth more words than English for the same thing, Tetum as many as English.
READING: Mapping[str, Reading] = {
    "en": Reading(28, 12, 0.12, "easy-to-read: fifteen words a sentence are the aim, twenty-eight the end of it"),
    "fr": Reading(34, 12, 0.15, "French needs a fifth more words than English for the same sentence"),
    "pt": Reading(33, 12, 0.15, "Portuguese needs a fifth more words than English for the same sentence"),
    "tet": Reading(34, 12, 0.12, "Tetum has short words and no endings: as many words as French"),
    "th": Reading(150, 0, 0.0, "Thai sets no space between words: a run of letters between two spaces is a clause"),
}

# little words that no other of the five languages has, in lower case: three of them in a text show its language
# (function words as marks of a language, Grefenstette 1995)
OWN_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        [
            "the",
            "and",
            "of",
            "you",
            "your",
            "with",
            "are",
            "this",
            "that",
            "they",
            "have",
            "will",
            "from",
            "not",
            "who",
            "which",
            "their",
            "what",
            "when",
            "can",
            "should",
            "must",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "les",
            "des",
            "du",
            "une",
            "est",
            "vous",
            "votre",
            "vos",
            "avec",
            "dans",
            "pour",
            "sont",
            "cette",
            "qui",
            "ne",
            "leur",
            "quand",
            "elle",
            "mais",
            "ou",
        ]
    ),
    "pt": frozenset(
        [
            "não",
            "uma",
            "dos",
            "das",
            "você",
            "com",
            "são",
            "seu",
            "sua",
            "pelo",
            "pela",
            "também",
            "então",
            "está",
            "ao",
            "às",
            "mas",
            "quem",
            "quando",
            "pode",
            "deve",
        ]
    ),
    "tet": frozenset(
        [
            "iha",
            "ema",
            "ita",
            "sira",
            "la'ós",
            "katak",
            "bele",
            "tenke",
            "hodi",
            "ba'in",
            "nia",
            "ida",
            "ne'e",
            "husi",
            "ho",
            "tanba",
            "hanesan",
            "atu",
        ]
    ),
}
# of those, what another language writes as well
SHARED: Mapping[str, frozenset[str]] = {
    "fr": frozenset({"des", "est", "ne", "ou", "vos", "mais", "elle", "les"}),
    "pt": frozenset({"com", "mas", "quando", "pode", "deve", "sua", "seu", "uma"}),
    "tet": frozenset({"ho", "nia"}),
    "en": frozenset({"are", "can", "must"}),
}

# few and sure: the English word, and the beginnings of the words that may stand for it
TERMS: tuple[tuple[str, re.Pattern[str], Mapping[str, tuple[str, ...]]], ...] = (
    (
        "G-victim",
        re.compile(r"\bvictims?\b", re.IGNORECASE),
        {"fr": ("victime",), "pt": ("vítima",), "tet": ("vítima",), "th": ("ผู้เสียหาย",)},
    ),
    (
        "G-trafficking_in_persons",
        re.compile(r"\b(?:human trafficking|trafficking in (?:persons|human beings))\b", re.IGNORECASE),
        {"fr": ("traite",), "pt": ("tráfico",), "tet": ("tráfiku",), "th": ("ค้ามนุษย์",)},
    ),
    (
        "G-migrant_smuggling",
        re.compile(r"\bsmuggling of migrants\b", re.IGNORECASE),
        {"fr": ("trafic",), "pt": ("introdução",), "tet": ("kontrabandu",), "th": ("การลักลอบขนผู้ย้ายถิ่นฐาน",)},
    ),
    (
        "G-reasonable_grounds",
        re.compile(r"\breasonable grounds\b", re.IGNORECASE),
        {"fr": ("motif",), "pt": ("motivo",), "tet": ("razaun",), "th": ("เหตุอันควรเชื่อ",)},
    ),
    (
        "G-reflection_period",
        re.compile(r"\brecovery and reflection period\b", re.IGNORECASE),
        {"fr": ("délai",), "pt": ("período",), "tet": ("períodu",), "th": ("ระยะเวลาฟื้นฟูและไตร่ตรอง",)},
    ),
    (
        "G-interpreter",
        re.compile(r"\binterpreters?\b", re.IGNORECASE),
        {"fr": ("interprète",), "pt": ("intérprete",), "tet": ("intérprete",), "th": ("ล่าม",)},
    ),
)
# entries of the glossary's usage that a machine cannot tell from right use: "mettre en évidence" is good French, and so on
NOT_SURE = frozenset({"évidence", "support, supporter", "adresser un problème", "case manager, gestionnaire de cas"})
# words in Latin letters that Thai texts have: names of services and of formats
LATIN_IN_THAI = frozenset({"line", "e-mail", "email", "pdf", "qr", "sms", "online"})
# kinds of block whose numbers of days are a story or a choice of answers, never a rule of law
STORIES = frozenset({"case", "question", "form"})
