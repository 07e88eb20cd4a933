"""Proposing, reading and putting in force a fact of the country. Two different persons stand behind every fact in force."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.standards import Fact, UnknownFact, dated, fact_book, profile
from havre.standards.files.profiles import Problem, problems
from havre.standards.models import Confidence, FactRevision, RevisionState
from havre.standards.queries import layers_on
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words

LONGEST_NOTE = 2000
MESSAGES: dict[str, Words] = {
    "whole_number": _("write a whole number"),
    "range": _("the number must lie within %(what)s"),
    "text": _("write the text in English and in French"),
    "list": _("write one entry per line"),
    "record": _("write one “name: value” per line"),
    "phone": _("%(what)s is no telephone number: use figures, spaces, + and -, and at most 15 figures"),
    "authority": _("%(what)s is no authority of this country's profile"),
    "empty": _("write at least one entry"),
    "rate": _("“%(what)s” is no rate: days as 2025-01-31, an amount, three capitals or %, a unit, a source"),
    "floor": _("national law may give more but never less than %(what)s"),
}


def words_of(problem: Problem) -> Words:
    """The message of one problem, in the reader's language."""
    return MESSAGES[problem.code] % {"what": problem.what}


@trust.act("fact.propose")
def propose(
    *, fact: str, value: Any, valid_from: date, source: str, confidence: str, by: Actor, note: str = "", country: str | None = None
) -> FactRevision:
    """Write a draft of what a fact should say from a day on. Nothing changes until a second person has read it and it is put in force.

    Args: fact, a dotted path; value, plain data of the fact's kind, None for "not known"; source, the article or document, as printed.
    Raises: Refused (403); Invalid, by field; Missing for a fact that nothing defines.
    """
    policy.require_in_house(by, Act.EDIT_FACTS)
    code = (country or settings.HAVRE_COUNTRY).lower()
    _check(fact, value, valid_from, source, confidence, note, code)
    revision = FactRevision(
        country=code,
        fact=fact,
        value=value,
        valid_from=valid_from,
        source=source.strip(),
        confidence=confidence,
        note=note.strip(),
        author_id=by.user.pk,
        proposed_at=by.at,
    )
    revision.save(force_insert=True)
    _record("fact.propose", revision, by)
    return revision


@trust.act("fact.accept")
def accept(*, revision_id: UUID, by: Actor) -> FactRevision:
    """Stand for a draft as its second reader.

    Raises: Refused (403 for the role; 409 for its author, or when it is no draft); Missing.
    """
    policy.require_in_house(by, Act.EDIT_FACTS)
    revision = _mine(revision_id)
    reasons: list[Words] = []
    if revision.author_id == by.user.pk:
        reasons.append(_("you proposed it: another person must read it and accept it"))
    if revision.state != RevisionState.DRAFT:
        reasons.append(_("it is no longer a draft: open the fact again to see where it stands"))
    if reasons:
        raise Refused(reasons)
    revision.state, revision.reviewer_id, revision.reviewed_at = RevisionState.REVIEWED, by.user.pk, by.at
    revision.save(update_fields=["state", "reviewer_id", "reviewed_at"])
    _record("fact.accept", revision, by)
    return revision


@trust.act("fact.put_in_force")
def put_in_force(*, revision_id: UUID, valid_from: date, by: Actor) -> FactRevision:
    """Let a revision that was read hold from a day on. One already in force from that very day is set aside.

    Raises: Refused (403 for the role; 409 unless a second reader accepted it); Invalid for a value that the day would bring under a floor.
    """
    policy.require_in_house(by, Act.EDIT_FACTS)
    revision = _mine(revision_id)
    if revision.state != RevisionState.REVIEWED:
        raise Refused((_("a second reader has to accept it first, and it can be put in force once only"),))
    wrong = _under_a_floor(revision.fact, revision.value, valid_from, revision.country, revision.confidence)
    if wrong:
        raise Invalid({"valid_from": [words_of(problem) for problem in wrong]})
    same_day = FactRevision.objects.filter(
        country=revision.country, fact=revision.fact, valid_from=valid_from, state=RevisionState.IN_FORCE
    ).select_for_update()
    for older in same_day:
        older.state, older.superseded_at = RevisionState.SUPERSEDED, by.at
        older.save(update_fields=["state", "superseded_at"])
        _record("fact.supersede", older, by)
    revision.state, revision.valid_from, revision.in_force_at = RevisionState.IN_FORCE, valid_from, by.at
    revision.save(update_fields=["state", "valid_from", "in_force_at"])
    _record("fact.put_in_force", revision, by)
    return revision


