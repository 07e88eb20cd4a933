"""Words changed and signed on the page: read once for each document that is made, written with every check, signed by a second person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.publishing import texts
from havre.publishing.checks.every import of_words
from havre.publishing.checks.pairs import Pair
from havre.publishing.models import TextRevision
from havre.publishing.sources import LANGUAGES, Unit, every_file, placeholders
from havre.publishing.tables import TABLES
from havre.publishing.terms import FILE as FRAME
from havre.publishing.texts import Entry, Text, TextState, text_of
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words

LONGEST = 4000
OF_LAW = frozenset({"limit", "year"})


@contextmanager
def known(language: str) -> Iterator[None]:
    """While it is open, `texts.text_of` knows the words of the page in a language, and the English of the page that is signed. One query."""
    found: dict[str, dict[str, dict[str, Entry]]] = {}
    fields = ("language", "file", "unit", "source", "text", "reviewer_id", "reviewed_at", "written_at")
    # the English changes what every language is made from: it counts once a second person stands for it
    counts = (
        Q(language="en", reviewer__isnull=False) if language == "en" else Q(language=language) | Q(language="en", reviewer__isnull=False)
    )
    rows = TextRevision.objects.filter(counts, set_aside_at=None).order_by("written_at", "id").values_list(*fields)
    for tongue, file, unit, source, text, reviewer, signed, at in rows:
        found.setdefault(tongue, {}).setdefault(file, {})[unit] = Entry(
            source, text, reviewer=str(reviewer or ""), reviewed_on=_day(signed) if signed else "", written_on=_day(at)
        )
    with texts.page_words(found):
        yield


def _day(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()


def files() -> tuple[str, ...]:
    """What may be changed on the page: every source, and the rows of the data. The frame of all documents is changed in its file only."""
    return tuple(file for file in (*every_file(), *TABLES) if file != FRAME)


def languages_of(file: str) -> tuple[str, ...]:
    """The languages whose words may be changed on the page: the English of the data is that of the standards, and is changed there."""
    return LANGUAGES[1:] if file in TABLES else LANGUAGES


def _may_change(file: str, language: str) -> None:
    if file not in files() or language not in languages_of(file):
        raise Missing


def unit_of(file: str, id: str, language: str) -> Unit:
    """One text of the sources, with its English of today; for English, as the file has it. Raises: Missing."""
    _may_change(file, language)
    if language == "en":
        unit = texts.units_of(file).get(id)
    else:
        with known(language):
            unit = texts.units_of(file).get(id)
    if unit is None:
        raise Missing
    return unit


def pairs_of(file: str, language: str) -> list[Pair]:
    """Every text of a file beside its words in a language, as they stand. Raises: Missing."""
    _may_change(file, language)
    if language == "en":
        last = {row.unit: row for row in _rows(file, "en").order_by("written_at", "id")}
        every = texts.units_of(file).values()
        return [Pair(unit, _proposed(unit, last.get(unit.id)), language, unit.note) for unit in every]
    with known(language):
        return [Pair(unit, text_of(unit, file, language), language, unit.note) for unit in texts.units_of(file).values()]


def _rows(file: str, language: str) -> QuerySet[TextRevision]:
    return TextRevision.objects.filter(file=file, language=language, set_aside_at=None)


def _proposed(unit: Unit, last: TextRevision | None) -> Text:
    """The English that somebody wrote last, signed or not; the file's where nobody did. Stale: the file says something else since."""
    if last is None:
        return Text(unit.text, TextState.SOURCE, True, unit.text)
    state = TextState.CURRENT if last.source == unit.text else TextState.STALE
    return Text(last.text, state, last.reviewer_id is not None, unit.text)


def set_aside(file: str, ids: Collection[str], language: str, *, at: datetime) -> int:
    """Let the words of the file stand again for these texts, as a translator's file brought them. Gives how many revisions are set aside."""
    rows = TextRevision.objects.filter(file=file, unit__in=ids, language=language, set_aside_at=None)
    return rows.update(set_aside_at=at)


