"""Acts of the sender: prepare, offer, for one person or several, in calm or in urgency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import NoticeKind
from havre.referral.models import Referral, age_band
from havre.referral.services.notices import tell_receiver
from havre.referral.services.steps import mine, record
from havre.referral.workflow import ACKNOWLEDGE, ACKNOWLEDGE_PARTS, ANSWER, ASK_CONSENT, REFERRAL, URGENT_PARTS
from havre.register.models import Consent, Person
from havre.trust import audit, clocks, grants, overrides, policy
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Act, Purpose, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.ids import new_id
from havre.trust.models import Organisation
from havre.trust.records import clean

# what an urgent referral opens at most, and for how long, until the person can be asked (Havre's own values)
URGENT_SECTIONS = Section.CASE | Section.PROTECTION
URGENT_LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Concerned:
    """One person of a referral for several, with the consent of their own."""

    case_id: UUID
    person_id: UUID
    consent_id: UUID | None = None


@trust.act("referral.prepare")
def prepare(
    *,
    case_id: UUID,
    person_id: UUID,
    receiver_id: UUID,
    receiver_role: str,
    purpose: str,
    sections: Section,
    need: str,
    asked_until: datetime,
    by: Actor,
    consent_id: UUID | None = None,
    vital_interest: str = "",
    urgent: bool = False,
    child: dict[str, Any] | None = None,
    **beside: Any,
) -> Referral:
    """Draft a referral of one person to one service.

    Args: sections, what opens on acceptance; asked_until, when the share ends at the latest; child, best_interests_at, child_heard_at,
    guardian_named_at, accompanied; beside, anyway_reason, outcome_kept, group, way. Raises: Missing; Refused (403) when one of the
    sections may not be shared by `by`, (409) without a live consent or a vital interest, or an agreement; Invalid.
    Source: CoE Convention 2005, art. 11.
    """
    asked = {"receiver_id": receiver_id, "receiver_role": receiver_role, "purpose": purpose, "need": need, "asked_until": asked_until}
    who = {"case_id": case_id, "person_id": person_id, "consent_id": consent_id, "vital_interest": vital_interest, "child": child}
    return _prepare(by=by, **who, **asked, sections=sections, urgent=urgent, **beside)


def _prepare(*, by: Actor, sections: Section, **asked: Any) -> Referral:
    draft = draft_of(by=by, sections=sections, **asked)
    _check_request(draft, sections, by)
    draft.status = REFERRAL.check(draft, move="prepare", by=by).end
    clean(draft)
    draft.save(force_insert=True)
    codes: dict[str, str | int] = {"receiver": str(draft.receiver_id), "need": draft.need}
    audit.record(event="referral.prepare", by=by, subject=draft.person_id, case_id=draft.case_id, codes=codes)
    return draft


def draft_of(
    *,
    by: Actor,
    case_id: UUID,
    person_id: UUID,
    consent_id: UUID | None = None,
    child: dict[str, Any] | None = None,
    sections: Section,
    vital_interest: str = "",
    **fields: Any,
) -> Referral:
    """The referral as it would be, not saved: what the sender looks at before sending. Raises: Missing."""
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    consent = Consent.objects.visible_to(by).get_or_missing(pk=consent_id, case_id=case_id) if consent_id else None
    sender = Organisation.objects.get(pk=by.organisation_id)
    return Referral(
        case_id=case_id,
        person=person,
        sender=sender,
        by=by.user,
        sections=int(sections | Section.CASE),
        consent=consent,
        vital_interest="" if consent else vital_interest,
        age_band=age_band(person),
        language=person.languages[0] if person.languages else "",
        region=sender.region,
        prepared_at=by.at,
        **_child(child or {}),
        **fields,
    )


def _check_request(draft: Referral, sections: Section, by: Actor) -> None:
    for section in sections:
        policy.require(by, Act.SHARE, section, draft.case_id)
    role, purpose = draft.receiver_role, draft.purpose
    if role not in Role.values or purpose not in Purpose.values or Purpose(purpose) not in ROLE_PURPOSES[Role(role)]:
        raise Invalid({"purpose": [_("this role does not work for that purpose: choose another role or purpose")]})
    if draft.asked_until <= by.at:
        raise Invalid({"asked_until": [_("the share must end later than now")]})
    if draft.receiver_id == by.organisation_id:
        raise Invalid({"receiver": [_("a referral goes to another organisation")]})
    rules = {s: policy.POLICY.rules.get((Act.READ, s, Role(role))) for s in sections}
    if not all(rule and rule.serves(Purpose(purpose)) for rule in rules.values()):
        raise Invalid({"sections": [_("this role may never read one of these sections for that purpose: leave it out")]})
    grants.agreement_between(by.organisation_id, draft.receiver_id, sections=sections, at=by.at)


def _child(child: dict[str, Any]) -> dict[str, Any]:
    allowed = {"best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"}
    return {name: value for name, value in child.items() if name in allowed}


@trust.act("referral.offer")
def offer(*, referral_id: UUID, by: Actor) -> Referral:
    """Show the preview to the receiver and start its periods: acknowledge in 24 hours (2 when urgent), answer in 3 working days.

    Raises: Missing; Refused, also when the receiver is closed, not accredited, or full without a reason to send all the same, and when
    an offer of this person to this receiver is open already.
    """
    return _offer(mine(referral_id, by), by)


def _offer(referral: Referral, by: Actor) -> Referral:
    waiver = overrides.signed(subject_id=referral.pk, workflow=REFERRAL.name, step="offer", by=by)
    checked = REFERRAL.check(referral, move="offer", by=by, override=waiver)
    grants.agreement_between(referral.sender_id, referral.receiver_id, sections=Section(referral.sections), at=by.at)
    referral.status, referral.offered_at = checked.end, by.at
    referral.free_places_said = referral.service.free_places if referral.service else None
    try:
        with transaction.atomic():
            referral.save()
    except IntegrityError:
        raise Refused((_("an offer of this person to this service is already waiting for its answer"),)) from None
    first = URGENT_PARTS if referral.urgent else ACKNOWLEDGE_PARTS
    clocks.start(ACKNOWLEDGE, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by, parts=(first,))
    clocks.start(ANSWER, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    if referral.consent_id is None:
        # the exception to consent is short: the person is asked as soon as they can answer (RG14)
        clocks.start(ASK_CONSENT, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    tell_receiver(NoticeKind.OFFERED, referral, at=by.at)
    codes = {**checked.codes, **({"anyway": referral.anyway_reason} if referral.anyway_reason else {})}
    if referral.service is None:
        codes["listed"] = 0
    record(referral, "offer", by, codes)
    return referral


@trust.act("referral.urgent")
def refer_urgently(
    *, case_id: UUID, person_id: UUID, receiver_id: UUID, receiver_role: str, need: str, vital_interest: str, by: Actor, **beside: Any
) -> Referral:
    """One act for danger to life: prepared and offered at once, the least opened, for 72 hours, the consent asked afterwards.

    Raises: as `prepare` and `offer`; Invalid without the vital interest. Source: Convention 108+ art. 5(2); CoE art. 11.
    """
    if not vital_interest:
        raise Invalid({"vital_interest": [_("say which vital interest cannot wait; otherwise ask the person and refer with consent")]})
    draft = _prepare(
        case_id=case_id,
        person_id=person_id,
        receiver_id=receiver_id,
        receiver_role=receiver_role,
        purpose=ROLE_PURPOSES[Role(receiver_role)][0] if receiver_role in Role.values else "",
        sections=URGENT_SECTIONS,
        need=need,
        asked_until=by.at + URGENT_LASTS,
        vital_interest=vital_interest,
        urgent=True,
        by=by,
        **beside,
    )
    return _offer(draft, by)


@trust.act("referral.several")
def refer_several(*, persons: Sequence[Concerned], by: Actor, **asked: Any) -> Referral:
    """Offer several persons to one service together: each with a number, a consent and an answer of their own, all or none sent.

    Args: persons, those who agreed (whoever did not is left out by the caller, and keeps every help); asked, as `prepare`.
    Raises: Invalid without two persons, or with one twice; otherwise as `prepare` and `offer`: then none is sent, and the words say whose
    condition is unmet by its place in the list.
    """
    if len(persons) < 2 or len({one.person_id for one in persons}) < len(persons):
        raise Invalid({"persons": [_("choose at least two persons, each once; for one person, refer them alone")]})
    group, first, reasons = new_id(), None, []
    for number, one in enumerate(persons, 1):
        who: dict[str, Any] = {"case_id": one.case_id, "person_id": one.person_id, "consent_id": one.consent_id}
        try:
            sent = _offer(_prepare(**who, group=group, by=by, **asked), by)
        except Refused as refused:
            reasons += [_("person %(number)s: %(reason)s") % {"number": number, "reason": reason} for reason in refused.reasons]
            continue
        first = first or sent
    if reasons or first is None:
        raise Refused(reasons)
    audit.record(event="referral.several", by=by, codes={"persons": len(persons)})
    return first
