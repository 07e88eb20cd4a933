"""Words changed and signed on the page: read once for each document that is made, written with every check, signed by a second person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.publishing import texts
from havre.publishing.checks.every import of_words
from havre.publishing.checks.pairs import Pair
from havre.publishing.models import TextRevision
from havre.publishing.sources import LANGUAGES, Unit, every_file
from havre.publishing.tables import TABLES
from havre.publishing.terms import FILE as FRAME
from havre.publishing.texts import Entry, Text, TextState, text_of
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words

LONGEST = 4000


@contextmanager
def known(language: str) -> Iterator[None]:
    """While it is open, `texts.text_of` knows the words of the page in a language. One query, none for English."""
    if language == "en":
        yield
        return
    found: dict[str, dict[str, Entry]] = {}
    fields = ("file", "unit", "source", "text", "reviewer_id", "reviewed_at")
    rows = TextRevision.objects.filter(language=language).order_by("written_at", "id").values_list(*fields)
    for file, unit, source, text, reviewer, at in rows:
        found.setdefault(file, {})[unit] = Entry(
            source, text, reviewer=str(reviewer or ""), reviewed_on=at.date().isoformat() if at else ""
        )
    with texts.page_words(language, found):
        yield


def files() -> tuple[str, ...]:
    """What may be changed on the page: every source, and the rows of the data. The frame of all documents is changed in its file only."""
    return tuple(file for file in (*every_file(), *TABLES) if file != FRAME)


def unit_of(file: str, id: str, language: str) -> Unit:
    """One text of the sources. Raises: Missing."""
    if file not in files() or language not in LANGUAGES[1:]:
        raise Missing
    unit = texts.units_of(file).get(id)
    if unit is None:
        raise Missing
    return unit


def pairs_of(file: str, language: str) -> list[Pair]:
    """Every text of a file beside its words in a language, as they stand. Raises: Missing."""
    if file not in files() or language not in LANGUAGES[1:]:
        raise Missing
    with known(language):
        return [Pair(unit, text_of(unit, file, language), language, unit.note) for unit in texts.units_of(file).values()]


def newest(file: str, id: str, language: str) -> TextRevision | None:
    """The last revision of one text."""
    rows = TextRevision.objects.filter(file=file, unit=id, language=language).select_related("author", "reviewer")
    return rows.order_by("-written_at", "-id").first()


def faults(unit: Unit, text: str, language: str) -> list[Words]:
    """What is wrong with words that somebody wants to save: every check of words, with its mend."""
    if not text.strip():
        return [str(_("write the words"))]
    if len(text) > LONGEST:
        return [str(_("at most %(most)s letters") % {"most": LONGEST})]
    pair = Pair(unit, Text(text, TextState.CURRENT, False, unit.text), language, unit.note)
    return [problem.words for problem in of_words([pair]) if problem.stops]


@trust.act("words.write")
def write(*, file: str, unit: str, language: str, text: str, by: Actor) -> TextRevision:
    """Write the words of one text in a language, as made from the English of today. They go out at once, and await a native reviewer.

    Raises: Refused (403); Missing; Invalid with every fault and its mend: nothing is then changed.
    """
    policy.require_in_house(by, Act.PUBLISH)
    one = unit_of(file, unit, language)
    wrong = faults(one, text, language)
    if wrong:
        raise Invalid({"text": wrong})
    fields = {"file": file, "unit": unit, "language": language, "source": one.text, "text": text.strip()}
    revision = TextRevision.objects.create(**fields, author=by.user, written_at=by.at)
    audit.record(event="words.write", by=by, subject=revision.pk, codes={"language": language})
    return revision


@trust.act("words.sign")
def sign(*, file: str, unit: str, language: str, seen: str, by: Actor) -> TextRevision:
    """Stand for the words of one text as their native reviewer: "awaits native review" goes from it.

    Args: seen, the words that were read, so that nobody signs what was changed meanwhile.
    Raises: Refused (403 for the role; 409 for their author, for other words than those that stand, for words that await mending); Missing.
    """
    policy.require_in_house(by, Act.PUBLISH)
    one = unit_of(file, unit, language)
    last = newest(file, unit, language)
    with known(language):
        stands = text_of(one, file, language)
    reasons: list[Words] = []
    if stands.state == TextState.MISSING:
        reasons.append(_("there are no words to sign: write them first"))
    elif stands.value.strip() != seen.strip().replace("\r\n", "\n"):
        reasons.append(_("the words were changed meanwhile: read them again"))
    if stands.state == TextState.STALE:
        reasons.append(_("the English was changed since: mend the words, or save them again as they are"))
    mine = last is not None and last.text == stands.value
    if mine and last is not None and last.author_id == by.user.pk:
        reasons.append(_("you wrote them: another person must read and sign them"))
    if stands.reviewed:
        reasons.append(_("they are signed already"))
    if reasons:
        raise Refused(reasons)
    revision = (
        last
        if mine and last is not None
        else TextRevision(file=file, unit=unit, language=language, source=one.text, text=stands.value, written_at=by.at)
    )
    revision.reviewer, revision.reviewed_at = by.user, by.at
    revision.save()
    audit.record(event="words.sign", by=by, subject=revision.pk, codes={"language": language})
    return revision