def standing(unit: Unit, file: str, language: str) -> str:
    """The words of a text as they stand; "" where there are none. In English those that were written last, signed or not."""
    if language == "en":
        return _proposed(unit, newest(file, unit.id, language)).value
    with known(language):
        text = text_of(unit, file, language)
    return "" if text.state == TextState.MISSING else text.value


def _same(words: str) -> str:
    # a page sends every line's end as two signs
    return words.strip().replace("\r\n", "\n")


def newest(file: str, id: str, language: str) -> TextRevision | None:
    """The last revision of one text."""
    return _rows(file, language).filter(unit=id).select_related("author", "reviewer").order_by("-written_at", "-id").first()


def faults(unit: Unit, text: str, language: str, file: str = "") -> list[Words]:
    """What is wrong with words that somebody wants to save or sends in: every check of words, with its mend."""
    if not text.strip():
        return [str(_("write the words"))]
    if len(text) > LONGEST:
        return [str(_("at most %(most)s letters") % {"most": LONGEST})]
    if strange := texts.unfit(text.replace("\r\n", "\n")):
        return [strange]
    if language == "en":
        try:
            others = placeholders(text) ^ unit.names
        except ValueError as error:
            return [str(error)]
        if others:
            return [str(_("the names in braces stay as they are, in every language: %(names)s") % {"names": ", ".join(sorted(others))})]
    pair = Pair(unit, Text(text, TextState.CURRENT, False, unit.text), language, unit.note)
    # a row of the data says what a law says, which is where its time limit and its year belong
    passed = OF_LAW if file in TABLES else frozenset()
    return [problem.words for problem in of_words([pair]) if problem.stops and problem.code not in passed]


@trust.act("words.write")
def write(*, file: str, unit: str, language: str, text: str, by: Actor, seen: str | None = None) -> TextRevision:
    """Write the words of one text in a language, as made from the English of today. They go out at once, and await a native reviewer; English
    ones go out when another person has signed them, because every translation is then to be read again.

    Args: seen, the words that stood when the page was opened, so that nobody writes over what another saved meanwhile; None: not asked.
    Raises: Refused (403; 409 when other words stand than those seen); Missing; Invalid with every fault and its mend. Nothing is then changed.
    """
    policy.require_in_house(by, Act.PUBLISH)
    one = unit_of(file, unit, language)
    stands = standing(one, file, language)
    if seen is not None and _same(stands) not in {_same(seen), _same(text)}:
        raise Refused((_("other words were saved while you wrote: read them, then save again to put yours in their place"),))
    wrong = faults(one, text, language, file)
    if wrong:
        raise Invalid({"text": wrong})
    fields = {"file": file, "unit": unit, "language": language, "source": one.text, "text": text.strip()}
    revision = TextRevision.objects.create(**fields, author=by.user, written_at=by.at)
    audit.record(event="words.write", by=by, subject=revision.pk, codes={"language": language})
    return revision


@trust.act("words.sign")
def sign(*, file: str, unit: str, language: str, seen: str, by: Actor) -> TextRevision:
    """Stand for the words of one text as their native reviewer: "awaits native review" goes from it. English ones are printed from then on.

    Args: seen, the words that were read, so that nobody signs what was changed meanwhile.
    Raises: Refused (403 for the role; 409 for their author, for other words than those that stand, for words that await mending); Missing.
    """
    policy.require_in_house(by, Act.PUBLISH)
    one = unit_of(file, unit, language)
    last = newest(file, unit, language)
    if language == "en":
        stands = _proposed(one, last)
    else:
        with known(language):
            stands = text_of(one, file, language)
    reasons: list[Words] = []
    if stands.state == TextState.MISSING:
        reasons.append(_("there are no words to sign: write them first"))
    elif _same(stands.value) != _same(seen):
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
