"""Screening: what was asked and seen opens a case, suggests an outcome by dimension, and waits for the officer to confirm it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import indicators
from havre.protection.enums import Answer, KeptBecause, Origin, ScreeningOutcome, Taken, VitalGround
from havre.protection.models import Identification, IntakePerson, Screening, ScreeningAnswer
from havre.protection.services import identification, later
from havre.protection.workflow import SCREENING
from havre.register import services as register
from havre.register.enums import Channel
from havre.register.models import Case, Person
from havre.trust import audit, overrides
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Refused, Words
from havre.trust.models import User


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was given. `origin` says whether it was said or seen; `at` is when."""

    indicator: str
    answer: str
    origin: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How the talk was written down. `observer` is who held it, where that is not who sends or types it; `edition` that of the cards
    that were put, empty for today's; `phone_said_at` the moment that a phone with a doubtful clock noted."""

    taken: str = Taken.PAGE
    place: str = ""
    observer: User | None = None
    edition: str = ""
    phone_said_at: datetime | None = None
    clock_doubtful: bool = False


# why something may be kept without the person's word, and what has to be asked afterwards
_GROUNDS = {KeptBecause.CHILD_SAFETY: VitalGround.CHILD, KeptBecause.DANGER: VitalGround.EMERGENCY}


@trust.act("screening")
def screen(
    *,
    by: Actor,
    situation: str,
    profile: str,
    answers: Iterable[Given],
    conditions: dict[str, Any],
    person: dict[str, Any],
    happened_at: datetime,
    kept_because: str,
    identity: dict[str, Any] | None = None,
    urgent: bool = False,
    written: Written = Written(),
    group_person_id: UUID | None = None,
) -> Screening:
    """Open a case from one conversation, with what was answered, and suggest an outcome for the officer to confirm.

    Args: conditions, the fields of RG01 to RG03 on Screening; person, as `register.services.open_case` takes it; kept_because, a
    value of KeptBecause; group_person_id, a numbered person of a group, who has a case already.
    Raises: Missing for such a number; Refused when nothing lets the answers be kept, or with every unmet right of the first contact;
    Invalid for an answer that the profile does not have. Nothing is then stored. Source: Palermo Protocol art. 6; CoE art. 10, 12.
    """
    if kept_because not in KeptBecause.values:
        raise Refused((_("the person has not agreed that anything is kept: nothing was stored. Help does not depend on it"),))
    given = list(answers)
    _check_answers(profile, given)
    screening = Screening(
        situation=situation,
        profile=profile,
        edition=written.edition or indicators.edition(),
        organisation_id=by.organisation_id,
        observer=written.observer or by.user,
        happened_at=happened_at,
        kept_because=kept_because,
        suggested=indicators.assess(profile, {one.indicator: one.answer for one in given}).suggestion,
        taken=written.taken,
        place=written.place,
        typed_by=by.user if written.taken == Taken.PAPER else None,
        phone_said_at=written.phone_said_at,
        clock_doubtful=written.clock_doubtful,
        **conditions,
    )
    known = _of_group(group_person_id, by) if group_person_id else None
    # a person who has a case already is one for whom a supervisor can sign; for anybody else the urgent screen asks for nothing first
    about = known[1].pk if known else None
    signed = overrides.signed(subject_id=about, workflow=SCREENING.name, step="record", by=by) if about else None
    checked = SCREENING.check(screening, move="record", by=by, override=signed, about=about)
    if known:
        case, somebody = known
    else:
        case = register.open_case(
            by=by, person=person, identity=identity, channel=Channel.SCREENING, happened_at=happened_at, urgent=urgent
        )
        somebody = Person.objects.visible_to(by).get_or_missing(case=case)
    fields = {field.attname: getattr(screening, field.attname) for field in Screening._meta.concrete_fields}
    screening = Screening.objects.add(by=by, **{**fields, "case_id": case.pk, "person_id": somebody.pk, "status": checked.end})
    _keep_answers(screening, given, by)
    _settle(screening, by)
    audit.record(event="screening.record", by=by, subject=somebody.pk, case_id=case.pk, codes={"answers": len(given), **checked.codes})
    return screening