@trust.act("fact.set_aside")
def set_aside(*, revision_id: UUID, by: Actor) -> FactRevision:
    """Drop a draft, or one that was read but is not in force. What is in force is replaced, never dropped.

    Raises: Refused (403 for the role; 409 when it is in force or set aside already); Missing.
    """
    policy.require_in_house(by, Act.EDIT_FACTS)
    revision = _mine(revision_id)
    if revision.state not in {RevisionState.DRAFT, RevisionState.REVIEWED}:
        raise Refused((_("only a draft, or one not yet in force, can be set aside: propose a new revision instead"),))
    revision.state, revision.superseded_at = RevisionState.SUPERSEDED, by.at
    revision.save(update_fields=["state", "superseded_at"])
    _record("fact.set_aside", revision, by)
    return revision


def _mine(revision_id: UUID) -> FactRevision:
    found = FactRevision.objects.select_for_update().filter(pk=revision_id, country=settings.HAVRE_COUNTRY.lower()).first()
    if found is None:
        raise Missing
    return found


def _record(event: str, revision: FactRevision, by: Actor) -> None:
    codes: dict[str, str | int] = {"country": revision.country, "fact": revision.fact.lower()}
    audit.record(event=event, by=by, subject=revision.pk, codes=codes)


def _check(fact: str, value: Any, valid_from: date, source: str, confidence: str, note: str, country: str) -> None:
    try:
        kind = dated.definition(fact).kind
    except UnknownFact:
        raise Missing from None
    found: dict[str, list[Words]] = {}
    if len(fact) > 60 or not all(part.replace("_", "").isalnum() for part in fact.split(".")):
        found["fact"] = [_("use the path of a part of a fact, such as hotline.0")]
    authorities = frozenset(authority.code for authority in profile(country).authorities)
    whole = dated.assemble(fact.partition(".")[0], country, _as_if(fact, value, valid_from, country, confidence)).plain
    wrong = problems(kind, value if "." not in fact else whole, authorities)
    wrong = wrong or _under_a_floor(fact, value, valid_from, country, confidence)
    if wrong:
        found["value"] = [words_of(problem) for problem in wrong]
    if not source.strip():
        found["source"] = [_("name the article or the document, so that the second reader can open it")]
    if confidence not in Confidence.values:
        found["confidence"] = [_("choose how sure the source makes you")]
    if len(note) > LONGEST_NOTE:
        found["note"] = [_("shorten the note to %(most)s characters") % {"most": LONGEST_NOTE}]
    if found:
        raise Invalid(found)


def _as_if(fact: str, value: Any, on: date, country: str, confidence: str) -> dated.Layers:
    """The country's facts as they would be, were this value in force from that day."""
    beginning = layers_on(on)

    def layers(of: str, root: str) -> tuple[Fact, ...]:
        found = beginning(of, root)
        if root == fact.partition(".")[0]:
            found += (Fact(fact, of, value, confidence, "", "proposal", "in_force", valid_from=on),)  # type: ignore[arg-type]
        return found

    return layers


def _under_a_floor(fact: str, value: Any, on: date, country: str, confidence: str) -> tuple[Problem, ...]:
    """The floors that the country's facts would fall beneath, were this value in force."""
    under = []
    for name, floor in fact_book().floors.items():
        then = dated.assemble(name, country, _as_if(fact, value, on, country, confidence)).value
        now = dated.assemble(name, country, layers_on(on)).value
        # what is beneath it already is no reason to refuse another fact
        if isinstance(then, int) and then < floor.value and then != now:
            under.append(Problem("floor", f"{floor.value} ({floor.source})"))
    return tuple(under)
