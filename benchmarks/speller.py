# ruff: noqa: E501 - tables of names
"""Invented names and how agencies spell them. Nothing here is read by the product.

The speller works from sounds (West Africa), from written elements with their romanisations (Thai) and from letter swaps drawn
one by one (Portuguese and Tetum): it is not the inverse of `havre.evidence.stats.linkage.names` and shares no table with it.
The group `horn` (names of the Horn of Africa) was kept out of training; its sounds are spelled by the West-African rules, so it is held out in part only.
"""

from __future__ import annotations

import random
from pathlib import Path

import yaml

_NAMES = yaml.safe_load((Path(__file__).parent / "speller.yaml").read_text(encoding="utf-8"))
WA_MALE = _NAMES["wa_male"]
WA_FEMALE = _NAMES["wa_female"]
WA_FAMILY = _NAMES["wa_family"]
TH = _NAMES["th"]
TH_GIVEN = _NAMES["th_given"]
TH_NICK = _NAMES["th_nick"]
PT_MALE = _NAMES["pt_male"]
PT_FEMALE = _NAMES["pt_female"]
PT_FAMILY = _NAMES["pt_family"]
PT_NICK = _NAMES["pt_nick"]
WA_NICK = _NAMES["wa_nick"]
HORN_MALE = _NAMES["horn_male"]
HORN_FEMALE = _NAMES["horn_female"]
PLACES = _NAMES["places"]
WA_BITS = (["ba", "bi", "bu", "da", "de", "di", "do", "fa", "fo", "ga", "go", "ka", "ke", "ki", "ko", "ku", "la", "li", "lo", "ma", "mo", "mu", "na", "ne", "ni", "no", "ra", "ri", "sa", "se", "si", "so", "su", "ta", "te", "ti", "to", "wa", "wi", "ya", "ye", "yo", "Ja", "Jo", "Ji", "Ca", "Co", "Na", "Ne", "Si", "za"], ("", "", "", "n", "m", "r", "l"))  # fmt: skip


# ---------------------------------------------------------------- spelling, sound by sound

SOUNDS = {
    "fr": {"u": "ou ou ou u", "J": "dj di j", "C": "tch ti tch", "N": "gn ny gn", "S": "ch", "k": "k c k", "w": "ou w", "y": "y i y", "z": "z s", "e": "é è e", "s": "s s ss"},
    "en": {"u": "u u oo", "J": "j j g", "C": "ch", "N": "ny", "S": "sh", "k": "k", "w": "w", "y": "y", "e": "e e ay", "i": "i i ee y"},
    "pt": {"u": "u u o", "J": "dj j di", "C": "tch ch tch", "N": "nh", "S": "x ch", "k": "c qu c", "w": "u", "y": "i", "z": "z", "s": "ss s s", "e": "e é"},
}  # fmt: skip
FINALS = {
    "fr": {"e": "é é e ey", "a": "a a ah"},
    "en": {"e": "eh e ay", "a": "a a ah", "o": "o o oh ow", "i": "i ie y"},
    "pt": {"e": "é e e", "a": "a á", "o": "o ó"},
}


def by_sound(rng: random.Random, sounds: str, way: str) -> str:
    """One word from sounds to letters in one orthography, each sound written one of the ways clerks write it."""
    out = []
    for i, sound in enumerate(sounds):
        last, before, after = i == len(sounds) - 1, sounds[i - 1 : i], sounds[i + 1 : i + 2]
        ways = FINALS[way].get(sound) if last and len(sounds) > 2 else None
        if sound == "k" and way in ("fr", "pt") and after in ("e", "i"):
            ways = "k qu" if way == "fr" else "qu k"
        if sound == "k" and way == "pt" and after == "":
            ways = "k c"
        if sound == "J" and after in ("i", "", "e") and way != "en":
            ways = "dj j"
        if sound == "J" and way == "en" and after not in ("i", "e"):
            ways = "j"
        if sound == "C" and (way == "fr") and after not in ("a", "o"):
            ways = "tch"
        if sound == "s" and not (before in tuple("aeiou") and after in tuple("aeiou")):
            ways = "s"
        if sound == "g" and after in ("e", "i") and way != "en":
            ways = "gu g"
        out.append(rng.choice((ways or SOUNDS[way].get(sound, sound)).split()))
    return "".join(out)


def thai_elements(word: str) -> list[str]:
    """Cut a Thai word made of known elements (longest first)."""
    out = []
    while word:
        piece = next((e for e in sorted(TH, key=len, reverse=True) if word.startswith(e)), word[0])
        out.append(piece)
        word = word[len(piece) :]
    return out


def thai(rng: random.Random, word: str, way: str) -> str:
    pieces = word.split("-")
    if way == "script":
        return "".join(pieces)
    if way == "royal":
        return "".join(TH[p][0] for p in pieces)
    out = "".join(rng.choice(TH[p][1].split()) for p in pieces)
    swaps = (
        ("th", "t"),
        ("ph", "p"),
        ("kh", "k"),
        ("ee", "i"),
        ("oo", "u"),
        ("w", "v"),
        ("ch", "j"),
        ("r", "l"),
        ("an", "un"),
        ("ai", "ay"),
    )
    for find, put in swaps:
        if find in out and rng.random() < 0.06:
            out = out.replace(find, put, 1)
    return out


TETUM = (("ção", "saun"), ("ão", "aun"), ("ões", "oens"), ("lh", "ll"), ("nh", "ñ"), ("qui", "ki"), ("que", "ke"), ("ca", "ka"), ("co", "ku"), ("cu", "ku"), ("cr", "kr"), ("ci", "si"), ("ce", "se"), ("ç", "s"), ("j", "z"), ("x", "s"), ("v", "b"), ("z", "s"), ("ei", "e"), ("gui", "gi"), ("ge", "je"))  # fmt: skip


def lusophone(rng: random.Random, word: str, way: str) -> str:
    out = word.lower()
    if way == "tetum":
        for find, put in TETUM:
            if find in out and rng.random() < 0.7:
                out = out.replace(find, put)
        if out.endswith("o") and rng.random() < 0.7:
            out = out[:-1] + "u"
        if out.endswith("os") and rng.random() < 0.5:
            out = out[:-2] + "us"
    if way != "pt" or rng.random() < 0.25:
        for accents, bare in (("áàâã", "a"), ("éê", "e"), ("í", "i"), ("óôõ", "o"), ("ú", "u"), ("ç", "c")):
            for letter in accents:
                out = out.replace(letter, bare)
    if way == "en":
        for find, put in (("ph", "f"), ("es$", "ez"), ("qu", "k"), ("nh", "n"), ("lh", "l")):
            if rng.random() < 0.2:
                out = (out[:-2] + "ez") if find == "es$" and out.endswith("es") else out.replace(find, put)
    return out


WAYS = {
    "west_africa": ("fr", "en", "pt"),
    "thai": ("script", "free", "royal"),
    "lusophone": ("pt", "tetum", "en"),
    "horn": ("en", "fr", "pt"),
}


def write_word(rng: random.Random, group: str, word: str, way: str) -> str:
    """One name part written in one agency's way."""
    if word.isascii() and word.islower() and group == "thai":
        return word
    if group == "thai":
        return thai(rng, word, way)
    return lusophone(rng, word, way) if group == "lusophone" else by_sound(rng, word, way)