def _of_group(group_person_id: UUID, by: Actor) -> tuple[Case, Person]:
    row = IntakePerson.objects.visible_to(by).select_related("case", "person").get_or_missing(pk=group_person_id)
    return row.case, row.person


def _keep_answers(screening: Screening, given: list[Given], by: Actor) -> None:
    for one in given:
        ScreeningAnswer.objects.add(
            by=by,
            case=screening.case,
            screening=screening,
            indicator=one.indicator,
            answer=one.answer,
            origin=one.origin if one.answer in {Answer.YES, Answer.NO} else "",
            observer=screening.observer,
            at=one.at or screening.happened_at,
        )


def _settle(screening: Screening, by: Actor) -> None:
    """What is kept without the person's word waits for it; a word given now ends such a wait."""
    if screening.kept_because == KeptBecause.AGREED:
        later.settle(person_id=screening.person_id, language=screening.language, by=by)
    else:
        ground = _GROUNDS[KeptBecause(screening.kept_because)]
        later.keep_first(case_id=screening.case_id, person_id=screening.person_id, ground=ground, since=screening.happened_at, by=by)


@trust.act("screening.confirm")
def confirm(*, screening_id: UUID, outcome: str, by: Actor) -> Screening:
    """Set the outcome that the officer confirms; it may differ from the suggestion. A sign noted opens an identification.

    Raises: Missing; Refused; Invalid for an outcome that is none of the three. A low outcome closes nothing.
    """
    if outcome not in ScreeningOutcome.values:
        raise Invalid({"outcome": [_("choose one of the three outcomes")]})
    screening = Screening.objects.visible_to(by).get_for_step(pk=screening_id)
    checked = SCREENING.check(screening, move="confirm", by=by)
    screening.status, screening.outcome = checked.end, outcome
    screening.confirmed_by, screening.confirmed_at = by.user, by.at
    screening.save(update_fields=["status", "outcome", "confirmed_by", "confirmed_at"])
    codes: dict[str, str | int] = {"suggested": screening.suggested, "outcome": outcome}
    audit.record(event="screening.confirm", by=by, subject=screening.person_id, case_id=screening.case_id, codes=codes)
    if outcome != ScreeningOutcome.NO_INDICATION:
        from_screening(screening, by=by)
    return screening


def from_screening(screening: Screening, *, by: Actor) -> Identification:
    """The identification that a screening opens, once for a person: the rights already recorded come with it."""
    return identification.ask(
        by=by, case_id=screening.case_id, person_id=screening.person_id, screening_id=screening.pk, record=_rights(screening)
    )


def opened_by(screening: Screening) -> Identification:
    """The identification that this screening would open, not saved: what its first step would still miss."""
    return Identification(case_id=screening.case_id, person_id=screening.person_id, **_rights(screening))


def _rights(screening: Screening) -> dict[str, Any]:
    return {
        "informed_at": screening.information_given_at,
        "language": screening.language,
        "privacy_confirmed": screening.privacy_confirmed,
        "needs_met_at": screening.happened_at if screening.needs_are_met else None,
    }


def _check_answers(profile: str, given: list[Given]) -> None:
    known = indicators.of_profile(profile)
    problems: list[Words] = []
    for one in given:
        words = {"code": one.indicator}
        # a sign of an earlier edition that today's cards no longer put is known too
        if one.indicator not in known:
            problems.append(_("%(code)s is no sign of this set: choose it from the cards") % words)
        if one.answer not in Answer.values:
            problems.append(_("%(code)s: the answer is yes, no, not known, does not wish to answer, or not asked") % words)
        if one.answer in {Answer.YES, Answer.NO} and one.origin not in Origin.values:
            problems.append(_("%(code)s: say whether it was said or seen") % words)
    if len({one.indicator for one in given}) != len(given):
        problems.append(_("a sign is answered once"))
    if problems:
        raise Invalid({"answers": problems})
