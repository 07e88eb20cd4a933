"""Everything that the phone's page shows, as one file that the page keeps: cards in both languages, pictures' questions in five."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from havre.protection import indicators
from havre.protection.enums import Answer, KeptBecause, Origin, PlaceKind, Profile, RiskLevel, Situation
from havre.protection.services.pocket import FORM
from havre.protection.workflow import SCREENED_INFORMED, SCREENED_NEEDS, SCREENED_PRIVATE
from havre.register.enums import AgeBasis

LANGUAGES = ("en", "fr")
SOUNDS = (".mp3", ".ogg", ".m4a")
# languages of a talk that the page offers; another is typed in later, at a desk
TALK = {
    "eng": "English", "fra": "Français", "por": "Português", "tet": "Tetun", "ind": "Bahasa Indonesia", "tha": "ไทย", "mya": "မြန်မာ",
    "khm": "ខ្មែរ", "lao": "ລາວ", "vie": "Tiếng Việt", "zho": "中文", "aka": "Akan", "ewe": "Eʋe", "gaa": "Ga", "hau": "Hausa",
    "yor": "Yorùbá", "ara": "العربية", "hin": "हिन्दी", "ben": "বাংলা", "nep": "नेपाली", "spa": "Español", "rus": "Русский",
}  # fmt: skip

WORDS = {
    "title": pgettext_lazy("neutral name of the phone's page", "Cards"),
    "begin": _("New talk"),
    "practice": _("Practise"),
    "practising": _("PRACTICE. Nothing is real here and nothing is kept."),
    "waiting": pgettext_lazy("how many parcels wait on the phone", "waiting on this phone"),
    "send": _("Send now"),
    "sent": _("Sent. Nothing waits on this phone."),
    "offline": _("No network. What is saved stays sealed here and is sent later."),
    "signed_out": _("Sign in, then send again. What waits stays here."),
    "sign_in": _("Sign in"),
    "home": _("Go to the home page"),
    "failed": _("The service did not answer. What waits stays here."),
    "not_yours": _("Your role does not send talks. What waits stays here."),
    "aside": _("set aside at the service"),
    "see_aside": _("See why"),
    "leave": pgettext_lazy("quick exit", "Leave"),
    "dim": _("Dim the screen"),
    "language": _("Français"),
    "wipe": _("Wipe this phone"),
    "wipe_why": _("One touch: everything of this page leaves the phone at once, what waits too."),
    "where": _("Place"),
    "set": _("Set of cards"),
    "place": _("Where you talk"),
    "talk": _("Language of the talk"),
    "informed": _("I said who asks, why, and what happens to the answers"),
    "private": _("We talk without anyone who came with the person"),
    "interpreter": _("With an interpreter"),
    "checked": _("The interpreter has no link with anyone concerned"),
    "danger": _("Danger now"),
    "care": _("Care needed now"),
    "done": _("What was urgent has been done"),
    "group": _("Code of the group, where the person has a number"),
    "person": _("Number of the person in the group"),
    "gender": _("Gender, as the person says it"),
    "age": _("Age"),
    "basis": _("The age rests on"),
    "minor": _("Age in doubt: presumed a child"),
    "cards": _("Begin with cards"),
    "pictures": _("Begin with pictures"),
    "yes": _("Yes"),
    "no": _("No"),
    "unset": _("Not recorded"),
    "next": _("Next card"),
    "back": _("Back"),
    "finish": _("Last card"),
    "person_words": _("Language of the questions"),
    "listen": _("Listen"),
    "keep_title": _("What is kept"),
    "keep_ask": _("Ask whether the answers may be kept. A no is a valid answer: nothing is stored, and help goes on."),
    "keep": _("Keep the answers"),
    "because": _("Kept because"),
    "discard": _("Keep nothing"),
    "discarded": _("Nothing was kept."),
    "saved": _("Saved and sealed. This phone cannot open it again."),
    "unsaved": _("It could not be saved: the phone has no room or keeps nothing in this mode. Write it on paper."),
    "no_key": _("Open this page once with the network before the first talk: the service's key is missing."),
    "low": _("Few signs close nothing: help stays open, and the person may come back."),
    "missing": _("Before the first card:"),
    "why_informed": SCREENED_INFORMED.refusal,
    "why_private": SCREENED_PRIVATE.refusal,
    "why_needs": SCREENED_NEEDS.refusal,
}


@cache
def deck() -> dict[str, Any]:
    """The file: words of the page, lists, signs, which cards each place puts (as numbers into `signs`), and the picture questions."""
    asked = indicators.prompts()
    codes = sorted({code for profile in Profile.values for code in indicators.of_profile(profile)})
    place = {code: number for number, code in enumerate(codes)}
    known = {profile: indicators.of_profile(profile) for profile in Profile.values}
    plain = {code: next(one[code] for one in known.values() if code in one).words for code in codes}
    return {
        "form": FORM,
        "edition": indicators.edition(),
        "words": {language: _spoken(WORDS, language) for language in LANGUAGES},
        "lists": {name: {language: _listed(values, language) for language in LANGUAGES} for name, values in _LISTS.items()},
        "talk": TALK,
        "signs": [[code, *(plain[code].get(language, plain[code]["en"]) for language in LANGUAGES)] for code in codes],
        "other": {
            profile: {
                place[code]: [one.words[language] for language in LANGUAGES] for code, one in signs.items() if one.words != plain[code]
            }
            for profile, signs in known.items()
        },
        "cards": {
            situation: {profile: [place[one.code] for one in indicators.cards(situation, profile)] for profile in Profile.values}
            for situation in Situation.values
        },
        "ask": {name: asked[name] for name in ("languages", "reviewed", "words", "prompts")},
    }


_LISTS: dict[str, Any] = {
    "situation": Situation,
    "profile": Profile,
    "place": PlaceKind,
    "answer": Answer,
    "origin": Origin,
    "danger": RiskLevel,
    "basis": AgeBasis,
    "kept": KeptBecause,
}


def _spoken(words: dict[str, Any], language: str) -> dict[str, str]:
    with override(language):
        return {name: str(value) for name, value in words.items()}


def _listed(values: Any, language: str) -> list[list[str]]:
    with override(language):
        return [[value, str(label)] for value, label in values.choices]


@cache
def body() -> bytes:
    """The file's bytes, the same for everybody: it holds nothing of anyone."""
    return json.dumps(deck(), ensure_ascii=False, separators=(",", ":")).encode()


@cache
def packed() -> bytes:
    """The same, compressed: most browsers take it so."""
    return gzip.compress(body(), mtime=0)


def digest() -> str:
    """Twelve letters that change with the file: its address carries them, so that a kept copy is never stale."""
    return hashlib.sha256(body()).hexdigest()[:12]


def sound_folder() -> Path:
    """Where an instance puts its recordings: <home>/sounds/<language>/<prompt>.mp3. Without any the page works all the same."""
    return Path(settings.HAVRE_HOME) / "sounds"


def sounds() -> dict[str, dict[str, str]]:
    """Language → prompt → file name, of the recordings that are there."""
    found: dict[str, dict[str, str]] = {}
    asked = {one["id"] for one in indicators.prompts()["prompts"]}
    for language in indicators.prompts()["languages"]:
        folder = sound_folder() / language
        if folder.is_dir():
            files = {path.stem: path.name for path in sorted(folder.iterdir()) if path.suffix in SOUNDS and path.stem in asked}
            if files:
                found[language] = files
    return found
