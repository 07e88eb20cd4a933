"""The acts on a consent. Each writes its step in the ledger, and its row in the audit trail, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.consenting import closing
from havre.register.enums import ConsentChannel, ConsentEvidence, ConsentGiver, ConsentState, Explained
from havre.register.models import ClosedShare, Consent, Person
from havre.register.models.consents import may_be_adult_from
from havre.register.workflow import CONSENT
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role, Section
from havre.trust.errors import Invalid, Missing, Words

STEPS = {ConsentState.OFFERED: "offer", ConsentState.GIVEN: "give", ConsentState.REFUSED: "refuse"}
# what there is nothing to take back of
OVER = {ConsentState.WITHDRAWN, ConsentState.REFUSED, ConsentState.EXPIRED}
Problems = dict[str, list[Words]]


@trust.act("consent.record")
def record_consent(
    *,
    by: Actor,
    case_id: UUID,
    person_id: UUID,
    state: ConsentState | str,
    purpose: Purpose | str,
    recipient_id: UUID,
    sections: Section,
    ends_at: datetime,
    language: str,
    recipient_role: Role | str = "",
    given_by: ConsentGiver | str = ConsentGiver.PERSON,
    interpreter: bool = False,
    oral: bool = True,
    evidence: ConsentEvidence | str = "",
    explained: Iterable[str] = (),
    child_heard: bool = False,
    came_of_age_on: date | None = None,
    channel: ConsentChannel | str = ConsentChannel.RESPONDER,
) -> Consent:
    """Write one answer into the consent ledger: given, refused, or explained and not yet answered.

    A refusal is a valid outcome and closes nothing. Consent is for one purpose, one recipient and a period that ends.
    Args: explained, codes of Explained; evidence, by default signed, through the interpreter or spoken, as `oral` and `interpreter` say.
    Raises: Missing; Invalid without an end, with an end in the past, or for "everything"; Refused with every right that is unmet.
    Source: CoE Convention 2005 art. 12(7); ISO/IEC TS 27560:2023.
    """
    person = Person.objects.visible_to(by).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    problems = _problems(by, person, purpose, sections, ends_at, explained, came_of_age_on)
    if state not in STEPS:
        problems["state"] = [_("an answer is given, refused, or still open: choose one of the three")]
    if problems:
        raise Invalid(problems)
    fields = {
        "case_id": case_id,
        "person": person,
        "purpose": str(purpose),
        "recipient_id": recipient_id,
        "recipient_role": str(recipient_role),
        "sections": int(sections),
        "starts_at": by.at,
        "ends_at": ends_at,
        "given_by": str(given_by),
        "language": language,
        "interpreter": interpreter,
        "oral": oral,
        "evidence": str(evidence) or _evidence(oral=oral, interpreter=interpreter),
        "explained": sorted(set(explained)),
        "child_heard": child_heard,
        "came_of_age_on": came_of_age_on,
        "recorded_by": by.user,
        "recorded_at": by.at,
    }
    step = STEPS[ConsentState(state)]
    checked = CONSENT.check(Consent(state=str(state), **fields), move=step, by=by)
    consent = Consent.objects.add(by=by, state=checked.end, **fields)
    closing.write_event(consent, step, at=by.at, by=by, channel=str(channel))
    audit.record(event=f"consent.{consent.state}", by=by, subject=person_id, case_id=case_id, codes={"sections": int(sections)})
    return consent


def _evidence(*, oral: bool, interpreter: bool) -> str:
    if not oral:
        return ConsentEvidence.SIGNED
    return ConsentEvidence.SPOKEN_INTERPRETER if interpreter else ConsentEvidence.SPOKEN


def _problems(
    by: Actor, person: Person, purpose: str, sections: Section, ends_at: datetime, explained: Iterable[str], came_of_age_on: date | None
) -> Problems:
    problems: Problems = {}
    if ends_at <= by.at:
        problems["ends_at"] = [_("The end lies in the past. Choose a later day.")]
    if purpose not in Purpose.values:
        problems["purpose"] = [_("Consent for every purpose at once is no consent. Ask for each one apart, and choose one here.")]
    if sections & ALL_SECTIONS == ALL_SECTIONS:
        problems["sections"] = [_("Consent to everything is no consent. Choose what this service needs.")]
    if not sections:
        problems["sections"] = [_("Choose at least one part of the file.")]
    if set(explained) - set(Explained.values):
        problems["explained"] = [_("Choose what was explained from the list.")]
    return problems | _age_problem(by, person, came_of_age_on)


def _age_problem(by: Actor, person: Person, came_of_age_on: date | None) -> Problems:
    if came_of_age_on is None:
        return {}
    first = may_be_adult_from(person, person.case)
    if first is None or came_of_age_on < first or came_of_age_on > timezone.localdate(by.at):
        return {"came_of_age_on": [_("This day does not fit the age that is recorded: correct the age first, or leave the day empty.")]}
    return {}


@trust.act("consent.answer")
def answer_consent(*, by: Actor, consent_id: UUID, state: ConsentState | str, **told: Any) -> Consent:
    """Write the answer to what was explained earlier: given or refused.

    Args: told, as in `renew_consent` without `ends_at`. Raises: Missing; Invalid; Refused, also when it was answered already.
    """
    consent = Consent.objects.visible_to(by).select_related("person", "case").get_for_step(pk=consent_id)
    if state not in {ConsentState.GIVEN, ConsentState.REFUSED}:
        raise Invalid({"state": [_("an answer is given or refused")]})
    step = STEPS[ConsentState(state)]
    if state == ConsentState.GIVEN:
        _take_down(consent, by, told)
    checked = CONSENT.check(consent, move=step, by=by)
    consent.state, consent.starts_at = checked.end, by.at
    consent.save()
    closing.write_event(consent, step, at=by.at, by=by, channel=str(told.get("channel") or ConsentChannel.RESPONDER))
    audit.record(event=f"consent.{consent.state}", by=by, subject=consent.person_id, case_id=consent.case_id)
    return consent


@trust.act("consent.renew")
def renew_consent(*, by: Actor, consent_id: UUID, ends_at: datetime, **told: Any) -> Consent:
    """The person was asked again and says yes: the consent goes on to another end, on new evidence.

    A share keeps the end that it was opened with; a longer one is a new referral.
    Args: told, language, evidence, explained, interpreter, given_by, child_heard, came_of_age_on, channel; what is left out stays as it was,
    save what was explained: that is said anew each time. Raises: Missing; Invalid; Refused.
    """
    consent = Consent.objects.visible_to(by).select_related("person", "case").get_for_step(pk=consent_id)
    if ends_at <= max(by.at, consent.ends_at):
        raise Invalid({"ends_at": [_("A renewal ends later than the answer it renews. Choose a later day.")]})
    _take_down(consent, by, told)
    checked = CONSENT.check(consent, move="renew", by=by)
    consent.state, consent.ends_at = checked.end, ends_at
    consent.ask_again_at, consent.ask_again_because = None, ""
    consent.save()
    closing.write_event(consent, "renew", at=by.at, by=by, channel=str(told.get("channel") or ConsentChannel.RESPONDER))
    audit.record(event="consent.renew", by=by, subject=consent.person_id, case_id=consent.case_id)
    return consent


def _take_down(consent: Consent, by: Actor, told: dict[str, Any]) -> None:
    explained, came = sorted(set(told.get("explained") or ())), told.get("came_of_age_on")
    problems = _age_problem(by, consent.person, came)
    if set(explained) - set(Explained.values):
        problems["explained"] = [_("Choose what was explained from the list.")]
    if problems:
        raise Invalid(problems)
    consent.explained = explained
    for name in ("language", "evidence", "interpreter", "given_by", "child_heard"):
        if name in told:
            setattr(consent, name, told[name])
    consent.came_of_age_on = came or consent.came_of_age_on
    consent.oral = consent.evidence not in {ConsentEvidence.SIGNED, ConsentEvidence.MARK}
    consent.recorded_by, consent.asked_at = by.user, by.at


@trust.act("consent.change")
def change_consent(
    *,
    by: Actor,
    consent_id: UUID,
    sections: Section,
    ends_at: datetime | None = None,
    channel: ConsentChannel | str = ConsentChannel.RESPONDER,
) -> Consent:
    """The person leaves less open: fewer parts, or an earlier end. Whatever goes beyond it ends in this transaction.

    Raises: Missing; Refused when it is not live; Invalid for nothing, for something more (that is a new answer), or for no change.
    """
    consent = Consent.objects.visible_to(by).select_related("person", "case").get_for_step(pk=consent_id)
    checked = CONSENT.check(consent, move="change", by=by)
    end = ends_at or consent.ends_at
    kept = Section(sections | Section.CASE)
    if kept & ~consent.sections or end > consent.ends_at:
        raise Invalid({"sections": [_("This leaves more open than before. Record a new answer for what is added.")]})
    if (kept == Section.CASE and consent.sections != Section.CASE) or end <= by.at:
        raise Invalid({"sections": [_("Nothing would be left. Withdraw it instead: it takes one step.")]})
    if kept == consent.sections and end == consent.ends_at:
        raise Invalid({"sections": [_("This is what stands already. Take a part away, or leave the page.")]})
    consent.state, consent.sections, consent.ends_at = checked.end, int(kept), end
    consent.save(update_fields=["state", "sections", "ends_at"])
    closed = closing.narrow(consent, at=by.at, by=by)
    closing.write_event(consent, "change", at=by.at, by=by, channel=str(channel), closing=closed)
    codes: dict[str, str | int] = {"sections": int(kept), "closed": len(closed.shares)}
    audit.record(event="consent.change", by=by, subject=consent.person_id, case_id=consent.case_id, codes=codes)
    return consent


@trust.act("consent.withdraw")
def withdraw_consent(*, by: Actor, consent_id: UUID, through: ConsentChannel | str = ConsentChannel.PERSON) -> Consent:
    """Withdraw a consent: every share that hung on it ends now, in this transaction. Never refused; help does not change.

    Args: through, how the withdrawal came, a code of ConsentChannel. What is over already is given back as it is. Raises: Missing.
    Source: casework rule 7.9; Convention 108+ art. 5(2).
    """
    # whoever may read it may withdraw it for the person: a guardian or a lawyer writes nothing else of this section
    consent = Consent.objects.visible_to(by).select_related("person", "case").get_for_step(pk=consent_id)
    if consent.state in OVER:
        return consent
    consent.state = CONSENT.check(consent, move="withdraw", by=by).end
    consent.withdrawn_at, consent.withdrawn_through = by.at, str(through)
    consent.ask_again_at, consent.ask_again_because = None, ""
    consent.save(update_fields=["state", "withdrawn_at", "withdrawn_through", "ask_again_at", "ask_again_because"])
    closed = closing.close(consent, at=by.at, by=by)
    closing.write_event(consent, "withdraw", at=by.at, by=by, channel=str(through), closing=closed)
    codes: dict[str, str | int] = {"closed": len(closed.shares), "offers": closed.offers}
    audit.record(event="consent.withdraw", by=by, subject=consent.person_id, case_id=consent.case_id, codes=codes)
    return consent


@trust.act("consent.seen")
def see_ended(*, by: Actor, share_id: UUID) -> ClosedShare:
    """The receiver says that it uses the share no more. Raises: Missing for another service's."""
    share = ended_for(by).filter(pk=share_id).first()
    if share is None:
        raise Missing
    with transaction.atomic():
        ClosedShare.objects.for_house("withdrawal").filter(pk=share.pk, seen_at=None).update(seen_at=by.at, seen_by=by.user)
    audit.record(event="consent.seen", by=by, subject=share.event_id)
    return share


def ended_for(by: Actor) -> Any:
    """The accesses of this very job that a person ended and that it has not acknowledged yet; none of a sealed case. No content."""
    from havre.trust.models import Seal

    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    mine = ClosedShare.objects.for_house("withdrawal").filter(holder_id=by.holder_id, seen_at=None)
    return mine.exclude(case_id__in=sealed).order_by("closed_at", "pk")
